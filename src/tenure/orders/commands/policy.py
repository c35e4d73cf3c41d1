"""Making a policy the one in force."""

from __future__ import annotations

from hashlib import sha256

from tenure.events.journal import Journal
from tenure.orders.events import PolicyApplied
from tenure.orders.models import PolicyVersion
from tenure.policy.loading import parse_policy, render


def apply_policy(*, source: str, journal: Journal) -> int:
    """Make the policy file ``source`` the version in force (R32); returns its number.

    Kept whole, so that a later default changes nothing of what was bought. Applying the version
    that is in force changes nothing. Raises ``PolicyInvalid``.
    """
    whole = render(parse_policy(source))
    digest = sha256(whole.encode()).hexdigest()
    newest = PolicyVersion.objects.select_for_update().order_by("-number").first()
    if newest is not None and newest.sha256 == digest:
        return newest.number
    version = PolicyVersion.objects.create(source=whole, sha256=digest, applied_at=journal.at)
    journal.record_for_vendor(PolicyApplied(policy_version=version.number))
    return version.number
