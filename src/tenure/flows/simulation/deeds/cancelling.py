"""Customers ask to take orders back, and staff answer (R28 to R30)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Final
from uuid import UUID

from tenure.flows.cancellation import (
    NewCancellation,
    ask_cancellation,
    decline_cancellation,
    grant_cancellation,
    resume_cancellation,
)
from tenure.flows.simulation.deeds.deed import (
    BY,
    Deed,
    Kind,
    asked,
    made_under,
    needed,
    order_id,
    pick,
    taken_up,
)
from tenure.flows.simulation.faults import Doom
from tenure.flows.simulation.rulebook.cancelling import TRIES, cancel, verdict
from tenure.flows.simulation.rulebook.customer import Customer
from tenure.flows.simulation.story import Op


def ask(customer: Customer, op: Op) -> Deed | None:
    """A request for an order: mostly a young one, and sometimes any."""
    orders = customer.orders
    young = [each for each in orders if verdict(customer, each, op.at) == "cancellable"]
    order = pick(young if young and op.picks[0] % 4 else orders, op.picks[1])
    if order is None:
        return None
    new = NewCancellation(order_id(customer, order), "en", "No longer needed.")

    def does() -> object:
        return ask_cancellation(new=new, now=op.at, by=BY, asked=asked(op, customer))

    def resume(request: UUID) -> object:
        return resume_cancellation(request=request, now=op.at, by=BY)

    def expects(*, answered: bool = True) -> str | None:
        said = verdict(customer, order, op.at)
        if said in TRIES:
            return said
        if said == "cancellable":
            cancel(customer, order, op.at, answered=answered)
        else:
            customer.requests.append((order, op))
        return None

    def left(doom: Doom) -> None:
        if made_under(op, customer) is not None:
            expects(answered=doom.committed > 1)

    again = taken_up(op, customer, does, resume)
    return Deed(does=does, expects=expects, again=again, left=left)


def decide(customer: Customer, op: Op) -> Deed | None:
    """Staff grant or decline what waits for them."""
    waiting = pick(customer.requests, op.picks[0])
    if waiting is None:
        return None
    order, sent = waiting
    request = needed(made_under(sent, customer))
    if op.picks[1] % 2:
        work = partial(grant_cancellation, request=request, now=op.at, by=BY)

        def grants() -> str | None:
            cancel(customer, order, op.at)
            return None

        return Deed(does=work, expects=grants, again=work, twice=True)

    def declines() -> str | None:
        customer.requests.remove(waiting)
        return None

    return Deed(
        does=partial(decline_cancellation, request=request, message="No.", now=op.at, by=BY),
        expects=declines,
    )


KINDS: Final[Mapping[str, Kind]] = {"cancel": ask, "decide": decide}
