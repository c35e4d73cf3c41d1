"""Groups of SCIM are roles: how one is shown, and who is in it after a change."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any, Final

from scim2_models import Meta, PatchOp, Reference

from tenure.access.queries.holders import HoldableRole
from tenure.api.scim.errors import SCIM_MANY_OPERATIONS, ScimRefusal
from tenure.api.scim.shapes import Group, GroupMember
from tenure.base.ids import public_id

_MOST_UNUSUAL: Final = 50
"""How many operations are taken that the library has to apply: each looks at every member."""


def shown(role: HoldableRole) -> Group:
    """A role as a group, with who holds it."""
    members = [_entry(public_id("mem", each)) for each in sorted(role.holders)]
    return Group(
        id=role.id,
        display_name=role.name,
        members=members or None,
        meta=Meta(resource_type="Group", version=version_of(role)),
    )


def version_of(role: HoldableRole) -> str:
    """The weak tag of what SCIM shows of a role."""
    told = "\n".join([role.name, *(each.hex for each in sorted(role.holders))])
    return f'W/"{hashlib.sha256(told.encode()).hexdigest()[:20]}"'


def regrouped(group: Group, patch: PatchOp[Any]) -> bool | None:
    """Apply operations that name members one by one; whether anybody came or went.

    None, and nothing is done, where something else is asked, which the library knows to apply.
    Raises ``ScimRefusal`` if there is too much of that.
    """
    operations = patch.operations or []
    before = {str(each.value): each for each in group.members or ()}
    after = dict(before)
    for one in operations:
        names = _named(one.value)
        if str(one.path or "") != "members" or (names is None and one.value is not None):
            if len(operations) > _MOST_UNUSUAL:
                raise ScimRefusal(SCIM_MANY_OPERATIONS, 413, most=_MOST_UNUSUAL)
            return None
        if one.op == "remove":
            for name in after.copy() if names is None else names:
                after.pop(name, None)
            continue
        if one.op == "replace":
            after = {}
        after |= {name: before.get(name) or _entry(name) for name in names or ()}
    group.members = list(after.values()) or None
    return after.keys() != before.keys()


def _named(value: Any) -> Sequence[str] | None:
    """The identifiers in a list of members; None if it is none."""
    if not isinstance(value, list):
        return None
    found = [each.get("value") if isinstance(each, dict) else None for each in value]
    names = [name for name in found if isinstance(name, str)]
    return names if len(names) == len(found) else None


def _entry(user: str) -> GroupMember:
    return GroupMember(value=user, ref=Reference(f"Users/{user}"), type="User")
