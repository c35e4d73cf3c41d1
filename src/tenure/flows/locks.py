"""The first lock of a flow: the organisation's row."""

from __future__ import annotations

from uuid import UUID

from tenure.base.errors import NotFound
from tenure.organisations.models import Member, Organisation


def lock_organisation(organisation: UUID) -> Organisation:
    """The organisation, locked until commit against others that lock it; ``NotFound``."""
    rows = Organisation.objects.select_for_update(no_key=True)
    found = rows.filter(id=organisation).first()
    if found is None:
        raise NotFound
    return found


def lock_member(member: UUID) -> Member:
    """The member, locked until commit; ``NotFound``."""
    found = Member.objects.select_for_update(no_key=True).filter(id=member).first()
    if found is None:
        raise NotFound
    return found
