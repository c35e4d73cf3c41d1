"""Students, owners, standings, invitations."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenure.base.calendar import local_date
from tenure.organisations.rules import (
    Ability,
    Standing,
    ability_verdict,
    academic_address,
    invitation_expires_at,
    invitation_last_day,
    leaving_verdict,
)
from tenure.policy.loading import academic_domains, default_policy
from tests.strategies import instants, zones

POLICY = default_policy()


class TestStudents:
    @pytest.mark.parametrize(
        ("email", "domain"),
        [
            ("ann@harvard.edu", "edu"),
            ("Ann@CS.Harvard.EDU", "edu"),
            ("ann@student.ox.ac.uk", "ac.uk"),
            ("ann@polytechnique.edu", "polytechnique.edu"),
            ("ann@etu.sorbonne-universite.fr", "sorbonne-universite.fr"),
            ("ann@u-tokyo.ac.jp", "ac.jp"),
            (" ann@harvard.edu. ", "edu"),
        ],
    )
    def test_an_academic_address(self, email: str, domain: str) -> None:
        verdict = academic_address(email, academic_domains())
        assert verdict.allowed
        assert verdict.code.code == "academic_address"
        assert verdict.figures["domain"] == domain

    @pytest.mark.parametrize(
        "email",
        [
            "ann@gmail.com",
            "ann@evil-edu",
            "ann@evil-edu.com",
            "ann@edu.evil.com",
            "ann@harvard.edu.evil.com",
            "ann@notac.uk",
            "ann@xens.fr",
            "ann@edu",
            "ann@",
            "@harvard.edu",
            "harvard.edu",
            "ann@evil.com@harvard.edu",
            "ann@harvard..edu",
            "ann@.edu",
            "ann@ĥarvard." + "x" * 70 + ".edu",
            "",
        ],
    )
    def test_no_academic_address(self, email: str) -> None:
        verdict = academic_address(email, academic_domains())
        assert not verdict.allowed
        assert (verdict.code.code, verdict.code.rule) == ("not_academic", "R8")

    @given(st.text(), st.text())
    def test_no_input_is_too_strange(self, name: str, domain: str) -> None:
        assert academic_address(f"{name}@{domain}", academic_domains()).code.rule == "R8"

    @given(st.lists(st.sampled_from(["edu", "evil", "ac", "uk", "com"]), min_size=1, max_size=5))
    def test_only_the_end_of_a_domain_counts(self, labels: list[str]) -> None:
        verdict = academic_address("ann@" + ".".join(labels), {"edu", "ac.uk"})
        academic = labels[-1] == "edu" or labels[-2:] == ["ac", "uk"]
        assert verdict.allowed == (academic and len(labels) > 1)

    def test_a_vendor_can_add_a_domain(self) -> None:
        assert academic_address("ann@sub.school.example", {"school.example"}).allowed
        assert not academic_address("ann@oldschool.example", {"school.example"}).allowed


class TestOwners:
    def test_the_last_owner_stays(self) -> None:
        verdict = leaving_verdict("ann", ["ann"])
        assert not verdict.allowed
        assert (verdict.code.code, verdict.code.rule) == ("last_owner", "R37")

    def test_anybody_else_may_go(self) -> None:
        assert leaving_verdict("ann", ["ann", "ben"]).allowed
        assert leaving_verdict("cem", ["ann"]).allowed

    @given(st.sets(st.integers(0, 9), min_size=1), st.lists(st.integers(0, 9)))
    def test_there_is_always_an_owner(self, owners: set[int], leaving: list[int]) -> None:
        for member in leaving:
            if leaving_verdict(member, owners).allowed:
                owners.discard(member)
        assert owners


class TestStandings:
    @pytest.mark.parametrize(
        ("standing", "abilities"),
        [
            (Standing.OWNER, set(Ability)),
            (Standing.ADMINISTRATOR, set(Ability) - {Ability.OWNERSHIP}),
            (Standing.BILLING, {Ability.BILLING, Ability.OWN_ROLES}),
            (Standing.MEMBER, {Ability.COLLEAGUES, Ability.OWN_ROLES}),
            (Standing.EXTERNAL, {Ability.OWN_ROLES}),
        ],
    )
    def test_what_each_may(self, standing: Standing, abilities: set[Ability]) -> None:
        assert {ability for ability in Ability if ability_verdict(standing, ability)} == abilities


class TestInvitations:
    def test_fourteen_days_all_of_the_last(self) -> None:
        paris, sent = ZoneInfo("Europe/Paris"), datetime(2027, 3, 20, 9, tzinfo=UTC)
        assert invitation_last_day(sent, paris, POLICY) == date(2027, 4, 3)
        assert invitation_expires_at(sent, paris, POLICY) == datetime(2027, 4, 3, 22, tzinfo=UTC)

    @given(instants, zones)
    def test_never_less_than_promised(self, sent: datetime, zone: ZoneInfo) -> None:
        expires = invitation_expires_at(sent, zone, POLICY)
        assert local_date(expires, zone) >= invitation_last_day(sent, zone, POLICY)
        assert 13.9 < (expires - sent).total_seconds() / 86_400 < 15.2
