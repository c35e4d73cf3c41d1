"""Where somebody is led who logs in without having been on the way to anything."""

from __future__ import annotations

from tenure.base.ids import public_id
from tenure.organisations.queries import Membership
from tenure.organisations.rules import Standing
from tenure.web.edge.visitor import Visitor

_MANAGERS = (Standing.OWNER, Standing.ADMINISTRATOR)


def first_page(visitor: Visitor) -> str:
    """The console of whoever runs an organisation, the home of its members, the back office of
    the vendor's staff, and the store for everybody else."""
    managed = [each for each in visitor.active_memberships if each.standing in _MANAGERS]
    if managed:
        return console_of(_last(managed, visitor))
    if visitor.active_memberships:
        return "/home/"
    return "/backoffice/" if visitor.staff_abilities else "/"


def console_of(membership: Membership) -> str:
    """The console of an organisation."""
    return f"/console/{public_id('org', membership.organisation.id)}/"


def _last(managed: list[Membership], visitor: Visitor) -> Membership:
    """The organisation whose console was opened last, or else the first by name."""
    last = visitor.last_organisation
    return next((each for each in managed if each.organisation.id == last), managed[0])
