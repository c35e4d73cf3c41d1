"""Which gateways this installation has."""

from __future__ import annotations

from functools import cache

from django.conf import settings

from tenure.billing.gateways import Gateway
from tenure.billing.gateways.sandbox import SandboxGateway
from tenure.catalogue.queries import known_catalogue
from tenure.policy.words import PaymentMethod

_SANDBOX = SandboxGateway()


def gateway(name: str | None = None) -> Gateway:
    """The gateway called ``name``, or that by which new cards are charged here.

    That is Stripe wherever its key is set, and otherwise a sandbox's own. Raises ``KeyError`` for
    one that is not installed.
    """
    stripe = _stripe() if settings.STRIPE_SECRET_KEY else None
    if stripe is not None and name in (None, stripe.name):
        return stripe
    if settings.SANDBOX and name in (None, _SANDBOX.name):
        return _SANDBOX
    raise KeyError(name)


def installed() -> frozenset[str]:
    """The names of the gateways that can be asked here."""
    names = {_SANDBOX.name} if settings.SANDBOX else set()
    return frozenset(names | ({_stripe().name} if settings.STRIPE_SECRET_KEY else set()))


def sandbox_gateway() -> SandboxGateway:
    """The sandbox's, which plays the customer too."""
    return _SANDBOX


def takes_cards_itself() -> bool:
    """Whether new cards are given on the gateway's own page; the sandbox has none."""
    return bool(settings.STRIPE_SECRET_KEY)


def available_methods(currency: str | None = None) -> frozenset[PaymentMethod]:
    """How money can be taken here: cards by Stripe, or in a sandbox by its own (R14).

    By transfer where the vendor has an account in ``currency``, or any at all if none is told
    (R15).
    """
    found = {PaymentMethod.CARD} if settings.SANDBOX or settings.STRIPE_SECRET_KEY else set()
    accounts = known_catalogue().vendor(sandbox=settings.SANDBOX).accounts
    if any(currency in (None, account.currency) for account in accounts):
        found.add(PaymentMethod.BANK_TRANSFER)
    return frozenset(found)


def _stripe() -> Gateway:
    return _made(
        settings.STRIPE_SECRET_KEY,
        settings.STRIPE_WEBHOOK_SECRET,
        settings.STRIPE_API_BASE,
        settings.PUBLIC_URL,
        settings.GATEWAY_CONCURRENCY,
    )


@cache
def _made(
    key: str, webhook_secret: str | None, api_base: str | None, public_url: str, at_once: int
) -> Gateway:
    """One for each process; its library is read only where it is used."""
    from tenure.billing.gateways.stripe import StripeGateway

    return StripeGateway(
        secret_key=key,
        webhook_secret=webhook_secret,
        api_base=api_base,
        public_url=public_url,
        at_once=at_once,
    )
