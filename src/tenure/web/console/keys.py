"""Settings: keys with which programs use the API, made, shown once, and revoked."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tenure.base.ids import parse_public_id, public_id
from tenure.events.asked import Asked
from tenure.flows.api_keys import make_api_key, revoke_api_key
from tenure.organisations.queries import api_key_of, api_keys_of
from tenure.organisations.rules import Ability, key_verdict
from tenure.web.console.choices import said
from tenure.web.console.particulars import Line
from tenure.web.edge.doors import FORM, console_page
from tenure.web.edge.forms import Form
from tenure.web.edge.once import once
from tenure.web.edge.visits import Desk


class KeyForm(Form):
    """What a key is for."""

    name = Line(
        label=_("What is it for?"),
        most=100,
        help_text=_("The name of the program that will use it."),
    )


@console_page(Ability.SUBSCRIPTIONS, methods=FORM)
def keys(desk: Desk) -> HttpResponse:
    """The keys, and a new one."""
    form = KeyForm(desk.request.POST if desk.posted else None)
    if desk.posted and form.is_valid():
        with form.refusals():
            return _made(desk, form.cleaned_data["name"])
    verdict = key_verdict(desk.by)
    context = {
        "form": form,
        "verdict": verdict,
        "said": said(verdict, desk.language),
        "scim_address": f"{settings.PUBLIC_URL}/scim/v2",
        "keys": [(row, public_id("key", row.id)) for row in api_keys_of(desk.organisation)],
    }
    return desk.render("console/keys.html", context, status=form.status)


@console_page(Ability.SUBSCRIPTIONS, methods=FORM)
def revoke(desk: Desk, key: str) -> HttpResponse:
    """Ask before a key is refused for good, and then refuse it."""
    row = api_key_of(desk.organisation, parse_public_id("key", key))
    back = reverse("console_keys", args=[desk.organisation_id])
    if desk.posted:
        revoke_api_key(organisation=desk.organisation, key=row.id, now=desk.now, by=desk.by)
        desk.tell(gettext("The key is refused from now on."))
        return desk.redirect(back)
    about = {"name": row.name}
    context = {
        "title": gettext("Revoke the key “%(name)s”?") % about,
        "back": back,
        "consequences": [
            gettext("Every program that uses it is refused at once."),
            gettext("It cannot be given back; you can make another one."),
        ],
    }
    return desk.render("console/revoke.html", context)


def _made(desk: Desk, name: str) -> HttpResponse:
    """The page that shows the key, this once; a second click makes no second key."""

    def work(asked: Asked) -> HttpResponse:
        made = make_api_key(
            organisation=desk.organisation, name=name, now=desk.now, by=desk.by, asked=asked
        )
        return desk.render("console/key.html", {"text": made.text, "name": name})

    def resume(made: UUID) -> HttpResponse:
        del made
        desk.warn(
            gettext("This key was made already and cannot be shown again. Revoke it if it is lost.")
        )
        return desk.redirect(reverse("console_keys", args=[desk.organisation_id]))

    return once(desk, work=work, resume=resume)
