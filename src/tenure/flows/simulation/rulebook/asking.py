"""Members ask for roles, and get them, or a word (R40)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from tenure.flows.simulation.rulebook.customer import (
    Customer,
    Member,
    RoleRequest,
    Subscription,
)
from tenure.flows.simulation.rulebook.goods import goods

WAITING = ("open", "awaiting_seat")


def ask(customer: Customer, member: Member, role: str, at: datetime) -> str | RoleRequest:
    """A member asks for a role, or the first reason why not."""
    if member.status != "active":
        return "member_not_active"
    if not any(role in each.roles for each in goods().of_audience[customer.audience]):
        return "role_not_offered"
    if _holds(customer, member, role, at):
        return "role_held"
    if any(each.role == role for each in _waiting_of(customer, [member])):
        return "role_requested"
    made = RoleRequest(member, role, UUID(int=0))
    customer.role_requests.append(made)
    return made


def grant(customer: Customer, request: RoleRequest, at: datetime) -> str | None:
    """It is granted from a free seat, if there is one."""
    if request.status == "granted":
        return None
    if request.status not in WAITING:
        return "role_request_closed"
    if request.member.status != "active":
        return "member_not_active"
    return None if _given(customer, request, at) else "no_free_seat"


def answer(request: RoleRequest, status: str) -> str | None:
    """It is declined, withdrawn, or waits for a seat from now on."""
    if request.status == status:
        return None
    if request.status not in WAITING:
        return "role_request_closed"
    request.status = status
    return None


def serve(customer: Customer, at: datetime) -> None:
    """Whoever waits for a seat gets one that is free, the oldest request first."""
    customer.settled = False
    for request in customer.role_requests:
        if request.status == "awaiting_seat" and request.member.status == "active":
            _given(customer, request, at)


def is_awaited(customer: Customer) -> bool:
    """Whether anybody waits for a seat."""
    return any(each.status == "awaiting_seat" for each in customer.role_requests)


def served(customer: Customer, members: Sequence[Member], by: Subscription) -> None:
    """Members were given seats: what they had asked for of their roles is granted."""
    for request in _waiting_of(customer, members):
        if request.role in by.offer.roles:
            request.status = "granted"


def withdrawn(customer: Customer, members: Sequence[Member]) -> None:
    """Who leaves asks for nothing any more."""
    for request in _waiting_of(customer, members):
        request.status = "withdrawn"


def _waiting_of(customer: Customer, members: Sequence[Member]) -> list[RoleRequest]:
    return [
        each for each in customer.role_requests if each.status in WAITING and each.member in members
    ]


def _holds(customer: Customer, member: Member, role: str, at: datetime) -> bool:
    return any(each.covers(at) and role in each.offer.roles for each in customer.held_by(member))


def _given(customer: Customer, request: RoleRequest, at: datetime) -> bool:
    """The paid before the trial, the one that ends last, the oldest (R36)."""
    if _holds(customer, request.member, request.role, at):
        request.status = "granted"
        return True
    serving = [
        each
        for each in customer.subscriptions
        if each.covers(at) and each.free() > 0 and request.role in each.offer.roles
    ]
    if not serving:
        return False
    chosen = min(serving, key=Subscription.preference)
    chosen.holders[request.member] = at
    served(customer, [request.member], chosen)
    return True
