"""An order, at each of its stages: what it is, and what to do next (R16, R17, R18, R39)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext

from tenure.base.calendar import local_date, zone_named
from tenure.base.errors import Refused
from tenure.base.ids import parse_public_id, public_id
from tenure.billing.gateways.choice import available_methods
from tenure.billing.models import PaymentStatus
from tenure.events.asked import Asked
from tenure.flows.carts import buy_again
from tenure.flows.purchase import pay_order, resume_order, withdraw_order
from tenure.flows.verification import hand_in_proof
from tenure.orders.models import UNPAID, OrderKind, OrderStatus
from tenure.orders.queries.policy import policy_numbered
from tenure.orders.rules.payment import payment_method_verdict
from tenure.organisations.queries import last_proof
from tenure.policy.words import Audience, PaymentMethod
from tenure.subscriptions.models import Period, SeatChange
from tenure.subscriptions.queries.begun import periods_paid_by
from tenure.subscriptions.queries.bought import BoughtOrder, bought_order
from tenure.subscriptions.queries.seat_changes import changes_of
from tenure.web.checkout.doors import order_door
from tenure.web.checkout.forms import CardForm
from tenure.web.checkout.names import Names
from tenure.web.checkout.reasons import STEP_WANTED, decline_reason
from tenure.web.checkout.roads import after_paying, bank_page, cart_page
from tenure.web.edge.baskets import remember_cart
from tenure.web.edge.cards import saved_cards
from tenure.web.edge.doors import ACTION, FORM
from tenure.web.edge.once import once
from tenure.web.edge.proof import ProofForm
from tenure.web.edge.transfer import transfer_shown
from tenure.web.edge.visits import Desk
from tenure.web.edge.words import told

_INSTANT: Final = timedelta(microseconds=1)
_PAYS: Final = (
    OrderStatus.DECLINED,
    OrderStatus.AUTHENTICATION_REQUIRED,
    OrderStatus.AWAITING_TRANSFER,
)
"""Where a card can be given."""


@dataclass(frozen=True, slots=True)
class Begun:
    """A period that the order paid, with the name of what it opens."""

    name: str
    quantity: int
    subscription: UUID
    period: Period


@dataclass(frozen=True, slots=True)
class Added:
    """Seats that the order added in mid-period, with the name of what they open (R27)."""

    name: str
    change: SeatChange


@order_door(FORM)
def order(desk: Desk, order: str) -> HttpResponse:
    """One order; paying it with another card is sent to this page."""
    if desk.posted:
        return _pay(desk, parse_public_id("ord", order))
    return _page(desk, parse_public_id("ord", order))


def _pay(desk: Desk, order: UUID) -> HttpResponse:
    card = CardForm(desk.request.POST, saved=saved_cards(desk.organisation))
    if not card.is_valid():
        return _page(desk, order, card=card)

    def work(asked: Asked) -> HttpResponse:
        pay_order(
            order=order,
            payment=card.payment,
            now=desk.now,
            by=desk.by,
            asked=asked,
        )
        return desk.redirect(after_paying(order))

    def resume(made: UUID) -> HttpResponse:
        resume_order(order=made, now=desk.now, by=desk.by)
        return desk.redirect(desk.request.path)

    try:
        return once(desk, work=work, resume=resume)
    except Refused as refused:
        card.refuse(refused)
        return _page(desk, order, card=card)


@order_door(FORM)
def withdraw(desk: Desk, order: str) -> HttpResponse:
    """Withdraw an unpaid order, after naming what that means (R16)."""
    id_ = parse_public_id("ord", order)
    page = reverse("order", args=[order])
    if desk.posted:
        withdraw_order(order=id_, now=desk.now, by=desk.by)
        return desk.redirect(page)
    bought = bought_order(desk.organisation, id_, desk.now)
    if bought.order.status not in UNPAID or bought.order.kind == OrderKind.RENEWAL:
        return desk.redirect(page)
    consequences = [
        gettext("Nothing is charged, now or later."),
        gettext("What was in it is not bought; the order stays in your list as withdrawn."),
    ]
    return desk.render("checkout/withdraw.html", {"page": page, "consequences": consequences})


@order_door(ACTION)
def proof(desk: Desk, order: str) -> HttpResponse:
    """Hand in what proves a student (R8)."""
    form = ProofForm(desk.request.POST)
    if not form.is_valid():
        return _page(desk, parse_public_id("ord", order), proof=form)
    hand_in_proof(organisation=desk.organisation, given=form.given, now=desk.now, by=desk.by)
    desk.tell(gettext("Thank you. We look at it, and write to you."))
    return desk.redirect(reverse("order", args=[order]))


@order_door(ACTION)
def again(desk: Desk, order: str) -> HttpResponse:
    """What was in an order that came to nothing goes into a cart, at today's prices."""

    def work(asked: Asked) -> HttpResponse:
        filled = buy_again(
            order=parse_public_id("ord", order), on=desk.today, now=desk.now, asked=asked
        )
        return resume(filled.cart.id)

    def resume(cart: UUID) -> HttpResponse:
        remember_cart(desk.request, cart)
        return desk.redirect(cart_page(cart))

    return once(desk, work=work, resume=resume)


def _page(
    desk: Desk, order: UUID, *, card: CardForm | None = None, proof: ProofForm | None = None
) -> HttpResponse:
    bought = bought_order(desk.organisation, order, desk.now)
    status = bought.order.status
    names = Names([line.line.offer_id for line in bought.lines], desk.language)
    pays = status in _PAYS
    form = card or CardForm(saved=saved_cards(desk.organisation if pays else None))
    last = bought.payments[-1].payment if bought.payments else None
    renews = bought.order.kind == OrderKind.RENEWAL
    context: dict[str, Any] = {
        "bought": bought,
        "order": bought.order,
        "id": public_id("ord", order),
        "console": reverse("console", args=[desk.organisation_id]),
        "lines": [(line, names.of(line.line.offer_id)) for line in bought.lines],
        "state": f"checkout/state/{status}.html",
        "card": form,
        **form.shown,
        "reason": decline_reason(last.decline_code) if last else "",
        "until": _until(desk, bought),
        "methods": {"by_transfer": _takes_transfers(bought)},
        "withdrawable": status in UNPAID and not renews,
        "renews": renews,
        "step": last is not None and last.decline_code == STEP_WANTED,
        **_of_status(desk, bought, names, proof),
    }
    waits = last is not None and last.status == PaymentStatus.AUTHENTICATION_REQUIRED
    if waits and last:
        context["bank"] = bank_page(last.id, elsewhere=bool(last.action_url))
        context["on_page"] = not last.token
    wrong = card or proof
    return desk.render("checkout/order.html", context, status=wrong.status if wrong else 200)


def _takes_transfers(bought: BoughtOrder) -> bool:
    """Whether it can be paid by transfer, if it does not wait for one (R14, R15)."""
    order = bought.order
    policy = policy_numbered(order.policy_version_id)
    verdict = payment_method_verdict(
        PaymentMethod.BANK_TRANSFER,
        Audience(order.organisation.audience),
        policy,
        available=available_methods(order.currency),
    )
    return bool(verdict) and order.status in (OrderStatus.DECLINED,)


def _until(desk: Desk, bought: BoughtOrder) -> Any:
    """The last local day on which it waits, if it does."""
    expires = bought.order.expires_at
    return local_date(expires - _INSTANT, zone_named(desk.place.timezone)) if expires else None


def _of_status(
    desk: Desk, bought: BoughtOrder, names: Names, proof: ProofForm | None
) -> dict[str, Any]:
    """What only one stage shows."""
    status = bought.order.status
    if status == OrderStatus.PAID:
        verdict = bought.cancellation
        return {
            "begun": _begun(bought, names),
            "added": _added(bought, names),
            "cancellation": told(verdict.code, verdict.figures, desk.language),
            "cancellable": bool(verdict),
        }
    if status == OrderStatus.AWAITING_TRANSFER:
        return {"transfer": transfer_shown(bought.order.id)}
    if status == OrderStatus.AWAITING_VERIFICATION:
        return {"proof": proof or ProofForm(), "handed_in": last_proof(desk.organisation)}
    return {}


def _begun(bought: BoughtOrder, names: Names) -> Sequence[Begun]:
    return [
        Begun(
            name=names.of(period.subscription.offer_id),
            quantity=period.subscription.quantity,
            subscription=period.subscription_id,
            period=period,
        )
        for period in periods_paid_by(bought.order.id)
    ]


def _added(bought: BoughtOrder, names: Names) -> Sequence[Added]:
    if bought.order.kind != OrderKind.SEATS:
        return []
    offers = {each.line.id: each.line.offer_id for each in bought.lines}
    return [
        Added(names.of(offers[change.order_line_id]), change)
        for change in changes_of([bought.order.id])
    ]
