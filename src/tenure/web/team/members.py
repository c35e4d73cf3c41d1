"""Members: found among thousands, and one of them with all that can be done (R34, R37)."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from tenure.access.queries.matrix import Releases, releases
from tenure.access.queries.roster import Pool, Roster
from tenure.access.queries.team import (
    PRESENT,
    Holdings,
    Sought,
    active_owners,
    find_members,
    holdings_of,
    member_counts,
    member_of,
    pending_invitation,
    role_names_of,
)
from tenure.base.errors import Refused
from tenure.base.ids import parse_public_id, public_id
from tenure.base.verdicts import Verdict
from tenure.flows import members as flows
from tenure.flows import seats as seat_flows
from tenure.organisations.models import Member
from tenure.organisations.queries import ownership_offers
from tenure.organisations.rules import (
    Ability,
    MemberStatus,
    Standing,
    leaving_verdict,
    owner_verdict,
)
from tenure.web.edge.doors import ACTION, FORM, console_page
from tenure.web.edge.forms import Form
from tenure.web.edge.paging import address_with, pages, place
from tenure.web.edge.refusals import Said, said
from tenure.web.edge.standings import STANDINGS, words_of
from tenure.web.edge.visits import Desk, safe_next
from tenure.web.team.seats import roster_of, store_page

_STATES: Final = {
    "": PRESENT,
    "active": (MemberStatus.ACTIVE.value,),
    "invited": (MemberStatus.INVITED.value,),
    "suspended": (MemberStatus.SUSPENDED.value,),
    "removed": (MemberStatus.REMOVED.value,),
}
"""The tabs of the list; the first is everybody who was not removed."""

_OTHERS: Final = (Standing.ADMINISTRATOR, Standing.BILLING, Standing.MEMBER, Standing.EXTERNAL)


class StandingForm(Form):
    """What a member is to become."""

    standing = forms.ChoiceField(
        label=_("Standing"), choices=[(each.value, STANDINGS[each].word) for each in STANDINGS]
    )


@console_page(Ability.MEMBERS)
def members(desk: Desk) -> HttpResponse:
    """Everybody in the organisation, or who was looked for, by name."""
    asked = desk.request.GET
    state = asked.get("state", "") if asked.get("state", "") in _STATES else ""
    standing = asked.get("standing", "") if asked.get("standing", "") in set(Standing) else ""
    sought = Sought(asked.get("q", "")[:200], standing, _STATES[state])
    found = find_members(desk.organisation, sought, after=place(desk, "mem"))
    names = role_names_of([row.id for row in found.rows], desk.now, desk.language)
    counts = member_counts(desk.organisation)
    context = {
        "rows": [(row, names[row.id]) for row in found.rows],
        "q": sought.words,
        "standing": standing,
        "state": state,
        "tabs": [
            (key, sum(counts[each] for each in statuses), address_with(desk, "state", key))
            for key, statuses in _STATES.items()
        ],
        "standings": words_of(list(STANDINGS)),
        "is_filtered": bool(sought.words or standing),
        **pages(desk, found.last, "mem"),
    }
    return desk.render("team/members.html", context)


@console_page(Ability.MEMBERS, methods=FORM)
def member(desk: Desk, member: str) -> HttpResponse:
    """One member with their seats; another standing is sent to this page."""
    row = _member(desk, member)
    form = StandingForm(desk.request.POST if desk.posted else None)
    if desk.posted and form.is_valid():
        with form.refusals():
            flows.change_member(
                member=row.id,
                standing=Standing(form.cleaned_data["standing"]),
                may_give_ownership=desk.gives_ownership,
                now=desk.now,
                by=desk.by,
            )
            desk.tell(gettext("The standing was changed."))
            return _back_to(desk, row)
    return desk.render("team/member.html", _about(desk, row, form), status=form.status)


def _about(desk: Desk, row: Member, form: StandingForm) -> dict[str, Any]:
    """All that the page of a member shows, verdicts included."""
    roster = roster_of(desk)
    held = holdings_of([row.id])
    is_owner = row.standing == Standing.OWNER
    leaving = _leaving(desk, row)
    may_offer = _may_offer(desk, row)
    theirs = {seat.subscription for seat in held.seats.get(row.id, ())}
    invitation = pending_invitation(row.id) if row.status == MemberStatus.INVITED else None
    return {
        "member": row,
        "form": form,
        "standings": words_of([Standing.OWNER, *_OTHERS] if is_owner else _OTHERS),
        "leaving": None if leaving else said(Refused.by(leaving), desk.language),
        "may_change": desk.gives_ownership or not is_owner,
        "is_self": row.id == desk.member,
        "invitation": invitation,
        "seats": _seats(held, row, roster, releases(roster, desk.now), desk.language),
        "reserved": [
            roster.pools[each] for each in held.reserved.get(row.id, ()) if each in roster.pools
        ],
        "more": [
            (pool, store_page(desk, pool.roles[0].id))
            for pool in roster.pools.values()
            if pool.runs and pool.id not in theirs
        ],
        "may_offer": may_offer,
        "offers": ownership_offers(takers=[row.id]) if may_offer else [],
    }


def _may_offer(desk: Desk, row: Member) -> bool:
    """Whether the ownership can be offered to this member by who looks (R34)."""
    gives = desk.gives_ownership and not desk.acting
    return gives and row.standing != Standing.OWNER and row.status == MemberStatus.ACTIVE


def _seats(
    held: Holdings, row: Member, roster: Roster, releases: Releases, language: str
) -> list[tuple[Any, Pool, Said | None]]:
    """A member's seats, each with its subscription and the no of freeing it, if it is one."""
    found = []
    for seat in held.seats.get(row.id, ()):
        pool = roster.pools.get(seat.subscription)
        if pool is not None:
            verdict = releases.verdict(seat, pool)
            no = None if verdict else said(Refused.by(verdict), language)
            found.append((seat, pool, no))
    return found


@console_page(Ability.ROLES, methods=ACTION)
def seats(desk: Desk, member: str) -> HttpResponse:
    """Assign a seat of the subscription ``assign`` to a member, or free that of ``free``."""
    row = _member(desk, member)
    posted = desk.request.POST
    try:
        if "assign" in posted:
            subscription = parse_public_id("sub", posted["assign"])
            seat_flows.assign_seat(
                subscription=subscription, member=row.id, now=desk.now, by=desk.by
            )
            desk.tell(gettext("The seat is assigned."))
        else:
            subscription = parse_public_id("sub", posted.get("free", ""))
            seat_flows.release_seat(
                subscription=subscription, member=row.id, now=desk.now, by=desk.by
            )
            desk.tell(gettext("The seat is free again."))
    except Refused as error:
        desk.warn(said(error, desk.language).text)
    return desk.redirect(safe_next(desk.request, _page_of(desk, row)))


@console_page(Ability.MEMBERS, methods=FORM)
def suspend(desk: Desk, member: str) -> HttpResponse:
    """Suspend a member: what that means is said first (R37)."""
    row = _member(desk, member)
    if desk.posted:
        _become(desk, row, MemberStatus.SUSPENDED)
        desk.tell(gettext("Suspended. Every application says no from now on."))
        return _back_to(desk, row)
    seats = len(holdings_of([row.id]).seats.get(row.id, ()))
    consequences = [
        gettext("Every application says no to them at once, and so does this console."),
        ngettext(
            "Their %(n)d seat stays assigned to them.",
            "Their %(n)d seats stay assigned to them.",
            seats,
        )
        % {"n": seats}
        if seats
        else gettext("They hold no seat."),
        gettext("They can be restored at any time, and then hold what they held before."),
    ]
    return _confirm(desk, row, "suspend", consequences)


@console_page(Ability.MEMBERS, methods=ACTION)
def restore(desk: Desk, member: str) -> HttpResponse:
    """Make a suspended member active again."""
    row = _member(desk, member)
    _become(desk, row, MemberStatus.ACTIVE)
    desk.tell(gettext("Active again, with the roles they held."))
    return _back_to(desk, row)


@console_page(Ability.MEMBERS, methods=FORM)
def remove(desk: Desk, member: str) -> HttpResponse:
    """Remove a member: what that means is said first (R37)."""
    row = _member(desk, member)
    if desk.posted:
        flows.remove_member(member=row.id, by_owner=desk.gives_ownership, now=desk.now, by=desk.by)
        desk.tell(gettext("Removed. Their seats are free."))
        return desk.redirect(reverse("team_members", args=[desk.organisation_id]))
    return _confirm(desk, row, "remove", _losses(desk, row))


def _losses(desk: Desk, row: Member) -> list[str]:
    """What removing a member does, in words."""
    roster, held = roster_of(desk), holdings_of([row.id])
    judge = releases(roster, desk.now)
    told = []
    for seat, pool, no in _seats(held, row, roster, judge, desk.language):
        del seat
        if no:
            told.append(f"{pool.name}{gettext(':')} {no.text}")
        else:
            told.append(gettext("Their seat of %(roles)s is free at once.") % {"roles": pool.name})
    reserved = held.reserved.get(row.id, ())
    if row.status == MemberStatus.INVITED:
        told.append(gettext("The invitation is withdrawn; its link opens nothing any more."))
        if reserved:
            told.append(gettext("The seats that were reserved for them are free at once."))
        return told
    told.append(gettext("Their sessions end: this organisation is closed to them at once."))
    told.append(gettext("What they asked for is withdrawn."))
    told.append(gettext("They can be invited again later, and keep their history."))
    return told


def _confirm(desk: Desk, row: Member, action: str, consequences: list[str]) -> HttpResponse:
    leaving = _leaving(desk, row)
    context = {
        "member": row,
        "action": action,
        "consequences": consequences,
        "no": None if leaving else said(Refused.by(leaving), desk.language),
        "back": _page_of(desk, row),
    }
    return desk.render("team/confirm.html", context)


def _leaving(desk: Desk, row: Member) -> Verdict:
    """Whether who looks may suspend or remove them (R34, R37)."""
    standing = Standing(row.standing)
    if standing is not Standing.OWNER:
        return leaving_verdict(row.id, ())
    leaving = leaving_verdict(row.id, active_owners(desk.organisation))
    return owner_verdict(standing, by_owner=desk.gives_ownership) if leaving else leaving


def _become(desk: Desk, row: Member, status: MemberStatus) -> None:
    flows.change_member(
        member=row.id,
        status=status,
        may_give_ownership=desk.gives_ownership,
        by_owner=desk.gives_ownership,
        now=desk.now,
        by=desk.by,
    )


def _member(desk: Desk, member: str) -> Member:
    return member_of(desk.organisation, parse_public_id("mem", member))


def _page_of(desk: Desk, row: Member) -> str:
    return reverse("team_member", args=[desk.organisation_id, public_id("mem", row.id)])


def _back_to(desk: Desk, row: Member) -> HttpResponse:
    return desk.redirect(_page_of(desk, row))
