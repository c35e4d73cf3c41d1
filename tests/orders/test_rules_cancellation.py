"""Taking an order back, on the rulebook's own days (R28), and by the law (R33)."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenure.base.calendar import Term, end_of_day_instant, first_instant
from tenure.base.money import Money
from tenure.base.verdicts import Verdict
from tenure.orders.rules.cancellation import (
    BoughtLine,
    BoughtOrder,
    cancellation_verdict,
    eligible_lines,
)
from tenure.policy.loading import default_policy, parse_policy
from tests.strategies import zones

POLICY = default_policy()
PROTECTED = parse_policy("statutory_eu.enabled = true")
PARIS = ZoneInfo("Europe/Paris")
BOUGHT = date(2027, 3, 1)
SECOND = timedelta(seconds=1)


def order(
    *lines: BoughtLine,
    paid_on: date | None = BOUGHT,
    cancelled: bool = False,
    statutory: bool = False,
) -> BoughtOrder:
    return BoughtOrder(lines or (YEAR,), "EUR", paid_on, cancelled, statutory)


YEAR = BoughtLine(Term.YEAR, 12_000)
QUARTER = BoughtLine(Term.QUARTER, 3_600)
MONTH = BoughtLine(Term.MONTH, 1_200)
TRIAL = BoughtLine(Term.TRIAL, 0)
RENEWAL = BoughtLine(Term.YEAR, 12_000, is_renewal=True)


def asked(bought: BoughtOrder, day: date, policy: str = "default") -> Verdict:
    """The verdict at noon of a local day in Paris."""
    at = first_instant(day, PARIS) + timedelta(hours=12)
    chosen = PROTECTED if policy == "protected" else POLICY
    return cancellation_verdict(bought, at=at, zone=PARIS, policy=chosen)


class TestWindow:
    @pytest.mark.parametrize("line", [YEAR, QUARTER])
    def test_bought_on_1_march_16_march_is_the_last_day(self, line: BoughtLine) -> None:
        bought = order(line)
        verdict = asked(bought, date(2027, 3, 16))
        assert verdict.allowed
        assert (verdict.code.code, verdict.code.rule) == ("cancellable", "R28")
        assert verdict.figures == {
            "deadline": date(2027, 3, 16),
            "by": "R28",
            "refund": Money(line.gross, "EUR"),
        }
        verdict = asked(bought, date(2027, 3, 17))
        assert not verdict.allowed
        assert verdict.code.code == "window_closed"
        assert verdict.figures["deadline"] == date(2027, 3, 16)

    def test_until_midnight_local_time(self) -> None:
        midnight = datetime(2027, 3, 16, 23, tzinfo=UTC)
        for at, allowed in ((midnight - SECOND, True), (midnight, False)):
            verdict = cancellation_verdict(order(), at=at, zone=PARIS, policy=POLICY)
            assert verdict.allowed == allowed

    @given(zones, st.dates(date(2000, 1, 1), date(2080, 1, 1)))
    def test_all_of_the_last_day_anywhere(self, zone: ZoneInfo, paid_on: date) -> None:
        closes = end_of_day_instant(paid_on + timedelta(days=15), zone)
        for at, allowed in ((closes - SECOND, True), (closes, False)):
            bought = order(paid_on=paid_on)
            verdict = cancellation_verdict(bought, at=at, zone=zone, policy=POLICY)
            assert verdict.allowed == allowed
            lines = eligible_lines(bought, at=at, zone=zone, policy=POLICY)
            assert len(lines) == allowed

    def test_every_line_that_is_eligible_by_its_own_term(self) -> None:
        bought = order(YEAR, MONTH, QUARTER)
        verdict = asked(bought, date(2027, 3, 10))
        assert verdict.figures["refund"] == Money(15_600, "EUR")
        at = first_instant(date(2027, 3, 10), PARIS)
        assert eligible_lines(bought, at=at, zone=PARIS, policy=POLICY) == (0, 2)

    def test_the_policy_holds_the_days(self) -> None:
        longer = parse_policy("cancellation.window_days = 30")
        at = first_instant(date(2027, 3, 31), PARIS)
        assert cancellation_verdict(order(), at=at, zone=PARIS, policy=longer).allowed


class TestReasons:
    @pytest.mark.parametrize(
        ("bought", "code"),
        [
            (order(MONTH), "monthly_excluded"),
            (order(TRIAL), "trial_excluded"),
            (order(RENEWAL), "renewal_excluded"),
            (order(paid_on=None), "not_paid"),
            (order(cancelled=True), "already_cancelled"),
        ],
    )
    def test_one_at_a_time(self, bought: BoughtOrder, code: str) -> None:
        verdict = asked(bought, BOUGHT)
        assert not verdict.allowed
        assert verdict.code.code == code
        assert dict(verdict.figures) == {}
        at = first_instant(BOUGHT, PARIS)
        assert eligible_lines(bought, at=at, zone=PARIS, policy=POLICY) == ()

    def test_the_first_that_holds(self) -> None:
        """Already cancelled, not paid, trial, renewal, monthly, window closed."""
        late = date(2028, 1, 1)
        monthly_renewal = BoughtLine(Term.MONTH, 1_200, is_renewal=True)
        chain = [
            (order(TRIAL, paid_on=None, cancelled=True), "already_cancelled"),
            (order(TRIAL, paid_on=None), "not_paid"),
            (order(monthly_renewal, TRIAL), "trial_excluded"),
            (order(monthly_renewal), "renewal_excluded"),
            (order(MONTH), "monthly_excluded"),
            (order(YEAR), "window_closed"),
            (order(YEAR, MONTH), "window_closed"),
        ]
        assert [asked(bought, late).code.code for bought, _ in chain] == [c for _, c in chain]


class TestStatutoryRights:
    def test_off_they_change_nothing(self) -> None:
        assert not POLICY.statutory_eu.enabled
        assert asked(order(MONTH), BOUGHT).code.code == "monthly_excluded"

    def test_a_month_can_be_withdrawn_from_within_14_days(self) -> None:
        bought = order(MONTH, statutory=True)
        verdict = asked(bought, date(2027, 3, 15), "protected")
        assert verdict.allowed
        assert verdict.figures == {
            "deadline": date(2027, 3, 15),
            "by": "R33",
            "refund": Money(1_200, "EUR"),
        }
        verdict = asked(bought, date(2027, 3, 16), "protected")
        assert verdict.code.code == "window_closed"

    def test_a_year_keeps_the_published_window_which_is_kinder(self) -> None:
        verdict = asked(order(statutory=True), date(2027, 3, 16), "protected")
        assert verdict.allowed
        assert verdict.figures["by"] == "R28"

    def test_where_the_law_is_kinder_it_holds(self) -> None:
        shorter = parse_policy("cancellation.window_days = 3\nstatutory_eu.enabled = true")
        at = first_instant(date(2027, 3, 15), PARIS)
        bought = order(statutory=True)
        verdict = cancellation_verdict(bought, at=at, zone=PARIS, policy=shorter)
        assert verdict.figures["by"] == "R33"
        assert verdict.figures["deadline"] == date(2027, 3, 15)

    def test_of_equal_windows_the_published_one_is_named(self) -> None:
        equal = parse_policy("cancellation.window_days = 14\nstatutory_eu.enabled = true")
        at = first_instant(BOUGHT, PARIS)
        bought = order(statutory=True)
        verdict = cancellation_verdict(bought, at=at, zone=PARIS, policy=equal)
        assert verdict.figures["by"] == "R28"

    def test_lines_whose_window_is_over_stay(self) -> None:
        bought = order(YEAR, MONTH, statutory=True)
        verdict = asked(bought, date(2027, 3, 16), "protected")
        assert verdict.figures["refund"] == Money(12_000, "EUR")

    def test_neither_trials_nor_renewals(self) -> None:
        for line, code in ((TRIAL, "trial_excluded"), (RENEWAL, "renewal_excluded")):
            assert asked(order(line, statutory=True), BOUGHT, "protected").code.code == code

    @given(
        st.lists(st.sampled_from([YEAR, QUARTER, MONTH, TRIAL, RENEWAL]), min_size=1, max_size=4),
        st.integers(0, 40),
        st.booleans(),
    )
    def test_never_less_than_without_them(
        self, lines: list[BoughtLine], days: int, statutory: bool
    ) -> None:
        day = BOUGHT + timedelta(days=days)
        plain = asked(order(*lines), day, "protected")
        kinder = asked(order(*lines, statutory=statutory), day, "protected")
        assert kinder.allowed >= plain.allowed
        if plain.allowed:
            money, more = plain.figures["refund"], kinder.figures["refund"]
            assert isinstance(money, Money)
            assert isinstance(more, Money)
            assert more >= money
