"""On to a step that is taken elsewhere, at a bank or on the gateway's page, and back from it."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse

from tenure.base.errors import NotFound
from tenure.base.ids import parse_public_id, public_id
from tenure.billing.models import Payment, PaymentMethod, PaymentMethodStatus, PaymentStatus
from tenure.billing.queries import payment_facts
from tenure.flows.steps import ask_card, ask_payment
from tenure.web.checkout.bank import HOLDER, by_of, on_from
from tenure.web.edge.doors import public_page
from tenure.web.edge.visits import Visit


@public_page(indexed=False)
def step(visit: Visit, payment: str) -> HttpResponse:
    """Lead on to where the step is taken; a page between, since no form may lead elsewhere.

    Whoever knows the payment's identifier holds its card.
    """
    row = payment_facts(parse_public_id("pay", payment))
    if row.status != PaymentStatus.AUTHENTICATION_REQUIRED or not row.action_url:
        return on_from(visit, row)
    page = visit.render(
        "checkout/elsewhere.html", {"url": row.action_url, "on_page": not row.token}
    )
    page["Refresh"] = f"0; url={row.action_url}"
    return page


@public_page(indexed=False)
def card_step(visit: Visit, card: str) -> HttpResponse:
    """Lead on to the page that takes a card, as ``step`` does."""
    row = PaymentMethod.objects.filter(id=parse_public_id("pm", card)).first()
    if row is None:
        raise NotFound
    if row.status != PaymentMethodStatus.AUTHENTICATION_REQUIRED or not row.action_url:
        return back_from_card(visit.request, card)
    page = visit.render("checkout/elsewhere.html", {"url": row.action_url, "on_page": True})
    page["Refresh"] = f"0; url={row.action_url}"
    return page


@public_page(indexed=False)
def back_from_payment(visit: Visit, payment: str) -> HttpResponse:
    """The customer comes back: what became of the payment is asked for, and settled."""
    id_ = parse_public_id("pay", payment)
    ask_payment(payment=id_, at=visit.now, by=by_of(visit, _payment(id_).organisation_id))
    return on_from(visit, _payment(id_))


@public_page(indexed=False)
def back_from_card(visit: Visit, card: str) -> HttpResponse:
    """The customer comes back from saving a card."""
    row = ask_card(card=parse_public_id("pm", card), at=visit.now, by=HOLDER)
    if row is None:
        raise NotFound
    if by_of(visit, row.organisation_id) == HOLDER:
        return visit.render("checkout/elsewhere_done.html")
    return visit.redirect(reverse("console_billing", args=[public_id("org", row.organisation_id)]))


def _payment(id_: UUID) -> Payment:
    found = Payment.objects.filter(id=id_).first()
    if found is None:
        raise NotFound
    return found
