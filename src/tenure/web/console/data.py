"""Settings: what is held, until when, to take all of it along, and to erase a person (R31)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, cast

from django.http import HttpResponse, StreamingHttpResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tenure.base.errors import NotFound
from tenure.base.ids import parse_public_id, public_id
from tenure.flows.retention import exporting
from tenure.flows.retention.persons import erase_person
from tenure.orders.queries.policy import policy_in_force
from tenure.organisations.models import Member
from tenure.organisations.queries import export_of, exports_of, kept_until
from tenure.organisations.rules import Ability
from tenure.policy.words import Audience
from tenure.subscriptions.rules.retention import retention_days
from tenure.web.console.particulars import Line
from tenure.web.edge.doors import FORM, console_page
from tenure.web.edge.forms import Form
from tenure.web.edge.visits import Desk

_MOST: Final = 10
"""So many archives are shown."""


class PersonForm(Form):
    """Whom it is about."""

    email = Line(
        label=_("E-mail address of the member"),
        most=254,
        help_text=_("Also of somebody who was removed. You are asked once more."),
    )


@console_page(Ability.SUBSCRIPTIONS, methods=FORM)
def data(desk: Desk) -> HttpResponse:
    """What is held and until when; to have an archive made, or to begin to erase a person."""
    here = reverse("console_data", args=[desk.organisation_id])
    erasing = desk.posted and "email" in desk.request.POST
    form = PersonForm(desk.request.POST if erasing else None)
    if desk.posted and not erasing:
        exporting.ask_for_export(organisation=desk.organisation, now=desk.now, by=desk.by)
        desk.tell(gettext("The archive is being made. The owners get a mail when it is there."))
        return desk.redirect(here)
    if erasing and form.is_valid():
        email = form.cleaned_data["email"].lower()
        member = Member.objects.filter(organisation=desk.organisation, email=email).first()
        if member is not None:
            id_ = public_id("mem", member.id)
            return desk.redirect(reverse("console_erase", args=[desk.organisation_id, id_]))
        form.add_error("email", gettext("Nobody here has this address."))
        form.status = 422
    policy, place = policy_in_force()[1], desk.place
    kept = exporting.kept_for()
    exports = exports_of(desk.organisation, _MOST)
    context = {
        "form": form,
        "kept": kept_until(desk.organisation),
        "years": policy.retention.accounting_years,
        "days": retention_days(policy, Audience(place.audience), place.country),
        "exports": [
            (row, public_id("exp", row.id), row.made_at and row.made_at + kept) for row in exports
        ],
        "waiting": any(row.status == "waiting" for row in exports),
    }
    return desk.render("console/data.html", context, status=form.status)


@console_page(Ability.SUBSCRIPTIONS)
def archive(desk: Desk, export: str) -> HttpResponse:
    """The archive itself, piece by piece."""
    row = export_of(desk.organisation, parse_public_id("exp", export))
    pieces: Iterator[bytes] = exporting.archive_of(row.id)
    named = {
        "Content-Disposition": f'attachment; filename="{export}.zip"',
        "Content-Length": str(row.size),
    }
    streamed = StreamingHttpResponse(pieces, content_type="application/zip", headers=named)
    return cast(HttpResponse, streamed)  # doors ask no more of it than both have


@console_page(Ability.SUBSCRIPTIONS, methods=FORM)
def erase(desk: Desk, member: str) -> HttpResponse:
    """Ask before a person is erased for good, and then erase them."""
    id_ = parse_public_id("mem", member)
    row = Member.objects.filter(id=id_, organisation=desk.organisation).first()
    if row is None:
        raise NotFound
    form = Form(desk.request.POST if desk.posted else None)
    if desk.request.POST.get("sure") == "yes":
        with form.refusals():
            erase_person(member=row.id, by_owner=desk.gives_ownership, now=desk.now, by=desk.by)
            desk.tell(gettext("Nothing here names them any more, but for accounting documents."))
            return desk.redirect(reverse("console_data", args=[desk.organisation_id]))
    context = {
        "form": form,
        "title": gettext("Erase %(name)s?") % {"name": row.name or row.email},
        "back": reverse("console_data", args=[desk.organisation_id]),
        "consequences": [
            gettext("They are removed at once, and their seats are free."),
            gettext("Name and address go here: from members, invitations, requests and mails."),
            gettext("Their login goes too, unless it belongs to another organisation."),
            gettext("Accounting documents stay as the law asks. This cannot be undone."),
        ],
    }
    return desk.render("console/erase.html", context, status=form.status)
