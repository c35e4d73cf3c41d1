"""Subscriptions: what runs and until when, one of them, and its auto-renewal (R21, R22)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, NamedTuple

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext

from tenure.access.queries.losses import Fewer, losses
from tenure.access.queries.usage import NO_SEATS, SeatCounts, held_seats, seat_counts
from tenure.base.errors import NotFound
from tenure.base.ids import parse_public_id
from tenure.billing.queries.payment_methods import default_methods
from tenure.billing.queries.transfers import paid_by_transfer
from tenure.catalogue.queries import application_names
from tenure.flows.renewal_choice import choose_renewal
from tenure.orders.queries.policy import policy_numbered
from tenure.organisations.queries import unproved
from tenure.organisations.rules import Ability
from tenure.policy.words import Audience
from tenure.subscriptions.queries.ahead import next_period
from tenure.subscriptions.queries.facts import wants_more
from tenure.subscriptions.queries.listing import (
    has_subscriptions,
    subscription_of,
    subscription_page,
)
from tenure.subscriptions.queries.renewal import RenewalChoice, renewal_choice
from tenure.subscriptions.queries.views import SubscriptionView
from tenure.subscriptions.rules.renewal import card_charge_days, transfer_invoice_day
from tenure.web.console.alone import to_the_bill
from tenure.web.console.attention import OVER, buying_path
from tenure.web.console.choices import Wish, confirmation, said
from tenure.web.console.next_period import losses_said, quantity_possible
from tenure.web.console.taking_back import terminable
from tenure.web.edge.cards import card_name
from tenure.web.edge.doors import FORM, console_page
from tenure.web.edge.names import Offers
from tenure.web.edge.paging import pages, place
from tenure.web.edge.templatetags.days import short_day
from tenure.web.edge.visits import Desk

_MOST_HOLDERS: Final = 50


@dataclass(frozen=True, slots=True)
class Row:
    """A subscription in the list."""

    view: SubscriptionView
    name: str
    seats: SeatCounts

    @property
    def renews(self) -> bool:
        """Whether a period follows the current one, as things stand."""
        return wants_more(self.view.subscription, self.view.current.number)


@console_page(Ability.SUBSCRIPTIONS, Ability.BILLING)
def subscriptions(desk: Desk) -> HttpResponse:
    """What runs, or what is over; the newest first."""
    if not desk.may(Ability.SUBSCRIPTIONS):
        return to_the_bill(desk)
    over = desk.request.GET.get("show") == "over"
    found = subscription_page(desk.organisation, over=over, at=desk.now, before=place(desk, "sub"))
    rows = [view.subscription for view in found.views]
    offers = Offers({row.offer_id for row in rows}, desk.language)
    seats = seat_counts(row.id for row in rows)
    context = {
        "over": over,
        "not_over": not over,
        "had": not rows and not over and has_subscriptions(desk.organisation),
        "rows": [
            Row(
                view,
                offers.name(view.subscription.offer_id),
                seats.get(view.subscription.id, NO_SEATS),
            )
            for view in found.views
        ],
        **pages(desk, found.last, "sub"),
    }
    return desk.render("console/subscriptions.html", context)


@console_page(Ability.SUBSCRIPTIONS, Ability.BILLING)
def subscription(desk: Desk, subscription: str) -> HttpResponse:
    """One subscription: its periods, its renewal, what it opens, who holds it."""
    if not desk.may(Ability.SUBSCRIPTIONS):
        return to_the_bill(desk)
    view = _view(desk, subscription)
    row = view.subscription
    choice = None if view.status in OVER else _choice(desk, view)
    offers = Offers([row.offer_id], desk.language)
    roles = offers.roles(row.offer_id)
    known = application_names(app for role in roles for app in role.grants)
    holders = held_seats(row.id, _MOST_HOLDERS) if desk.may(Ability.ROLES) else []
    paid_ahead = view.paid_ahead
    follows = choice and choice.renews and not paid_ahead
    expected = [choice.following] if choice and follows and choice.following else []
    context = {
        "view": view,
        "name": offers.name(row.offer_id),
        "row": Row(view, offers.name(row.offer_id), NO_SEATS),
        "choice": choice,
        "may_choose": desk.may(Ability.SUBSCRIPTIONS),
        "opens": [(role, [known.get(app, app) for app in role.grants]) for role in roles],
        "seats": seat_counts([row.id]).get(row.id, NO_SEATS),
        "holders": holders,
        "drawn": [*view.periods, *expected],
        "paid_ahead": paid_ahead,
        "deadline": view.current.opt_out_on if choice and choice.renews else None,
        "over": view.status in OVER,
        "buy": buying_path(desk.organisation_id, roles, row.quantity),
        "terminable": _terminable(desk, view),
        "data_last": desk.today <= view.current.data_until_on,
        "ahead": choice.ahead if choice else next_period(view),
        **(_ahead(desk, view, choice) if choice and choice.renews else {}),
        **_said(choice, desk.language),
    }
    return desk.render("console/subscription.html", context)


def _ahead(desk: Desk, view: SubscriptionView, choice: RenewalChoice) -> dict[str, object]:
    """How the next period is paid, whether its quantity is open, and who loses a seat by it."""
    row = view.subscription
    gone = losses(Fewer(row, row.next_quantity)) if row.next_quantity < row.quantity else None
    return {
        "quantity_open": bool(quantity_possible(view, desk)),
        "proof_needed": desk.place.audience == Audience.STUDENT and unproved(desk.organisation),
        "pays": _pays(desk, view) if choice.total and not view.paid_ahead else None,
        "lost": list(losses_said(gone)) if gone and gone.touches_anybody else [],
    }


class Pays(NamedTuple):
    """How the next period is paid, and when, in words."""

    how: str
    on: str


def _pays(desk: Desk, view: SubscriptionView) -> Pays | None:
    """By the card on file, or by transfer, as the current period was paid (R24)."""
    current, order = view.current, view.current.order
    if order is None:
        return None
    policy = policy_numbered(order.policy_version_id)
    if paid_by_transfer(order.id):
        on = transfer_invoice_day(current.ends_on, policy)
        return Pays(
            gettext("by transfer"),
            gettext("invoice sent on %(day)s") % {"day": short_day(on)},
        )
    card = default_methods([desk.organisation]).get(desk.organisation)
    if card is None:
        return Pays(gettext("no card on file"), gettext("add one under Billing"))
    first = card_charge_days(current.ends_on, policy)[0]
    return Pays(card_name(card), gettext("charged from %(day)s on") % {"day": short_day(first)})


def _terminable(desk: Desk, view: SubscriptionView) -> str:
    """That it can be ended now for want of a notice (R33); empty where it cannot."""
    found = terminable(desk, view.subscription)
    return said(found.verdict, desk.language) if found and found.verdict else ""


@console_page(Ability.SUBSCRIPTIONS, methods=FORM)
def renewal(desk: Desk, subscription: str) -> HttpResponse:
    """Switch the renewal, once what follows from it was read (R21)."""
    view = _view(desk, subscription)
    wish = _wish(desk)
    page = reverse("console_subscription", args=[desk.organisation_id, subscription])
    if desk.posted:
        choose_renewal(
            subscription=view.subscription.id,
            auto_renew=wish is Wish.ON,
            from_next_period=wish is Wish.LATER,
            now=desk.now,
            by=desk.by,
        )
        desk.tell(_done(wish))
        return desk.redirect(page)
    choice = _choice(desk, view)
    name = Offers([view.subscription.offer_id], desk.language).name(view.subscription.offer_id)
    context = {
        "view": view,
        "choice": choice,
        "page": page,
        "wish": wish.value,
        "asked": confirmation(wish, view, choice, name, desk.language),
    }
    return desk.render("console/renewal.html", context)


def _view(desk: Desk, subscription: str) -> SubscriptionView:
    return subscription_of(desk.organisation, parse_public_id("sub", subscription), desk.now)


def _choice(desk: Desk, view: SubscriptionView) -> RenewalChoice:
    return renewal_choice(
        view,
        audience=Audience(desk.place.audience),
        country=desk.place.country,
        at=desk.now,
    )


def _said(choice: RenewalChoice | None, language: str) -> dict[str, object]:
    """What the two verdicts say."""
    if choice is None:
        return {}
    return {
        "off_said": said(choice.off, language),
        "on_said": said(choice.on, language),
    }


def _wish(desk: Desk) -> Wish:
    """What is wished for; the switch says yes or no."""
    given = desk.request.POST if desk.posted else desk.request.GET
    word = given.get("to", "")
    switched = {"yes": Wish.ON.value, "no": Wish.OFF.value}.get(given.get("on", ""), "")
    try:
        return Wish(word or switched)
    except ValueError:
        raise NotFound from None


def _done(wish: Wish) -> str:
    return {
        Wish.ON: gettext("It renews by itself again."),
        Wish.OFF: gettext("The renewal is switched off."),
        Wish.LATER: gettext("It renews once more, and then no longer."),
    }[wish]
