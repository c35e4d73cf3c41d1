"""Killed anywhere: after a restart, whoever asks again and recovery bring it to one good end.

Each point of each story is tried twice: the caller asks again before recovery comes, and after.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from itertools import count

import pytest

from tenure.access.models import Seat
from tenure.base.clock import machine_now
from tenure.base.ids import parse_public_id, public_id
from tenure.billing.models import Document, Payment, SandboxCharge
from tenure.events.models import Event
from tenure.flows.due import run_due
from tenure.flows.recovery import recover_payments
from tenure.flows.verify.run import verify
from tenure.orders.models import Order
from tenure.organisations.models import Invitation, Organisation
from tenure.policy.words import Audience
from tenure.subscriptions.models import SeatChange, Subscription
from tests.api.cast import key_for
from tests.api.talking import Api, Reply
from tests.flows.doomed import every_point
from tests.shop import START, customer, fill_cart, open_shop, order_cart, owner_of

pytestmark = pytest.mark.django_db(transaction=True)

_numbers = count(1)

ASK_FIRST = ("ask", "recover")
RECOVER_FIRST = ("recover", "ask")


@dataclass
class Story:
    """Something asked of the API, in a world of its own; asking again sends the same again."""

    api: Api
    method: str
    path: str
    body: object = None

    def __post_init__(self) -> None:
        self.key = f"key-{next(_numbers)}"

    def __call__(self) -> Reply:
        return self.api.send(self.method, self.path, self.body, idempotency_key=self.key)


def buyer(audience: Audience = Audience.BUSINESS) -> Organisation:
    """A customer who lives by the machine's clock."""
    return customer(audience, email=f"ada{next(_numbers)}@atelier.example", clock=None)


def purchase(api: Api, token: str, organisation: Organisation | None = None) -> Story:
    """A cart of two seats to be ordered by card."""
    organisation = organisation or buyer()
    offer = f"designer-{organisation.audience}"
    cart = fill_cart(organisation, (offer, 2), now=machine_now()).cart
    return Story(
        api,
        "POST",
        "/orders",
        {
            "cart": public_id("cart", cart.id),
            "cart_version": cart.version,
            "organisation": public_id("org", organisation.id),
            "payment": {"method": "card", "token": token},
        },
    )


def second_payment(api: Api, first: str, second: str) -> Story:
    """An order whose first card did not pay is paid with another."""
    order = purchase(api, first)().body["id"]
    payment = {"payment": {"method": "card", "token": second}}
    return Story(api, "POST", f"/orders/{order}/payments", payment)


def step(api: Api, outcome: str) -> Story:
    """The customer takes the step that the bank asked for."""
    order = purchase(api, "tok_authenticate")().body
    return Story(api, "POST", f"/sandbox/authentications/{order['payment']}", {"outcome": outcome})


def withdrawal(api: Api, token: str) -> Story:
    """An unpaid order is withdrawn."""
    order = purchase(api, token)().body["id"]
    return Story(api, "DELETE", f"/orders/{order}")


def recover() -> int:
    """Recovery by a worker that finds everything old enough."""
    return recover_payments(now=machine_now(), patience=timedelta(0))


def all_holds() -> None:
    """Everything that is always true, with nothing left on its way."""
    found = {
        each.check.name: each.tally
        for each in verify(now=machine_now())
        if each.tally.failed or each.tally.in_flight
    }
    assert found == {}


def brought_to_its_end(api: Api, order: Order) -> None:
    """Whatever became of the order: its buyer can still have what was chosen, and pays once."""
    path = f"/orders/{public_id('ord', order.id)}"
    recover()
    order.refresh_from_db()
    if order.status == "authentication_required":
        payment = public_id("pay", Payment.objects.filter(order=order).latest("id").id)
        api.post(f"/sandbox/authentications/{payment}", {"outcome": "pass"})
    elif order.status == "declined":
        card = {"payment": {"method": "card", "token": "tok_ok"}}
        paid = api.post(f"{path}/payments", card, idempotency_key=f"end-{next(_numbers)}")
        assert paid.body["status"] == "paid"
    order.refresh_from_db()
    if order.status != "withdrawn":
        assert order.status == "paid"
    once = int(order.status == "paid")
    charges = SandboxCharge.objects.filter(
        status="captured", key__in=Payment.objects.filter(order=order).values("id")
    )
    assert [charge.amount for charge in charges] == [order.total] * once
    assert Document.objects.filter(order=order, kind="invoice").count() == once
    subscriptions = Subscription.objects.filter(order_line__order=order)
    assert len(subscriptions) == once
    assert Seat.objects.filter(subscription__in=subscriptions).count() == 2 * once


STORIES: dict[str, tuple[Callable[[Api], Story], str, set[str]]] = {
    # what is asked; what the caller is told who asks again at once; what else recovery makes of it
    "ok": (lambda api: purchase(api, "tok_ok"), "paid", {"declined"}),
    "declined": (lambda api: purchase(api, "tok_declined"), "declined", set()),
    "funds": (lambda api: purchase(api, "tok_insufficient_funds"), "declined", set()),
    "expired": (lambda api: purchase(api, "tok_expired"), "declined", set()),
    "step": (
        lambda api: purchase(api, "tok_authenticate"),
        "authentication_required",
        {"declined"},
    ),
    "unknown": (
        lambda api: purchase(api, "tok_unknown"),
        "payment_unknown",
        {"paid", "declined"},
    ),
    "not_charged": (
        lambda api: purchase(api, "tok_unknown_not_charged"),
        "payment_unknown",
        {"declined"},
    ),
    "later": (lambda api: purchase(api, "tok_ok_then_declined"), "paid", {"declined"}),
    "again": (lambda api: second_payment(api, "tok_declined", "tok_ok"), "paid", {"declined"}),
    "another": (
        lambda api: second_payment(api, "tok_authenticate", "tok_ok"),
        "paid",
        {"declined"},
    ),
    "passed": (lambda api: step(api, "pass"), "paid", set()),
    "failed": (lambda api: step(api, "fail"), "declined", set()),
    "withdrawn": (lambda api: withdrawal(api, "tok_declined"), "withdrawn", set()),
    "given_up": (lambda api: withdrawal(api, "tok_authenticate"), "withdrawn", set()),
}


@pytest.mark.parametrize("order_of_help", [ASK_FIRST, RECOVER_FIRST], ids=lambda o: o[0])
@pytest.mark.parametrize("name", STORIES)
def test_money_moves_once(name: str, order_of_help: tuple[str, ...]) -> None:
    open_shop()
    api = Api(key_for(None))
    make, told, or_else = STORIES[name]
    stories: list[Story] = []

    def work(_at: int) -> Story:
        stories.append(make(api))
        return stories[-1]

    points = 0
    for at in every_point(work):
        points = at
        story = stories[-1]
        for help_ in order_of_help:
            if help_ == "recover":
                recover()
                continue
            reply = story()
            allowed = {told} if order_of_help is ASK_FIRST else {told, *or_else}
            assert reply.body.get("status") in allowed, (at, reply.text)
        order = Order.objects.get(id=parse_public_id("ord", reply.body["id"]))
        brought_to_its_end(api, order)
    assert points >= 2
    recover()
    all_holds()


def test_added_seats_are_paid_once() -> None:
    open_shop()
    api = Api(key_for(None))
    stories: list[Story] = []

    def work(_at: int) -> Story:
        (subscription,) = purchase(api, "tok_ok")().body["subscriptions"]
        path = f"/subscriptions/{subscription}/seats"
        stories.append(Story(api, "POST", path, {"quantity": 3}))
        return stories[-1]

    points = 0
    for at in every_point(work):
        points, reply = at, stories[-1]()
        assert (reply.status, reply.body["status"]) == (201, "paid"), (at, reply.text)
        order = parse_public_id("ord", reply.body["id"])
        (added,) = SeatChange.objects.filter(subscription__organisation__orders=order)
        assert added.order_id == order
        assert Seat.objects.filter(subscription=added.subscription_id).count() == 5
        assert Document.objects.filter(order=order, kind="invoice").count() == 1
    assert points >= 4
    all_holds()


@pytest.mark.parametrize("order_of_help", [ASK_FIRST, RECOVER_FIRST], ids=lambda o: o[0])
def test_a_students_order_goes_on_where_it_stood(order_of_help: tuple[str, ...]) -> None:
    open_shop()
    api = Api(key_for(None))
    worlds: list[tuple[Organisation, Story]] = []

    def work(_at: int) -> Story:
        student = buyer(Audience.STUDENT)
        purchase(api, "tok_ok", student)()
        path = f"/organisations/{public_id('org', student.id)}/verification"
        worlds.append((student, Story(api, "POST", path, {})))
        return worlds[-1][1]

    points = 0
    for at in every_point(work):
        points = at
        student, story = worlds[-1]
        for help_ in order_of_help:
            if help_ == "recover":
                recover()
            else:
                assert story().body["status"] == "verified"
        order = Order.objects.get(organisation=student)
        assert order.status == "paid" or order_of_help is RECOVER_FIRST
        brought_to_its_end(api, order)
    assert points >= 6
    recover()
    all_holds()


def test_a_killed_recovery_is_made_up_for_by_the_next() -> None:
    open_shop()
    api = Api(key_for(None))

    def work(_at: int) -> Callable[[], int]:
        for token in ("tok_unknown", "tok_unknown_not_charged"):
            purchase(api, token)()
        return recover

    for _ in every_point(work):
        recover()
        assert not Payment.objects.filter(status__in=["intended", "unknown"]).exists()
    statuses = set(Order.objects.values_list("status", flat=True))
    assert statuses == {"paid", "declined"}
    all_holds()


@dataclass
class Team:
    """A company with two seats, one of them held by Bob; what is asked, and how it ends."""

    api: Api

    def __post_init__(self) -> None:
        self.company = buyer()
        self.org = public_id("org", self.company.id)
        order = purchase(self.api, "tok_ok", self.company)()
        (self.subscription,) = order.body["subscriptions"]
        self.email = f"bob{next(_numbers)}@atelier.example"

    def invite(self) -> Reply:
        """Bob is invited, with a role."""
        story = Story(self.api, "POST", f"/organisations/{self.org}/invitations", self.bob)
        return story()

    @property
    def bob(self) -> dict[str, object]:
        """Whom to invite."""
        return {"email": self.email, "standing": "member", "roles": ["designer"]}

    def join(self) -> str:
        """Bob is invited and accepts; his id."""
        token = self.invite().body["token"]
        return str(self.api.post(f"/invitations/{token}/accept", {}).body["id"])

    def seats(self) -> tuple[int, int]:
        """How many seats are assigned, and how many reserved."""
        seats = Seat.objects.filter(organisation=self.company)
        return (
            seats.filter(member__isnull=False).count(),
            seats.filter(invitation__isnull=False).count(),
        )


def invitation_of(team: Team) -> Story:
    return Story(team.api, "POST", f"/organisations/{team.org}/invitations", team.bob)


def acceptance_of(team: Team) -> Story:
    return Story(team.api, "POST", f"/invitations/{team.invite().body['token']}/accept", {})


def taking_back(team: Team) -> Story:
    return Story(team.api, "DELETE", f"/invitations/{team.invite().body['id']}")


def sending_again(team: Team) -> Story:
    return Story(team.api, "POST", f"/invitations/{team.invite().body['id']}/resend", {})


def removal_of(team: Team) -> Story:
    return Story(team.api, "DELETE", f"/members/{team.join()}")


def suspension_of(team: Team) -> Story:
    return Story(team.api, "PATCH", f"/members/{team.join()}", {"status": "suspended"})


def assignment_of(team: Team) -> Story:
    owner = public_id("mem", owner_of(team.company).id)
    return Story(
        team.api, "POST", f"/subscriptions/{team.subscription}/assignments", {"member": owner}
    )


def release_of(team: Team) -> Story:
    bob = team.join()
    return Story(team.api, "DELETE", f"/subscriptions/{team.subscription}/assignments/{bob}")


TEAM_STORIES: dict[str, tuple[Callable[[Team], Story], set[int], tuple[int, int]]] = {
    # what is asked; the status that whoever asks again gets; the seats assigned and reserved
    "invite": (invitation_of, {201}, (0, 1)),
    "accept": (acceptance_of, {200}, (1, 0)),
    "take_back": (taking_back, {204}, (0, 0)),
    "send_again": (sending_again, {200}, (0, 1)),
    "remove": (removal_of, {204}, (0, 0)),
    "suspend": (suspension_of, {200}, (1, 0)),
    "assign": (assignment_of, {201}, (1, 0)),
    # who took a seat away and did not hear of it finds it gone
    "release": (release_of, {204, 404}, (0, 0)),
}


@pytest.mark.parametrize("name", TEAM_STORIES)
def test_seats_are_where_they_should_be(name: str) -> None:
    open_shop()
    api = Api(key_for(None))
    make, answers, seats = TEAM_STORIES[name]
    worlds: list[tuple[Team, Story]] = []

    def work(_at: int) -> Story:
        team = Team(api)
        worlds.append((team, make(team)))
        return worlds[-1][1]

    points = 0
    for at in every_point(work):
        points = at
        team, story = worlds[-1]
        first, second = story(), story()
        assert first.status in answers, (at, first.text)
        assert second.status in answers
        assert team.seats() == seats
        assert Invitation.objects.filter(organisation=team.company).count() <= 1
    assert points >= 2
    assert worlds[-1][0].seats() == seats
    all_holds()


def test_a_clock_goes_on_where_it_stood() -> None:
    open_shop()
    api = Api(key_for(None))
    worlds: list[tuple[Organisation, Story]] = []

    def work(_at: int) -> Story:
        email = f"ada{next(_numbers)}@atelier.example"
        student = customer(Audience.STUDENT, email=email, clock=START)
        org = public_id("org", student.id)
        order_cart(student, fill_cart(student, ("designer-student", 1)))
        for number in range(2):
            guest = {"email": f"b{number}@atelier.example", "standing": "member", "roles": []}
            api.post(f"/organisations/{org}/invitations", guest)
        to = (START + timedelta(days=60)).isoformat()
        path = f"/organisations/{org}/test-clock/advance"
        worlds.append((student, Story(api, "POST", path, {"to": to})))
        return worlds[-1][1]

    def told(organisation: Organisation) -> list[tuple[str, object]]:
        events = Event.objects.filter(organisation_id=organisation.id).order_by("sequence")
        return list(events.values_list("type", "at"))

    for _ in every_point(work):
        assert worlds[-1][1]().status == 200
    whole = told(worlds[-1][0])
    assert [type_ for type_, _ in whole].count("invitation.expired") == 2
    for organisation, _ in worlds:
        assert list(dict.fromkeys(told(organisation))) == list(dict.fromkeys(whole))
    all_holds()


def test_what_is_due_is_done_once() -> None:
    open_shop()
    api = Api(key_for(None))
    later = machine_now() + timedelta(days=1000)

    def work(_at: int) -> Callable[[], int]:
        Team(api).invite()
        purchase(api, "tok_ok", buyer(Audience.STUDENT))()
        return lambda: run_due(now=later)

    for _ in every_point(work):
        run_due(now=later)
        assert run_due(now=later) == 0
    types = list(Event.objects.values_list("type", flat=True))
    rounds = types.count("subscription.started")
    for type_ in ("order.expired", "invitation.expired", "subscription.lapsed"):
        assert types.count(type_) == rounds
    all_holds()
