"""A subscription's life: its chain, its deadlines, its quantity, its end."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenure.base.calendar import Span, Term, end_of_day_instant, first_instant
from tenure.base.money import Money
from tenure.catalogue.rules import Channel, OfferFacts, PriceFacts
from tenure.policy.loading import default_policy, parse_policy
from tenure.policy.model import Policy
from tenure.policy.words import Audience
from tenure.subscriptions.rules.announcing import price_ahead
from tenure.subscriptions.rules.due import Course, agenda
from tenure.subscriptions.rules.periods import (
    PeriodFacts,
    PeriodKind,
    SubscriptionFacts,
    SubscriptionStatus,
    current_period,
    period,
    status,
)
from tenure.subscriptions.rules.quantity import (
    SeatUse,
    prorated_amount,
    quantity_verdict,
    reduction,
)
from tenure.subscriptions.rules.renewal import (
    card_charge_days,
    notice_days,
    notice_window,
    opt_in_verdict,
    opt_out_deadline,
    opt_out_until,
    opt_out_verdict,
    reminder_days,
    renewal_begins_at,
    termination_verdict,
    transfer_invoice_day,
)
from tenure.subscriptions.rules.retention import (
    PurgeFacts,
    data_available_until,
    data_gone_at,
    purge_verdict,
    retention_days,
    retention_warning_days,
)
from tests.strategies import days, zones

POLICY = default_policy()
PROTECTED = parse_policy("statutory_eu.enabled = true")
PARIS = ZoneInfo("Europe/Paris")
NEW_YORK = ZoneInfo("America/New_York")
SECOND = timedelta(seconds=1)
YEAR = period(date(2026, 11, 23), Term.YEAR, 1, PARIS)
NEXT_YEAR = period(date(2026, 11, 23), Term.YEAR, 2, PARIS)
PAID_TERMS = st.sampled_from([Term.MONTH, Term.QUARTER, Term.YEAR])


class TestPeriods:
    def test_access_lasts_until_local_midnight_and_not_a_second_longer(self) -> None:
        assert YEAR.ends_on == date(2027, 11, 23)
        midnight = datetime(2027, 11, 22, 23, tzinfo=UTC)
        assert YEAR.covers(midnight - SECOND)
        assert not YEAR.covers(midnight)

    def test_a_maker_in_tokyo_over_a_leap_february(self) -> None:
        found = period(date(2028, 1, 31), Term.MONTH, 2, ZoneInfo("Asia/Tokyo"))
        assert found.span == Span(date(2028, 2, 29), date(2028, 3, 31))
        assert found.starts_at == datetime(2028, 2, 28, 15, tzinfo=UTC)

    def test_a_student_in_new_york_over_a_change_to_summer_time(self) -> None:
        found = period(date(2026, 3, 8), Term.YEAR, 1, NEW_YORK)
        assert found.starts_at == datetime(2026, 3, 8, 5, tzinfo=UTC)
        assert found.ends_at == datetime(2027, 3, 8, 5, tzinfo=UTC)

    def test_kinds(self) -> None:
        assert YEAR.kind == PeriodKind.INITIAL
        assert NEXT_YEAR.kind == PeriodKind.RENEWAL
        trial = period(date(2027, 1, 1), Term.TRIAL, 1, PARIS, trial_days=14)
        assert trial.kind == PeriodKind.TRIAL
        assert trial.span == Span(date(2027, 1, 1), date(2027, 1, 15))

    def test_a_trial_has_one_period(self) -> None:
        for number, trial_days in ((2, 14), (1, None)):
            with pytest.raises(ValueError, match="one period"):
                period(date(2027, 1, 1), Term.TRIAL, number, PARIS, trial_days=trial_days)

    @given(days, PAID_TERMS, zones, st.integers(1, 60))
    def test_a_chain_is_whole_to_the_instant(
        self, anchor: date, term: Term, zone: ZoneInfo, number: int
    ) -> None:
        one, following = (period(anchor, term, number + n, zone) for n in (0, 1))
        assert one.ends_at == following.starts_at
        assert one.starts_at < one.ends_at


class TestStatus:
    def facts(
        self,
        *periods: PeriodFacts,
        is_trial: bool = False,
        auto_renew: bool = True,
        cancelled_at: datetime | None = None,
    ) -> SubscriptionFacts:
        return SubscriptionFacts(is_trial, auto_renew, periods, cancelled_at)

    def test_while_paid(self) -> None:
        facts = self.facts(YEAR)
        assert status(facts, YEAR.starts_at - SECOND) == SubscriptionStatus.PENDING
        assert status(facts, YEAR.starts_at) == SubscriptionStatus.ACTIVE
        assert status(facts, YEAR.ends_at - SECOND) == SubscriptionStatus.ACTIVE

    def test_unpaid_it_is_pending(self) -> None:
        assert status(self.facts(), YEAR.starts_at) == SubscriptionStatus.PENDING

    def test_after_the_end(self) -> None:
        """R24: it lapses if a renewal was to follow; otherwise it has ended."""
        lapsed, ended = self.facts(YEAR), self.facts(YEAR, auto_renew=False)
        trial = self.facts(YEAR, is_trial=True)
        assert status(lapsed, YEAR.ends_at) == SubscriptionStatus.LAPSED
        assert status(ended, YEAR.ends_at) == SubscriptionStatus.ENDED
        assert status(trial, YEAR.ends_at) == SubscriptionStatus.ENDED

    def test_paid_late_it_goes_on_from_the_old_end(self) -> None:
        reinstated = self.facts(YEAR, NEXT_YEAR)
        assert status(reinstated, YEAR.ends_at) == SubscriptionStatus.ACTIVE
        assert status(reinstated, NEXT_YEAR.ends_at) == SubscriptionStatus.LAPSED

    def test_cancelled_it_stays_so(self) -> None:
        when = YEAR.starts_at + timedelta(days=3)
        facts = self.facts(YEAR, cancelled_at=when)
        assert status(facts, when - SECOND) == SubscriptionStatus.ACTIVE
        assert status(facts, when) == SubscriptionStatus.CANCELLED
        assert status(facts, YEAR.ends_at) == SubscriptionStatus.CANCELLED
        replaced = self.facts(YEAR, is_trial=True, cancelled_at=when)
        assert status(replaced, when) == SubscriptionStatus.ENDED

    def test_until_the_boundary_the_current_period_is_the_old_one(self) -> None:
        """R24: also when the next is already paid."""
        assert current_period([YEAR, NEXT_YEAR], YEAR.ends_at - SECOND) == YEAR
        assert current_period([YEAR, NEXT_YEAR], YEAR.ends_at) == NEXT_YEAR
        assert current_period([YEAR], YEAR.ends_at) is None


class TestOptOut:
    def test_for_a_period_ending_on_2027_11_23_the_last_day_is_2027_11_18(self) -> None:
        assert opt_out_deadline(date(2027, 11, 23), POLICY) == date(2027, 11, 18)
        midnight = datetime(2027, 11, 18, 23, tzinfo=UTC)
        assert opt_out_until(date(2027, 11, 23), PARIS, POLICY) == midnight
        verdict = opt_out_verdict(YEAR, at=midnight - SECOND, zone=PARIS, policy=POLICY)
        assert verdict.allowed
        assert (verdict.code.code, verdict.code.rule) == ("opt_out_open", "R21")
        assert verdict.figures == {"deadline": date(2027, 11, 18)}

    def test_after_it_the_verdict_names_it_and_what_is_possible_instead(self) -> None:
        midnight = datetime(2027, 11, 18, 23, tzinfo=UTC)
        verdict = opt_out_verdict(YEAR, at=midnight, zone=PARIS, policy=POLICY)
        assert not verdict.allowed
        assert verdict.code.code == "opt_out_closed"
        assert verdict.figures == {"deadline": date(2027, 11, 18), "from": "next_period"}

    def test_summer_time_does_not_move_it(self) -> None:
        spring = period(date(2026, 3, 31), Term.YEAR, 1, PARIS)
        deadline = opt_out_until(spring.ends_on, PARIS, POLICY)
        assert deadline == datetime(2027, 3, 26, 23, tzinfo=UTC)
        assert spring.ends_at == datetime(2027, 3, 30, 22, tzinfo=UTC)

    def test_back_on_until_the_end(self) -> None:
        price = Money(14_400, "EUR")
        deadline = opt_out_until(YEAR.ends_on, PARIS, POLICY)
        found = [
            opt_in_verdict(YEAR, at=at, zone=PARIS, policy=POLICY, price=price)
            for at in (deadline - SECOND, deadline, YEAR.ends_at - SECOND, YEAR.ends_at)
        ]
        assert [verdict.code.code for verdict in found] == [
            "opt_in_open",
            "opt_in_charges",
            "opt_in_charges",
            "opt_in_closed",
        ]
        assert [verdict.allowed for verdict in found] == [True, True, True, False]
        assert found[1].figures == {"deadline": date(2027, 11, 22), "price": price}
        gone = opt_in_verdict(YEAR, at=deadline, zone=PARIS, policy=POLICY, withdrawn=True)
        assert (gone.allowed, gone.code.code) == (False, "offer_withdrawn")

    def test_never_where_nothing_renews(self) -> None:
        trial = period(date(2027, 1, 1), Term.TRIAL, 1, PARIS, trial_days=14)
        at = trial.starts_at
        for rule in (opt_in_verdict, opt_out_verdict):
            verdict = rule(trial, at=at, zone=PARIS, policy=POLICY)
            assert verdict.code.code == "trial_does_not_renew"
            verdict = rule(YEAR, at=YEAR.starts_at, zone=PARIS, policy=POLICY, external=True)
            assert verdict.code.code == "not_renewed_here"

    def test_not_after_the_end_even_without_a_deadline(self) -> None:
        none = parse_policy(
            "[renewal]\nopt_out_days_before_end = 0\ncard_charge_days_before_end = [0]"
        )
        verdict = opt_out_verdict(YEAR, at=YEAR.ends_at, zone=PARIS, policy=none)
        assert not verdict.allowed

    @given(days, PAID_TERMS, zones)
    def test_a_charge_never_comes_before_the_deadline_is_over(
        self, anchor: date, term: Term, zone: ZoneInfo
    ) -> None:
        current = period(anchor, term, 1, zone)
        first = card_charge_days(current.ends_on, POLICY)[0]
        assert opt_out_until(current.ends_on, zone, POLICY) <= first_instant(first, zone)
        assert current.starts_on < opt_out_deadline(current.ends_on, POLICY) < current.ends_on


class TestCharges:
    def test_on_these_days(self) -> None:
        assert card_charge_days(date(2027, 11, 23), POLICY) == (
            date(2027, 11, 19),
            date(2027, 11, 20),
            date(2027, 11, 22),
            date(2027, 11, 23),
        )

    def test_by_transfer(self) -> None:
        assert transfer_invoice_day(date(2027, 11, 23), POLICY) == date(2027, 10, 24)

    def test_the_first_instant_of_it_never_comes_before_the_period(self) -> None:
        for by_transfer, day in ((True, date(2027, 10, 24)), (False, date(2027, 11, 19))):
            found = renewal_begins_at(YEAR, PARIS, POLICY, by_transfer=by_transfer)
            assert found == first_instant(day, PARIS)
        month = period(date(2027, 2, 1), Term.MONTH, 1, PARIS)
        assert renewal_begins_at(month, PARIS, POLICY, by_transfer=True) == month.starts_at

    @pytest.mark.parametrize(
        ("term", "expected"),
        [
            (Term.YEAR, ["2027-09-19", "2027-10-19", "2027-11-11"]),
            (Term.QUARTER, ["2027-11-04", "2027-11-15"]),
            (Term.MONTH, ["2027-11-15"]),
            (Term.TRIAL, []),
        ],
    )
    def test_reminders(self, term: Term, expected: list[str]) -> None:
        """R25: 60, 30 and 7 days before the deadline of 2027-11-18; 14 and 3; 3."""
        current = Span(date(2026, 11, 23), date(2027, 11, 23))
        found = reminder_days(current, term, POLICY)
        assert [day.isoformat() for day in found] == expected

    def test_none_before_the_period_began(self) -> None:
        current = Span(date(2027, 10, 23), date(2027, 11, 23))
        assert reminder_days(current, Term.YEAR, POLICY) == (date(2027, 11, 11),)
        current = Span(date(2027, 11, 11), date(2027, 11, 23))
        assert reminder_days(current, Term.YEAR, POLICY) == (date(2027, 11, 11),)


class TestAgenda:
    def course(self, **changed: Any) -> Course:
        course = Course(YEAR, Term.YEAR, PARIS, POLICY, date(2027, 12, 7), auto_renew=True)
        return replace(course, **changed)

    def test_in_order_until_the_data_go(self) -> None:
        found = agenda(self.course())
        assert [(each.kind.value, each.on.isoformat()[5:]) for each in found] == [
            ("reminder", "09-19"),
            ("reminder", "10-19"),
            ("reminder", "11-11"),
            ("deadline", "11-18"),
            ("charge", "11-19"),
            ("charge", "11-20"),
            ("charge", "11-22"),
            ("charge", "11-23"),
            ("end", "11-23"),
            ("data_gone", "12-07"),
        ]
        assert (found[-2].at, found[-1].at) == (YEAR.ends_at, datetime(2027, 12, 7, 23, tzinfo=UTC))

    def test_where_nothing_follows_only_the_ends(self) -> None:
        stops: list[dict[str, Any]] = [
            {"auto_renew": False},
            {"stops_after": 1},
            {"cancelled": True},
            {"external": True},
            {"withdrawn": True},
            {"term": Term.TRIAL},
        ]
        for changed in stops:
            found = agenda(self.course(**changed))
            assert [each.kind.value for each in found] == ["end", "data_gone"]


class TestNextPrice:
    OFFER = OfferFacts(
        id="artist",
        audience=Audience.CREATOR,
        channel=Channel.ONLINE,
        countries=frozenset({"FR"}),
        roles=frozenset({"artist"}),
        prices=(PriceFacts(Term.YEAR, "EUR", 1200),),
    )

    @pytest.mark.parametrize(
        ("changed", "country", "currency", "by_staff", "price"),
        [
            ({}, "FR", "EUR", False, 1200),
            ({}, "DE", "EUR", False, None),
            ({}, "DE", "EUR", True, 1200),
            ({}, "FR", "USD", False, None),
            ({}, "FR", "USD", True, 900),
            ({"withdrawn": True}, "FR", "EUR", True, None),
        ],
    )
    def test_what_a_next_period_costs(
        self,
        changed: dict[str, Any],
        country: str,
        currency: str,
        by_staff: bool,
        price: int | None,
    ) -> None:
        found = price_ahead(
            replace(self.OFFER, **changed),
            term=Term.YEAR,
            currency=currency,
            country=country,
            on=date(2027, 1, 1),
            paid=900,
            sold_by_staff=by_staff,
        )
        assert found == price


class TestStatutoryNotice:
    SPAN = Span(date(2026, 11, 23), date(2027, 11, 23))

    def test_between_three_months_and_one_month_before_the_deadline(self) -> None:
        assert notice_window(self.SPAN, PROTECTED) == (date(2027, 8, 18), date(2027, 10, 19))

    def test_the_first_reminder_of_a_year_is_one(self) -> None:
        plain = reminder_days(self.SPAN, Term.YEAR, PROTECTED)
        assert notice_days(self.SPAN, Term.YEAR, PROTECTED, protected=True) == plain

    def test_where_no_reminder_is_one_it_goes_out_as_well(self) -> None:
        late = parse_policy(
            "statutory_eu.enabled = true\nrenewal.reminder_days_before_deadline.year = [7]"
        )
        found = notice_days(self.SPAN, Term.YEAR, late, protected=True)
        assert found == (date(2027, 8, 18), date(2027, 11, 11))
        assert notice_days(self.SPAN, Term.YEAR, late, protected=False) == (date(2027, 11, 11),)

    @pytest.mark.parametrize(
        ("before", "found"),
        [(92, [date(2027, 8, 18)]), (30, [date(2027, 8, 18), date(2027, 10, 19)])],
    )
    def test_the_first_day_of_the_window_is_in_it_and_its_end_is_not(
        self, before: int, found: list[date]
    ) -> None:
        policy = parse_policy(
            f"statutory_eu.enabled = true\nrenewal.reminder_days_before_deadline.year = [{before}]"
        )
        assert list(notice_days(self.SPAN, Term.YEAR, policy, protected=True)) == found

    def test_a_month_is_too_short_for_one(self) -> None:
        month = Span(date(2027, 10, 23), date(2027, 11, 23))
        assert notice_window(month, PROTECTED) is None
        plain = reminder_days(month, Term.MONTH, PROTECTED)
        assert notice_days(month, Term.MONTH, PROTECTED, protected=True) == plain

    def test_without_it_the_rest_is_paid_back(self) -> None:
        renewed = Span(date(2027, 11, 23), date(2028, 11, 23))
        paid = Money(36_600, "EUR")

        def asked(noticed_on: tuple[date, ...], on: date, *, protected: bool = True) -> object:
            verdict = termination_verdict(
                self.SPAN,
                renewed,
                noticed_on=noticed_on,
                on=on,
                paid=paid,
                protected=protected,
                policy=PROTECTED,
            )
            return verdict.figures.get("refund") if verdict else verdict.code.code

        late, on_time = (date(2027, 11, 11),), (date(2027, 9, 19),)
        assert renewed.days == 366
        assert asked(late, date(2028, 11, 22)) == Money(100, "EUR")
        assert asked((), date(2027, 11, 1)) == paid
        assert asked((), date(2029, 1, 1)) == Money(0, "EUR")
        assert asked(on_time, date(2028, 1, 1)) == "notice_was_given"
        assert asked(late, date(2028, 1, 1), protected=False) == "notice_was_given"
        assert asked((date(2027, 8, 18),), date(2028, 1, 1)) == "notice_was_given"
        assert asked((date(2027, 10, 19),), date(2028, 11, 22)) == Money(100, "EUR")


class TestProration:
    def test_by_the_day(self) -> None:
        """R27: price × quantity × days left ÷ days of the period."""
        year = Span(date(2027, 1, 1), date(2028, 1, 1))
        assert prorated_amount(36_500, 2, date(2027, 12, 31), year) == 200
        assert prorated_amount(12_000, 3, date(2027, 1, 1), year) == 36_000
        assert prorated_amount(10_000, 1, date(2027, 7, 2), year) == 5_014  # 183 of 365 days

    def test_rounded_half_up_once_per_line(self) -> None:
        """Three seats at 0.5 each are 1.5, so 2; rounded one by one they would be 3."""
        two_days = Span(date(2027, 1, 1), date(2027, 1, 3))
        assert prorated_amount(1, 3, date(2027, 1, 2), two_days) == 2

    def test_only_inside_a_period(self) -> None:
        span = Span(date(2027, 1, 1), date(2027, 2, 1))
        for on in (date(2026, 12, 31), date(2027, 2, 1)):
            with pytest.raises(ValueError, match="inside"):
                prorated_amount(100, 1, on, span)

    @given(st.integers(0, 10**9), st.integers(1, 1000), st.integers(1, 400), st.data())
    def test_exact(self, unit: int, quantity: int, length: int, data: st.DataObject) -> None:
        start = date(2027, 1, 1)
        span = Span(start, start + timedelta(days=length))
        passed = data.draw(st.integers(0, length - 1))
        found = prorated_amount(unit, quantity, start + timedelta(days=passed), span)
        exact = Fraction(unit * quantity * (length - passed), length)
        assert abs(found - exact) <= Fraction(1, 2)
        assert found <= unit * quantity


def at_day(day: int) -> datetime:
    return datetime(2027, 1, day, 12, tzinfo=UTC)


class TestReduction:
    FREE = (SeatUse("free1"), SeatUse("free2"))
    RESERVED = (SeatUse("old", reserved_at=at_day(1)), SeatUse("new", reserved_at=at_day(9)))
    HELD = (
        SeatUse("busy", assigned_at=at_day(1), last_used_on=date(2027, 1, 20)),
        SeatUse("idle", assigned_at=at_day(1), last_used_on=date(2027, 1, 5)),
        SeatUse("never", assigned_at=at_day(8)),
    )
    ALL = (*HELD, *RESERVED, *FREE)

    def gone(self, next_quantity: int, *chosen: str) -> list[str]:
        found = reduction(self.ALL, next_quantity, PARIS, chosen=chosen)
        return [*found.free, *found.reserved, *found.assigned]

    def test_free_then_newest_reservation_then_idle_longest(self) -> None:
        assert self.gone(0) == ["free1", "free2", "new", "old", "idle", "never", "busy"]

    def test_nobody_else_is_touched(self) -> None:
        assert self.gone(7) == self.gone(9) == []
        assert self.gone(4) == ["free1", "free2", "new"]

    def test_the_administrator_chooses(self) -> None:
        assert self.gone(2, "busy") == ["free1", "free2", "new", "old", "busy"]
        assert self.gone(1, "never", "busy") == ["free1", "free2", "new", "old", "never", "busy"]
        assert self.gone(3, "busy") == ["free1", "free2", "new", "old"]

    @given(st.integers(0, 9), st.permutations(["busy", "idle", "never"]))
    def test_as_many_go_as_are_too_many(self, next_quantity: int, chosen: list[str]) -> None:
        found = reduction(self.ALL, next_quantity, PARIS, chosen=chosen)
        assert len([*found.free, *found.reserved, *found.assigned]) == max(7 - next_quantity, 0)
        assert not found.reserved or len(found.free) == 2
        assert not found.assigned or len(found.reserved) == 2

    def test_until_the_deadline(self) -> None:
        deadline = opt_out_until(YEAR.ends_on, PARIS, POLICY)
        for at, code in ((deadline - SECOND, "quantity_open"), (deadline, "quantity_closed")):
            verdict = quantity_verdict(YEAR, at=at, zone=PARIS, policy=POLICY)
            assert verdict.code.code == code
            assert verdict.figures == {"deadline": date(2027, 11, 18)}


class TestRetention:
    def test_access_ended_2027_11_23_until_2027_12_07(self) -> None:
        until = data_available_until(date(2027, 11, 23), POLICY.retention.data_days)
        assert until == date(2027, 12, 7)
        assert data_gone_at(until, PARIS) == datetime(2027, 12, 7, 23, tzinfo=UTC)

    @given(days, days)
    def test_never_less_than_two_weeks_in_any_reading(self, ended: date, asked: date) -> None:
        until = data_available_until(ended, 14, requested_on=asked)
        assert until == max(ended, asked) + timedelta(days=14)

    def test_warnings(self) -> None:
        expected = (date(2027, 11, 30), date(2027, 12, 6))
        assert retention_warning_days(date(2027, 12, 7), POLICY) == expected

    @pytest.mark.parametrize(
        ("policy", "audience", "country", "days"),
        [
            (POLICY, Audience.BUSINESS, "FR", 14),
            (PROTECTED, Audience.BUSINESS, "FR", 30),
            (PROTECTED, Audience.STUDENT, "IE", 30),
            (PROTECTED, Audience.STUDENT, "US", 14),
            (
                parse_policy("statutory_eu.enabled = true\nretention.data_days = 60"),
                Audience.CREATOR,
                "FR",
                60,
            ),
        ],
    )
    def test_the_kinder_of_two(
        self, policy: Policy, audience: Audience, country: str, days: int
    ) -> None:
        assert retention_days(policy, audience, country) == days

    def test_when_data_may_go(self) -> None:
        until = date(2027, 12, 7)
        gone = data_gone_at(until, PARIS)

        def code(at: datetime, **waits: bool) -> str:
            facts = {
                "has_subscription": False,
                "awaits_money": False,
                "open_request": False,
                "unsettled_money": False,
            }
            purge = PurgeFacts(data_until=until, **(facts | waits))
            return purge_verdict(purge, at=at, zone=PARIS).code.code

        assert code(gone) == "purge_due"
        assert code(gone - SECOND) == "purge_waits_for_data"
        assert code(gone, has_subscription=True) == "purge_waits_for_subscription"
        assert code(gone, awaits_money=True) == "purge_waits_for_money"
        assert code(gone, unsettled_money=True) == "purge_waits_for_money"
        assert code(gone, open_request=True) == "purge_waits_for_request"

    @given(days, zones)
    def test_the_last_day_is_whole(self, until: date, zone: ZoneInfo) -> None:
        assert data_gone_at(until, zone) == end_of_day_instant(until, zone)
