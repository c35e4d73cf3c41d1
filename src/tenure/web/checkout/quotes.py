"""A quote: what it promises until when; accepted it is an order, declined it is over (R12, R18)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tenure.base.calendar import zone_named
from tenure.base.errors import NotFound, Refused
from tenure.base.ids import parse_public_id, public_id
from tenure.base.money import Money
from tenure.billing.gateways.choice import available_methods
from tenure.billing.queries.documents import papers_of_quotes
from tenure.events.asked import Asked
from tenure.flows.purchase import resume_order
from tenure.flows.quotes import accept, decline
from tenure.flows.quotes.whose import organisation_of
from tenure.orders.models import Quote, QuoteLine, QuoteStatus
from tenure.orders.queries.policy import policy_numbered
from tenure.orders.queries.quotes import ShownQuote, quote_of
from tenure.orders.rules.payment import payment_method_verdict
from tenure.organisations.queries import organisation_row
from tenure.organisations.rules import Ability, ability_verdict
from tenure.policy.words import Audience, PaymentMethod
from tenure.web.checkout.deal import quote_deals
from tenure.web.checkout.forms import CardForm, StartForm
from tenure.web.checkout.names import Names
from tenure.web.checkout.roads import after_paying, order_page
from tenure.web.edge.cards import saved_cards
from tenure.web.edge.doors import ACTION, FORM, console_page, person_page
from tenure.web.edge.forms import Form
from tenure.web.edge.once import once
from tenure.web.edge.quotes import quote_page, state_of
from tenure.web.edge.visits import Desk, PersonVisit


class DeclineForm(Form):
    """Why a quote is not wanted, in a word."""

    because = forms.CharField(
        label=_("Why, in a word"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("It helps us to make you a better one."),
    )


@dataclass(frozen=True, slots=True)
class QuotedLine:
    """A line of a quote with its name and amounts."""

    row: QuoteLine
    name: str
    currency: str

    @property
    def unit(self) -> Money:
        """The price of a seat (R7)."""
        return Money(self.row.unit_amount, self.currency)

    @property
    def net(self) -> Money:
        """Without tax."""
        return Money(self.row.net, self.currency)

    @property
    def tax(self) -> Money:
        """The tax."""
        return Money(self.row.tax, self.currency)

    @property
    def gross(self) -> Money:
        """With tax."""
        return Money(self.row.gross, self.currency)


@person_page()
def found(visit: PersonVisit, quote: str) -> HttpResponse:
    """From the address on the paper to the quote's page, for whoever looks after bills there."""
    id_ = parse_public_id("quo", quote)
    whose = organisation_of(id_)
    here = {each.organisation.id: each for each in visit.visitor.active_memberships}
    sees = whose in here and ability_verdict(here[whose].standing, Ability.BILLING)
    acting = visit.visitor.acting
    if not sees and (acting is None or acting.organisation != whose):
        raise NotFound
    return visit.redirect(quote_page(whose, id_))


@console_page(Ability.BILLING, methods=FORM)
def quote(desk: Desk, quote: str) -> HttpResponse:
    """One quote; accepting it is sent to this page."""
    shown = quote_of(desk.organisation, parse_public_id("quo", quote), desk.now)
    if desk.posted:
        return _accept(desk, shown)
    return _page(desk, shown)


@console_page(Ability.BILLING, methods=ACTION)
def refuse(desk: Desk, quote: str) -> HttpResponse:
    """Decline a quote."""
    shown = quote_of(desk.organisation, parse_public_id("quo", quote), desk.now)
    form = DeclineForm(desk.request.POST)
    if form.is_valid():
        with form.refusals():
            because = form.cleaned_data["because"]
            decline(quote=shown.quote.id, because=because, now=desk.now, by=desk.by)
            desk.tell(gettext("The quote is declined. Thank you for telling us."))
            return desk.redirect(quote_page(desk.organisation, shown.quote.id))
    return _page(desk, shown, declining=form)


def _accept(desk: Desk, shown: ShownQuote) -> HttpResponse:
    row = shown.quote
    card = CardForm(desk.request.POST, saved=saved_cards(desk.organisation))
    start = _start(desk, shown, sent=True)
    paid = card.is_valid() or not row.total
    if not (start is None or start.is_valid()) or not paid:
        return _page(desk, shown, card=card, start=start)

    def work(asked: Asked) -> HttpResponse:
        outcome = accept(
            quote=row.id,
            payment=card.payment if row.total else None,
            start_at_once=start is not None,
            now=desk.now,
            by=desk.by,
            asked=asked,
        )
        return desk.redirect(after_paying(outcome.order))

    def resume(order: UUID) -> HttpResponse:
        resume_order(order=order, now=desk.now, by=desk.by)
        return desk.redirect(after_paying(order))

    try:
        return once(desk, work=work, resume=resume)
    except Refused as refused:
        card.refuse(refused)
        return _page(desk, quote_of(desk.organisation, row.id, desk.now), card=card, start=start)


def _start(desk: Desk, shown: ShownQuote, *, sent: bool = False) -> StartForm | None:
    """What a consumer says who wants it to start at once, where the law asks for it (R33)."""
    if shown.status is not QuoteStatus.SENT:
        return None
    buyer, zone = organisation_row(desk.organisation), zone_named(desk.place.timezone)
    deals = quote_deals(shown.quote, shown.lines, at=desk.now, zone=zone, buyer=buyer)
    asked = any(deal.asks_start for deal in deals)
    return StartForm(desk.request.POST if sent else None) if asked else None


def _page(
    desk: Desk,
    shown: ShownQuote,
    *,
    card: CardForm | None = None,
    start: StartForm | None = None,
    declining: DeclineForm | None = None,
) -> HttpResponse:
    row = shown.quote
    is_open = shown.status is QuoteStatus.SENT
    names = Names([line.offer_id for line in shown.lines], desk.language)
    paper = papers_of_quotes([row.id]).get(row.id)
    form = card or CardForm(saved=saved_cards(desk.organisation if is_open else None))
    wrong = card or declining
    status = max((each.status for each in (wrong, start) if each), default=200)
    context: dict[str, Any] = {
        "quote": row,
        "id": public_id("quo", row.id),
        "state": state_of(shown.status),
        "is_open": is_open,
        "lines": [QuotedLine(line, names.of(line.offer_id), row.currency) for line in shown.lines],
        "net": Money(row.total_net, row.currency),
        "tax": Money(row.total_tax, row.currency),
        "total": Money(row.total, row.currency),
        "number": paper.row.number if paper else "",
        "document": public_id("doc", paper.row.id) if paper else "",
        "order_page": order_page(row.order_id) if row.order_id else "",
        "card": form,
        "declining": declining or DeclineForm(),
        "start": start or _start(desk, shown),
        "said": wrong.said if wrong else None,
        **form.shown,
        **(_open(desk, row, shown.lines) if is_open else {}),
    }
    return desk.render("checkout/quote.html", context, status=status)


def _open(desk: Desk, row: Quote, lines: Sequence[QuoteLine]) -> dict[str, Any]:
    """What accepting binds one to, and how it can be paid (R14, R18)."""
    buyer = organisation_row(desk.organisation)
    verdict = payment_method_verdict(
        PaymentMethod.BANK_TRANSFER,
        Audience(buyer.audience),
        policy_numbered(row.policy_version_id),
        available=available_methods(row.currency),
    )
    zone = zone_named(desk.place.timezone)
    return {
        "deals": quote_deals(row, lines, at=desk.now, zone=zone, buyer=buyer),
        "methods": {"by_transfer": bool(verdict)},
    }
