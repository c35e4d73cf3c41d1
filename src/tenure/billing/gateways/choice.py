"""Which gateways this installation has."""

from __future__ import annotations

from django.conf import settings

from tenure.billing.gateways import Gateway
from tenure.billing.gateways.sandbox import SandboxGateway
from tenure.catalogue.queries import known_catalogue
from tenure.policy.words import PaymentMethod

_SANDBOX = SandboxGateway()


def gateway(name: str = _SANDBOX.name) -> Gateway:
    """The gateway called ``name``; raises ``KeyError`` for one that is not installed."""
    return {_SANDBOX.name: _SANDBOX}[name]


def sandbox_gateway() -> SandboxGateway:
    """The sandbox's, which plays the customer too."""
    return _SANDBOX


def available_methods(currency: str | None = None) -> frozenset[PaymentMethod]:
    """How money can be taken here; the sandbox's cards only in a sandbox (R14).

    By transfer where the vendor has an account in ``currency``, or any at all if none is told
    (R15).
    """
    cards = {PaymentMethod.CARD} if settings.SANDBOX else set()
    accounts = known_catalogue().vendor(sandbox=settings.SANDBOX).accounts
    if any(currency in (None, account.currency) for account in accounts):
        cards.add(PaymentMethod.BANK_TRANSFER)
    return frozenset(cards)
