"""R8: a student's order waits for the proof, and then goes on or expires."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tenure.base.errors import Invalid, NotFound, Refused
from tenure.billing.models import Payment, SandboxCharge
from tenure.events.journal import transaction
from tenure.events.models import Event
from tenure.flows.clock import advance_clock
from tenure.flows.due import run_due
from tenure.flows.purchase import CardPayment, authenticate, pay_order, withdraw_order
from tenure.flows.renewals.paying import pay_now
from tenure.flows.verification import accept_proof, decline_proof
from tenure.flows.written import Outcome
from tenure.orders.models import Order
from tenure.organisations.commands.organisation import submit_proof
from tenure.organisations.models import Organisation, StudentProof
from tenure.policy.words import Audience
from tenure.subscriptions.models import Period
from tests.flows.worlds import someone
from tests.shop import START, customer, fill_cart, open_shop, order_cart, subscribe

pytestmark = pytest.mark.django_db(transaction=True)

EXPIRES = datetime(2027, 3, 15, 23, tzinfo=UTC)
INSTANT = timedelta(microseconds=1)


@pytest.fixture(autouse=True)
def _shop() -> None:
    open_shop()


def waiting(token: str = "tok_ok", *, clock: datetime | None = START) -> tuple[Organisation, Order]:
    """A student who has ordered, and the order."""
    student = customer(Audience.STUDENT, clock=clock)
    order_cart(student, fill_cart(student, ("designer-student", 1)), token)
    return student, Order.objects.get()


def test_nothing_is_charged_before_the_proof() -> None:
    student, order = waiting()
    assert (order.status, order.expires_at) == ("awaiting_verification", EXPIRES)
    assert Payment.objects.get().status == "promised"
    assert not SandboxCharge.objects.exists()
    with pytest.raises(Refused) as refusal:
        pay_order(order=order.id, payment=CardPayment("tok_ok"), now=START, by="test")
    assert refusal.value.code.code == "verification_pending"
    with pytest.raises(NotFound):
        authenticate(payment=Payment.objects.get().id, passed=True, now=START, by="test")
    proved = EXPIRES - INSTANT
    revision = accept_proof(organisation=student.id, now=proved, by="test")
    order.refresh_from_db()
    assert (order.status, order.paid_at, order.expires_at) == ("paid", proved, None)
    assert Period.objects.get().starts_on == proved.date()
    assert SandboxCharge.objects.get().status == "captured"
    assert accept_proof(organisation=student.id, now=proved, by="test") > revision
    assert SandboxCharge.objects.count() == 1
    assert Event.objects.filter(type="organisation.verified").count() == 1
    second = order_cart(student, fill_cart(student, ("designer-student", 1)), now=proved)
    assert Order.objects.get(id=second.order).status == "paid"


def test_nothing_is_paid_later_on_a_proof_that_is_too_old_by_then() -> None:
    student, order = waiting("tok_declined")
    accept_proof(organisation=student.id, now=START, by="test")
    Organisation.objects.filter(id=student.id).update(verified_at=None)  # asked for anew
    with pytest.raises(Refused) as refusal:
        pay_order(order=order.id, payment=CardPayment("tok_ok"), now=START, by="test")
    assert refusal.value.code.code == "verification_pending"
    accept_proof(organisation=student.id, now=START, by="test")
    pay_order(order=order.id, payment=CardPayment("tok_ok"), now=START, by="test")
    order.refresh_from_db()
    assert order.status == "paid"


def test_a_renewal_is_not_charged_unproved_and_who_pays_is_told_what_is_missing() -> None:
    student = customer(Audience.STUDENT)
    Organisation.objects.filter(id=student.id).update(verified_at=START)
    row = subscribe(Organisation.objects.get(id=student.id), "designer-student")
    later = datetime(2028, 2, 27, 9, 0, tzinfo=UTC)  # the card would be charged since the 26th
    advance_clock(organisation=student.id, to=later, by="test", sandbox=True)
    assert Order.objects.count() == 1

    def pay() -> Outcome:
        return pay_now(subscription=row.id, payment=None, now=later, by="test")

    with pytest.raises(Refused) as refusal:
        pay()
    assert refusal.value.code.code == "verification_pending"
    accept_proof(organisation=student.id, now=later, by="test")
    assert Order.objects.get(id=pay().order).status == "paid"
    assert row.periods.count() == 2


@pytest.mark.parametrize(
    ("token", "status"),
    [
        ("tok_declined", "declined"),
        ("tok_authenticate", "authentication_required"),
        ("tok_unknown", "payment_unknown"),
    ],
)
def test_the_card_may_say_no_all_the_same(token: str, status: str) -> None:
    student, order = waiting(token)
    accept_proof(organisation=student.id, now=START, by="test")
    order.refresh_from_db()
    assert order.status == status
    if status == "declined":
        pay_order(order=order.id, payment=CardPayment("tok_ok"), now=START, by="test")
        order.refresh_from_db()
        assert order.status == "paid"


def test_an_order_expires_after_fourteen_days() -> None:
    student, order = waiting()
    advance_clock(organisation=student.id, to=EXPIRES - INSTANT, by="test", sandbox=True)
    order.refresh_from_db()
    assert order.status == "awaiting_verification"
    told = advance_clock(
        organisation=student.id, to=EXPIRES + timedelta(days=1), by="test", sandbox=True
    )
    assert (told.events[0].type, told.events[0].at) == ("order.expired", EXPIRES)
    order.refresh_from_db()
    assert (order.status, order.closed_at) == ("expired", EXPIRES)
    assert Payment.objects.get().status == "declined"
    accept_proof(organisation=student.id, now=EXPIRES, by="test")
    order.refresh_from_db()
    assert order.status == "expired"
    assert not SandboxCharge.objects.exists()
    with pytest.raises(Refused) as refusal:
        pay_order(order=order.id, payment=CardPayment("tok_ok"), now=EXPIRES, by="test")
    assert refusal.value.code.code == "order_closed"


def test_a_proof_that_comes_too_late_charges_nothing_though_no_worker_came() -> None:
    student, order = waiting(clock=None)
    accept_proof(organisation=student.id, now=EXPIRES, by="test")
    order.refresh_from_db()
    assert order.status == "awaiting_verification"
    assert run_due(now=EXPIRES) == 1
    order.refresh_from_db()
    assert order.status == "expired"
    assert not SandboxCharge.objects.exists()


def test_a_withdrawn_order_is_never_charged() -> None:
    student, order = waiting()
    withdraw_order(order=order.id, now=START, by="test")
    accept_proof(organisation=student.id, now=START, by="test")
    order.refresh_from_db()
    assert order.status == "withdrawn"
    assert Payment.objects.get().decline_code == "order_closed"
    assert not SandboxCharge.objects.exists()


def test_nobodys_proof() -> None:
    with pytest.raises(NotFound):
        accept_proof(organisation=someone(), now=START, by="test")


def handed_in(student: Organisation, proof: str) -> StudentProof:
    with transaction(now=START, by="test", organisation=student.id) as journal:
        submit_proof(organisation=student, given={"proof": proof}, journal=journal)
    return StudentProof.objects.order_by("-id")[0]


def test_a_proof_is_declined_with_a_reason_and_another_may_follow() -> None:
    student, order = waiting()
    first = handed_in(student, "a library card")
    with pytest.raises(Invalid):
        decline_proof(proof=first.id, reason=" ", now=START, by="staff:usr_x")
    for _ in range(2):
        decline_proof(proof=first.id, reason="It has run out.", now=START, by="staff:usr_x")
    first.refresh_from_db()
    assert (first.decided_at, first.declined_because) == (START, "It has run out.")
    said = Event.objects.get(type="organisation.proof_declined")
    assert said.by == "staff:usr_x"
    assert "run out" not in str(said.data)
    order.refresh_from_db()
    assert order.status == "awaiting_verification"
    second = handed_in(student, "a certificate")
    accept_proof(organisation=student.id, now=START, by="staff:usr_x")
    second.refresh_from_db()
    assert (second.decided_at, second.declined_because) == (START, "")
    with pytest.raises(Refused, match="proof_decided"):
        decline_proof(proof=second.id, reason="Too late.", now=START, by="staff:usr_x")
    with pytest.raises(NotFound):
        decline_proof(proof=someone(), reason="None.", now=START, by="staff:usr_x")
