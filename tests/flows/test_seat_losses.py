"""R26: who loses a seat if the next period has fewer: as chosen, else those idle longest."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tenure.access.models import Seat, SeatLoss
from tenure.access.queries.losses import Fewer, losses, members_who_lose
from tenure.base.errors import Invalid, NotFound, Refused
from tenure.events.models import Event
from tenure.flows.seat_losses import choose_losses
from tenure.flows.seats import assign_seat, release_seat
from tenure.organisations.models import Member
from tenure.subscriptions.models import Period, Subscription
from tests.flows.worlds import invited, joined, someone
from tests.shop import START, customer, open_shop, owner_of, subscribe

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _shop() -> None:
    open_shop()


def losers(subscription: Subscription, quantity: int) -> list[str]:
    """Who loses a seat if so many come, in that order."""
    found = losses(Fewer(subscription, quantity)).losers
    assert [each.member.id for each in found] == members_who_lose([Fewer(subscription, quantity)])[
        subscription.id
    ]
    return [each.member.email.partition("@")[0] for each in found]


def choose(subscription: Subscription, members: Sequence[Member]) -> None:
    """An administrator chooses."""
    ids = [member.id for member in members]
    choose_losses(subscription=subscription.id, members=ids, now=START, by="test")


def test_the_chosen_go_before_those_idle_longest_and_only_as_far_as_seats_must_go() -> None:
    company = customer()
    seats = subscribe(company, quantity=6)
    ada, bob, cy = owner_of(company), *(joined(company, f"{n}@atelier.example") for n in ("b", "c"))
    for member, used in ((ada, 20), (bob, None), (cy, 10)):
        assign_seat(subscription=seats.id, member=member.id, now=START, by="test")
        on = date(2027, 3, used) if used else None
        Seat.objects.filter(member=member).update(first_used_on=on, last_used_on=on)
    invited(company, "dan@atelier.example", "designer")
    gone = losses(Fewer(seats, 4))
    assert (gone.free, gone.reserved, gone.touches_anybody) == (2, 0, False)
    gone = losses(Fewer(seats, 3))
    assert (gone.free, gone.reserved, gone.touches_anybody) == (2, 1, True)
    assert losers(seats, 1) == ["b", "c"]
    choose(seats, [ada, cy])
    assert losers(seats, 2) == ["ada"]
    assert losers(seats, 1) == ["ada", "c"]
    assert [each.chosen for each in losses(Fewer(seats, 0)).losers] == [True, True, False]
    release_seat(subscription=seats.id, member=ada.id, now=START, by="test")
    assert losers(seats, 1) == ["c"]
    choose(seats, [cy])
    choose(seats, [cy])
    with pytest.raises(Invalid):
        choose(seats, [ada])
    choose(seats, [])
    assert not SeatLoss.objects.exists()
    told = Event.objects.filter(type="seat.losses_chosen").order_by("sequence")
    assert [len(event.data["members"]) for event in told] == [2, 1, 0]


def test_it_takes_as_many_statements_for_many_and_ends_with_the_period() -> None:
    company = customer()
    both = [subscribe(company, quantity=300), subscribe(company, "analyst-business")]
    for wanted in (both[1:], both):
        with CaptureQueriesContext(connection) as caught:
            members_who_lose([Fewer(each, 1) for each in wanted])
        assert len(caught) == 2
    with pytest.raises(NotFound):
        choose_losses(subscription=someone(), members=[], now=START, by="test")
    over = Period.objects.filter(subscription=both[0]).latest("number").ends_at
    with pytest.raises(Refused):
        choose_losses(subscription=both[0].id, members=[], now=over, by="test")
