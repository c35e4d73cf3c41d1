"""The matrix of members × roles, which assigns and frees by a press (R38)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final
from urllib.parse import urlencode

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext

from tenure.access.queries.matrix import releases, rows_of
from tenure.access.queries.roster import HeldRole, Roster
from tenure.access.queries.team import (
    PRESENT,
    Found,
    Sought,
    find_members,
    holdings_of,
    member_of,
)
from tenure.base.errors import NotFound, Refused
from tenure.base.ids import parse_public_id
from tenure.flows.roles import give_role, take_role
from tenure.organisations.models import Member
from tenure.organisations.rules import Ability
from tenure.web.edge.doors import FORM, console_page
from tenure.web.edge.paging import address_with, pages, place
from tenure.web.edge.refusals import said
from tenure.web.edge.visits import Desk
from tenure.web.team.cells import (
    GIVE,
    TAKE,
    ShownHead,
    ShownRow,
    Words,
    shown_head,
    shown_row,
)
from tenure.web.team.cells import free as free_html
from tenure.web.team.seats import roster_of, store_page

MOST_COLUMNS: Final = 40
"""How many roles one page shows beside each other."""


@console_page(Ability.ROLES, methods=FORM)
def matrix(desk: Desk) -> HttpResponse:
    """Who holds which role; a press on a cell gives it or takes it."""
    before = _columns(desk, roster_of(desk)) if desk.posted else ()
    if not desk.posted:
        return desk.render("team/matrix.html", _page(desk))
    pressed, no = desk.request.POST.get("cell", ""), None
    member, role, want = _pressed(pressed)
    try:
        _press(desk, member, role, want)
    except Refused as error:
        no = error
    if not desk.request.headers.get("HX-Request"):
        if no is not None:
            desk.warn(said(no, desk.language).text)
        return desk.redirect(desk.request.get_full_path())
    roster = roster_of(desk)
    columns = _columns(desk, roster)
    if no is not None or _looks_different(before, columns):
        return _whole(desk, no)
    row = member_of(desk.organisation, member)
    words = Words()
    context = {
        "row": _shown(desk, [row], columns, roster, swaps=True)[0],
        "free": [free_html(role, store_page(desk, role.id), words, swaps=True) for role in columns],
    }
    return desk.render("team/matrix_row.html", context)


@console_page(Ability.ROLES, methods=FORM)
def free(desk: Desk, member: str, role: str) -> HttpResponse:
    """Take a role whose seat carries others too: which ones is said first."""
    row = member_of(desk.organisation, parse_public_id("mem", member))
    roster = roster_of(desk)
    wanted = roster.role(role)
    if wanted is None:
        raise NotFound
    back = reverse("team_roles", args=[desk.organisation_id])
    if desk.posted:
        take_role(
            organisation=desk.organisation, role=role, member=row.id, now=desk.now, by=desk.by
        )
        desk.tell(gettext("The seat is free again."))
        return desk.redirect(back, q=row.email)
    held = {seat.subscription for seat in holdings_of([row.id]).seats.get(row.id, ())}
    lost = [pool for pool in wanted.running if pool.id in held]
    context = {
        "member": row,
        "role": wanted,
        "consequences": [
            gettext("The seat of %(roles)s is free at once, with all the roles that it carries.")
            % {"roles": pool.name}
            for pool in lost
        ],
        "back": f"{back}?{urlencode({'q': row.email})}",
    }
    return desk.render("team/take.html", context)


def _press(desk: Desk, member: Any, role: str, want: str) -> None:
    if want == GIVE:
        give_role(
            organisation=desk.organisation, role=role, members=[member], now=desk.now, by=desk.by
        )
    else:
        take_role(
            organisation=desk.organisation, role=role, member=member, now=desk.now, by=desk.by
        )


def _pressed(word: str) -> tuple[Any, str, str]:
    """Member, role and what is wanted, as a cell says it; ``NotFound`` for anything else."""
    member, _, rest = word.partition(".")
    role, _, want = rest.rpartition(".")
    if want not in (GIVE, TAKE) or not role:
        raise NotFound
    return parse_public_id("mem", member), role, want


def _page(desk: Desk) -> dict[str, Any]:
    """All that the page shows; nine statements."""
    roster = roster_of(desk)
    columns = _columns(desk, roster)
    words = desk.request.GET.get("q", "")[:200]
    found = (
        find_members(desk.organisation, Sought(words, "", PRESENT), after=place(desk, "mem"))
        if columns
        else Found([], None)
    )
    return {
        "q": words,
        "columns": _heads(desk, columns),
        "rows": _shown(desk, found.rows, columns, roster),
        "solutions": _solutions(desk, roster),
        "others": _other_columns(desk, roster),
        **pages(desk, found.last, "mem"),
    }


def _whole(desk: Desk, no: Refused | None) -> HttpResponse:
    """The whole matrix anew, with the verdict above it if there was one."""
    context = {**_page(desk), "said": said(no, desk.language) if no else None}
    page = desk.render("team/matrix_frame.html", context)
    page.headers["HX-Retarget"] = "#matrix"
    page.headers["HX-Reswap"] = "outerHTML"
    return page


def _heads(desk: Desk, columns: Sequence[HeldRole]) -> list[ShownHead]:
    """The heads of the columns."""
    words = Words()
    return [
        shown_head(
            role,
            reverse("team_role", args=[desk.organisation_id, role.id]),
            store_page(desk, role.id),
            words,
        )
        for role in columns
    ]


def _shown(
    desk: Desk,
    members: Sequence[Member],
    columns: Sequence[HeldRole],
    roster: Roster,
    *,
    swaps: bool = False,
) -> list[ShownRow]:
    words = Words()
    rows = rows_of(members, columns, roster, releases(roster, desk.now))
    return [shown_row(row, columns, desk.organisation_id, words, swaps=swaps) for row in rows]


def _chosen(desk: Desk, roster: Roster) -> list[HeldRole]:
    """The roles of the chosen solution, or all."""
    solution = desk.request.GET.get("solution", "")
    return [role for role in roster.roles if solution in ("", role.solution)]


def _columns(desk: Desk, roster: Roster) -> Sequence[HeldRole]:
    """The roles that this page shows beside each other."""
    first = _first_column(desk)
    return _chosen(desk, roster)[first : first + MOST_COLUMNS]


def _first_column(desk: Desk) -> int:
    word = desk.request.GET.get("column", "")
    return int(word) if word.isascii() and word.isdigit() and len(word) < 6 else 0


def _other_columns(desk: Desk, roster: Roster) -> dict[str, str]:
    """Where the roles are that did not fit on this page."""
    first, count = _first_column(desk), len(_chosen(desk, roster))
    before, after = max(first - MOST_COLUMNS, 0), first + MOST_COLUMNS
    return {
        "before": address_with(desk, "column", str(before)) if first else "",
        "after": address_with(desk, "column", str(after)) if after < count else "",
    }


def _solutions(desk: Desk, roster: Roster) -> list[tuple[str, bool]]:
    """The families of the roles, to look at one of them; nothing if there is but one."""
    names = list(dict.fromkeys(role.solution for role in roster.roles))
    chosen = desk.request.GET.get("solution", "")
    return [(name, name == chosen) for name in names] if len(names) > 1 else []


def _looks_different(before: Sequence[HeldRole], after: Sequence[HeldRole]) -> bool:
    """Whether other rows look different now: a column came, went, ran out, or has seats again."""
    return [(role.id, role.free > 0) for role in before] != [
        (role.id, role.free > 0) for role in after
    ]
