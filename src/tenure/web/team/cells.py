"""The cells of the matrix as HTML: two thousand of them on a page, so each is written lean.

A cell is named by its row's and its column's head. What can be pressed is a button that says to
which member and role it gives or takes; what cannot says why.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final, NamedTuple

from django.urls import reverse
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from tenure.access.queries.matrix import Cell, CellState, Row
from tenure.access.queries.roster import HeldRole
from tenure.base.ids import public_id
from tenure.organisations.models import Member
from tenure.web.edge.templatetags.days import short_day

GIVE: Final = "on"
TAKE: Final = "off"


class ShownRow(NamedTuple):
    """A member of the matrix: the head's id, and the cells."""

    key: str
    id: str
    member: Member
    cells: SafeString
    held: int


class Words:
    """What cells say, looked up once for a page."""

    def __init__(self) -> None:
        self.reserved = escape(gettext("Reserved by the invitation"))
        self.full = escape(gettext("No seat is free"))
        self.closed = escape(gettext("Only active members are given roles"))
        self.shared = escape(gettext("The seat carries other roles too"))
        self.over = escape(gettext("Held by a subscription that is over"))
        self._locked = gettext("The seat stays with its member until it is free on %(day)s")

    def locked(self, until: date | None) -> str:
        """Why a seat cannot be freed now (R38)."""
        return escape(self._locked % {"day": short_day(until)})


def shown_row(row: Row, roles: Sequence[HeldRole], organisation: str, words: Words) -> ShownRow:
    """A row with its cells."""
    outside = public_id("mem", row.member.id)
    key = key_of(outside)
    page = reverse("team_member", args=[organisation, outside])
    cells = [
        _cell(cell, key, outside, role.id, page, organisation, words)
        for cell, role in zip(row.cells, roles, strict=True)
    ]
    held = sum(
        cell.state in (CellState.HELD, CellState.SHARED, CellState.LOCKED) for cell in row.cells
    )
    html = mark_safe("".join(cells))  # noqa: S308 - made below of what is escaped
    return ShownRow(key, outside, row.member, html, held)


def key_of(outside: str) -> str:
    """What names a member's row on a page: the end of the identifier, which is random."""
    return f"m{outside[-9:]}"


def _cell(
    cell: Cell, key: str, outside: str, role: str, page: str, organisation: str, words: Words
) -> str:
    over = f'<span class="mark-over" title="{words.over}"></span>' if cell.over else ""
    named = f'aria-labelledby="{key} r-{role}"'
    match cell.state:
        case CellState.HELD:
            inside = _button(key, outside, role, TAKE, "true", named)
        case CellState.FREE:
            inside = _button(key, outside, role, GIVE, "false", named)
        case CellState.SHARED:
            to = reverse("team_free_role", args=[organisation, outside, role])
            inside = (
                f'<a class="cell mark mark-shared" id="{key}-{role}" href="{to}" {named}'
                f' title="{words.shared}"></a>'
            )
        case CellState.LOCKED:
            inside = (
                f'<a class="cell mark mark-locked" id="{key}-{role}" href="{page}#seats" {named}'
                f' title="{words.locked(cell.until)}"></a>'
            )
        case CellState.RESERVED:
            inside = f'<span class="mark-reserved" role="img" aria-label="{words.reserved}"></span>'
        case CellState.FULL | CellState.CLOSED:
            inside = "–"
    return f"<td>{inside}{over}</td>"


def _button(key: str, outside: str, role: str, want: str, pressed: str, named: str) -> str:
    return (
        f'<button class="cell mark" hx-post id="{key}-{role}" name="cell"'
        f' value="{outside}.{role}.{want}" aria-pressed="{pressed}" {named}></button>'
    )
