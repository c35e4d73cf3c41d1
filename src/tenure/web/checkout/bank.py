"""The bank of the sandbox, at which a customer takes the step that a card asks for."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from django.conf import settings
from django.http import HttpResponse

from tenure.base.ids import parse_public_id, public_id
from tenure.base.money import Money
from tenure.billing.gateways.choice import sandbox_gateway
from tenure.billing.models import Payment, PaymentStatus
from tenure.billing.queries import payment_facts
from tenure.catalogue.queries import vendor
from tenure.flows.purchase import authenticate
from tenure.web.checkout.roads import order_page
from tenure.web.edge.doors import FORM, public_page, sandbox_only
from tenure.web.edge.visits import Visit

HOLDER: Final = "customer"
"""How the journal names who took the step, where nobody is logged in: the card's holder."""


@sandbox_only
@public_page(FORM, indexed=False)
def bank(visit: Visit, payment: str) -> HttpResponse:
    """Pass the step or fail it; whoever knows the payment's identifier holds its card."""
    row = payment_facts(parse_public_id("pay", payment))
    waits = row.status == PaymentStatus.AUTHENTICATION_REQUIRED
    if visit.posted and waits:
        authenticate(
            payment=row.id,
            passed=visit.request.POST.get("step") == "pass",
            now=row.organisation.test_clock or visit.now,
            by=by_of(visit, row.organisation_id),
        )
    if visit.posted or not waits:
        return on_from(visit, row)
    context = {
        "payment": row,
        "amount": Money(row.amount, row.currency),
        "seller": vendor(sandbox=settings.SANDBOX).name,
    }
    return visit.render("checkout/bank.html", context)


def on_from(visit: Visit, row: Payment) -> HttpResponse:
    """Back to the order; who came from elsewhere, without a login here, is told that it is done."""
    if by_of(visit, row.organisation_id) == HOLDER:
        done = "bank_done" if row.gateway == sandbox_gateway().name else "elsewhere_done"
        return visit.render(f"checkout/{done}.html")
    return visit.redirect(order_page(row.order_id))


def by_of(visit: Visit, organisation: UUID) -> str:
    """How the journal names who takes a step for an organisation."""
    for each in visit.visitor.active_memberships:
        if each.organisation.id == organisation:
            return "member:" + public_id("mem", each.member)
    return HOLDER
