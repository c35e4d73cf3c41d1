"""R38: assigning and freeing, every no in its order, and seats that are locked."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest

from tenure.access.models import Seat
from tenure.base.calendar import Term
from tenure.base.errors import NotFound, Refused
from tenure.flows.members import change_member, remove_member
from tenure.flows.policy import bring_into_force
from tenure.flows.seats import assign_seat, release_seat
from tenure.organisations.models import Member
from tenure.organisations.rules import MemberStatus
from tenure.subscriptions.models import Period, Subscription
from tests.flows.worlds import invited, joined, someone
from tests.shop import START, customer, open_shop, owner_of, subscribe

pytestmark = pytest.mark.django_db(transaction=True)

LOCKED = "[seats]\nlock_days = 30\n"


@pytest.fixture(autouse=True)
def _shop() -> None:
    open_shop()


def assign(subscription: Subscription, member: Member, now: datetime = START) -> Seat:
    """Give a seat."""
    written = assign_seat(subscription=subscription.id, member=member.id, now=now, by="test")
    return Seat.objects.get(id=written.ids[0])


def release(subscription: Subscription, member: Member, now: datetime = START) -> Seat:
    """Take it away."""
    written = release_seat(subscription=subscription.id, member=member.id, now=now, by="test")
    return Seat.objects.get(id=written.ids[0])


def refused(work: Callable[[], object]) -> tuple[str, dict[str, object]]:
    """The code and the figures of a refusal."""
    with pytest.raises(Refused) as refusal:
        work()
    return refusal.value.code.code, dict(refusal.value.figures)


def use(seat: Seat, day: date) -> None:
    """A decision was granted to whoever holds the seat."""
    Seat.objects.filter(id=seat.id).update(first_used_on=day, last_used_on=day)


def test_every_no_in_its_order() -> None:
    subscribe(customer(email="eve@elsewhere.example"), quantity=3)  # whose seats are not theirs
    company = customer()
    designers = subscribe(company, quantity=2, term=Term.QUARTER)
    over = Period.objects.get(subscription=designers).ends_at
    ada, bob = owner_of(company), joined(company, "bob@atelier.example")
    eve = Member.objects.get(id=invited(company, "eve@atelier.example").member_id)
    first = assign(designers, ada)
    assert (first.number, first.member_id, first.assigned_at) == (1, ada.id, START)
    assert refused(lambda: assign(designers, eve, over))[0] == "subscription_not_active"
    behind = START - timedelta(days=1)
    assert refused(lambda: assign(designers, ada, behind))[0] == "already_assigned", (
        "a caller who is behind the clock is brought up to it"
    )
    assert refused(lambda: assign(designers, eve))[0] == "member_not_active"
    assert refused(lambda: assign(designers, ada))[0] == "already_assigned"
    assign(designers, bob, over - timedelta(microseconds=1))
    assert refused(lambda: assign(designers, ada))[0] == "already_assigned"
    cleo = joined(company, "cleo@atelier.example")
    assert refused(lambda: assign(designers, cleo)) == ("no_free_seat", {"available": 0})
    change_member(
        member=bob.id,
        status=MemberStatus.SUSPENDED,
        may_give_ownership=False,
        now=START,
        by="test",
    )
    assert refused(lambda: assign(designers, bob))[0] == "member_not_active"
    release(designers, bob)
    assert assign(designers, cleo).number == 2
    Subscription.objects.filter(id=designers.id).update(cancelled_at=START)
    release(designers, cleo)
    assert refused(lambda: assign(designers, cleo))[0] == "subscription_not_active"


def test_what_does_not_exist_or_is_anothers() -> None:
    company, other = customer(), customer(email="eve@elsewhere.example")
    designers, theirs = subscribe(company), subscribe(other)
    ada = owner_of(company)
    for subscription, member in (
        (theirs.id, ada.id),
        (someone(), ada.id),
        (designers.id, someone()),
        (designers.id, owner_of(other).id),
    ):
        for work in (assign_seat, release_seat):
            with pytest.raises(NotFound):
                work(subscription=subscription, member=member, now=START, by="test")
    with pytest.raises(NotFound):
        release(designers, ada)


def test_a_seat_is_locked_from_its_first_use() -> None:
    bring_into_force(source=LOCKED, now=START, by="command")
    company = customer()
    designers = subscribe(company, quantity=1)
    ada, bob = owner_of(company), joined(company, "bob@atelier.example")
    assign(designers, ada)
    assert release(designers, ada).locked_until is None
    use(assign(designers, ada), date(2027, 3, 1))
    free_from = date(2027, 3, 31)
    last = START + timedelta(days=29)
    assert refused(lambda: release(designers, ada, last)) == ("seat_locked", {"until": free_from})
    seat = release(designers, ada, START + timedelta(days=30))
    assert (seat.member_id, seat.first_used_on, seat.locked_until) == (None, None, None)
    use(assign(designers, bob), date(2027, 3, 1))
    remove_member(member=bob.id, now=START, by="test")
    seat.refresh_from_db()
    assert (seat.member_id, seat.locked_until) == (None, free_from)
    told = refused(lambda: assign(designers, ada, last))
    assert told == ("no_free_seat", {"available": 0, "until": free_from})
    with pytest.raises(Refused):
        invited(company, "cleo@atelier.example", "designer")
    assert assign(designers, ada, START + timedelta(days=30)).locked_until is None


def test_a_lock_is_that_of_the_policy_under_which_it_was_bought() -> None:
    company = customer()
    free = subscribe(company, quantity=1)
    bring_into_force(source=LOCKED, now=START, by="command")
    locked = subscribe(company, quantity=1)
    bring_into_force(source="", now=START, by="command")
    elsewhere = subscribe(company, "analyst-business", 1)
    Period.objects.filter(subscription=elsewhere).update(order=None)
    ada = owner_of(company)
    for subscription in (free, locked, elsewhere):
        use(assign(subscription, ada), date(2027, 3, 1))
    for subscription in (free, elsewhere):
        release(subscription, ada)
        use(assign(subscription, ada), date(2027, 3, 1))
    assert refused(lambda: release(locked, ada))[0] == "seat_locked"
    joined_owner = joined(company, "bea@atelier.example")
    use(assign(subscribe(company), joined_owner), date(2027, 3, 1))
    remove_member(member=joined_owner.id, now=START, by="test")
    assert not Seat.objects.filter(locked_until__isnull=False).exists()


def test_the_day_of_a_lock_is_that_of_the_subscriptions_zone() -> None:
    bring_into_force(source=LOCKED, now=START, by="command")
    company = customer(timezone="Pacific/Auckland")
    designers = subscribe(company, quantity=1)
    ada = owner_of(company)
    use(assign(designers, ada), date(2027, 3, 1))
    midnight_there = datetime.fromisoformat("2027-03-30T11:00:00+00:00")
    before = midnight_there - timedelta(microseconds=1)
    assert refused(lambda: release(designers, ada, before))[0] == "seat_locked"
    release(designers, ada, midnight_there)
