"""The policy in force, and the one under which something was bought (R32)."""

from __future__ import annotations

from functools import lru_cache

from tenure.events.restored import forgotten_when_restored
from tenure.events.rows import read_values
from tenure.orders.models import PolicyVersion
from tenure.policy.loading import parse_policy
from tenure.policy.model import Policy


@lru_cache(maxsize=256)
def policy_numbered(number: int) -> Policy:
    """The policy of version ``number``; a version never changes, so it is read once."""
    return parse_policy(PolicyVersion.objects.get(number=number).source)


forgotten_when_restored(policy_numbered.cache_clear)


def number_in_force() -> int:
    """The version for what is bought from now on; raises ``DoesNotExist`` before the first."""
    ((number,),) = read_values("SELECT max(number) FROM orders_policyversion", [])
    if number is None:
        raise PolicyVersion.DoesNotExist
    return int(number)


_last_read: Policy | None = None


def policy_last_read() -> Policy | None:
    """The policy in force when this process last looked, without looking; None before.

    For what every page shows and is no matter of right, such as a link at its foot.
    """
    return _last_read


def policy_in_force() -> tuple[int, Policy]:
    """The version for what is bought from now on, and its number."""
    number = number_in_force()
    return number, _noted(policy_numbered(number))


def policy_of(number: int | None) -> Policy:
    """The policy of the order that paid something (R32); of what had none, the one in force."""
    return policy_in_force()[1] if number is None else policy_numbered(number)


def _noted(policy: Policy) -> Policy:
    global _last_read
    _last_read = policy
    return policy


_number_at: tuple[tuple[int, str], int] | None = None


def policy_at(stamp: tuple[int, str]) -> tuple[int, Policy]:
    """The policy in force at a stamp of the vendor's stream, in which each new one is told."""
    global _number_at
    known = _number_at
    if known is None or known[0] != stamp:
        known = _number_at = (stamp, number_in_force())
    return known[1], _noted(policy_numbered(known[1]))
