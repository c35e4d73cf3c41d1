"""R26 to R28: seats come and go, those in use last, and are numbered 1, 2, 3 … as ever."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tenure.access.commands.resizing import Resize, resize
from tenure.access.models import Seat
from tenure.events.journal import transaction
from tenure.events.models import Event
from tenure.flows.seats import assign_seat
from tenure.organisations.models import Invitation, Member
from tenure.subscriptions.models import Subscription
from tests.flows.worlds import invited, joined
from tests.shop import START, customer, open_shop, owner_of, subscribe

pytestmark = pytest.mark.django_db(transaction=True)


def resized(
    *subscriptions: Subscription, to: int, chosen: tuple[Member, ...] = ()
) -> tuple[list[Member], int]:
    """Give each so many seats; who lost one, and how many statements it took."""
    with transaction(now=START, by="test") as journal, CaptureQueriesContext(connection) as asked:
        rows = Subscription.objects.select_for_update(no_key=True).in_bulk(
            [each.id for each in subscriptions]
        )
        members = [member.id for member in chosen]
        resizes = [Resize(row, to, members) for row in rows.values()]
        lost = resize(resizes=resizes, journal=journal)
    found = Member.objects.in_bulk([each for ids in lost.values() for each in ids])
    return [found[each] for ids in lost.values() for each in ids], len(asked)


def numbers(subscription: Subscription) -> list[int]:
    """The numbers of its seats, which its row must count."""
    subscription.refresh_from_db()
    rows = Seat.objects.filter(subscription=subscription).order_by("number")
    found = list(rows.values_list("number", flat=True))
    assert len(found) == subscription.quantity
    return found


def test_seats_come_and_go_in_the_order_of_the_rule() -> None:
    open_shop()
    company = customer()
    designers = subscribe(company, quantity=2)
    assert resized(designers, to=6)[0] == []
    assert numbers(designers) == [1, 2, 3, 4, 5, 6]
    ada = owner_of(company)
    bob, cleo, dan = (
        joined(company, f"{name}@atelier.example", "designer") for name in ("bob", "cleo", "dan")
    )
    assign_seat(subscription=designers.id, member=ada.id, now=START, by="test")
    eve, fay = (invited(company, f"{n}@atelier.example", "designer") for n in ("eve", "fay"))
    assert resized(designers, to=7)[0] == []
    Invitation.objects.filter(id=eve.id).update(created_at=START + timedelta(hours=1))
    Seat.objects.filter(member__in=[bob, dan]).update(last_used_on=date(2027, 4, 1))
    assert resized(designers, to=6)[0] == []  # the free one
    assert Event.objects.filter(type="seat.released").count() == 0
    assert resized(designers, to=5)[0] == []  # the one that was reserved last
    assert Seat.objects.get(invitation__isnull=False).invitation == fay
    assert resized(designers, to=4)[0] == []
    assert Event.objects.filter(type="seat.released").count() == 2
    assert resized(designers, to=2, chosen=(cleo,))[0] == [cleo, ada]  # then the idle
    assert numbers(designers) == [1, 2]
    left = Seat.objects.filter(subscription=designers).values_list("member__email", flat=True)
    assert set(left) == {bob.email, dan.email}
    assert Event.objects.filter(type="seat.freed").count() == 2


def test_the_number_of_statements_does_not_grow() -> None:
    open_shop()
    company = customer()
    rows = [subscribe(company, quantity=3) for _ in range(5)]
    for row in rows:
        Seat.objects.filter(subscription=row, number=1).update(
            member=owner_of(company), assigned_at=START
        )
    assert resized(rows[0], to=2)[1] == resized(*rows[1:], to=2)[1]
    assert resized(rows[0], to=4)[1] == resized(*rows[1:], to=4)[1]
