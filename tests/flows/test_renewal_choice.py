"""R21, R22, R26: switching auto-renewal to the instant, and the quantity of the next period."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import partial

import pytest

from tenure.base.calendar import Term
from tenure.base.errors import NotFound, Refused, Stale
from tenure.events.models import Event
from tenure.flows.renewal_choice import choose_renewal
from tenure.policy.words import Audience
from tenure.subscriptions.models import Period, Source, Subscription
from tests.flows.worlds import someone
from tests.shop import START, customer, open_shop, subscribe

pytestmark = pytest.mark.django_db(transaction=True)

INSTANT = timedelta(microseconds=1)


@pytest.fixture(autouse=True)
def _shop() -> None:
    open_shop()


def switch(
    subscription: Subscription, on: bool, at: datetime, *, next_period: bool = False
) -> Subscription:
    """Switch auto-renewal; the subscription as it is then."""
    choose_renewal(
        subscription=subscription.id,
        auto_renew=on,
        from_next_period=next_period,
        now=at,
        by="test",
    )
    subscription.refresh_from_db()
    return subscription


def refused(work: Callable[[], object]) -> tuple[str, dict[str, object]]:
    """The code and the figures of a refusal."""
    with pytest.raises(Refused) as refusal:
        work()
    return refusal.value.code.code, dict(refusal.value.figures)


def times_told() -> int:
    """How often the journal tells of a switch."""
    return Event.objects.filter(type="subscription.auto_renewal_switched").count()


MONTH, QUARTER, YEAR = Term.MONTH, Term.QUARTER, Term.YEAR

# Bought at, the last day of R21, the instant at which it is over. The deadline's day, or the one
# after it, is that of a change of the clocks.
DEADLINES = {
    "the rulebook's": (
        "Europe/Paris",
        (YEAR, "2026-11-23T12:00"),
        (date(2027, 11, 18), "2027-11-18T23:00"),
    ),
    "paris, an hour less": (
        "Europe/Paris",
        (YEAR, "2026-04-02T12:00"),
        (date(2027, 3, 28), "2027-03-28T22:00"),
    ),
    "paris, an hour more": (
        "Europe/Paris",
        (MONTH, "2027-10-05T12:00"),
        (date(2027, 10, 31), "2027-10-31T23:00"),
    ),
    "new york, an hour more": (
        "America/New_York",
        (MONTH, "2027-10-12T12:00"),
        (date(2027, 11, 7), "2027-11-08T05:00"),
    ),
    "new york, an hour less": (
        "America/New_York",
        (MONTH, "2027-02-19T12:00"),
        (date(2027, 3, 14), "2027-03-15T04:00"),
    ),
    "cairo, no midnight": (
        "Africa/Cairo",
        (MONTH, "2027-04-04T12:00"),
        (date(2027, 4, 29), "2027-04-29T22:00"),
    ),
    "lord howe, half an hour": (
        "Australia/Lord_Howe",
        (MONTH, "2027-09-08T01:00"),
        (date(2027, 10, 3), "2027-10-03T13:00"),
    ),
    "tokyo, a leap february": (
        "Asia/Tokyo",
        (MONTH, "2028-01-31T12:00"),
        (date(2028, 2, 24), "2028-02-24T15:00"),
    ),
}


def utc(text: str) -> datetime:
    """A moment."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize("name", DEADLINES)
def test_the_deadline_is_kept_to_the_instant(name: str) -> None:
    zone, (term, bought), (deadline, until) = DEADLINES[name]
    over = utc(until)
    maker = customer(Audience.CREATOR, timezone=zone, clock=utc(bought))
    bought_there = subscribe(maker, "designer-creator", term=term, now=utc(bought))
    ends_at = Period.objects.get().ends_at
    assert switch(bought_there, False, over - INSTANT).auto_renew is False
    assert switch(bought_there, True, over - INSTANT).auto_renew is True
    assert refused(lambda: switch(bought_there, False, over)) == (
        "opt_out_closed",
        {"deadline": deadline, "from": "next_period"},
    )
    assert bought_there.auto_renew is True
    stopping = switch(bought_there, False, over, next_period=True)
    assert (stopping.auto_renew, stopping.stops_after) == (True, 2)
    told = times_told()
    switch(bought_there, False, over, next_period=True)
    assert times_told() == told
    assert refused(lambda: switch(bought_there, False, over))[0] == "opt_out_closed"
    assert refused(lambda: switch(bought_there, True, ends_at))[0] == "opt_in_closed"
    assert refused(lambda: switch(bought_there, False, ends_at))[0] == "opt_out_closed"
    late = {"on": False, "at": ends_at, "next_period": True}
    assert refused(lambda: switch(bought_there, **late))[0] == "subscription_over"
    acting = partial(
        choose_renewal, subscription=bought_there.id, auto_renew=True, by="staff:usr_x"
    )
    assert refused(lambda: acting(now=ends_at - INSTANT))[0] == "acting_pays_nothing"
    going_on = switch(bought_there, True, ends_at - INSTANT)
    assert (going_on.auto_renew, going_on.stops_after) == (True, None)
    assert bought_there.periods.count() == 2, "switched on after the deadline, it is charged"


def test_what_is_so_already_is_no_change() -> None:
    subscription = subscribe(customer())
    after_deadline = Period.objects.get().ends_at - timedelta(days=1)
    switch(subscription, True, START)
    assert times_told() == 0
    switch(subscription, False, START)
    switch(subscription, False, START)
    for next_period in (False, True):
        off = switch(subscription, False, after_deadline, next_period=next_period)
        assert (off.auto_renew, off.stops_after) == (False, None)
    assert times_told() == 1
    assert switch(subscription, True, after_deadline).auto_renew is True
    early = switch(subscription, False, START, next_period=True)
    assert (early.auto_renew, early.stops_after) == (True, 2)
    in_the_second = after_deadline + timedelta(days=2)
    again = switch(subscription, False, in_the_second, next_period=True)
    assert (again.stops_after, times_told()) == (2, 3), "the end is moved no further"


def test_trials_and_what_was_bought_elsewhere_are_not_renewed() -> None:
    company = customer()
    trial = subscribe(company, "designer-trial", term=Term.TRIAL)
    elsewhere = subscribe(company, "analyst-business")
    Subscription.objects.filter(id=elsewhere.id).update(source=Source.EXTERNAL)
    Period.objects.filter(subscription=elsewhere).update(order=None)
    for on in (True, False):
        assert refused(lambda on=on: switch(trial, on, START))[0] == "trial_does_not_renew"
        assert refused(lambda on=on: switch(elsewhere, on, START))[0] == "not_renewed_here"
    assert refused(lambda: choose(elsewhere, 3, START))[0] == "not_renewed_here"


def choose(subscription: Subscription, quantity: int, at: datetime) -> int:
    """Set the quantity of the next period; what it is then."""
    choose_renewal(subscription=subscription.id, next_quantity=quantity, now=at, by="test")
    subscription.refresh_from_db()
    return subscription.next_quantity


def test_the_next_quantity_can_be_set_until_the_deadline() -> None:
    company = customer()
    subscription = subscribe(company, quantity=2)
    period = Period.objects.get()
    assert period.opt_out_until is not None
    assert choose(subscription, 5, period.opt_out_until - INSTANT) == 5
    assert subscription.quantity == 2
    assert refused(lambda: choose(subscription, 3, period.opt_out_until)) == (
        "quantity_closed",
        {"deadline": date(2028, 2, 25)},
    )
    assert refused(lambda: choose(subscription, 3, period.ends_at)) == (
        "subscription_over",
        {"ends_on": date(2028, 3, 1)},
    )
    trial = subscribe(customer(email="t@atelier.example"), "designer-trial", term=Term.TRIAL)
    assert refused(lambda: choose(trial, 3, START))[0] == "subscription_over"


def test_all_or_nothing_and_only_of_what_was_read() -> None:
    subscription = subscribe(customer(), quantity=2)
    late = Period.objects.get().ends_at - timedelta(days=1)
    both = {"subscription": subscription.id, "by": "test", "next_quantity": 4}
    assert refused(lambda: choose_renewal(auto_renew=True, expected_version=1, now=late, **both))[
        0
    ] == ("quantity_closed")
    choose_renewal(auto_renew=False, expected_version=1, now=START, **both)
    subscription.refresh_from_db()
    assert (subscription.auto_renew, subscription.next_quantity) == (False, 4)
    assert subscription.version == 2
    with pytest.raises(Stale):
        choose_renewal(expected_version=1, now=START, **both)
    with pytest.raises(NotFound):
        choose_renewal(subscription=someone(), now=START, by="test")


def test_nothing_is_chosen_about_what_was_taken_back() -> None:
    """Found by the simulator, seed 22: an opt-out after a cancellation was accepted (R30)."""
    subscription = subscribe(customer())
    Subscription.objects.update(cancelled_at=START)
    over = ("subscription_over", {"ends_on": date(2027, 3, 1)})
    assert refused(lambda: switch(subscription, False, START)) == over
    assert refused(lambda: switch(subscription, True, START)) == over
    assert refused(lambda: choose(subscription, 3, START)) == over
