"""Which register this installation asks."""

from __future__ import annotations

from django.conf import settings

from tenure.organisations.registers import Register
from tenure.organisations.registers.sandbox import SandboxRegister
from tenure.organisations.registers.vies import Vies


def register() -> Register:
    """VIES, or in a sandbox the one that calls nobody."""
    if settings.SANDBOX:
        return SandboxRegister()
    return Vies(settings.VIES_URL, timeout=settings.VIES_TIMEOUT)
