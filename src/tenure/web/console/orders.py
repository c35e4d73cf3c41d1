"""Orders: what was bought, how it is paid, what it became, whether it can be taken back (R28)."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpResponse
from django.urls import reverse

from tenure.base.ids import parse_public_id, public_id
from tenure.base.money import Money
from tenure.billing.models import RefundStatus
from tenure.billing.queries.documents import papers_of_order
from tenure.orders.models import UNPAID, Order, OrderKind, OrderStatus
from tenure.organisations.rules import Ability
from tenure.subscriptions.queries.bought import OrderRow, bought_order, order_page
from tenure.support.queries.money import refunds_of_order
from tenure.support.queries.requests import waiting_cancellation
from tenure.web.console.choices import said
from tenure.web.edge.doors import console_page
from tenure.web.edge.names import Offers, named
from tenure.web.edge.paging import pages, place
from tenure.web.edge.transfer import transfer_shown
from tenure.web.edge.visits import Desk


@dataclass(frozen=True, slots=True)
class Listed:
    """An order in the list, with what was bought."""

    row: OrderRow
    names: str


@console_page(Ability.BILLING)
def orders(desk: Desk) -> HttpResponse:
    """All orders, the newest first."""
    found = order_page(desk.organisation, place(desk, "ord"))
    offers = Offers({offer for row in found.rows for offer in row.offers}, desk.language)
    context = {
        "rows": [
            Listed(row, named([offers.name(each) for each in row.offers])) for row in found.rows
        ],
        **pages(desk, found.last, "ord"),
    }
    return desk.render("console/orders.html", context)


@console_page(Ability.BILLING)
def order(desk: Desk, order: str) -> HttpResponse:
    """One order with everything about it, and whether it can be taken back."""
    bought = bought_order(desk.organisation, parse_public_id("ord", order), desk.now)
    offers = Offers({line.line.offer_id for line in bought.lines}, desk.language)
    verdict = bought.cancellation
    context = {
        "bought": bought,
        "order": bought.order,
        "lines": [(line, offers.name(line.line.offer_id)) for line in bought.lines],
        "is_unpaid": bought.order.status in UNPAID,
        "verdict": verdict,
        "said": said(verdict, desk.language),
        "deadline": verdict.figures.get("deadline"),
        "asked": waiting_cancellation(bought.order.id) if bought.order.paid_on else None,
        "withdraw": withdrawing_path(bought.order),
        "cancel": reverse("console_cancel", args=[desk.organisation_id, order]),
        "papers": papers_of_order(bought.order.id),
        "refunds": [
            (each, Money(each.amount, each.currency))
            for each in refunds_of_order(bought.order.id)
            if each.status != RefundStatus.FAILED
        ],
        "transfer": transfer_shown(bought.order.id) if _waits(bought.order) else {},
        "subscriptions": [
            (line, offers.name(line.line.offer_id)) for line in bought.lines if line.subscription
        ],
    }
    return desk.render("console/order.html", context)


def withdrawing_path(order: Order) -> str:
    """Where an order that is not paid is withdrawn (R16); empty where it cannot be (R24)."""
    if order.status not in UNPAID or order.kind == OrderKind.RENEWAL:
        return ""
    return reverse("order_withdraw", args=[public_id("ord", order.id)])


def _waits(order: Order) -> bool:
    """Whether it is to be paid by transfer, in one way or the other (R15)."""
    return order.status == OrderStatus.AWAITING_TRANSFER
