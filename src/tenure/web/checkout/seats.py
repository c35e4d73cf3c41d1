"""More seats of what runs: what they cost until when, and buying them (R16, R18, R27, R39)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from tenure.base.calendar import Term
from tenure.base.errors import Invalid, Refused
from tenure.base.ids import parse_public_id, public_id
from tenure.base.money import Money
from tenure.billing.gateways.choice import available_methods
from tenure.events.asked import Asked
from tenure.flows.purchase import resume_order
from tenure.flows.seat_changes.adding import MoreSeats, add_seats
from tenure.flows.seat_changes.offering import AddedLine, SeatOffer, SeatPrice, seat_offer
from tenure.orders.commands.carts import MOST_SEATS
from tenure.orders.rules.evidence import Seen
from tenure.orders.rules.payment import payment_method_verdict
from tenure.orders.rules.tax import LineAmounts
from tenure.organisations.models import Organisation
from tenure.organisations.queries import organisation_row
from tenure.organisations.rules import Ability
from tenure.policy.words import Audience, PaymentMethod
from tenure.subscriptions.models import Source
from tenure.subscriptions.queries.listing import all_subscriptions, subscription_of
from tenure.subscriptions.queries.views import SubscriptionView
from tenure.subscriptions.rules.periods import SubscriptionStatus
from tenure.web.checkout.deal import SeatsDeal, seats_deal
from tenure.web.checkout.forms import CardForm, StartForm
from tenure.web.checkout.roads import after_paying
from tenure.web.edge.cards import saved_cards
from tenure.web.edge.doors import FORM, console_page
from tenure.web.edge.forms import Form
from tenure.web.edge.names import Offers
from tenure.web.edge.once import once
from tenure.web.edge.visits import Desk
from tenure.web.edge.words import told


class SeatsForm(Form):
    """How many more; what was shown of them is sent along."""

    quantity = forms.IntegerField(label=_("How many more seats"), min_value=1, max_value=MOST_SEATS)
    seats = forms.IntegerField(required=False, widget=forms.HiddenInput)
    total = forms.IntegerField(required=False, widget=forms.HiddenInput)


@dataclass(frozen=True, slots=True)
class ShownLine:
    """A line of what they cost."""

    line: AddedLine
    taxed: LineAmounts
    currency: str

    @property
    def unit(self) -> Money:
        """The price of a seat for a whole period (R7)."""
        return Money(self.line.unit_amount, self.currency)

    @property
    def amount(self) -> Money:
        """By the catalogue: with or without tax, as its prices are."""
        return Money(self.line.amount, self.currency)


@dataclass(frozen=True, slots=True)
class Running:
    """A subscription that seats can be added to."""

    view: SubscriptionView
    name: str
    page: str


@console_page(Ability.SUBSCRIPTIONS)
def more(desk: Desk, role: str) -> HttpResponse:
    """More seats with a role: of what runs already, or as a subscription of its own (R27).

    Where nothing runs that they could be added to, it is the store's matter.
    """
    quantity = _quantity(desk)
    views = [view for view in all_subscriptions(desk.organisation, desk.now) if _grows(view)]
    offers = Offers({view.subscription.offer_id for view in views}, desk.language)
    running = [
        Running(view, offers.name(view.subscription.offer_id), _page_of(desk, view, quantity))
        for view in views
        if any(each.id == role for each in offers.roles(view.subscription.offer_id))
    ]
    store = _store(desk, role, quantity)
    if not running:
        return desk.redirect(store)
    names = {
        each.id: each.name for view in views for each in offers.roles(view.subscription.offer_id)
    }
    context = {"running": running, "store": store, "role": names[role]}
    return desk.render("checkout/more_seats.html", context)


@console_page(Ability.SUBSCRIPTIONS, methods=FORM)
def seats(desk: Desk, subscription: str) -> HttpResponse:
    """More seats of one subscription; buying them is sent to this page."""
    view = subscription_of(desk.organisation, parse_public_id("sub", subscription), desk.now)
    if not desk.posted:
        asked = {"quantity": desk.request.GET.get("quantity", "1")}
        form = SeatsForm(asked)
        return Page(desk, view, form, CardForm(saved=saved_cards(desk.organisation))).show()
    form = SeatsForm(desk.request.POST)
    card = CardForm(desk.request.POST, saved=saved_cards(desk.organisation))
    return Page(desk, view, form, card).answer()


class Page:
    """The page with what was typed."""

    def __init__(self, desk: Desk, view: SubscriptionView, form: SeatsForm, card: CardForm) -> None:
        self.desk, self.view, self.form, self.card = desk, view, form, card
        self.buyer: Organisation = organisation_row(desk.organisation)
        wanted = form.cleaned_data["quantity"] if form.is_valid() else 1
        self.offer: SeatOffer = seat_offer(
            view, organisation=self.buyer, quantity=wanted, at=desk.now
        )
        self.deal: SeatsDeal | None = None
        self.start: StartForm | None = None
        if self.offer.price is not None:
            self.deal = seats_deal(self.offer, self.offer.price, buyer=self.buyer, at=desk.now)
            if self.deal.asks_start:
                self.start = StartForm(desk.request.POST if desk.posted else None)

    def answer(self) -> HttpResponse:
        """Buy what it showed."""
        forms: list[Form] = [self.form]
        forms += [self.card] if self.offer.total else []
        forms += [self.start] if self.start is not None else []
        wrong = [form for form in forms if not form.is_valid()]
        if wrong:
            return self.show()
        try:
            return once(self.desk, work=self._buy, resume=self._resume)
        except (Refused, Invalid) as refused:
            self.card.refuse(refused)
            return self.show()

    def _buy(self, asked: Asked) -> HttpResponse:
        desk, typed = self.desk, self.form.cleaned_data
        total = typed["total"]
        wanted = MoreSeats(
            subscription=self.view.subscription.id,
            quantity=typed["quantity"],
            payment=self.card.payment if self.offer.total else None,
            expected_total=Money(total, self.offer.total.currency) if total is not None else None,
            seats_seen=typed["seats"],
            seen=Seen(network=desk.visitor.network_country, browser=desk.visitor.guessed_country),
            start_at_once=self.start is not None,
        )
        outcome = add_seats(wanted=wanted, now=desk.now, by=desk.by, asked=asked)
        return desk.redirect(after_paying(outcome.order))

    def _resume(self, order: UUID) -> HttpResponse:
        resume_order(order=order, now=self.desk.now, by=self.desk.by)
        return self.desk.redirect(after_paying(order))

    def show(self) -> HttpResponse:
        """What it costs and binds one to, or why not."""
        desk, offer, row = self.desk, self.offer, self.view.subscription
        verdict = offer.verdict
        roles = Offers([row.offer_id], desk.language)
        first = next(iter(roles.roles(row.offer_id)), None)
        context: dict[str, Any] = {
            "view": self.view,
            "id": public_id("sub", row.id),
            "name": roles.name(row.offer_id),
            "offer": offer,
            "refused": "" if offer.price else told(verdict.code, verdict.figures, desk.language),
            "form": self.form,
            "card": self.card,
            "said": self.card.said,
            "store": _store(desk, first.id, offer.quantity) if first else "",
            **self.card.shown,
        }
        if offer.price is not None:
            context |= self._priced(offer.price)
        status = max(each.status for each in (self.form, self.card, self.start) if each)
        return desk.render("checkout/seats.html", context, status=status)

    def _priced(self, price: SeatPrice) -> dict[str, Any]:
        currency = self.view.subscription.currency
        transfer = payment_method_verdict(
            PaymentMethod.BANK_TRANSFER,
            Audience(self.buyer.audience),
            price.policy,
            available=available_methods(currency),
        )
        return {
            "lines": [
                ShownLine(line, taxed, currency)
                for line, taxed in zip(price.lines, price.amounts.lines, strict=True)
            ],
            "net": Money(price.amounts.total_net, currency),
            "tax": Money(price.amounts.total_tax, currency),
            "total": self.offer.total,
            "percent": price.situation.percent,
            "reverse_charge": price.situation.reverse_charge,
            "consumer": Audience(self.buyer.audience).is_consumer,
            "deal": self.deal,
            "start": self.start,
            "methods": {"by_transfer": bool(transfer)},
        }


def _grows(view: SubscriptionView) -> bool:
    row = view.subscription
    runs = view.status is SubscriptionStatus.ACTIVE
    return runs and row.source == Source.STORE and row.term != Term.TRIAL


def _quantity(desk: Desk) -> int:
    asked = SeatsForm(desk.request.GET)
    return int(asked.cleaned_data["quantity"]) if asked.is_valid() else 1


def _page_of(desk: Desk, view: SubscriptionView, quantity: int) -> str:
    page = reverse(
        "console_seats", args=[desk.organisation_id, public_id("sub", view.subscription.id)]
    )
    return f"{page}?{urlencode({'quantity': quantity})}"


def _store(desk: Desk, role: str, quantity: int) -> str:
    """Where they are bought as a subscription of their own."""
    query = urlencode({"organisation": desk.organisation_id, "quantity": quantity})
    return f"/store/{desk.place.audience}/roles/{role}?{query}"
