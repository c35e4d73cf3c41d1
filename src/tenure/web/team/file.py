"""Any number of people invited from a CSV file: tried first, with a verdict for each line (R36)."""

from __future__ import annotations

import secrets
import zlib
from collections.abc import Sequence
from typing import Final, NamedTuple

from django import forms
from django.core.cache import cache
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from tenure.access.errors import NO_FREE_SEAT
from tenure.base.errors import NotFound
from tenure.base.wording import sentence
from tenure.catalogue.queries import grants_by_role
from tenure.events.asked import Asked
from tenure.flows.invitation_file import LineVerdict, invite_many
from tenure.organisations.rules import Ability
from tenure.organisations.rules.invitation_file import (
    InvitationFile,
    LineError,
    Person,
    read_invitation_file,
)
from tenure.web.edge.doors import FORM, console_page
from tenure.web.edge.forms import Form
from tenure.web.edge.once import once
from tenure.web.edge.visits import Desk
from tenure.web.team.seats import roster_of, store_page

_LARGEST: Final = 50 * 1024 * 1024
_KEPT_FOR: Final = 3600
"""How many seconds a file that was tried can be used."""
_SHOWN: Final = 200
"""How many lines a preview shows: what is wrong first."""


class FileForm(Form):
    """The file."""

    file = forms.FileField(
        label=_("CSV file"),
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,text/csv,text/plain"}),
    )


class ShownLine(NamedTuple):
    """A line of the file with what would come of it."""

    number: int
    email: str
    standing: str
    roles: tuple[str, ...]
    is_good: bool
    text: str


@console_page(Ability.MEMBERS, methods=FORM)
def upload(desk: Desk) -> HttpResponse:
    """Take a file, to try it before anything is sent."""
    form = FileForm(desk.request.POST, desk.request.FILES) if desk.posted else FileForm()
    if desk.posted and form.is_valid():
        source = form.cleaned_data["file"].read(_LARGEST + 1)
        wrong = _unusable(source, desk.language)
        if not wrong:
            kept = secrets.token_urlsafe(16)
            cache.set(_key(desk, kept), zlib.compress(source), _KEPT_FOR)
            return desk.redirect(reverse("team_file_preview", args=[desk.organisation_id, kept]))
        form.add_error("file", wrong)
        form.status = 422
    roles = [role for role in roster_of(desk).roles if not role.is_over]
    return desk.render("team/file.html", {"form": form, "roles": roles}, status=form.status)


@console_page(Ability.MEMBERS)
def sample(desk: Desk) -> HttpResponse:
    """A file to fill in."""
    roles = [role.id for role in roster_of(desk).roles if not role.is_over][:2]
    lines = ["email,name,standing,roles", f"ada@example.com,Ada,member,{' '.join(roles)}"]
    headers = {"Content-Disposition": 'attachment; filename="members.csv"'}
    return HttpResponse("\r\n".join([*lines, ""]), content_type="text/csv", headers=headers)


@console_page(Ability.MEMBERS, methods=FORM)
def preview(desk: Desk, kept: str) -> HttpResponse:
    """What would come of each line; confirming it invites all of them."""
    packed = cache.get(_key(desk, kept))
    if packed is None:
        desk.warn(gettext("This file is not kept any more; please choose it again."))
        return desk.redirect(reverse("team_file", args=[desk.organisation_id]))
    read = read_invitation_file(zlib.decompress(packed), grants_by_role().keys())
    if not desk.posted or read.errors:
        return _preview(desk, read)

    def work(asked: Asked) -> HttpResponse:
        done = invite_many(
            organisation=desk.organisation,
            people=read.people,
            dry_run=False,
            now=desk.now,
            by=desk.by,
            asked=asked,
        )
        if not done.allowed:
            return _page(desk, read, done.lines)
        cache.delete(_key(desk, kept))
        desk.tell(
            ngettext(
                "%(n)d invitation is on its way.",
                "%(n)d invitations are on their way.",
                len(read.people),
            )
            % {"n": len(read.people)}
        )
        return _done(desk)

    return once(desk, work=work, resume=lambda _: _done(desk))


def _preview(desk: Desk, read: InvitationFile) -> HttpResponse:
    """The file tried: nothing is written."""
    wrong = {error.line for error in read.errors}
    tried = invite_many(
        organisation=desk.organisation,
        people=[person for person in read.people if person.line not in wrong],
        dry_run=True,
        now=desk.now,
        by=desk.by,
    )
    return _page(desk, read, tried.lines)


def _page(desk: Desk, read: InvitationFile, judged: Sequence[LineVerdict]) -> HttpResponse:
    people = {person.line: person for person in read.people}
    lines = [_wrong(error, people.get(error.line), desk.language) for error in read.errors]
    lines += [_line(each, desk.language) for each in judged if not each.verdict]
    bad = len({line.number for line in lines})
    lines.sort(key=lambda line: line.number)
    good = [each for each in judged if each.verdict]
    lines += [_line(each, desk.language) for each in good[: max(_SHOWN - len(lines), 0)]]
    context = {
        "lines": lines[:_SHOWN],
        "hidden": bad + len(good) - len(lines[:_SHOWN]),
        "bad": bad,
        "good": len(good),
        "all": bad + len(good),
        "missing": _missing(desk, judged),
    }
    return desk.render(
        "team/file_preview.html", context, status=409 if bad and desk.posted else 200
    )


def _missing(desk: Desk, judged: Sequence[LineVerdict]) -> list[tuple[str, int, str]]:
    """The roles for which seats are missing: how many, and where they are bought."""
    short: dict[str, int] = {}
    for each in judged:
        named = each.verdict.figures.get("roles") if each.verdict.code is NO_FREE_SEAT else ()
        for role in named if isinstance(named, tuple) else ():
            short[role] = short.get(role, 0) + 1
    if not short:
        return []
    names = {role.id: role.name for role in roster_of(desk).roles}
    return [(names.get(role, role), n, store_page(desk, role, n)) for role, n in short.items()]


def _line(each: LineVerdict, language: str) -> ShownLine:
    person = each.person
    text = sentence(each.verdict.code, each.verdict.figures, language)
    return ShownLine(
        person.line,
        person.email,
        person.standing.value,
        person.roles,
        each.verdict.allowed,
        text,
    )


def _wrong(error: LineError, person: Person | None, language: str) -> ShownLine:
    return ShownLine(
        error.line,
        person.email if person else "",
        person.standing.value if person else "",
        person.roles if person else (),
        False,
        sentence(error.code, error.figures, language),
    )


def _unusable(source: bytes, language: str) -> str:
    """Why the file as a whole cannot be tried; empty if it can."""
    if len(source) > _LARGEST:
        return gettext("This file is larger than 50 MB; please split it.")
    read = read_invitation_file(source, ())
    if read.people:
        return ""
    return " ".join(sentence(error.code, error.figures, language) for error in read.errors[:1])


def _key(desk: Desk, kept: str) -> str:
    """Under which name a file is kept, for who chose it alone."""
    if not kept.replace("-", "").replace("_", "").isalnum() or len(kept) > 64:
        raise NotFound
    return f"team-file:{desk.user.id}:{desk.organisation}:{kept}"


def _done(desk: Desk) -> HttpResponse:
    return desk.redirect(reverse("team_invitations", args=[desk.organisation_id]))
