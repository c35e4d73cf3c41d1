"""Seats: who may hold one, when it is let go, which one serves a role."""

from datetime import UTC, date, datetime
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenure.access.rules.seats import (
    SeatPool,
    assignment_verdict,
    locked_until,
    plan_reservation,
    release_verdict,
)
from tenure.policy.loading import default_policy, parse_policy

POLICY = default_policy()
LOCKING = parse_policy("seats.lock_days = 30")


class TestAssignment:
    @pytest.mark.parametrize(
        ("active", "member", "assigned", "free"),
        list(product([True, False], [True, False], [True, False], [0, 1])),
    )
    def test_the_first_refusal_that_holds(
        self, active: bool, member: bool, assigned: bool, free: int
    ) -> None:
        verdict = assignment_verdict(
            subscription_active=active, member_active=member, already_assigned=assigned, free=free
        )
        refusals = [
            ("subscription_not_active", not active),
            ("member_not_active", not member),
            ("already_assigned", assigned),
            ("no_free_seat", free < 1),
            ("seat_assignable", True),
        ]
        assert verdict.code.code == next(code for code, holds in refusals if holds)
        assert verdict.allowed == (verdict.code.code == "seat_assignable")

    def test_what_is_available_is_told(self) -> None:
        verdict = assignment_verdict(
            subscription_active=True, member_active=True, already_assigned=False, free=0
        )
        assert verdict.figures == {"available": 0}
        assert verdict.code.rule == "R38"


class TestRelease:
    def test_by_default_no_seat_is_locked(self) -> None:
        assert release_verdict(date(2027, 1, 1), on=date(2027, 1, 1), policy=POLICY).allowed
        assert locked_until(date(2027, 1, 1), POLICY) is None

    def test_a_locked_seat_names_the_day_it_is_free(self) -> None:
        first_used = date(2027, 1, 1)
        verdict = release_verdict(first_used, on=date(2027, 1, 30), policy=LOCKING)
        assert not verdict.allowed
        assert (verdict.code.code, verdict.code.rule) == ("seat_locked", "R38")
        assert verdict.figures == {"until": date(2027, 1, 31)}
        assert release_verdict(first_used, on=date(2027, 1, 31), policy=LOCKING).allowed

    def test_an_unused_seat_is_free_to_go(self) -> None:
        assert release_verdict(None, on=date(2027, 1, 1), policy=LOCKING).allowed


def pool(
    name: str,
    *roles: str,
    trial: bool = False,
    ends: int = 10,
    began: int = 1,
    free: int = 1,
) -> SeatPool[str]:
    ends_at, began_at = datetime(2027, 2, ends, tzinfo=UTC), datetime(2027, 1, began, tzinfo=UTC)
    return SeatPool(name, frozenset(roles), trial, ends_at, began_at, free)


class TestReservation:
    @pytest.mark.parametrize(
        ("pools", "chosen"),
        [
            ([pool("trial", "a", trial=True, ends=28), pool("paid", "a")], "paid"),
            ([pool("sooner", "a"), pool("later", "a", ends=11)], "later"),
            ([pool("newer", "a", began=2), pool("older", "a")], "older"),
            ([pool("full", "a", free=0), pool("trial", "a", trial=True)], "trial"),
            ([pool("other", "b"), pool("right", "a")], "right"),
        ],
    )
    def test_the_paid_then_the_last_then_the_oldest(
        self, pools: list[SeatPool[str]], chosen: str
    ) -> None:
        for order in (pools, pools[::-1]):
            assert plan_reservation(["a"], order).subscriptions == (chosen,)

    def test_one_seat_may_serve_several(self) -> None:
        bundle = pool("bundle", "a", "b", "c")
        assert plan_reservation(["a", "b", "c"], [bundle]).subscriptions == ("bundle",)

    def test_no_seat_is_taken_for_what_another_carries_anyway(self) -> None:
        """``b`` is only in the bundle, which carries ``a`` too: the later single stays free."""
        pools = [pool("single", "a", ends=20), pool("bundle", "a", "b")]
        for roles in (["a", "b"], ["b", "a"]):
            assert plan_reservation(roles, pools).subscriptions == ("bundle",)

    def test_what_is_held_already_asks_for_nothing(self) -> None:
        plan = plan_reservation(["a"], [], held_roles=frozenset({"a"}))
        assert plan.verdict.allowed
        assert plan.subscriptions == ()

    def test_no_roles_need_no_seats(self) -> None:
        assert plan_reservation([], [pool("any", "a")]).subscriptions == ()

    def test_the_roles_without_a_seat_are_named(self) -> None:
        plan = plan_reservation(["a", "b", "c", "b"], [pool("any", "a"), pool("full", "b", free=0)])
        assert not plan.verdict.allowed
        assert plan.verdict.code.code == "no_free_seat"
        assert plan.verdict.figures["roles"] == ("b", "c")
        assert plan.subscriptions == ()

    @given(
        st.lists(
            st.builds(
                pool,
                st.uuids().map(str),
                st.sampled_from("abc"),
                st.sampled_from("abc"),
                trial=st.booleans(),
                ends=st.integers(1, 28),
                free=st.integers(0, 2),
            ),
            max_size=6,
        ),
        st.lists(st.sampled_from("abcd"), max_size=4),
    )
    def test_every_role_is_served_once_by_what_is_free(
        self, pools: list[SeatPool[str]], roles: list[str]
    ) -> None:
        plan = plan_reservation(roles, pools)
        free = {each.subscription: each for each in pools if each.free}
        served = {role for each in free.values() for role in each.roles}
        assert plan.verdict.allowed == (set(roles) <= served)
        assert len(set(plan.subscriptions)) == len(plan.subscriptions)
        if plan.verdict:
            carried = [free[name].roles for name in plan.subscriptions]
            assert set(roles) <= {role for each in carried for role in each}
            assert len(carried) <= len(set(roles))
