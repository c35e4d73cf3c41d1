"""The forecast as a pure rule: what is charged when, what ends and why, what has a last day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from tenure.base.calendar import Term, first_instant, zone_named
from tenure.policy.loading import default_policy
from tenure.policy.model import Policy
from tenure.policy.words import Audience
from tenure.subscriptions.rules.due import Course
from tenure.subscriptions.rules.forecast import (
    Charge,
    Customer,
    DeadlineKind,
    EndReason,
    Forecast,
    Ordered,
    OrderState,
    Outlook,
    forecast,
)
from tenure.subscriptions.rules.periods import period

PARIS = zone_named("Europe/Paris")
POLICY: Policy = default_policy()
ANCHOR = date(2027, 3, 1)
AT = datetime(2027, 3, 1, 9, tzinfo=UTC)


def fifth_more(nets: Sequence[int], on: date) -> int | None:
    """A tax of a fifth, which nobody knows from 2029 on."""
    return None if on.year > 2028 else sum(nets) * 12 // 10


CUSTOMER = Customer(
    at=AT,
    today=ANCHOR,
    audience=Audience.BUSINESS,
    country="FR",
    policy=POLICY,
    has_card=True,
    is_proved=True,
    total_of=fifth_more,
)


def outlook(
    id_: str = "a", term: Term = Term.QUARTER, number: int = 1, **changed: Any
) -> Outlook[str]:
    """A subscription of 1 March 2027; ``changed`` are fields of it or of its course."""
    trial_days = 30 if term is Term.TRIAL else None
    current = period(ANCHOR, term, number, PARIS, trial_days=trial_days)
    course = Course(
        current=current,
        term=term,
        zone=PARIS,
        policy=POLICY,
        data_until_on=current.ends_on + timedelta(days=14),
        auto_renew=True,
    )
    fields = Course.__dataclass_fields__
    course = replace(course, **{name: v for name, v in changed.items() if name in fields})
    rest = {name: v for name, v in changed.items() if name not in fields}
    usual: dict[str, Any] = {"seats": 2, "paid_seats": 2, "next_quantity": 2, "currency": "EUR"}
    return Outlook(id_, course, ANCHOR, price_on=lambda _: 1000, **{**usual, **rest})


def ahead(*outlooks: Outlook[str], until: date, **changed: Any) -> Forecast[str]:
    """The forecast of a customer with these."""
    return forecast(outlooks, replace(CUSTOMER, **changed), until=until)


def days(found: Forecast[str], kind: DeadlineKind) -> list[date]:
    """The days of one kind."""
    return [each.on for each in found.deadlines if each.kind is kind]


def only_end(found: Forecast[str]) -> tuple[date, EndReason]:
    """The one end."""
    (end,) = found.ends
    assert found.charges == []
    return end.on, end.reason


def test_what_renews_on_one_day_by_one_method_is_one_charge() -> None:
    found = ahead(
        outlook("a"),
        outlook("b", next_quantity=3),
        outlook("c", by_transfer=True),
        outlook("d", currency="USD"),
        until=date(2027, 9, 1),
    )
    first = date(2027, 5, 28)
    assert found.charges == [
        Charge(first, 6000, "EUR", ("a", "b"), by_transfer=False),
        Charge(first, 2400, "USD", ("d",), by_transfer=False),
        Charge(date(2027, 6, 1), 2400, "EUR", ("c",), by_transfer=True),
        Charge(date(2027, 8, 28), 6000, "EUR", ("a", "b"), by_transfer=False),
        Charge(date(2027, 8, 28), 2400, "USD", ("d",), by_transfer=False),
        Charge(date(2027, 9, 1), 2400, "EUR", ("c",), by_transfer=True),
    ]
    assert days(found, DeadlineKind.RENEWAL_INVOICE) == [date(2027, 5, 2), date(2027, 8, 2)]
    assert set(days(found, DeadlineKind.OPT_OUT)) == {date(2027, 5, 27), date(2027, 8, 27)}
    assert days(found, DeadlineKind.REMINDER)[0] == date(2027, 5, 13)
    assert ahead(outlook(), until=date(2027, 5, 27)).charges == []
    to_the_day = ahead(outlook(), until=date(2027, 5, 27))
    assert days(to_the_day, DeadlineKind.OPT_OUT) == [date(2027, 5, 27)]
    named = [(each.kind, each.about) for each in to_the_day.deadlines]
    assert named == [
        (DeadlineKind.REMINDER, "1:2027-05-13"),
        (DeadlineKind.REMINDER, "1:2027-05-24"),
        (DeadlineKind.OPT_OUT, "1"),
    ]
    just_sent = {"at": datetime(2027, 5, 13, 9, tzinfo=UTC), "today": date(2027, 5, 13)}
    left = days(ahead(outlook(), until=date(2027, 5, 27), **just_sent), DeadlineKind.REMINDER)
    assert left == [date(2027, 5, 24)]
    late = ahead(outlook(number=8), until=date(2030, 1, 1))
    assert [each.amount for each in late.charges] == [None] * 4
    assert ahead(outlook(fixed=0), until=date(2027, 6, 1)).charges == []


def test_what_ends_and_why() -> None:
    june, until = date(2027, 6, 1), date(2028, 3, 1)
    cases: list[tuple[EndReason, Outlook[str], dict[str, Any]]] = [
        (EndReason.RENEWAL_OFF, outlook(auto_renew=False), {}),
        (EndReason.RENEWAL_OFF, outlook(stops_after=1), {}),
        (EndReason.NOT_RENEWED_HERE, outlook(external=True), {}),
        (EndReason.OFFER_WITHDRAWN, outlook(withdrawn=True), {}),
        (EndReason.NO_CARD, outlook(), {"has_card": False}),
        (EndReason.NOT_VERIFIED, outlook(), {"is_proved": False, "audience": Audience.STUDENT}),
        (EndReason.OFFER_WITHDRAWN, replace(outlook(), price_on=lambda _: None), {}),
        (EndReason.UNPAID, outlook(ordered=Ordered("o", OrderState.STUCK, 2400)), {}),
    ]
    for reason, each, changed in cases:
        assert only_end(ahead(each, until=until, **changed)) == (june, reason)
    one = outlook(auto_renew=False)
    assert ahead(one, until=june - timedelta(days=1)).ends == []
    assert only_end(ahead(one, until=june)) == (june, EndReason.RENEWAL_OFF)
    later = ahead(outlook("z", number=2, auto_renew=False), one, until=until)
    assert [end.subscription for end in later.ends] == ["a", "z"]
    nothing_to_pay = replace(outlook(), price_on=lambda _: 0)
    unproved = {"is_proved": False, "audience": Audience.STUDENT, "has_card": False}
    assert ahead(nothing_to_pay, until=until, **unproved).ends == []
    assert ahead(outlook(), until=until, audience=Audience.STUDENT).ends == []
    assert ahead(outlook(by_transfer=True), until=until, has_card=False).ends == []
    trial = ahead(outlook(term=Term.TRIAL, auto_renew=False), until=until)
    assert only_end(trial) == (date(2027, 3, 31), EndReason.TRIAL_ENDS)
    found = ahead(outlook(stops_after=2), until=until)
    assert [each.on for each in found.charges] == [date(2027, 5, 28)]
    (end,) = found.ends
    assert (end.on, end.data_until_on) == (date(2027, 9, 1), date(2027, 9, 15))
    assert days(found, DeadlineKind.RETENTION) == [date(2027, 9, 15)]
    assert days(found, DeadlineKind.RETENTION_WARNING) == [date(2027, 9, 8), date(2027, 9, 14)]
    assert days(found, DeadlineKind.END) == [date(2027, 9, 1)]
    assert days(found, DeadlineKind.OPT_OUT) == [date(2027, 5, 27)]


def test_an_order_that_is_there_is_charged_again_or_awaited() -> None:
    at = first_instant(date(2027, 5, 28), PARIS) + timedelta(hours=1)
    now = {"at": at, "today": date(2027, 5, 28)}
    again = first_instant(date(2027, 5, 29), PARIS)

    def with_order(state: OrderState, **changed: Any) -> Forecast[str]:
        order = Ordered("o", state, 5555, again)
        two = (outlook("a", ordered=order), outlook("b", ordered=order))
        return ahead(*two, until=date(2027, 7, 1), **now, **changed)

    for state, on, by_transfer in (
        (OrderState.RETRIED, date(2027, 5, 29), False),
        (OrderState.UNKNOWN, date(2027, 5, 28), False),
        (OrderState.AWAITED, date(2027, 6, 1), True),
    ):
        found = with_order(state)
        assert found.charges == [Charge(on, 5555, "EUR", ("a", "b"), by_transfer)]
    lost = with_order(OrderState.RETRIED, has_card=False)
    assert [each.reason for each in lost.ends] == [EndReason.NO_CARD] * 2
    lost_track = outlook(ordered=Ordered("o", OrderState.RETRIED, 5555))
    assert ahead(lost_track, until=date(2027, 7, 1), **now).charges[0].on == date(2027, 6, 1)
    invoiced = outlook(by_transfer=True, ordered=Ordered("o", OrderState.AWAITED, 5555))
    assert days(ahead(invoiced, until=date(2027, 7, 1)), DeadlineKind.RENEWAL_INVOICE) == []
    unordered = ahead(outlook(), until=date(2027, 7, 1), **now)
    assert [each.on for each in unordered.charges] == [date(2027, 5, 28)]
    just_over = {"at": first_instant(date(2027, 6, 1), PARIS), "today": date(2027, 6, 1)}
    for each in (outlook(), invoiced):
        assert ahead(each, until=date(2027, 7, 1), **just_over).charges == []
    over = {"at": first_instant(date(2027, 6, 3), PARIS), "today": date(2027, 6, 3)}
    lapsed = ahead(outlook(), until=date(2027, 7, 1), **over)
    assert (lapsed.charges, lapsed.ends) == ([], [])
    assert days(lapsed, DeadlineKind.RETENTION) == [date(2027, 6, 15)]


def test_seats_go_once_and_prices_are_those_of_the_reminder() -> None:
    found = ahead(outlook(seats=5, paid_seats=5, next_quantity=2), until=date(2028, 1, 1))
    assert [(each.on, each.seats) for each in found.fewer] == [(date(2027, 6, 1), 2)]
    for until, fewer in ((date(2027, 5, 31), 0), (date(2027, 6, 1), 1)):
        assert len(ahead(outlook(next_quantity=1), until=until).fewer) == fewer
    assert ahead(outlook(number=2), until=date(2028, 1, 1)).fewer == []
    twice = ahead(outlook(number=2, seats=5, paid_seats=4, next_quantity=1), until=date(2028, 1, 1))
    assert [(each.on, each.seats) for each in twice.fewer] == [
        (date(2027, 6, 1), 4),
        (date(2027, 9, 1), 1),
    ]

    def dearer(on: date) -> int:
        return 1000 if on < date(2027, 5, 20) else 2000

    rising = replace(outlook(), price_on=dearer)
    assert [each.amount for each in ahead(rising, until=date(2027, 9, 1)).charges] == [2400, 4800]
    reminded = {"at": first_instant(date(2027, 5, 13), PARIS), "today": date(2027, 5, 13)}
    assert ahead(rising, until=date(2027, 6, 1), **reminded).charges[0].amount == 2400
    late = {"at": first_instant(date(2027, 5, 14), PARIS), "today": date(2027, 5, 14)}
    assert ahead(rising, until=date(2027, 6, 1), **late).charges[0].amount == 4800
    named = replace(rising, fixed=900)
    assert ahead(named, until=date(2027, 6, 1), **late).charges[0].amount == 2160
