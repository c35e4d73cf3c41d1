"""The policy comes into force (R32)."""

from __future__ import annotations

from datetime import datetime

from tenure.events.journal import transaction
from tenure.orders.commands.policy import apply_policy
from tenure.orders.models import PolicyVersion
from tenure.policy.loading import default_policy, render


def bring_into_force(*, source: str, now: datetime, by: str) -> int:
    """Make a policy file the version in force for what is bought from now on; its number.

    Raises ``PolicyInvalid``, which names every wrong key.
    """
    with transaction(now=now, by=by) as journal:
        return apply_policy(source=source, journal=journal)


def ensure_policy(*, now: datetime) -> None:
    """Bring the default policy into force where none ever was: there is always one."""
    if not PolicyVersion.objects.exists():
        bring_into_force(source=render(default_policy()), now=now, by="command")
