"""A deed: something to be done to the product, and to the rulebook, which must agree on it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar
from uuid import UUID

from django.db import connection

from tenure.base.errors import Invalid, NotFound, Refused
from tenure.events.asked import Asked
from tenure.events.models import IdempotencyKey
from tenure.flows.simulation.faults import Doom
from tenure.flows.simulation.rulebook.customer import Customer, Member, Order, Subscription
from tenure.flows.simulation.story import Op
from tenure.orders.models import Order as OrderRow
from tenure.organisations.models import Member as MemberRow

BY: Final = "simulation"
DONE: Final = "done"

Thing = TypeVar("Thing")


def _nothing(_made: object) -> None:
    """There is nothing to be learnt."""


@dataclass(frozen=True)
class Deed:
    """``does`` it in the product; ``expects`` changes the rulebook's customer and returns the
    code of a refusal, or None. ``again`` is how a client takes it up after a crash that came
    after a commit; without one it was done by then. ``learns`` is told what ``does`` returned.
    """

    does: Callable[[], object]
    expects: Callable[[], str | None]
    again: Callable[[], object] | None = None
    learns: Callable[[object], None] = _nothing
    left: Callable[[Doom], None] | None = None
    """What the rulebook makes of it if somebody died on the way and never comes back."""
    other_tab: Callable[[], object] | None = None
    """The same, asked for in another tab, under a key of its own."""
    lives: bool = False
    """Whether nobody dies on the way."""
    twice: bool = False
    """Whether doing it twice is the same as doing it once."""


Kind = Callable[[Customer, Op], Deed | None]
"""What an operation comes to for a customer as things stand; None: nothing, nobody is there."""


def pick(things: Sequence[Thing], number: int) -> Thing | None:
    """One of them, if there is any."""
    return things[number % len(things)] if things else None


def outcome(work: Callable[[], object]) -> tuple[str, object]:
    """``done`` with what was made, or the code of the refusal."""
    try:
        return DONE, work()
    except (Refused, NotFound) as refusal:
        return refusal.code.code, None
    except Invalid as refusal:
        return refusal.field_errors[0].code.code, None


def noted(found: Thing | str | None, among: list[Thing]) -> str | None:
    """What a rule made is noted ``among`` others; the code of a refusal is handed on."""
    if found is None or isinstance(found, str):
        return found
    among.append(found)
    return None


def asked(op: Op, customer: Customer, tab: str = "") -> Asked:
    """The client's key for an operation; another ``tab`` has another."""
    key = f"{op.minute}:{op.kind}:{'.'.join(map(str, op.picks))}{tab}"
    return Asked(scope=customer.id, key=key, call=op.kind, body_hash=bytes(32))


def made_under(op: Op, customer: Customer) -> UUID | None:
    """What the client's key stands for by now, as the edge looks it up."""
    key = asked(op, customer)
    rows = IdempotencyKey.objects.filter(scope=key.scope, key=key.key)
    return rows.values_list("made", flat=True).first()


def needed(found: UUID | None) -> UUID:
    """What must have been made by now."""
    if found is None:
        raise NotFound
    return found


def taken_up(
    op: Op, customer: Customer, does: Callable[[], object], resume: Callable[[UUID], object]
) -> Callable[[], object]:
    """How a client takes up what it asked for under its key: by what was made, or once more."""

    def again() -> object:
        made = made_under(op, customer)
        return does() if made is None else resume(made)

    return again


def member_id(customer: Customer, member: Member) -> UUID:
    """What the product calls a member; looked up once."""
    if member.id is None:
        rows = MemberRow.objects.filter(organisation=customer.id, email=member.email)
        member.id = rows.values_list("id", flat=True).get()
    return member.id


def order_id(customer: Customer, order: Order) -> UUID:
    """What the product calls an order; those it placed by itself are looked up once."""
    if not order.id.int:
        rows = OrderRow.objects.filter(organisation=customer.id).order_by("id")
        for each, id_ in zip(customer.orders, rows.values_list("id", flat=True), strict=True):
            each.id = id_
    return order.id


def subscription_id(subscription: Subscription) -> UUID:
    """What the product calls a subscription; looked up once, by the line that was paid."""
    if subscription.id is None:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT subscription.id FROM subscriptions_subscription AS subscription "
                "JOIN orders_orderline AS line ON line.id = subscription.order_line_id "
                "WHERE line.order_id = %s ORDER BY line.position OFFSET %s LIMIT 1",
                [subscription.order.id, subscription.position],
            )
            (subscription.id,) = cursor.fetchone()
    return subscription.id
