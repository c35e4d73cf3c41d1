"""R2: a test clock stands until it is advanced, and then everything happens in order."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

import pytest
from django.db import connection
from django.db.models import Sum
from django.test.utils import CaptureQueriesContext

from tenure.access.rules.decision import decide
from tenure.base.calendar import Term, microseconds
from tenure.base.errors import NotFound, Refused
from tenure.base.ids import new_id, public_id
from tenure.billing.models import Document, Entry, Payment, Refund
from tenure.events.journal import transaction
from tenure.events.models import Event
from tenure.flows.batches import BATCH
from tenure.flows.clock import EARLIEST, LATEST, advance_all, advance_clock, clock_verdict
from tenure.flows.due import run_due
from tenure.flows.purchase import CardPayment
from tenure.flows.recovery import PATIENCE, recover_payments
from tenure.flows.renewal_choice import choose_renewal
from tenure.flows.renewals.charging import charge_renewals
from tenure.flows.seat_changes.adding import MoreSeats, add_seats
from tenure.flows.seats import assign_seat
from tenure.flows.vat_checks import look_up_now
from tenure.orders.models import Order
from tenure.organisations.events import MemberInvited
from tenure.organisations.models import Invitation, Member, Organisation
from tenure.policy.words import Audience
from tests.access.test_decision_queries import known
from tests.flows.test_vat_checks import company
from tests.flows.test_vat_validated import LATER
from tests.flows.worlds import invited, someone
from tests.shop import (
    START,
    clock_of,
    customer,
    fill_cart,
    open_shop,
    order_cart,
    owner_of,
    subscribe,
)

pytestmark = pytest.mark.django_db(transaction=True)

Told = list[tuple[str, datetime]]


@pytest.fixture(autouse=True)
def _shop() -> None:
    open_shop()


def advance(organisation: Organisation, to: datetime) -> Told:
    """Advance a clock; what happened, and when."""
    done = advance_clock(organisation=organisation.id, to=to, by="test", sandbox=True)
    assert done.clock == clock_of(organisation.id) == to
    return [(event.type, event.at) for event in done.events]


def utc(text: str) -> datetime:
    """A moment."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def eventful(email: str) -> Organisation:
    """A company to which much will happen, and a student's order beside it."""
    company = customer(email=email)
    designers = subscribe(company, "designer-business", 2, term=Term.QUARTER)
    off = subscribe(company, "analyst-business", 1, term=Term.QUARTER)
    choose_renewal(subscription=off.id, auto_renew=False, now=START, by="test")
    subscribe(company, "designer-business", 1)
    invited(company, f"b-{email}", "designer")
    order_cart(company, fill_cart(company, ("designer-business", 1)), "tok_unknown")
    assert designers.zone == "Europe/Paris"
    return company


def test_deadlines_and_ends_are_told_in_their_order() -> None:
    company = eventful("ada@atelier.example")
    told = advance(company, utc("2027-06-01T00:00"))
    midnight = utc("2027-05-31T22:00")
    assert told == [
        ("payment.captured", START),
        ("payment_method.added", START),
        ("order.paid", START),
        ("subscription.started", START),
        ("document.issued", START),
        ("seat.released", utc("2027-03-15T23:00")),
        ("invitation.expired", utc("2027-03-15T23:00")),
        ("subscription.renewal_reminded", utc("2027-05-12T22:00")),
        ("subscription.renewal_reminded", utc("2027-05-23T22:00")),
        ("subscription.opt_out_deadline_passed", utc("2027-05-27T22:00")),
        ("order.placed", utc("2027-05-27T22:00")),
        ("subscription.renewal_ordered", utc("2027-05-27T22:00")),
        ("payment.captured", utc("2027-05-27T22:00")),
        ("order.paid", utc("2027-05-27T22:00")),
        ("subscription.renewed", utc("2027-05-27T22:00")),
        ("document.issued", utc("2027-05-27T22:00")),
        ("subscription.ended", midnight),
        ("organisation.clock_advanced", utc("2027-06-01T00:00")),
    ]


def test_who_moves_keeps_the_midnights_of_what_runs() -> None:
    """A subscription has the zone of its anchor for life; only what is bought later moves along."""
    company = customer(timezone="Pacific/Auckland")
    running = subscribe(company, term=Term.QUARTER)
    Organisation.objects.filter(id=company.id).update(timezone="America/Los_Angeles")
    last = utc("2027-05-27T12:00")  # the 28th begins in Auckland
    advance(company, last - timedelta(seconds=1))
    for wanted in (False, True):
        choose_renewal(subscription=running.id, auto_renew=wanted, now=clock(company), by="test")
    told = dict(advance(company, last))
    assert told["subscription.renewed"] == last
    with pytest.raises(Refused) as late:
        choose_renewal(subscription=running.id, auto_renew=False, now=last, by="test")
    assert late.value.figures["deadline"] == date(2027, 5, 27)
    renewal = running.periods.get(number=2)
    assert (renewal.starts_on, renewal.starts_at) == (date(2027, 6, 1), utc("2027-05-31T12:00"))
    moved = Organisation.objects.get(id=company.id)
    bought = subscribe(moved, "analyst-business", now=last).periods.get()
    assert (bought.starts_on, bought.starts_at) == (date(2027, 5, 27), utc("2027-05-27T07:00"))


def clock(organisation: Organisation) -> datetime:
    """Where it stands."""
    at = clock_of(organisation.id)
    assert at is not None
    return at


def test_day_by_day_is_the_same_as_at_once() -> None:
    at_once, by_day = eventful("ada@atelier.example"), eventful("eve@elsewhere.example")
    end = START + timedelta(days=100)
    advance(at_once, end)
    for day in range(1, 101):
        advance(by_day, START + timedelta(days=day))

    def told(organisation: Organisation) -> Told:
        rows = Event.objects.filter(organisation_id=organisation.id).order_by("sequence")
        return list(rows.exclude(type="organisation.clock_advanced").values_list("type", "at"))

    assert told(at_once) == told(by_day)
    assert len(told(at_once)) > 15


def test_an_instant_costs_a_look_and_what_is_due_at_it() -> None:
    company = customer()
    for day in range(2, 6):
        one = invited(company, f"{day}@atelier.example")
        Invitation.objects.filter(id=one.id).update(expires_at=START + timedelta(days=day))

    def sent(days: float) -> list[str]:
        with CaptureQueriesContext(connection) as found:
            advance(company, START + timedelta(days=days))
        told = [each["sql"] for each in found]
        return [each for each in told if not each.startswith(("BEGIN", "COMMIT"))]

    quiet, first, three = sent(1), sent(2.5), sent(5.5)
    around = 4  # for whom it works, the clock, the journal, and what lies ahead then
    own = 5  # of the one kind that is due: customers, invitations, seats, and two that close them
    assert (len(quiet), len(first), len(three)) == (9, 9 + around + own, 9 + 3 * (around + own))


def test_a_clock_moves_only_forward_and_only_in_a_sandbox() -> None:
    company, live = customer(), customer(clock=None, email="eve@elsewhere.example")

    def refusal(organisation: Organisation, to: datetime, *, sandbox: bool = True) -> str:
        with pytest.raises(Refused) as refused:
            advance_clock(organisation=organisation.id, to=to, by="test", sandbox=sandbox)
        return refused.value.code.code

    assert refusal(company, START - timedelta(seconds=1)) == "clock_only_forward"
    assert refusal(company, LATEST) == "clock_too_far"
    assert refusal(company, START, sandbox=False) == "sandbox_only"
    assert refusal(live, START) == "no_test_clock"
    with pytest.raises(NotFound):
        advance_clock(organisation=someone(), to=START, by="test", sandbox=True)
    assert advance(company, START) == [("organisation.clock_advanced", START)]
    assert clock_verdict(None, EARLIEST, sandbox=True)
    assert not clock_verdict(None, EARLIEST - timedelta(seconds=1), sandbox=True)


def test_all_clocks_that_are_behind_are_advanced() -> None:
    ahead = customer(email="a@atelier.example", clock=START + timedelta(days=9))
    behind = [customer(email=f"{n}@atelier.example") for n in range(2)]
    live = customer(email="l@atelier.example", clock=None)
    assert advance_all(to=START + timedelta(days=5), by="command") == 2
    assert {clock_of(each.id) for each in behind} == {START + timedelta(days=5)}
    assert clock_of(ahead.id) == START + timedelta(days=9)
    assert clock_of(live.id) is None


def test_workers_leave_test_clocks_alone() -> None:
    tested = eventful("ada@atelier.example")
    live = customer(clock=None, email="eve@elsewhere.example")
    subscribe(live, "designer-business", 1)
    sequence = Event.objects.filter(organisation_id=tested.id).count()
    later = START + timedelta(days=400)
    assert run_due(now=later) > 0
    assert charge_renewals(now=later) == 0, "it stood unpaid for longer than its data lasted"
    assert run_due(now=START + timedelta(days=400)) == 0
    types = Event.objects.filter(organisation_id=live.id).values_list("type", flat=True)
    late = {"subscription.opt_out_deadline_passed", "subscription.lapsed", "data.purge_due"}
    assert late <= set(types)
    assert Event.objects.filter(organisation_id=tested.id).count() == sequence


def test_a_worker_asks_only_when_an_answer_is_overdue() -> None:
    live = customer(clock=None)
    order_cart(live, fill_cart(live, ("designer-business", 1)), "tok_unknown")
    called_at = Payment.objects.get().called_at
    soon = timedelta(seconds=1)
    assert recover_payments(now=called_at + PATIENCE - soon) == 0
    assert recover_payments(now=called_at + PATIENCE) == 1
    assert Order.objects.get().status == "paid"


def test_a_trial_ends_and_a_students_order_expires_on_the_clock() -> None:
    company = customer()
    subscribe(company, "designer-trial", 1, term=Term.TRIAL)
    assert advance(company, utc("2027-03-31T00:00"))[:3] == [
        ("subscription.trial_ending", utc("2027-03-23T23:00")),
        ("subscription.trial_ending", utc("2027-03-29T22:00")),
        ("subscription.ended", utc("2027-03-30T22:00")),
    ]
    student = customer(Audience.STUDENT, email="s@atelier.example", timezone="America/New_York")
    order_cart(student, fill_cart(student, ("designer-student", 1)))
    assert advance(student, utc("2027-03-17T00:00"))[:1] == [
        ("order.expired", utc("2027-03-16T04:00"))
    ]


def test_more_than_a_batch_is_done_batch_by_batch() -> None:
    live = customer(clock=None)
    expires_at = START + timedelta(days=1)
    members = [
        Member(
            id=new_id(),
            organisation=live,
            email=f"m{number}@atelier.example",
            standing="member",
            status="invited",
            created_at=START,
        )
        for number in range(BATCH + 1)
    ]
    with transaction(now=START, by="test") as journal:
        Member.objects.bulk_create(members)
        invitations = Invitation.objects.bulk_create(
            Invitation(
                id=new_id(),
                organisation=live,
                member=member,
                email=member.email,
                standing="member",
                created_at=START,
                sent_at=START,
                expires_at=expires_at,
            )
            for member in members
        )
        for each in invitations:
            told = MemberInvited(each.member_id, each.id, "member", (), expires_at)
            journal.record(live.id, told)
    assert run_due(now=expires_at) == BATCH + 1
    assert set(Invitation.objects.values_list("status", flat=True)) == {"expired"}
    assert Event.objects.filter(type="invitation.expired").count() == BATCH + 1


def test_what_time_brought_about_is_nobodys_doing() -> None:
    company = customer()
    subscribe(company, "designer-business", 1, term=Term.QUARTER)
    done = advance_clock(
        organisation=company.id, to=START + timedelta(days=100), by="member:me", sandbox=True
    )
    by = {event.type: event.by for event in done.events}
    assert by.pop("organisation.clock_advanced") == "member:me"
    assert set(by.values()) == {"worker"}


def test_refunds_and_numbers_in_between_are_the_same_however_it_is_advanced() -> None:
    """R2: in one jump a refund goes back, and tax is corrected, as they would be by the day."""
    stepped, jumped = (outcome_of(story(by_day=by_day)) for by_day in (True, False))
    assert stepped == jumped
    validated = [at for type_, at in jumped.events if type_ == "organisation.vat_number_validated"]
    assert validated == [utc("2027-03-01T09:01"), utc("2027-05-05T22:01")]
    assert jumped.papers[-1] == ("credit_note", date(2027, 6, 16), 72000, 0)
    assert [(amount, status) for amount, status, _ in jumped.refunds] == [
        (6840, "done"),
        (5700, "done"),
        (72000, "done"),
    ]
    assert [allowed for allowed, _ in jumped.decisions] == [False, False]


class Outcome(NamedTuple):
    """What must not depend on how a clock was advanced."""

    events: list[tuple[str, datetime]]
    papers: list[tuple[str, date, int, int]]
    refunds: list[tuple[int, str, str]]
    ledger: list[tuple[str, str, date, int]]
    decisions: list[tuple[bool, str]]


def story(*, by_day: bool) -> Organisation:
    """VIES answers the second time; more seats are paid for a period that never comes."""
    buyer = company(LATER)
    assert look_up_now(organisation=buyer.id, now=START) == "unavailable"
    lost = subscribe(buyer, "designer-business", 1, term=Term.QUARTER, token="tok_ok_then_declined")
    subscribe(buyer, "analyst-business", 1, term=Term.QUARTER)
    assign_seat(subscription=lost.id, member=owner_of(buyer).id, now=START, by="test")
    go(buyer, 0, 3, by_day=by_day)
    go(buyer, 3, 88, by_day=False)
    more = MoreSeats(lost.id, 2, CardPayment("tok_ok"))
    add_seats(wanted=more, now=START + timedelta(days=88), by="test")
    go(buyer, 88, 128, by_day=by_day)
    return buyer


def go(organisation: Organisation, first: int, last: int, *, by_day: bool) -> None:
    """From one day after the start to another, by the day or at once."""
    for day in range(first + 1, last + 1) if by_day else (last,):
        advance(organisation, START + timedelta(days=day))


def outcome_of(organisation: Organisation) -> Outcome:
    """What became of it, with the decisions about its owner at the end."""
    events = Event.objects.filter(organisation_id=organisation.id).order_by("sequence")
    papers = Document.objects.filter(organisation=organisation).order_by("id")
    refunds = Refund.objects.filter(organisation=organisation).order_by("id")
    entries = Entry.objects.filter(organisation=organisation).order_by()
    facts, owner = known(organisation), public_id("mem", owner_of(organisation).id)
    now = microseconds(clock_of(organisation.id) or START)
    found = [
        decide(facts, owner, grant, now) for grant in (("modeller", "draw"), ("solver", "run"))
    ]
    return Outcome(
        list(events.exclude(type="organisation.clock_advanced").values_list("type", "at")),
        list(papers.values_list("kind", "issued_on", "total_net", "total_tax")),
        list(refunds.values_list("amount", "status", "reason")),
        sorted(entries.values_list("debit", "credit", "on").annotate(sum=Sum("amount"))),
        [(each.allowed, each.reason.code) for each in found],
    )
