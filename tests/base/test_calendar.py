"""Days, terms and periods: the rulebook's own dates, the odd midnights of the world, and R1."""

from calendar import isleap
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenure.base.calendar import (
    Span,
    Term,
    add_months,
    end_of_day_instant,
    first_instant,
    last_day_before,
    last_day_within,
    local_date,
    microseconds,
    period_bounds,
    trial_bounds,
    zone_named,
)
from tenure.base.errors import Invalid
from tests.strategies import days, instants, zones

PAID_TERMS = [Term.MONTH, Term.QUARTER, Term.YEAR]


def starts(anchor: date, term: Term, count: int) -> list[date]:
    return [period_bounds(anchor, term, number).starts_on for number in range(1, count + 1)]


class TestPeriods:
    def test_31_january_monthly(self) -> None:
        assert starts(date(2027, 1, 31), Term.MONTH, 4) == [
            date(2027, 1, 31),
            date(2027, 2, 28),
            date(2027, 3, 31),
            date(2027, 4, 30),
        ]

    def test_31_january_monthly_in_a_leap_year(self) -> None:
        assert period_bounds(date(2028, 1, 31), Term.MONTH, 1).ends_on == date(2028, 2, 29)

    def test_29_february_yearly(self) -> None:
        assert starts(date(2024, 2, 29), Term.YEAR, 5) == [
            date(2024, 2, 29),
            date(2025, 2, 28),
            date(2026, 2, 28),
            date(2027, 2, 28),
            date(2028, 2, 29),
        ]

    def test_30_november_quarterly(self) -> None:
        assert starts(date(2026, 11, 30), Term.QUARTER, 4) == [
            date(2026, 11, 30),
            date(2027, 2, 28),
            date(2027, 5, 30),
            date(2027, 8, 30),
        ]

    def test_a_period_names_its_last_day(self) -> None:
        span = period_bounds(date(2026, 11, 23), Term.YEAR, 1)
        assert span == (date(2026, 11, 23), date(2027, 11, 23))
        assert span.last_day == date(2027, 11, 22)
        assert span.days == 365

    def test_a_trial_counts_days(self) -> None:
        assert trial_bounds(date(2028, 2, 20), 14) == Span(date(2028, 2, 20), date(2028, 3, 5))

    def test_what_is_no_period(self) -> None:
        with pytest.raises(ValueError, match="from 1"):
            period_bounds(date(2027, 1, 1), Term.MONTH, 0)
        with pytest.raises(ValueError, match="days, not months"):
            period_bounds(date(2027, 1, 1), Term.TRIAL, 1)
        with pytest.raises(ValueError, match="at least a day"):
            trial_bounds(date(2027, 1, 1), 0)
        with pytest.raises(ValueError, match="Beyond"):
            period_bounds(date(9999, 6, 1), Term.YEAR, 1)

    @given(days, st.sampled_from(PAID_TERMS), st.integers(1, 120))
    def test_a_chain_has_neither_gap_nor_overlap(self, anchor: date, term: Term, n: int) -> None:
        span, following = period_bounds(anchor, term, n), period_bounds(anchor, term, n + 1)
        assert span.starts_on < span.ends_on == following.starts_on

    @given(days, st.sampled_from(PAID_TERMS), st.integers(1, 120))
    def test_a_period_keeps_the_day_of_its_anchor(self, anchor: date, term: Term, n: int) -> None:
        """Or the last day of a month that is too short for it: stated without our arithmetic."""
        starts_on = period_bounds(anchor, term, n).starts_on
        months = (starts_on.year - anchor.year) * 12 + starts_on.month - anchor.month
        assert months == (n - 1) * term.months
        month_ends = (starts_on + timedelta(days=1)).day == 1
        assert starts_on.day == anchor.day or (starts_on.day < anchor.day and month_ends)

    @given(days, st.integers(1, 60))
    def test_terms_agree(self, anchor: date, years: int) -> None:
        yearly = period_bounds(anchor, Term.YEAR, years).ends_on
        assert yearly == period_bounds(anchor, Term.QUARTER, years * 4).ends_on
        assert yearly == period_bounds(anchor, Term.MONTH, years * 12).ends_on

    @given(days, st.integers(-240, 240))
    def test_adding_months(self, day: date, months: int) -> None:
        moved = add_months(day, months)
        assert moved.day in {day.day, 28, 29, 30}
        assert moved.month == 2 or moved.day >= min(day.day, 30)
        if moved.month == 2 and day.day >= 29:
            assert moved.day == (29 if isleap(moved.year) else 28)


class TestMidnights:
    @pytest.mark.parametrize(
        ("zone", "day", "instant"),
        [
            ("Europe/Paris", date(2027, 11, 23), "2027-11-22T23:00:00Z"),
            ("Asia/Tokyo", date(2028, 2, 29), "2028-02-28T15:00:00Z"),
            ("America/New_York", date(2027, 3, 14), "2027-03-14T05:00:00Z"),
            ("America/New_York", date(2027, 3, 15), "2027-03-15T04:00:00Z"),
            ("Asia/Kathmandu", date(2027, 1, 1), "2026-12-31T18:15:00Z"),
        ],
    )
    def test_plain(self, zone: str, day: date, instant: str) -> None:
        assert first_instant(day, ZoneInfo(zone)) == datetime.fromisoformat(instant)

    @pytest.mark.parametrize(
        ("zone", "day", "instant", "local"),
        [
            ("America/Sao_Paulo", date(2018, 11, 4), "2018-11-04T03:00:00Z", "01:00"),
            ("America/Havana", date(2024, 3, 10), "2024-03-10T05:00:00Z", "01:00"),
            ("Africa/Cairo", date(2024, 4, 26), "2024-04-25T22:00:00Z", "01:00"),
            ("America/Toronto", date(1919, 3, 31), "1919-03-31T04:30:00Z", "00:30"),
        ],
    )
    def test_that_do_not_exist(self, zone: str, day: date, instant: str, local: str) -> None:
        """The day's first instant, also where the gap began before midnight."""
        found = first_instant(day, ZoneInfo(zone))
        assert found == datetime.fromisoformat(instant)
        assert found.astimezone(ZoneInfo(zone)).strftime("%H:%M") == local

    @pytest.mark.parametrize(
        ("zone", "day", "instant"),
        [
            ("America/Havana", date(2024, 11, 3), "2024-11-03T04:00:00Z"),
            ("Atlantic/Azores", date(2026, 10, 25), "2026-10-25T00:00:00Z"),
            ("America/St_Johns", date(2006, 10, 29), "2006-10-29T02:30:00Z"),
        ],
    )
    def test_that_happen_twice_are_the_earlier(self, zone: str, day: date, instant: str) -> None:
        assert first_instant(day, ZoneInfo(zone)) == datetime.fromisoformat(instant)

    def test_a_day_that_samoa_left_out_has_no_length(self) -> None:
        apia, day = ZoneInfo("Pacific/Apia"), date(2011, 12, 30)
        assert first_instant(day, apia) == end_of_day_instant(day, apia)

    @given(zones, days)
    def test_a_day_begins_with_itself(self, zone: ZoneInfo, day: date) -> None:
        begins = first_instant(day, zone)
        assert begins.tzinfo is UTC
        assert local_date(begins, zone) == day or first_instant(day + timedelta(1), zone) == begins
        assert local_date(begins - timedelta(microseconds=1), zone) < day

    @given(zones, days)
    def test_days_follow_one_another(self, zone: ZoneInfo, day: date) -> None:
        length = end_of_day_instant(day, zone) - first_instant(day, zone)
        assert timedelta(0) <= length <= timedelta(hours=26)

    @given(zones, instants)
    def test_an_instant_lies_in_its_day(self, zone: ZoneInfo, at: datetime) -> None:
        day = local_date(at, zone)
        assert first_instant(day, zone) <= at
        assert at < end_of_day_instant(day, zone)

    def test_a_naive_time_is_no_instant(self) -> None:
        with pytest.raises(ValueError, match="zone"):
            local_date(datetime(2027, 1, 1, tzinfo=UTC).replace(tzinfo=None), ZoneInfo("UTC"))


class TestLimits:
    def test_until_five_days_before_the_end(self) -> None:
        assert last_day_before(date(2027, 11, 23), 5) == date(2027, 11, 18)

    def test_within_fifteen_days_of_the_first_of_march(self) -> None:
        last = last_day_within(date(2027, 3, 1), 15)
        assert last == date(2027, 3, 16)
        midnight = end_of_day_instant(last, ZoneInfo("Europe/Paris"))
        assert midnight == datetime(2027, 3, 16, 23, tzinfo=UTC)

    def test_summer_time_moves_no_date(self) -> None:
        paris, last = ZoneInfo("Europe/Paris"), last_day_within(date(2027, 3, 20), 15)
        assert last == date(2027, 4, 4)
        assert end_of_day_instant(last, paris) == datetime(2027, 4, 4, 22, tzinfo=UTC)

    @given(instants)
    def test_microseconds_lose_nothing(self, at: datetime) -> None:
        assert datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=microseconds(at)) == at


class TestZones:
    def test_a_zone_has_a_name(self) -> None:
        assert zone_named("Europe/Paris").key == "Europe/Paris"

    @pytest.mark.parametrize(
        "name", ["", "Paris", "europe/paris", "Factory", "../etc/passwd", "/usr", "Europe/Paris "]
    )
    def test_what_is_no_zone(self, name: str) -> None:
        with pytest.raises(Invalid) as refused:
            zone_named(name, field="organisation.timezone")
        (error,) = refused.value.field_errors
        assert (error.field, error.code.code) == ("organisation.timezone", "unknown_time_zone")
        assert error.figures == {"zone": name}
