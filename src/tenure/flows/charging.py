"""Which card is charged, and the call that charges it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID

from tenure.base.clock import machine_now
from tenure.base.errors import FieldError, Invalid, NotFound
from tenure.billing.errors import CARD_NEEDED
from tenure.billing.gateways import Outcome
from tenure.billing.gateways.calls import charge_of
from tenure.billing.gateways.choice import gateway
from tenure.billing.models import GatewayCustomer, Payment, PaymentMethod, PaymentMethodStatus

REPEATABLE_FOR: Final = timedelta(hours=23)
"""How long a gateway surely remembers a key: later, a call made again could charge again."""


@dataclass(frozen=True, slots=True)
class ChosenCard:
    """A card at its gateway: without a token one that is still to be given on its page."""

    gateway: str
    token: str
    customer: str
    saves: bool


def chosen_card(
    *, organisation: UUID, token: str, payment_method: UUID | None, hosted: bool, saves: bool
) -> ChosenCard:
    """The card that was said: by its token, saved before, given on the gateway's page, or, with
    nothing said, the organisation's default.

    A gateway's page that there is not is as good as a card that nobody knows. Raises ``NotFound``
    for a saved card that is not the organisation's, ``Invalid`` (``card_needed``).
    """
    if token or hosted:
        name = gateway().name
        return ChosenCard(name, token, customer_at(name, organisation), saves)
    cards = PaymentMethod.objects.filter(
        organisation_id=organisation, status=PaymentMethodStatus.ACTIVE
    )
    if payment_method is not None:
        saved = cards.filter(id=payment_method).first()
        if saved is None:
            raise NotFound
    else:
        saved = cards.filter(is_default=True).first()
        if saved is None:
            raise Invalid([FieldError("payment.token", CARD_NEEDED)])
    return ChosenCard(saved.gateway, saved.reference, saved.gateway_customer, False)


def customer_at(name: str, organisation: UUID) -> str:
    """What a gateway calls an organisation, if it has been told of it; the sandbox calls nobody."""
    if name == "sandbox":
        return ""
    rows = GatewayCustomer.objects.filter(organisation_id=organisation, gateway=name)
    return rows.values_list("reference", flat=True).first() or ""


def call_gateway(payment: Payment) -> Outcome:
    """Charge a committed intent, or ask about one so old that charging it might charge again."""
    called = gateway(payment.gateway)
    if machine_now() - payment.called_at > REPEATABLE_FOR:
        return called.ask(charge_of(payment))
    return called.charge(charge_of(payment))
