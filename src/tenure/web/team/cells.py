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
from django.utils.translation import gettext, ngettext

from tenure.access.queries.matrix import Cell, CellState, Row
from tenure.access.queries.roster import HeldRole
from tenure.base.ids import public_id
from tenure.organisations.models import Member
from tenure.organisations.rules import MemberStatus
from tenure.web.edge.states import STATES
from tenure.web.edge.templatetags.amounts import number
from tenure.web.edge.templatetags.days import short_day

GIVE: Final = "on"
TAKE: Final = "off"
_SWAPS: Final = ' hx-swap-oob="true"'


class ShownRow(NamedTuple):
    """A member of the matrix, and the row as HTML."""

    id: str
    member: Member
    html: SafeString
    held: int


class ShownHead(NamedTuple):
    """A role of the matrix, and the head of its column as HTML."""

    role: HeldRole
    html: SafeString


class Words:
    """What cells say, looked up once for a page."""

    def __init__(self) -> None:
        self.reserved = escape(gettext("Reserved by the invitation"))
        self.full = escape(gettext("No seat is free"))
        self.closed = escape(gettext("Only active members are given roles"))
        self.shared = escape(gettext("The seat carries other roles too"))
        self.over = escape(gettext("Held by a subscription that is over"))
        self.buy = escape(gettext("Buy more"))
        self.ended = escape(gettext("over"))
        self._buy_more_of = gettext("None free: buy more of %(role)s")
        self._locked = gettext("The seat stays with its member until it is free on %(day)s")

    def buy_more_of(self, role: str) -> str:
        """Where the link to the store leads."""
        return escape(self._buy_more_of % {"role": role})

    def free(self, count: int) -> str:
        """How many seats are free."""
        told = ngettext("%(shown)s free", "%(shown)s free", count)
        return escape(told % {"shown": number(count)})

    def locked(self, until: date | None) -> str:
        """Why a seat cannot be freed now (R38)."""
        return escape(self._locked % {"day": short_day(until)})


def shown_row(
    row: Row, roles: Sequence[HeldRole], organisation: str, words: Words, *, swaps: bool = False
) -> ShownRow:
    """A row with its cells; ``swaps``: to take the place of the one that stands there."""
    outside = public_id("mem", row.member.id)
    key = key_of(outside)
    page = reverse("team_member", args=[organisation, outside])
    cells = "".join(
        _cell(cell, key, outside, role.id, page, organisation, words)
        for cell, role in zip(row.cells, roles, strict=True)
    )
    held = sum(
        cell.state in (CellState.HELD, CellState.SHARED, CellState.LOCKED) for cell in row.cells
    )
    member = row.member
    resting = member.status != MemberStatus.ACTIVE
    state = f'<span class="free">{escape(STATES[member.status].word)}</span>' if resting else ""
    html = (
        f'<tr id="row-{key}"{_SWAPS if swaps else ""}><th scope="row"><a id="{key}" href="{page}">'
        f"{escape(member.name or member.email)}</a>{state}</th>{cells}</tr>"
    )
    return ShownRow(outside, member, mark_safe(html), held)  # noqa: S308 - escaped above


def shown_head(role: HeldRole, page: str, store: str, words: Words) -> ShownHead:
    """The head of a column: the role, and what is free of it."""
    name = f'<a id="r-{role.id}" href="{page}">{escape(role.name)}</a>'
    html = f'<th scope="col">{name}{free(role, store, words)}</th>'
    return ShownHead(role, mark_safe(html))  # noqa: S308 - escaped above


def free(role: HeldRole, store: str, words: Words, *, swaps: bool = False) -> SafeString:
    """What is free of a role, or the way to more."""
    told: str
    if role.is_over:
        told = words.ended
    elif role.free:
        told = words.free(role.free)
    else:
        told = (
            f'<a href="{escape(store)}" aria-label="{words.buy_more_of(role.name)}">{words.buy}</a>'
        )
    html = f'<span class="free" id="free-{role.id}"{_SWAPS if swaps else ""}>{told}</span>'
    return mark_safe(html)  # noqa: S308 - escaped above


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
