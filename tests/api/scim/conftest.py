"""What every test of SCIM starts from: a company with seats, its provider, and a stranger's."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

import pytest

from tenure.base.ids import parse_public_id
from tenure.organisations.models import Member, Organisation
from tests.api.cast import key_for
from tests.api.scim.provider import IdentityProvider
from tests.shop import customer, open_shop, subscribe


@dataclass(frozen=True)
class World:
    """A company with two seats for designers and one for analysts, and who talks SCIM for whom."""

    company: Organisation
    other: Organisation
    okta: IdentityProvider
    stranger: IdentityProvider
    vendor: IdentityProvider

    def member(self, user: str) -> Member:
        """The member behind an identifier."""
        return Member.objects.get(id=identifier(user))


def identifier(user: str) -> UUID:
    """The member's key."""
    return parse_public_id("mem", user)


@pytest.fixture
def world(transactional_db: None) -> World:
    """The world, over an open shop."""
    open_shop()
    company, other = customer(), customer(email="eve@elsewhere.example")
    subscribe(company, "designer-business", quantity=2)
    subscribe(company, "analyst-business", quantity=1)
    return World(
        company=company,
        other=other,
        okta=IdentityProvider(key_for(company.id)),
        stranger=IdentityProvider(key_for(other.id)),
        vendor=IdentityProvider(key_for(None)),
    )
