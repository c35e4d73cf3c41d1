"""Customers choose about the next period."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Final

from tenure.flows.renewal_choice import choose_renewal
from tenure.flows.seat_losses import choose_losses
from tenure.flows.simulation.deeds.deed import BY, Deed, Kind, member_id, pick, subscription_id
from tenure.flows.simulation.rulebook import choosing
from tenure.flows.simulation.rulebook.customer import Customer, Subscription
from tenure.flows.simulation.rulebook.taking_back import follow
from tenure.flows.simulation.story import Op


def opt_out(customer: Customer, op: Op) -> Deed | None:
    """Auto-renewal is switched off."""
    return _chosen(customer, _one(customer, op), op, choosing.opt_out, auto_renew=False)


def opt_out_later(customer: Customer, op: Op) -> Deed | None:
    """It is switched off from the next period on."""
    wish = {"auto_renew": False, "from_next_period": True}
    return _chosen(customer, _one(customer, op), op, choosing.opt_out_later, **wish)


def opt_in(customer: Customer, op: Op) -> Deed | None:
    """It is switched on again."""
    off = [each for each in customer.subscriptions if not each.auto_renew]
    subscription = pick(off, op.picks[0]) if off and op.picks[2] % 4 else _one(customer, op)
    return _chosen(customer, subscription, op, choosing.opt_in, auto_renew=True)


def resize(customer: Customer, op: Op) -> Deed | None:
    """The quantity for the next period is set."""
    quantity = 1 + op.picks[1] % 5
    rule = partial(choosing.choose_quantity, quantity=quantity)
    return _chosen(customer, _one(customer, op), op, rule, next_quantity=quantity)


def choose_losers(customer: Customer, op: Op) -> Deed | None:
    """Up to three members are named who lose a seat first, mostly such as hold one."""
    subscription = _one(customer, op)
    if subscription is None:
        return None
    holders = list(subscription.holders) if op.picks[2] % 8 else customer.members
    first = op.picks[1] % max(len(holders), 1)
    members = [*holders[first:], *holders[:first]][: op.picks[1] % 4]
    return Deed(
        does=partial(
            choose_losses,
            subscription=subscription_id(subscription),
            members=[member_id(customer, each) for each in members],
            now=op.at,
            by=BY,
        ),
        expects=partial(choosing.choose_losers, subscription, members, op.at),
        twice=True,
    )


def _chosen(
    customer: Customer,
    subscription: Subscription | None,
    op: Op,
    rule: Callable[..., str | None],
    **wish: Any,
) -> Deed | None:
    """``wish`` as the product is told it; what the ``rule`` lets be is followed by what is ordered
    already."""
    if subscription is None:
        return None

    def expects() -> str | None:
        refused = rule(subscription, at=op.at)
        if refused is None:
            switched_on, resized = op.kind == "opt_in", op.kind == "resize"
            follow(customer, subscription, op.at, switched_on=switched_on, resized=resized)
        return refused

    named = {"subscription": subscription_id(subscription), **wish}
    return Deed(
        does=partial(choose_renewal, **named, now=op.at, by=BY), expects=expects, twice=True
    )


def _one(customer: Customer, op: Op) -> Subscription | None:
    running = [each for each in customer.subscriptions if each.covers(op.at)]
    return pick(running if running and op.picks[3] % 6 else customer.subscriptions, op.picks[0])


KINDS: Final[Mapping[str, Kind]] = {
    "opt_out": opt_out,
    "opt_out_later": opt_out_later,
    "opt_in": opt_in,
    "resize": resize,
    "choose_losers": choose_losers,
}
