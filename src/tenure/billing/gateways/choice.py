"""Which gateways this installation has."""

from __future__ import annotations

from django.conf import settings

from tenure.billing.gateways.sandbox import SandboxGateway
from tenure.policy.words import PaymentMethod

_SANDBOX = SandboxGateway()


def gateway(name: str = _SANDBOX.name) -> SandboxGateway:
    """The gateway called ``name``; raises ``KeyError`` for one that is not installed."""
    return {_SANDBOX.name: _SANDBOX}[name]


def available_methods() -> frozenset[PaymentMethod]:
    """How money can be taken here; the sandbox's cards only in a sandbox (R14)."""
    return frozenset({PaymentMethod.CARD}) if settings.SANDBOX else frozenset()
