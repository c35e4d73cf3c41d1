"""May this member do this, now? R41's reasons in their order, against an oracle."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tenure.access.rules.decision import (
    Decision,
    MemberFacts,
    OrganisationFacts,
    SeatFacts,
    decide,
    seat_facts,
)
from tenure.base.calendar import microseconds
from tests.access.oracle import PlainMember, PlainOrganisation, PlainSeat, oracle

DRAW, VIEW, EXPORT = ("cad", "draw"), ("cad", "view"), ("sim", "export")
DAY_ZERO = datetime(2027, 1, 1, tzinfo=UTC)


def day(number: float) -> datetime:
    return DAY_ZERO + timedelta(days=number)


def plain_seat(
    *periods: tuple[float, float],
    grants: tuple[tuple[str, str], ...] = (DRAW, VIEW),
    data_until: int | None = None,
    dropped: bool = False,
) -> PlainSeat:
    """A seat paid from day to day; data last 14 days after the last, unless told otherwise."""
    last = data_until if data_until is not None else int(max(end for _, end in periods)) + 14
    return PlainSeat(
        permissions=frozenset(grants),
        periods=tuple((day(start), day(end)) for start, end in periods),
        data_until=day(last).date(),
        data_gone_at=day(last + 1),
        dropped=dropped,
    )


def prepared(seat: PlainSeat) -> SeatFacts:
    return seat_facts(
        seat.permissions,
        seat.periods,
        data_until=seat.data_until,
        data_gone_at=seat.data_gone_at,
        dropped=seat.dropped,
    )


def facts(organisation: PlainOrganisation) -> OrganisationFacts:
    members: Mapping[str, MemberFacts] = {
        name: MemberFacts(
            member.status == "active",
            tuple(map(prepared, member.seats)),
            tuple(UUID(int=number) for number in range(len(member.seats))),
        )
        for name, member in organisation.members.items()
    }
    clock = organisation.clock
    return OrganisationFacts(
        7, organisation.suspended, members, None if clock is None else microseconds(clock)
    )


def asked(
    *seats: PlainSeat,
    at: float = 5,
    status: str = "active",
    suspended: bool = False,
    subject: str = "ann",
    grant: tuple[str, str] = DRAW,
    known: bool = True,
) -> Decision:
    organisation = PlainOrganisation(suspended, {"ann": PlainMember(status, seats)}, None)
    return decide(facts(organisation), subject, grant, microseconds(day(at)), known=known)


def reason(decision: Decision) -> str:
    return decision.reason.code


class TestReasons:
    def test_granted(self) -> None:
        decision = asked(plain_seat((0, 30)))
        assert decision.allowed
        assert reason(decision) == "granted"
        assert decision.valid_until == day(30)
        assert decision.data_available_until is None
        assert decision.subscription == UUID(int=0)

    def test_the_first_that_holds(self) -> None:
        """Take away what is in the way, one thing at a time, in the order of R41."""
        over, other = plain_seat((0, 3), data_until=4), plain_seat((0, 30), grants=(EXPORT,))
        dropped = plain_seat((0, 30), data_until=4, dropped=True)
        found = [
            asked(dropped, subject="ben", known=False, status="invited", suspended=True),
            asked(dropped, subject="ben", status="invited", suspended=True),
            asked(dropped, status="invited", suspended=True),
            asked(dropped, suspended=True),
            asked(dropped),
            asked(dropped, other),
            asked(dropped, other, over),
            asked(dropped, other, plain_seat((0, 4))),
            asked(dropped, other, plain_seat((0, 30))),
        ]
        assert [reason(decision) for decision in found] == [
            "unknown_subject",
            "not_a_member",
            "member_not_active",
            "organisation_suspended",
            "no_seat",
            "no_role_with_permission",
            "no_current_period",
            "retention",
            "granted",
        ]
        assert [decision.allowed for decision in found] == [False] * 8 + [True]

    @pytest.mark.parametrize("status", ["invited", "suspended", "removed"])
    def test_only_active_members(self, status: str) -> None:
        assert reason(asked(plain_seat((0, 30)), status=status)) == "member_not_active"

    def test_until_midnight_and_not_a_second_longer(self) -> None:
        seat, second = plain_seat((0, 30)), 1 / 86_400
        assert asked(seat, at=30 - second).allowed
        assert reason(asked(seat, at=30)) == "retention"
        assert reason(asked(seat, at=-second)) == "no_current_period"
        assert asked(seat, at=0).allowed

    def test_while_data_last_the_day_is_named(self) -> None:
        decision = asked(plain_seat((0, 30)), at=40)
        assert decision.data_available_until == day(44).date() == date(2027, 2, 14)
        assert decision.valid_until is None
        assert reason(asked(plain_seat((0, 30)), at=44.999)) == "retention"
        assert reason(asked(plain_seat((0, 30)), at=45)) == "no_current_period"

    def test_cancelled_seats_are_told_apart_from_none(self) -> None:
        """R30 drops assignments; while data last, the reason is that, and then there is none."""
        dropped = plain_seat((0, 30), data_until=10, dropped=True)
        assert reason(asked(dropped, at=5)) == "retention"
        assert reason(asked(dropped, at=10.999)) == "retention"
        assert reason(asked(dropped, at=11)) == "no_seat"
        assert reason(asked(dropped, at=5, grant=EXPORT)) == "no_role_with_permission"

    def test_before_its_first_day_there_are_no_data_to_keep(self) -> None:
        assert reason(asked(plain_seat((10, 30)), at=5)) == "no_current_period"


class TestSeveralSeats:
    def test_a_useless_seat_never_blocks_a_valid_one(self) -> None:
        """R43: leftover, lapsed or with another role, and in any order."""
        useless = [
            plain_seat((0, 3)),
            plain_seat((0, 30), data_until=10, dropped=True),
            plain_seat((0, 30), grants=(EXPORT,)),
            plain_seat((0, 30), grants=()),
            plain_seat((9, 30)),
        ]
        valid = plain_seat((0, 20))
        for place in range(len(useless) + 1):
            seats = [*useless[:place], valid, *useless[place:]]
            decision = asked(*seats)
            assert decision.allowed
            assert decision.subscription == UUID(int=place)

    def test_periods_that_follow_one_another_are_one(self) -> None:
        assert asked(plain_seat((0, 10), (10, 20), (20, 30))).valid_until == day(30)
        assert asked(plain_seat((0, 10), (11, 20))).valid_until == day(10)

    def test_valid_as_long_as_any_seat_carries_on(self) -> None:
        first, following = plain_seat((0, 10)), plain_seat((9, 20), (21, 30))
        assert asked(first, following).valid_until == day(20)
        assert asked(following, first).valid_until == day(20)
        assert asked(first, plain_seat((10, 12)), plain_seat((12, 15))).valid_until == day(15)
        assert asked(first, plain_seat((9, 20), grants=(VIEW,))).valid_until == day(10)

    def test_the_seat_used_is_the_first_that_grants(self) -> None:
        decision = asked(plain_seat((0, 10)), plain_seat((0, 20)))
        assert decision.subscription == UUID(int=0)
        assert decision.valid_until == day(20)

    def test_data_last_as_long_as_the_longest(self) -> None:
        decision = asked(plain_seat((0, 4)), plain_seat((0, 4.5), data_until=30), at=5)
        assert decision.data_available_until == day(30).date()


def test_a_test_clock_stands_in_for_the_time_of_the_question() -> None:
    members = {"ann": PlainMember("active", (plain_seat((0, 30)),))}
    still = facts(PlainOrganisation(False, members, day(5)))
    assert decide(still, "ann", DRAW, microseconds(day(400))).allowed
    later = facts(PlainOrganisation(False, members, day(31)))
    assert reason(decide(later, "ann", DRAW, microseconds(day(5)))) == "retention"


moments = st.integers(0, 80).map(lambda half: half / 2)
stretches = st.tuples(moments, moments).filter(lambda span: span[0] < span[1])
grants = st.sets(st.sampled_from([DRAW, VIEW, EXPORT])).map(tuple)


@st.composite
def seats(draw: st.DrawFn) -> PlainSeat:
    periods = draw(st.lists(stretches, min_size=1, max_size=3))
    return plain_seat(
        *periods,
        grants=draw(grants),
        data_until=draw(st.integers(0, 60)),
        dropped=draw(st.booleans()),
    )


members = st.builds(
    PlainMember,
    st.sampled_from(["active", "active", "active", "suspended"]),
    st.lists(seats(), max_size=4).map(tuple),
)
organisations = st.builds(
    PlainOrganisation,
    st.sampled_from([False, False, False, True]),
    st.dictionaries(st.sampled_from(["ann", "ben"]), members),
    st.none() | moments.map(day),
)


@settings(max_examples=1000, deadline=None)
@given(
    organisations,
    st.sampled_from(["ann", "ann", "ben", "cem", "stranger"]),
    st.sampled_from([DRAW, EXPORT]),
    moments,
)
@example(
    PlainOrganisation(False, {"ann": PlainMember("active", (plain_seat((0, 9), (9, 10)),))}, None),
    "ann",
    DRAW,
    9,
)
@pytest.mark.unmeasured
def test_as_the_oracle_says(
    organisation: PlainOrganisation, subject: str, grant: tuple[str, str], at: float
) -> None:
    known = {"ann", "ben", "cem"}
    expected = oracle(organisation, known, subject, grant, day(at))
    found = decide(
        facts(organisation), subject, grant, microseconds(day(at)), known=subject in known
    )
    answer = found.allowed, reason(found), found.valid_until, found.data_available_until
    assert answer == expected
    assert (found.subscription is not None) == found.allowed


@given(organisations, st.lists(seats(), max_size=3), st.sampled_from([DRAW, EXPORT]), moments)
def test_more_seats_never_take_a_yes_away(
    organisation: PlainOrganisation,
    more: list[PlainSeat],
    grant: tuple[str, str],
    at: float,
) -> None:
    """R43, for anything added before or after what is there."""
    member = organisation.members.get("ann", PlainMember("active", ()))
    instant = microseconds(day(at))

    def answer(seats: tuple[PlainSeat, ...]) -> Decision:
        changed = {"ann": PlainMember(member.status, seats)}
        asked = PlainOrganisation(organisation.suspended, changed, organisation.clock)
        return decide(facts(asked), "ann", grant, instant)

    before = answer(member.seats)
    for combined in ((*more, *member.seats), (*member.seats, *more)):
        after = answer(combined)
        assert after.allowed >= before.allowed
        if before.valid_until is not None:
            assert after.valid_until is not None
            assert after.valid_until >= before.valid_until
