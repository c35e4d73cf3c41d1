"""Cards on file: saved, made the default, removed; and why one cannot be (R24)."""

from __future__ import annotations

from typing import cast
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tenure.base.errors import NotFound, Refused
from tenure.base.ids import parse_public_id, public_id
from tenure.billing.gateways.choice import takes_cards_itself
from tenure.billing.models import PaymentMethod, PaymentMethodStatus
from tenure.events.asked import Asked
from tenure.flows.payment_methods import (
    add_payment_method,
    make_default,
    remove_payment_method,
    resume_payment_method,
)
from tenure.organisations.rules import Ability
from tenure.web.console.billing import CardShown, cards_of
from tenure.web.edge.cards import PAGE, TOKENS, cards_shown
from tenure.web.edge.doors import ACTION, FORM, console_page
from tenure.web.edge.forms import Form
from tenure.web.edge.once import once
from tenure.web.edge.visits import Desk


class NewCardForm(Form):
    """A card to be saved: the sandbox's by what it does, others on the gateway's own page."""

    card = forms.ChoiceField(label=_("Card"), error_messages={"required": _("Choose a card.")})
    default = forms.BooleanField(
        label=_("Charge this card from now on"), required=False, initial=True
    )

    def __init__(self, data: object = None) -> None:
        values = (PAGE,) if takes_cards_itself() else TOKENS
        super().__init__(data, initial={"card": values[0]})  # type: ignore[arg-type]  # a POST
        cast(forms.ChoiceField, self.fields["card"]).choices = [(each, each) for each in values]

    @property
    def token(self) -> str:
        """The gateway's word for the card; empty where its page asks for it."""
        chosen = str(self.cleaned_data["card"])
        return "" if chosen == PAGE else chosen


@console_page(Ability.BILLING, methods=FORM)
def add(desk: Desk) -> HttpResponse:
    """Save a card without a charge."""
    form = NewCardForm(desk.request.POST if desk.posted else None)
    if desk.posted and form.is_valid():
        try:
            return _saved(desk, form)
        except Refused as refused:
            form.refuse(refused)
    shown = {"form": form, "card": form, **cards_shown(str(form["card"].value()), ())}
    return desk.render("console/card.html", shown, status=form.status)


def _saved(desk: Desk, form: NewCardForm) -> HttpResponse:
    def work(asked: Asked) -> HttpResponse:
        written = add_payment_method(
            organisation=desk.organisation,
            token=form.token,
            default=form.cleaned_data["default"],
            now=desk.now,
            by=desk.by,
            asked=asked,
        )
        return _on(desk, written.ids[0])

    def resume(made: UUID) -> HttpResponse:
        resume_payment_method(method=made, now=desk.now, by=desk.by)
        return _on(desk, made)

    return once(desk, work=work, resume=resume)


def _on(desk: Desk, method: UUID) -> HttpResponse:
    """On to the page that asks for the card, or back where it is saved already."""
    row = PaymentMethod.objects.get(id=method)
    if row.status == PaymentMethodStatus.AUTHENTICATION_REQUIRED and row.action_url:
        return desk.redirect(reverse("card_step", args=[public_id("pm", method)]))
    desk.tell(gettext("The card is on file."))
    return desk.redirect(_back(desk))


@console_page(Ability.BILLING, methods=ACTION)
def default(desk: Desk, card: str) -> HttpResponse:
    """Charge this card from now on."""
    found = _card(desk, card)
    make_default(method=parse_public_id("pm", found.id), now=desk.now, by=desk.by)
    desk.tell(gettext("%(card)s is charged from now on.") % {"card": found.name})
    return desk.redirect(_back(desk))


@console_page(Ability.BILLING, methods=FORM)
def remove(desk: Desk, card: str) -> HttpResponse:
    """Ask before a card is removed, and then remove it; or say why it has to stay (R24)."""
    found = _card(desk, card)
    if desk.posted:
        remove_payment_method(method=parse_public_id("pm", found.id), now=desk.now, by=desk.by)
        desk.tell(gettext("%(card)s is removed.") % {"card": found.name})
        return desk.redirect(_back(desk))
    consequences = [
        gettext("Nothing is charged to it any more, and it is forgotten."),
        gettext("What is paid with it already stays paid."),
    ]
    context = {
        "found": found,
        "title": gettext("Remove %(card)s?") % {"card": found.name},
        "consequences": consequences,
        "back": _back(desk),
    }
    return desk.render("console/card_remove.html", context)


def _card(desk: Desk, card: str) -> CardShown:
    id_ = public_id("pm", parse_public_id("pm", card))
    for each in cards_of(desk):
        if each.id == id_:
            return each
    raise NotFound


def _back(desk: Desk) -> str:
    return reverse("console_billing", args=[desk.organisation_id])
