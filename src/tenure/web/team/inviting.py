"""Invite one or ten at once, each with the roles they are to hold (R36, R39)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, NamedTuple
from uuid import UUID

from django import forms
from django.forms import BoundField
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from tenure.access.errors import NO_FREE_SEAT
from tenure.access.queries.roster import HeldRole
from tenure.access.queries.team import present_addresses
from tenure.base.errors import Refused
from tenure.base.wording import sentence
from tenure.events.asked import Asked
from tenure.flows import invitations as flows
from tenure.orders.queries.policy import policy_in_force
from tenure.organisations.commands.invitations import NewInvitation
from tenure.organisations.errors import ALREADY_MEMBER
from tenure.organisations.rules import Ability, Standing
from tenure.web.edge.doors import FORM, console_page
from tenure.web.edge.forms import EmailField, Form
from tenure.web.edge.once import once
from tenure.web.edge.standings import INVITABLE, STANDINGS, words_of
from tenure.web.edge.templatetags.amounts import number
from tenure.web.edge.visits import Desk
from tenure.web.team.seats import roster_of, store_page

_FIRST: Final = 1
"""How many lines the form begins with."""


class Choice(NamedTuple):
    """A role that can come with an invitation: whether it is ticked, and what is free."""

    id: str
    name: str
    chosen: bool
    free: int
    told: str


class Line(NamedTuple):
    """A line of the form: whom, as what, with which roles."""

    number: int
    email: BoundField
    standing: BoundField
    roles: list[Choice]
    chosen: int


class InviteForm(Form):
    """Up to ten lines, of which those without an address are nobody."""

    def __init__(
        self, data: Any = None, *, lines: int, roles: Sequence[HeldRole], **options: Any
    ) -> None:
        super().__init__(data, **options)
        self._lines, self._roles = lines, roles
        standings = [(each.value, STANDINGS[each].word) for each in INVITABLE]
        for n in range(lines):
            self.fields[f"email_{n}"] = EmailField(
                label=_("E-mail address"), required=n == 0, max_length=254
            )
            self.fields[f"standing_{n}"] = forms.ChoiceField(label=_("As"), choices=standings)
            self.fields[f"roles_{n}"] = forms.MultipleChoiceField(
                label=_("Roles"),
                choices=[(role.id, role.name) for role in roles],
                required=False,
            )

    def clean(self) -> dict[str, Any]:
        """Each address once."""
        told = super().clean() or {}
        seen: set[str] = set()
        for n in range(self._lines):
            email = told.get(f"email_{n}")
            if email and email in seen:
                self.add_error(f"email_{n}", gettext("This address stands above already."))
            seen.add(email or "")
        return told

    def refuse_members(self, organisation: UUID, language: str) -> bool:
        """Say beside its line which address is a member's already; whether none is."""
        typed = {self.cleaned_data[f"email_{n}"]: n for n in range(self._lines)}
        typed.pop("", None)
        for email in present_addresses(organisation, typed):
            self.add_error(f"email_{typed[email]}", sentence(ALREADY_MEMBER, {}, language))
            self.status = 409
        return not self.errors

    def invitations(self) -> list[NewInvitation]:
        """Whom to invite."""
        told = self.cleaned_data
        return [
            NewInvitation(
                email=told[f"email_{n}"],
                standing=Standing(told[f"standing_{n}"]),
                roles=tuple(told[f"roles_{n}"]),
            )
            for n in range(self._lines)
            if told[f"email_{n}"]
        ]

    def lines(self) -> list[Line]:
        """The lines as they are shown, with what was typed."""
        found = []
        told = {role.id: _free(role.free) for role in self._roles}
        for n in range(self._lines):
            ticked = set(self[f"roles_{n}"].value() or ())
            choices = [
                Choice(role.id, role.name, role.id in ticked, role.free, told[role.id])
                for role in self._roles
            ]
            found.append(Line(n, self[f"email_{n}"], self[f"standing_{n}"], choices, len(ticked)))
        return found


@console_page(Ability.MEMBERS, methods=FORM)
def invite(desk: Desk) -> HttpResponse:
    """Invite up to ten people, with the roles that are kept for them (R36)."""
    most = policy_in_force()[1].invitations.most_at_a_time
    roles = [role for role in roster_of(desk).roles if not role.is_over]
    posted = desk.request.POST
    lines = _bounded(posted.get("lines", "") or desk.request.GET.get("lines", ""), most)
    if "more" in posted:
        lines = _bounded(str(lines + 3), most)
        form = InviteForm(lines=lines, roles=roles, initial=_typed(desk, lines))
        return _page(desk, form, roles, lines, most)
    if not desk.posted:
        first = desk.request.GET.get("email", "")[:254]
        form = InviteForm(lines=lines, roles=roles, initial={"email_0": first})
        return _page(desk, form, roles, lines, most)
    form = InviteForm(posted, lines=lines, roles=roles)
    if not form.is_valid():
        return _page(desk, form, roles, lines, most)

    def work(asked: Asked) -> HttpResponse:
        if not form.refuse_members(desk.organisation, desk.language):
            return _page(desk, form, roles, lines, most)
        invitations = form.invitations()
        try:
            flows.invite(
                organisation=desk.organisation,
                invitations=invitations,
                may_give_ownership=False,
                now=desk.now,
                by=desk.by,
                asked=asked,
            )
        except Refused as error:
            form.refuse(error)
            return _page(desk, form, roles, lines, most, _missing(error))
        desk.tell(_sent(len(invitations)))
        return _done(desk)

    return once(desk, work=work, resume=lambda _: _done(desk))


def _page(
    desk: Desk,
    form: InviteForm,
    roles: Sequence[HeldRole],
    lines: int,
    most: int,
    missing: Sequence[str] = (),
) -> HttpResponse:
    context = {
        "form": form,
        "lines": form.lines(),
        "count": lines,
        "most": most,
        "roles": [(role, store_page(desk, role.id)) for role in roles],
        "missing": [(role.name, store_page(desk, role.id)) for role in roles if role.id in missing],
        "standings": words_of(INVITABLE),
        "last_day_hint": policy_in_force()[1].invitations.expiry_days,
    }
    return desk.render("team/invite.html", context, status=form.status)


def _missing(error: Refused) -> Sequence[str]:
    """The roles for which no seat is free, if that is what was refused."""
    named = error.figures.get("roles", ()) if error.code is NO_FREE_SEAT else ()
    return named if isinstance(named, tuple) else ()


def _free(count: int) -> str:
    """How many seats are free, in words."""
    if not count:
        return gettext("none free")
    return ngettext("%(shown)s free", "%(shown)s free", count) % {"shown": number(count)}


def _sent(count: int) -> str:
    return ngettext(
        "The invitation is on its way.", "%(n)d invitations are on their way.", count
    ) % {"n": count}


def _done(desk: Desk) -> HttpResponse:
    return desk.redirect(reverse("team_invitations", args=[desk.organisation_id]))


def _bounded(word: str, most: int) -> int:
    is_number = word.isascii() and word.isdigit() and len(word) < 10
    return min(max(int(word), _FIRST), most) if is_number else _FIRST


def _typed(desk: Desk, lines: int) -> dict[str, Any]:
    """What was typed so far, to show it again with more lines."""
    posted = desk.request.POST
    kept: dict[str, Any] = {}
    for n in range(lines):
        kept[f"email_{n}"] = posted.get(f"email_{n}", "")
        kept[f"standing_{n}"] = posted.get(f"standing_{n}", Standing.MEMBER.value)
        kept[f"roles_{n}"] = posted.getlist(f"roles_{n}")
    return kept
