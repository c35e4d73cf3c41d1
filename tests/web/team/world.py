"""A company of many members and roles, as the team's pages show it."""

from __future__ import annotations

from tenure.base.ids import new_id
from tenure.organisations.models import Member, Organisation
from tenure.organisations.rules import MemberStatus, Standing
from tests.shop import START


def crowd(organisation: Organisation, count: int, prefix: str = "m") -> list[Member]:
    """Active members without a login, by names in the order of their numbers."""
    made = [
        Member(
            id=new_id(),
            organisation=organisation,
            email=f"{prefix}{n:04}@atelier.example",
            name=f"Member {prefix} {n:04}",
            standing=Standing.MEMBER,
            status=MemberStatus.ACTIVE,
            created_at=START,
        )
        for n in range(count)
    ]
    Member.objects.bulk_create(made)
    return made


def named(organisation: Organisation, name: str, email: str) -> Member:
    """An active member of that name."""
    return Member.objects.create(
        organisation=organisation,
        email=email,
        name=name,
        standing=Standing.MEMBER,
        status=MemberStatus.ACTIVE,
        created_at=START,
    )
