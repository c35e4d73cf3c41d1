"""Roles one by one: who holds one, by which subscription, and given to several at once (R38)."""

from __future__ import annotations

from typing import Any, Final

from django.http import HttpResponse, QueryDict
from django.urls import reverse
from django.utils.translation import ngettext

from tenure.access.queries.matrix import releases
from tenure.access.queries.roster import HeldRole, Roster
from tenure.access.queries.team import Sought, find_members, holders_of, reserved_for
from tenure.base.errors import NotFound, Refused
from tenure.base.ids import parse_public_id
from tenure.flows.roles import give_role
from tenure.organisations.rules import Ability, MemberStatus
from tenure.web.edge.doors import FORM, console_page
from tenure.web.edge.paging import pages, place
from tenure.web.edge.refusals import said, status_of
from tenure.web.edge.visits import Desk
from tenure.web.team.seats import roster_of, store_page

MOST_HOLDERS: Final = 500


@console_page(Ability.ROLES)
def roles(desk: Desk) -> HttpResponse:
    """Every role for which there are seats: free, assigned, reserved."""
    found = roster_of(desk)
    context = {"roles": [(role, store_page(desk, role.id)) for role in found.roles]}
    return desk.render("team/roles.html", context)


@console_page(Ability.ROLES, methods=FORM)
def role(desk: Desk, role: str) -> HttpResponse:
    """One role: who holds it, by which subscription; to whom it can be given."""
    roster = roster_of(desk)
    wanted = roster.role(role)
    if wanted is None:
        raise NotFound
    chosen = set(_members(desk.request.POST))
    no = None
    if desk.posted and chosen:
        try:
            give_role(
                organisation=desk.organisation,
                role=role,
                members=sorted(chosen),
                now=desk.now,
                by=desk.by,
            )
            desk.tell(
                ngettext(
                    "%(n)d member holds the role now.",
                    "%(n)d members hold the role now.",
                    len(chosen),
                )
                % {"n": len(chosen)}
            )
            return desk.redirect(reverse("team_role", args=[desk.organisation_id, role]))
        except Refused as error:
            no = error
            roster = roster_of(desk)
            wanted = roster.role(role) or wanted
    told = said(no, desk.language) if no else None
    context = {**_about(desk, wanted, roster), "chosen": chosen, "said": told}
    return desk.render("team/role.html", context, status=status_of(no) if no else 200)


def _about(desk: Desk, wanted: HeldRole, roster: Roster) -> dict[str, Any]:
    """Who holds a role, and whom it could be given to; seven statements beside the roster's."""
    pools = [pool.id for pool in wanted.pools]
    judge = releases(roster, desk.now)
    holders = []
    for member, seat in holders_of(pools, MOST_HOLDERS):
        pool = roster.pools[seat.subscription]
        verdict = judge.verdict(seat, pool)
        no = None if verdict else said(Refused.by(verdict), desk.language)
        holders.append((member, seat, pool, no))
    words = desk.request.GET.get("q", "")[:200]
    sought = Sought(words, "", (MemberStatus.ACTIVE.value,))
    without = {member.id for member, _, pool, _ in holders if pool.runs}
    found = find_members(
        desk.organisation, sought, after=place(desk, "mem"), without=frozenset(without)
    )
    return {
        "role": wanted,
        "holders": holders,
        "reserved": [
            (member, roster.pools[subscription])
            for member, subscription in reserved_for(pools, MOST_HOLDERS)
        ],
        "candidates": found.rows,
        "q": words,
        "store": store_page(desk, wanted.id),
        **pages(desk, found.last, "mem"),
    }


def _members(posted: QueryDict) -> list[Any]:
    """The members that were ticked; ``NotFound`` for what is none."""
    return [parse_public_id("mem", word) for word in posted.getlist("member")]
