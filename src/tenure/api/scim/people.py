"""Users of SCIM are members: how one is shown, and what is kept of what a provider says."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from typing import Final
from uuid import UUID

from pydantic import TypeAdapter, ValidationError
from scim2_models import Meta, Reference

from tenure.access.queries.holders import HoldableRole
from tenure.api.fields import Email as Address
from tenure.api.fields import Maybe200, invalid
from tenure.api.scim.shapes import Email, Name, User, UserGroup
from tenure.base.errors import Invalid
from tenure.base.ids import public_id
from tenure.flows.provisioning import Details
from tenure.organisations.commands.provisioning import Person
from tenure.organisations.models import Member
from tenure.organisations.rules import MemberStatus

_ADDRESS: Final[TypeAdapter[str]] = TypeAdapter(Address)
_TEXT: Final[TypeAdapter[str | None]] = TypeAdapter(Maybe200)


def version_of(member: Member, roles: Sequence[HoldableRole]) -> str:
    """The weak tag of what is shown of a member who is in the groups of ``roles``."""
    told = f"{member.status}\n{member.name}\n{member.external_id or ''}\n{member.email}"
    told += "".join(f"\n{role.id} {role.name}" for role in roles)
    return f'W/"{hashlib.sha256(told.encode()).hexdigest()[:20]}"'


def shown(member: Member, roles: Sequence[HoldableRole]) -> User:
    """A member as a user, with the groups among ``roles`` that they are in."""
    return User(
        id=public_id("mem", member.id),
        external_id=member.external_id,
        user_name=member.email,
        display_name=member.name or None,
        name=Name(formatted=member.name) if member.name else None,
        active=member.status == MemberStatus.ACTIVE,
        emails=[Email(value=member.email, type="work", primary=True)],
        groups=[
            UserGroup(
                value=role.id,
                ref=Reference(f"Groups/{role.id}"),
                display=role.name,
                type="direct",
            )
            for role in roles
        ]
        or None,
        meta=Meta(
            resource_type="User",
            created=member.created_at,
            version=version_of(member, roles),
        ),
    )


def by_member(roles: Sequence[HoldableRole]) -> defaultdict[UUID, list[HoldableRole]]:
    """The roles of each member who holds one."""
    found: defaultdict[UUID, list[HoldableRole]] = defaultdict(list)
    for role in roles:
        for member in role.holders:
            found[member].append(role)
    return found


def person_of(user: User) -> Person:
    """Whom a provider brings in. Raises ``Invalid``."""
    email = _read(_ADDRESS, "userName", user.user_name)
    details = details_of(user)
    return Person(email or "", details.name, details.external_id)


def details_of(user: User) -> Details:
    """What a provider says of a member. Raises ``Invalid``."""
    return Details(
        name=_read(_TEXT, "displayName", user.display_name) or "",
        external_id=_read(_TEXT, "externalId", user.external_id) or None,
        active=user.active is not False,
    )


def _read(adapter: TypeAdapter[str] | TypeAdapter[str | None], field: str, value: object) -> str:
    try:
        return adapter.validate_python(value) or ""
    except ValidationError as error:
        raise _wrong(error, field) from None


def _wrong(error: ValidationError, field: str) -> Invalid:
    return invalid([{**each, "loc": ("body", "user", field)} for each in error.errors()])
