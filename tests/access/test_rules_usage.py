"""Seats used against paid, day by day."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from tenure.access.rules.usage import PaidStretch, Usage, usage_over_time

FIRST, LAST = date(2027, 3, 1), date(2028, 2, 20)


def test_what_is_paid_and_what_is_used_change_on_their_days() -> None:
    year = PaidStretch("a", 5, date(2027, 3, 1), date(2028, 3, 1))
    quarter = PaidStretch("b", 3, date(2027, 3, 1), date(2027, 6, 1))
    changes = {"a": [(date(2027, 4, 1), 2), (date(2027, 5, 1), -1)], "b": [(date(2027, 3, 1), 1)]}
    assert usage_over_time([year, quarter], changes, first=FIRST, last=LAST) == [
        Usage(date(2027, 3, 1), 1, 8),
        Usage(date(2027, 4, 1), 3, 8),
        Usage(date(2027, 5, 1), 2, 8),
        Usage(date(2027, 6, 1), 1, 5),
        Usage(LAST, 1, 5),
    ]


def test_what_was_before_is_known_on_the_first_day() -> None:
    long = PaidStretch("a", 4, date(2025, 1, 1), date(2030, 1, 1))
    points = usage_over_time([long], {"a": [(date(2025, 2, 1), 3)]}, first=FIRST, last=LAST)
    assert points == [Usage(FIRST, 3, 4), Usage(LAST, 3, 4)]


def test_assignments_that_outlive_their_period_are_no_use() -> None:
    """An ended subscription keeps its assignments for a while, and nobody works by them (R31)."""
    over = PaidStretch("a", 2, date(2027, 3, 1), date(2027, 6, 1))
    points = usage_over_time([over], {"a": [(date(2027, 3, 1), 2)]}, first=FIRST, last=LAST)
    assert points[-1] == Usage(LAST, 0, 0)


def test_a_renewal_on_the_same_day_is_no_gap() -> None:
    chain = [
        PaidStretch("a", 2, date(2027, 3, 1), date(2027, 6, 1)),
        PaidStretch("a", 2, date(2027, 6, 1), date(2027, 9, 1)),
    ]
    points = usage_over_time(
        chain, {"a": [(date(2027, 3, 1), 1)]}, first=FIRST, last=date(2027, 7, 1)
    )
    assert all((point.used, point.paid) == (1, 2) for point in points)


NAMES = st.sampled_from("abc")
DAYS = st.integers(0, 1000).map(lambda days: date(2026, 6, 1) + timedelta(days=days))


@given(
    stretches=st.lists(
        st.tuples(st.sampled_from("abc"), st.integers(1, 9), DAYS, DAYS), max_size=6
    ),
    assigned=st.lists(st.tuples(st.sampled_from("abc"), DAYS, st.integers(1, 5)), max_size=6),
)
def test_no_more_is_used_than_is_paid_for(
    stretches: list[tuple[str, int, date, date]], assigned: list[tuple[str, date, int]]
) -> None:
    paid = [PaidStretch(n, q, min(a, b), max(a, b)) for n, q, a, b in stretches]
    changes: dict[str, list[tuple[date, int]]] = {}
    for name, day, more in assigned:
        changes.setdefault(name, []).append((day, more))
    points = usage_over_time(paid, changes, first=FIRST, last=LAST)
    assert all(0 <= point.used <= point.paid for point in points)
    assert [point.day for point in points] == sorted({point.day for point in points})
    assert (points[0].day, points[-1].day) == (FIRST, LAST)
