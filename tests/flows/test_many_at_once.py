"""Many at the same moment, over real connections: one gets it, and nobody is charged twice."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest

from tenure.access.models import Seat
from tenure.base.calendar import Term
from tenure.base.clock import machine_now
from tenure.base.ids import public_id
from tenure.billing.models import Payment, SandboxCharge
from tenure.events.asked import Asked
from tenure.events.models import Event, IdempotencyKey
from tenure.flows.clock import advance_clock
from tenure.flows.due import run_due
from tenure.flows.invitations import accept_invitation, invite, resend_invitation
from tenure.flows.invitations import withdraw_invitation as take_back
from tenure.flows.members import change_member, remove_member
from tenure.flows.purchase import (
    CardPayment,
    Purchase,
    authenticate,
    buy,
    pay_order,
    resume_order,
    withdraw_order,
)
from tenure.flows.recovery import recover_payments
from tenure.flows.renewal_choice import choose_renewal
from tenure.flows.seats import assign_seat, release_seat
from tenure.flows.verification import accept_proof
from tenure.flows.verify.run import verify
from tenure.orders.models import Order
from tenure.organisations.commands.invitations import NewInvitation
from tenure.organisations.models import Invitation, Member, Organisation
from tenure.organisations.rules import MemberStatus, Standing
from tenure.policy.words import Audience
from tenure.subscriptions.models import Subscription
from tests.api.cast import key_for
from tests.api.talking import Api
from tests.flows.crowd import DONE, at_once, outcome, outcomes
from tests.flows.worlds import invited, joined
from tests.shop import START, customer, fill_cart, open_shop, order_cart, subscribe

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.unmeasured]

CROWD = 200


@pytest.fixture(autouse=True)
def _shop() -> None:
    open_shop()


def all_holds() -> None:
    """Everything that is always true."""
    wrong = {each.check.name: each.tally for each in verify(now=machine_now()) if not each.holds}
    assert wrong == {}


def team(company: Organisation, count: int) -> list[Member]:
    """Members who were invited ten at a time, and accepted."""
    for first in range(0, count, 10):
        written = invite(
            organisation=company.id,
            invitations=[
                NewInvitation(email=f"m{number}@atelier.example", standing=Standing.ADMINISTRATOR)
                for number in range(first, min(first + 10, count))
            ],
            may_give_ownership=False,
            now=START,
            by="test",
        )
        for invitation in written.ids:
            accept_invitation(invitation=invitation, now=START, by="test")
    return list(Member.objects.filter(organisation=company).order_by("id"))


def test_the_last_free_seat_is_given_once() -> None:
    company = customer()
    designers = subscribe(company, quantity=2)
    members = team(company, 40)
    assign_seat(subscription=designers.id, member=members.pop(0).id, now=START, by="test")
    found = outcomes(
        CROWD,
        lambda number: assign_seat(
            subscription=designers.id,
            member=members[number % len(members)].id,
            now=START,
            by="test",
        ),
    )
    assert found[DONE] == 1
    assert found["no_free_seat"] + found["already_assigned"] == CROWD - 1
    assert Seat.objects.filter(subscription=designers, member__isnull=False).count() == 2
    all_holds()


def test_one_cart_submitted_by_many_is_one_order_and_one_charge() -> None:
    company = customer()
    cart = fill_cart(company, ("designer-business", 3)).cart
    tokens = ("tok_ok", "tok_unknown", "tok_declined", "tok_authenticate", "tok_ok")

    def submit(number: int) -> UUID:
        purchase = Purchase(
            cart=cart.id,
            cart_version=cart.version,
            organisation=company.id,
            payment=CardPayment(tokens[number % len(tokens)]),
        )
        asked = Asked(UUID(int=9), f"key-{number}", "POST /api/v1/orders", bytes(32))
        return buy(purchase=purchase, now=START, by="test", asked=asked).order

    orders = at_once(CROWD, submit)
    assert set(orders) == {Order.objects.get().id}
    assert set(IdempotencyKey.objects.values_list("made", flat=True)) == set(orders)
    assert Payment.objects.count() == 1
    assert SandboxCharge.objects.count() == 1
    all_holds()


def test_one_call_repeated_by_many_is_done_once() -> None:
    company = customer(clock=None)
    vendor = key_for(None)
    cart = fill_cart(company, ("designer-business", 1), now=machine_now()).cart
    body = {
        "cart": public_id("cart", cart.id),
        "cart_version": cart.version,
        "organisation": public_id("org", company.id),
        "payment": {"method": "card", "token": "tok_ok"},
    }
    replies = at_once(
        CROWD, lambda _: Api(vendor).post("/orders", body, idempotency_key="the same")
    )
    answers = {reply.text for reply in replies if reply.status == 201}
    waiting = {reply.code for reply in replies if reply.status != 201}
    assert len(answers) == 1
    assert waiting <= {"idempotency_key_in_use"}
    assert SandboxCharge.objects.count() == 1
    assert Api(vendor).post("/orders", body, idempotency_key="the same").text in answers
    all_holds()


def test_another_card_tried_by_many_charges_once() -> None:
    company = customer()
    order = order_cart(company, fill_cart(company, ("designer-business", 1)), "tok_declined").order
    found = outcomes(
        CROWD,
        lambda _: pay_order(order=order, payment=CardPayment("tok_ok"), now=START, by="test"),
    )
    assert found[DONE] >= 1
    assert set(found) <= {DONE, "payment_in_flight"}
    assert SandboxCharge.objects.filter(status="captured").count() == 1
    assert Order.objects.get().status == "paid"
    all_holds()


def test_a_step_taken_given_up_and_resumed_at_once_ends_one_way() -> None:
    company = customer()
    for _ in range(6):
        order = order_cart(
            company, fill_cart(company, ("designer-business", 1)), "tok_authenticate"
        ).order
        payment = Payment.objects.get(order=order).id
        works: list[Callable[[], object]] = [
            lambda p=payment: authenticate(payment=p, passed=True, now=START, by="test"),
            lambda p=payment: authenticate(payment=p, passed=False, now=START, by="test"),
            lambda o=order: withdraw_order(order=o, now=START, by="test"),
            lambda o=order: resume_order(order=o, now=START, by="test"),
            lambda o=order: pay_order(order=o, payment=CardPayment("tok_ok"), now=START, by="test"),
        ]
        found = outcomes(len(works), lambda number, works=works: works[number]())
        assert set(found) <= {DONE, "payment_in_flight", "order_closed", "not_found"}
        assert Order.objects.get(id=order).status in {"paid", "declined", "withdrawn"}
    all_holds()


@pytest.mark.parametrize("how", ["remove", "suspend", "step_down"])
def test_two_owners_do_not_leave_at_the_same_moment(how: str) -> None:
    for number in range(5):
        company = customer(email=f"ada{number}@atelier.example")
        joined(company, "bea@atelier.example", standing=Standing.OWNER)
        owners = list(Member.objects.filter(organisation=company, standing="owner"))
        assert len(owners) == 2

        def leave(which: int, owners: list[Member] = owners) -> None:
            member = owners[which].id
            if how == "remove":
                remove_member(member=member, now=START, by="test")
            else:
                change_member(
                    member=member,
                    standing=Standing.MEMBER if how == "step_down" else None,
                    status=MemberStatus.SUSPENDED if how == "suspend" else None,
                    may_give_ownership=True,
                    now=START,
                    by="test",
                )

        assert outcomes(2, leave) == {DONE: 1, "last_owner": 1}
    all_holds()


def test_an_invitation_is_accepted_or_withdrawn() -> None:
    company = customer()
    designers = subscribe(company, quantity=10)
    for number in range(10):
        invitation = invited(company, f"b{number}@atelier.example", "designer")
        works: list[Callable[[], object]] = [
            lambda i=invitation.id: accept_invitation(invitation=i, now=START, by="test"),
            lambda i=invitation.id: take_back(invitation=i, now=START, by="test"),
            lambda i=invitation.id: resend_invitation(invitation=i, now=START, by="test"),
            lambda m=invitation.member_id: remove_member(member=m, now=START, by="test"),
        ]
        found = at_once(4, lambda which, works=works: outcome(works[which]))
        assert set(found) <= {DONE, "invitation_closed"}
        status = Invitation.objects.get(id=invitation.id).status
        assert status in ("accepted", "withdrawn")
        assert (found[0] == DONE) == (status == "accepted")
    assert not Seat.objects.filter(subscription=designers, invitation__isnull=False).exists()
    all_holds()


def test_the_last_seat_is_promised_once() -> None:
    company = customer()
    subscribe(company, quantity=1)
    found = outcomes(50, lambda number: invited(company, f"b{number}@atelier.example", "designer"))
    assert found == {DONE: 1, "no_free_seat": 49}
    assert Member.objects.filter(organisation=company).count() == 2
    all_holds()


def test_a_trial_is_had_once_by_two_at_once() -> None:
    company = customer()
    carts = [fill_cart(company, ("designer-trial", 1), term=Term.TRIAL) for _ in range(8)]
    found = outcomes(8, lambda number: order_cart(company, carts[number], None))
    assert found == {DONE: 1, "trial_used": 7}
    assert Subscription.objects.count() == 1
    all_holds()


def test_a_proof_accepted_by_many_charges_once() -> None:
    student = customer(Audience.STUDENT)
    order_cart(student, fill_cart(student, ("designer-student", 1)))
    at_once(20, lambda _: accept_proof(organisation=student.id, now=START, by="test"))
    assert SandboxCharge.objects.count() == 1
    assert Order.objects.get().status == "paid"
    all_holds()


def test_one_clock_advanced_by_many_tells_everything_once() -> None:
    company = customer()
    subscribe(company, quantity=2, term=Term.QUARTER)
    invited(company, "bob@atelier.example", "designer")
    days = (30, 89, 100, 200, 100, 89, 30, 200)
    found = outcomes(
        len(days),
        lambda number: advance_clock(
            organisation=company.id,
            to=START + timedelta(days=days[number]),
            by="test",
            sandbox=True,
        ),
    )
    assert found[DONE] >= 1
    assert set(found) <= {DONE, "clock_only_forward"}
    company.refresh_from_db()
    assert company.test_clock == START + timedelta(days=200)
    events = Event.objects.filter(organisation_id=company.id).order_by("sequence")
    types = list(events.values_list("type", flat=True))
    for type_ in (
        "invitation.expired",
        "subscription.opt_out_deadline_passed",
        "subscription.renewed",
    ):
        assert types.count(type_) == (2 if type_.startswith("subscription") else 1)
    told_at = list(events.values_list("at", flat=True))
    assert told_at == sorted(told_at)
    all_holds()


class Bustle:
    """One company whose people do everything at once, without a plan."""

    def __init__(self, company: Organisation, subscription: Subscription) -> None:
        self.company = company
        self.subscription = subscription
        self.now = START
        self.later = START + timedelta(days=30)

    def one(self, dice: random.Random) -> None:
        """Something that somebody may do."""
        works = (
            self.invite,
            self.invite,
            self.accept,
            self.accept,
            self.withdraw,
            self.remove,
            self.suspend,
            self.restore,
            self.assign,
            self.assign,
            self.release,
            self.buy,
            self.pay,
            self.give_up,
            self.choose,
            self.expire,
            self.recover,
        )
        dice.choice(works)(dice)

    def member(self, dice: random.Random) -> UUID:
        rows = Member.objects.filter(organisation=self.company).values_list("id", flat=True)
        return dice.choice(list(rows))

    def invitation(self, dice: random.Random) -> UUID:
        rows = Invitation.objects.filter(organisation=self.company).order_by("-id")
        return dice.choice(list(rows.values_list("id", flat=True)[:5]))

    def order(self, dice: random.Random) -> UUID:
        rows = Order.objects.filter(organisation=self.company).values_list("id", flat=True)
        return dice.choice(list(rows))

    def invite(self, dice: random.Random) -> None:
        people = [
            NewInvitation(f"p{n}@atelier.example", Standing.MEMBER, ("designer",))
            for n in dice.sample(range(12), 2)
        ]
        invite(
            organisation=self.company.id,
            invitations=people,
            may_give_ownership=False,
            now=self.now,
            by="test",
        )

    def accept(self, dice: random.Random) -> None:
        accept_invitation(invitation=self.invitation(dice), now=self.now, by="test")

    def withdraw(self, dice: random.Random) -> None:
        take_back(invitation=self.invitation(dice), now=self.now, by="test")

    def remove(self, dice: random.Random) -> None:
        remove_member(member=self.member(dice), now=self.now, by="test")

    def suspend(self, dice: random.Random) -> None:
        self._change(dice, MemberStatus.SUSPENDED)

    def restore(self, dice: random.Random) -> None:
        self._change(dice, MemberStatus.ACTIVE)

    def _change(self, dice: random.Random, status: MemberStatus) -> None:
        change_member(
            member=self.member(dice),
            standing=dice.choice([Standing.MEMBER, None]),
            status=status,
            may_give_ownership=True,
            now=self.now,
            by="test",
        )

    def assign(self, dice: random.Random) -> None:
        assign_seat(
            subscription=self.subscription.id, member=self.member(dice), now=self.now, by="test"
        )

    def release(self, dice: random.Random) -> None:
        release_seat(
            subscription=self.subscription.id, member=self.member(dice), now=self.now, by="test"
        )

    def buy(self, dice: random.Random) -> None:
        cart = fill_cart(self.company, ("analyst-business", 1))
        order_cart(self.company, cart, dice.choice(["tok_ok", "tok_declined", "tok_authenticate"]))

    def pay(self, dice: random.Random) -> None:
        card = CardPayment(dice.choice(["tok_ok", "tok_unknown"]))
        pay_order(order=self.order(dice), payment=card, now=self.now, by="test")

    def give_up(self, dice: random.Random) -> None:
        withdraw_order(order=self.order(dice), now=self.now, by="test")

    def choose(self, dice: random.Random) -> None:
        choose_renewal(
            subscription=self.subscription.id,
            auto_renew=dice.choice([True, False]),
            next_quantity=dice.randint(1, 9),
            now=self.now,
            by="test",
        )

    def expire(self, _dice: random.Random) -> None:
        run_due(now=self.later)

    def recover(self, _dice: random.Random) -> None:
        recover_payments(now=machine_now(), patience=timedelta(0))


def test_nothing_waits_for_ever_whatever_is_done_at_once() -> None:
    """A deadlock would end one of the threads with an error of the database."""
    company = customer(clock=None)
    bustle = Bustle(company, subscribe(company, quantity=5))
    invited(company, "p0@atelier.example", "designer")

    def busy(number: int) -> set[str]:
        dice = random.Random(number)
        return {outcome(lambda: bustle.one(dice)) for _ in range(40)}

    codes = set().union(*at_once(24, busy))
    assert {DONE, "invitation_closed", "last_owner", "no_free_seat"} <= codes
    recover_payments(now=machine_now(), patience=timedelta(0))
    all_holds()
