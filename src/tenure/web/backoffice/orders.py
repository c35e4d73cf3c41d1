"""Orders of all customers, and the attempts to pay them."""

from __future__ import annotations

from django.http import HttpResponse

from tenure.base.ids import parse_public_id
from tenure.base.money import Money
from tenure.billing.models import PaymentStatus, RefundStatus
from tenure.orders.models import OrderStatus
from tenure.organisations.rules import StaffAbility
from tenure.support.queries.money import refunds_of_order
from tenure.support.queries.orders import order_sheet, orders_by_status
from tenure.web.backoffice.lists import pages, place
from tenure.web.edge.doors import staff_page
from tenure.web.edge.names import Offers
from tenure.web.edge.states import STATES
from tenure.web.edge.visits import StaffVisit


@staff_page(StaffAbility.ORDERS)
def orders(visit: StaffVisit) -> HttpResponse:
    """Orders, the newest first, of one status if wanted."""
    wanted = visit.request.GET.get("status", "")
    status = wanted if wanted in OrderStatus.values else ""
    found = orders_by_status(status, place(visit, "ord"))
    context = {
        "orders": found.rows,
        "status": status,
        "statuses": [(word, STATES[word].word) for word in OrderStatus.values if word in STATES],
        **pages(visit, found, "ord"),
    }
    return visit.render("backoffice/orders.html", context)


@staff_page(StaffAbility.ORDERS, StaffAbility.CUSTOMERS)
def order(visit: StaffVisit, order: str) -> HttpResponse:
    """One order: its lines, its tax, its payments."""
    sheet = order_sheet(parse_public_id("ord", order))
    offers = Offers([each.line.offer_id for each in sheet.lines], visit.language)
    given_back = refunds_of_order(sheet.row.order.id)
    paid = [each.amount for each in sheet.row.payments if each.status == PaymentStatus.CAPTURED]
    back = [each.amount for each in given_back if each.status != RefundStatus.FAILED]
    context = {
        "sheet": sheet,
        "order": sheet.row.order,
        "lines": [(each, offers.name(each.line.offer_id)) for each in sheet.lines],
        "refundable": sum(paid) > sum(back) and visit.may(StaffAbility.PAYMENTS),
        "refunds": [(each, Money(each.amount, each.currency)) for each in given_back],
    }
    return visit.render("backoffice/order.html", context)
