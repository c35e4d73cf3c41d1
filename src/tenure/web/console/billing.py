"""Billing: what is charged to which card, to whom bills go, where the organisation is billed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from django.http import HttpResponse
from django.urls import reverse

from tenure.base.ids import public_id
from tenure.base.verdicts import Verdict
from tenure.billing.models import PaymentMethod
from tenure.billing.queries.payment_methods import active_methods
from tenure.billing.rules.cards import expires_before, last_day, removal_verdict
from tenure.orders.queries.quotes import quotes_waiting
from tenure.organisations.queries import bill_readers, organisation_row
from tenure.organisations.rules import Ability, card_verdict
from tenure.subscriptions.queries.cards import next_card_renewal
from tenure.web.console.choices import said
from tenure.web.edge.cards import card_name
from tenure.web.edge.doors import console_page
from tenure.web.edge.visits import Desk

_MOST_READERS: Final = 10


@dataclass(frozen=True, slots=True)
class CardShown:
    """A card on file. ``kept_because`` is why it cannot be removed, if it cannot."""

    id: str
    name: str
    expires_on: date | None
    expiring: bool
    default: bool
    kept_because: str
    rule: str


def cards_of(desk: Desk) -> list[CardShown]:
    """The cards on file, the default first; two statements."""
    methods = list(active_methods(desk.organisation))
    renews_on = next_card_renewal(desk.organisation, desk.now) if methods else None
    verdict = removal_verdict(others=len(methods) - 1, renews_on=renews_on)
    shown = [_card(each, desk, renews_on, verdict) for each in methods]
    return sorted(shown, key=lambda card: not card.default)


def _card(method: PaymentMethod, desk: Desk, renews_on: date | None, verdict: Verdict) -> CardShown:
    month, year = method.exp_month, method.exp_year
    return CardShown(
        id=public_id("pm", method.id),
        name=card_name(method),
        expires_on=last_day(month, year) if month else None,
        expiring=month > 0 and expires_before(month, year, today=desk.today, renews_on=renews_on),
        default=method.is_default,
        kept_because="" if verdict else said(verdict, desk.language),
        rule=verdict.code.rule or "",
    )


@console_page(Ability.BILLING)
def billing(desk: Desk) -> HttpResponse:
    """Cards on file, to whom bills go, where the organisation is billed."""
    adding = card_verdict(desk.by)
    readers = bill_readers(desk.organisation, _MOST_READERS + 1)
    context = {
        "cards": cards_of(desk),
        "adding": adding,
        "adding_said": "" if adding else said(adding, desk.language),
        "readers": readers[:_MOST_READERS],
        "more_readers": len(readers) > _MOST_READERS,
        "manages": desk.may(Ability.MEMBERS),
        "row": organisation_row(desk.organisation),
        "waiting": quotes_waiting(desk.organisation, desk.now),
    }
    return desk.render("console/bills.html", context)


@console_page(Ability.BILLING)
def moved(desk: Desk) -> HttpResponse:
    """Where the billing address was edited before there was a Billing tab."""
    return desk.redirect(reverse("console_address", args=[desk.organisation_id]))
