"""Settings: webhooks, by which programs are told what happens, with their log."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tenure.base.ids import parse_public_id, public_id
from tenure.events.asked import Asked
from tenure.notices.models import Webhook
from tenure.notices.webhooks.managing import Kept, Manager, Wish
from tenure.notices.webhooks.queries import last_deliveries, webhook_of, webhooks_of
from tenure.notices.webhooks.sending import permissions
from tenure.organisations.rules import Ability
from tenure.web.console.particulars import Line
from tenure.web.edge.doors import ACTION, FORM, console_page
from tenure.web.edge.forms import Form
from tenure.web.edge.once import once
from tenure.web.edge.visits import Desk

_FIELDS: Final = {f"types.{place}": "types" for place in range(500)}
"""A type that there is not is told beside the field that names all of them."""
_SHOWN: Final = 50
"""So many of the last deliveries one page shows."""


class WebhookForm(Form):
    """Where events go, and which."""

    url = Line(
        label=_("Address"),
        most=1000,
        help_text=_("Where your program listens, like https://example.com/hooks."),
    )
    name = Line(label=_("What is it for?"), most=100, required=False)
    types = Line(
        label=_("Which events"),
        most=1000,
        required=False,
        help_text=_(
            "Types like order.paid or families like order.*, separated by blanks. Left empty, it "
            "is told everything."
        ),
    )

    @property
    def wish(self) -> Wish:
        """What was typed."""
        given = self.cleaned_data
        types = [each for each in re.split(r"[,\s]+", given["types"]) if each]
        return Wish(given["url"], given["name"], types)


class ReplayForm(Form):
    """From where on it is told again."""

    after = forms.IntegerField(
        label=_("After number"),
        min_value=0,
        max_value=2**53,
        help_text=_("The number of the last event that is not wanted again; 0 tells everything."),
    )


@console_page(Ability.SUBSCRIPTIONS, methods=FORM)
def webhooks(desk: Desk) -> HttpResponse:
    """The webhooks, and a new one."""
    form = WebhookForm(desk.request.POST if desk.posted else None)
    if desk.posted and form.is_valid():
        with form.refusals(_FIELDS):
            return _with_secret(desk, lambda asked: _manager(desk).add(wish=form.wish, asked=asked))
    rows = [(row, public_id("hook", row.id)) for row in webhooks_of(desk.organisation)]
    context = {"form": form, "webhooks": rows}
    return desk.render("console/webhooks.html", context, status=form.status)


@console_page(Ability.SUBSCRIPTIONS, methods=FORM)
def webhook(desk: Desk, webhook: str) -> HttpResponse:
    """One webhook: how it does, what it is told, what it answered."""
    row = _row(desk, webhook)
    about = {"url": row.url, "name": row.name, "types": " ".join(row.types)}
    form = WebhookForm(desk.request.POST) if desk.posted else WebhookForm(initial=about)
    if desk.posted and form.is_valid():
        with form.refusals(_FIELDS):
            _manager(desk).change(webhook=row.id, wish=form.wish)
            desk.tell(gettext("It is saved."))
            return desk.redirect(desk.request.path)
    context = {
        "form": form,
        "replay": ReplayForm(),
        "row": row,
        "id": webhook,
        "log": [(each, public_id("dlv", each.id)) for each in last_deliveries(row.id, _SHOWN)],
    }
    return desk.render("console/webhook.html", context, status=form.status)


@console_page(Ability.SUBSCRIPTIONS, methods=ACTION)
def switch(desk: Desk, webhook: str) -> HttpResponse:
    """Switch it off, or on again."""
    row = _row(desk, webhook)
    on = row.disabled_at is not None
    _manager(desk).change(webhook=row.id, wish=Wish(enabled=on))
    told = gettext("It is told from where it stopped.") if on else gettext("It is told nothing.")
    desk.tell(told)
    return _back(desk, webhook)


@console_page(Ability.SUBSCRIPTIONS, methods=ACTION)
def secret(desk: Desk, webhook: str) -> HttpResponse:
    """A new secret, shown this once."""
    row = _row(desk, webhook)
    return _with_secret(
        desk, lambda asked: _manager(desk).renew_secret(webhook=row.id, asked=asked)
    )


@console_page(Ability.SUBSCRIPTIONS, methods=ACTION)
def replay(desk: Desk, webhook: str) -> HttpResponse:
    """Tell it again what happened after a number."""
    row, form = _row(desk, webhook), ReplayForm(desk.request.POST)
    if form.is_valid():
        after = form.cleaned_data["after"]
        _manager(desk).replay(webhook=row.id, of=desk.organisation, after=after)
        desk.tell(gettext("It is told again what happened after that number."))
    else:
        desk.warn(gettext("Give the number of an event, as the log shows it."))
    return _back(desk, webhook)


@console_page(Ability.SUBSCRIPTIONS, methods=ACTION)
def send_again(desk: Desk, webhook: str, delivery: str) -> HttpResponse:
    """Send one delivery once more."""
    row = _row(desk, webhook)
    form = Form()
    with form.refusals():
        _manager(desk).send_again(webhook=row.id, delivery=parse_public_id("dlv", delivery))
        desk.tell(gettext("It is sent again within seconds."))
    if form.said is not None:
        desk.warn(form.said.text)
    return _back(desk, webhook)


@console_page(Ability.SUBSCRIPTIONS, methods=FORM)
def remove(desk: Desk, webhook: str) -> HttpResponse:
    """Ask before a webhook is removed, and then remove it."""
    row = _row(desk, webhook)
    if desk.posted:
        _manager(desk).remove(webhook=row.id)
        desk.tell(gettext("The webhook is removed."))
        return desk.redirect(reverse("console_webhooks", args=[desk.organisation_id]))
    context = {
        "title": gettext("Remove the webhook to %(address)s?") % {"address": row.url},
        "back": _page(desk, webhook),
        "consequences": [
            gettext("Nothing is sent there any more."),
            gettext("Its log is forgotten. The events stay in your history."),
        ],
    }
    return desk.render("console/webhook_remove.html", context)


def _with_secret(desk: Desk, keep: Callable[[Asked], Kept]) -> HttpResponse:
    """The page that shows a secret, this once; a second click makes no second one."""

    def work(asked: Asked) -> HttpResponse:
        kept = keep(asked)
        page = _page(desk, public_id("hook", kept.webhook))
        return desk.render("console/webhook_secret.html", {"text": kept.secret, "page": page})

    def resume(made: UUID) -> HttpResponse:
        desk.warn(gettext("This was done already; its secret cannot be shown again."))
        return _back(desk, public_id("hook", made))

    return once(desk, work=work, resume=resume)


def _manager(desk: Desk) -> Manager:
    return Manager(desk.organisation, desk.by, desk.now, desk.visitor.arrived_at, permissions())


def _row(desk: Desk, webhook: str) -> Webhook:
    return webhook_of(desk.organisation, parse_public_id("hook", webhook))


def _page(desk: Desk, webhook: str) -> str:
    return reverse("console_webhook", args=[desk.organisation_id, webhook])


def _back(desk: Desk, webhook: str) -> HttpResponse:
    return desk.redirect(_page(desk, webhook))
