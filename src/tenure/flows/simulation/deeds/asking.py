"""Members ask for roles, and administrators answer (R40)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Final
from uuid import UUID

from django.db.models import Q

from tenure.events.journal import transaction
from tenure.flows.due import grant_requests
from tenure.flows.role_requests import (
    ask_for_role,
    await_seat,
    decline_role_request,
    grant_role_request,
    withdraw_role_request,
)
from tenure.flows.simulation.deeds.deed import (
    BY,
    Deed,
    Kind,
    asked,
    made_under,
    member_id,
    needed,
    noted,
    pick,
)
from tenure.flows.simulation.rulebook import asking
from tenure.flows.simulation.rulebook.customer import Customer, RoleRequest
from tenure.flows.simulation.rulebook.goods import goods
from tenure.flows.simulation.story import Op
from tenure.flows.written import Written


def ask(customer: Customer, op: Op) -> Deed | None:
    """A member asks for a role: mostly somebody active, mostly one that is sold to them."""
    active = [each for each in customer.members if each.status == "active"]
    member = pick(active if active and op.picks[2] % 8 else customer.members, op.picks[0])
    sold = sorted({r for each in goods().of_audience[customer.audience] for r in each.roles})
    role = pick(sold if op.picks[3] % 8 else sorted(goods().grants), op.picks[1])
    if member is None or role is None:
        return None
    made: list[RoleRequest] = []

    def learns(written: object) -> None:
        if made:
            there = written.ids[0] if isinstance(written, Written) else made_under(op, customer)
            made[0].id = needed(there)

    return Deed(
        does=partial(
            ask_for_role,
            member=member_id(customer, member),
            role=role,
            now=op.at,
            by=BY,
            asked=asked(op, customer),
        ),
        expects=lambda: noted(asking.ask(customer, member, role, op.at), made),
        learns=learns,
    )


def answer(customer: Customer, op: Op, *, by_clocks: bool = False) -> Deed | None:
    """A request is granted, waits for a seat, or is declined or withdrawn, perhaps twice.

    ``by_clocks``: it waits for a seat on test clocks as well.
    """
    waiting = [each for each in customer.role_requests if each.status in asking.WAITING]
    request = pick(waiting if waiting and op.picks[2] % 6 else customer.role_requests, op.picks[0])
    if request is None:
        return None
    often = ("granted", "granted", "awaiting_seat", "awaiting_seat", "declined", "withdrawn")
    status = often[op.picks[1] % len(often)]
    if status == "awaiting_seat" and customer.own_clock and not by_clocks:
        status = "granted"
    if status == "granted":
        expects: Callable[[], str | None] = partial(asking.grant, customer, request, op.at)
    else:
        expects = partial(asking.answer, request, status)
    return Deed(does=_answered(customer, op, request, status), expects=expects, twice=True)


def _answered(
    customer: Customer, op: Op, request: RoleRequest, status: str
) -> Callable[[], object]:
    told = partial(
        {"granted": grant_role_request, "awaiting_seat": await_seat}.get(
            status, decline_role_request
        ),
        request=request.id,
        organisation=customer.id,
        now=op.at,
        by=BY,
    )
    if status == "withdrawn":
        member = member_id(customer, request.member)
        return partial(withdraw_role_request, request=request.id, member=member, now=op.at, by=BY)
    return partial(told, word="Not now.") if status == "declined" else told


def serve(customer: UUID, op: Op) -> None:
    """The worker comes by: who waits for a seat gets one that is free."""
    with transaction(now=op.at, by="worker") as journal:
        grant_requests(Q(organisation_id=customer), op.at, journal)


KINDS: Final[Mapping[str, Kind]] = {
    "ask": ask,
    "answer": answer,
    "reply": partial(answer, by_clocks=True),
}
"""Requests for roles (R40)."""
