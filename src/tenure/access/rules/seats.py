"""Who may hold a seat, when it is let go, and which one serves a role (R36, R38)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Generic, TypeVar

from tenure.access.errors import (
    ALREADY_ASSIGNED,
    MEMBER_NOT_ACTIVE,
    NO_FREE_SEAT,
    SEAT_ASSIGNABLE,
    SEAT_LOCKED,
    SEAT_RELEASABLE,
    SEATS_ADDABLE,
    SEATS_FOUND,
    SEATS_NOT_FOR_TRIAL,
    SEATS_NOT_SOLD_HERE,
    SUBSCRIPTION_FULL,
    SUBSCRIPTION_NOT_ACTIVE,
)
from tenure.base.verdicts import Verdict, allow, refuse
from tenure.policy.model import Policy

SubscriptionId = TypeVar("SubscriptionId")


def assignment_verdict(
    *,
    subscription_active: bool,
    member_active: bool,
    already_assigned: bool,
    free: int,
    free_on: date | None = None,
) -> Verdict:
    """Whether a seat of a subscription can be given to a member (R38).

    ``free`` is the quantity paid for, less what is assigned, reserved or still locked, read under
    a lock. The first that holds of ``subscription_not_active``, ``member_not_active``,
    ``already_assigned``, ``no_free_seat``: with the day ``free_on`` as ``until``, if a seat that
    is nobody's is locked until then.
    """
    if not subscription_active:
        return refuse(SUBSCRIPTION_NOT_ACTIVE)
    if not member_active:
        return refuse(MEMBER_NOT_ACTIVE)
    if already_assigned:
        return refuse(ALREADY_ASSIGNED)
    if free < 1:
        locked = {} if free_on is None else {"until": free_on}
        return refuse(NO_FREE_SEAT, available=0, **locked)
    return allow(SEAT_ASSIGNABLE, available=free)


def adding_verdict(
    *, external: bool, trial: bool, active: bool, quantity: int, most: int
) -> Verdict:
    """Whether a subscription can have ``quantity`` seats in mid-period (R27).

    The first that holds of ``seats_not_sold_here`` (R35), ``seats_not_for_trial`` (R9),
    ``subscription_not_active``, ``subscription_full`` beyond ``most``.
    """
    if external:
        return refuse(SEATS_NOT_SOLD_HERE)
    if trial:
        return refuse(SEATS_NOT_FOR_TRIAL)
    if not active:
        return refuse(SUBSCRIPTION_NOT_ACTIVE)
    if quantity > most:
        return refuse(SUBSCRIPTION_FULL, most=most, quantity=quantity)
    return allow(SEATS_ADDABLE)


def locked_until(first_used_on: date | None, policy: Policy) -> date | None:
    """The local day from which a seat is free to go, counted from its first use (R38).

    None if it was never used or the policy locks no seat.
    """
    if first_used_on is None or policy.seats.lock_days == 0:
        return None
    return first_used_on + timedelta(days=policy.seats.lock_days)


def release_verdict(first_used_on: date | None, *, on: date, policy: Policy) -> Verdict:
    """Whether a seat can be taken from its member on the local day ``on`` (R38)."""
    until = locked_until(first_used_on, policy)
    if until is not None and on < until:
        return refuse(SEAT_LOCKED, until=until)
    return allow(SEAT_RELEASABLE)


@dataclass(frozen=True, slots=True)
class SeatPool(Generic[SubscriptionId]):
    """The free seats of an active subscription; each carries all of ``roles`` (R36).

    ``ends_at`` is when its current chain of periods ends, ``began_at`` when its first began.
    """

    subscription: SubscriptionId
    roles: frozenset[str]
    is_trial: bool
    ends_at: datetime
    began_at: datetime
    free: int


@dataclass(frozen=True, slots=True)
class Reservation(Generic[SubscriptionId]):
    """From which subscriptions one seat each is to be reserved; a no names ``roles`` without."""

    verdict: Verdict
    subscriptions: tuple[SubscriptionId, ...] = ()


def plan_reservation(
    roles: Sequence[str],
    pools: Collection[SeatPool[SubscriptionId]],
    *,
    held_roles: frozenset[str] = frozenset(),
) -> Reservation[SubscriptionId]:
    """Which seats serve ``roles`` for one person (R36).

    For a role: the paid before the trial, the one that ends last, the oldest. One seat may serve
    several: what a seat already chosen carries, or one already held (``held_roles``), asks for
    no other. Roles that only one subscription can serve choose first, so that no seat is taken
    for what such a seat carries anyway.
    """
    usable = [pool for pool in pools if pool.free > 0]
    wanted = [role for role in dict.fromkeys(roles) if role not in held_roles]
    serving = {role: [pool for pool in usable if role in pool.roles] for role in wanted}
    missing = tuple(role for role in wanted if not serving[role])
    if missing:
        return Reservation(refuse(NO_FREE_SEAT, available=0, roles=missing))
    chosen: list[SeatPool[SubscriptionId]] = []
    for role in sorted(wanted, key=lambda role: len(serving[role]) > 1):
        if not any(role in pool.roles for pool in chosen):
            chosen.append(min(serving[role], key=preference))
    return Reservation(allow(SEATS_FOUND), tuple(pool.subscription for pool in chosen))


def plan_reservations(
    wishes: Sequence[tuple[Sequence[str], frozenset[str]]],
    pools: Collection[SeatPool[SubscriptionId]],
) -> list[Reservation[SubscriptionId]]:
    """The same for many people, one after the other, so that no seat is promised twice (R36).

    Each wish is the roles and what the person already holds; who cannot be served takes nothing.
    """
    free = {pool.subscription: pool.free for pool in pools}
    plans = []
    for roles, held in wishes:
        left = [replace(pool, free=free[pool.subscription]) for pool in pools]
        plan = plan_reservation(roles, left, held_roles=held)
        for subscription in plan.subscriptions:
            free[subscription] -= 1
        plans.append(plan)
    return plans


def preference(pool: SeatPool[SubscriptionId]) -> tuple[bool, float, datetime]:
    """Sorts first whichever seat serves a role best (R36)."""
    return pool.is_trial, -pool.ends_at.timestamp(), pool.began_at
