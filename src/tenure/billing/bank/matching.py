"""To which orders the money of a line goes: by its references alone, never guessed (R15)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import Enum
from uuid import UUID


class Standing(Enum):
    """Where an order stands that a transfer may name."""

    WAITING = "waiting"
    EXPIRED = "expired"
    """It waited in vain; money booked in time still pays it, if it is the whole."""
    PAID = "paid"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Credit:
    """Money that came: what is open of it, when it was booked, which orders it names."""

    line: UUID
    amount: int
    currency: str
    booked_on: date
    orders: tuple[UUID, ...]
    matched: bool = False
    """Whether it was looked at before, and waits in the queue."""


@dataclass(frozen=True, slots=True)
class Wanting:
    """An order: what it still misses in minor units, and the last day for it to be booked."""

    order: UUID
    standing: Standing
    missing: int
    currency: str
    last_day: date | None


@dataclass(frozen=True, slots=True)
class Share:
    """So much of a line for an order."""

    line: UUID
    order: UUID
    amount: int


@dataclass(slots=True)
class Plan:
    """What is to be done: the shares, what becomes of each line, and which orders are paid."""

    shares: list[Share] = field(default_factory=list)
    outcomes: dict[UUID, str] = field(default_factory=dict)
    paid: list[UUID] = field(default_factory=list)


def plan_matches(came: Iterable[Credit], wanting: Mapping[UUID, Wanting]) -> Plan:
    """Give each line's money to the order or orders that it names, the earliest booked first.

    A line that names one order pays what it misses; the rest is surplus. One that names several
    pays all of them to the last cent, or is for staff to judge. An order that expired is revived
    by money booked in time, if that is all that it misses. Lines in the queue only help with that.
    """
    plan = Plan()
    missing = {order: each.missing for order, each in wanting.items()}
    lines = sorted(came, key=lambda each: (each.booked_on, each.line))
    for line in lines:
        if not line.matched and line.line not in plan.outcomes:
            plan.outcomes[line.line] = _place(line, lines, wanting, missing, plan)
    return plan


def _place(
    line: Credit,
    lines: Sequence[Credit],
    wanting: Mapping[UUID, Wanting],
    missing: dict[UUID, int],
    plan: Plan,
) -> str:
    named = [wanting[order] for order in line.orders if order in wanting]
    if not named:
        return "unknown"
    if any(each.currency != line.currency for each in named):
        return "wrong_currency"
    if len(named) > 1:
        return _several(line, named, missing, plan)
    (order,) = named
    if order.standing is Standing.WAITING and missing[order.order] > 0:
        if not _in_time(line, order):
            return "late"
        return _share(line, order.order, missing, plan)
    if order.standing is Standing.EXPIRED and missing[order.order] > 0:
        return _revive(line, lines, order, missing, plan)
    paid = order.standing in (Standing.PAID, Standing.WAITING, Standing.EXPIRED)
    return "duplicate" if paid else "not_waited_for"


def _share(line: Credit, order: UUID, missing: dict[UUID, int], plan: Plan) -> str:
    """As much as the order misses; what that makes of the line."""
    amount = min(line.amount, missing[order])
    plan.shares.append(Share(line.line, order, amount))
    missing[order] -= amount
    if not missing[order]:
        plan.paid.append(order)
    if amount < line.amount:
        return "surplus"
    return "partial" if missing[order] else "matched"


def _several(line: Credit, named: Sequence[Wanting], missing: dict[UUID, int], plan: Plan) -> str:
    wanted = [
        each
        for each in named
        if each.standing is Standing.WAITING and missing[each.order] > 0 and _in_time(line, each)
    ]
    whole = sum(missing[each.order] for each in wanted)
    if len(wanted) < len(named) or whole != line.amount:
        return "ambiguous"
    for each in wanted:
        plan.shares.append(Share(line.line, each.order, missing[each.order]))
        missing[each.order] = 0
        plan.paid.append(each.order)
    return "matched"


def _revive(
    line: Credit,
    lines: Sequence[Credit],
    order: Wanting,
    missing: dict[UUID, int],
    plan: Plan,
) -> str:
    """All that names this order alone and was booked in time, if it is enough; in its order."""
    if not _in_time(line, order):
        return "late"
    together = [
        each
        for each in lines
        if each.orders == (order.order,)
        and each.currency == order.currency
        and _in_time(each, order)
        and (each.matched or each.line not in plan.outcomes)
    ]
    if sum(each.amount for each in together) < missing[order.order]:
        return "order_closed"
    for each in together:
        if not missing[order.order]:
            break
        outcome = _share(each, order.order, missing, plan)
        plan.outcomes[each.line] = "matched" if outcome == "partial" else outcome
    return plan.outcomes.get(line.line, "duplicate")


def _in_time(line: Credit, order: Wanting) -> bool:
    """The bank's booking date decides, not the day of the import."""
    return order.last_day is None or line.booked_on <= order.last_day
