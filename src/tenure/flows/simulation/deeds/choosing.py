"""Customers choose about the next period."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Final

from tenure.flows.renewal_choice import choose_renewal
from tenure.flows.simulation.deeds.deed import BY, Deed, Kind, pick, subscription_id
from tenure.flows.simulation.rulebook import choosing
from tenure.flows.simulation.rulebook.customer import Customer, Subscription
from tenure.flows.simulation.rulebook.renewing import follow
from tenure.flows.simulation.story import Op


def opt_out(customer: Customer, op: Op) -> Deed | None:
    """Auto-renewal is switched off."""
    subscription = _one(customer, op)
    if subscription is None:
        return None
    return Deed(
        does=partial(
            choose_renewal,
            subscription=subscription_id(subscription),
            auto_renew=False,
            now=op.at,
            by=BY,
        ),
        expects=lambda: _followed(
            customer, subscription, op, choosing.opt_out(subscription, op.at)
        ),
        twice=True,
    )


def opt_out_later(customer: Customer, op: Op) -> Deed | None:
    """It is switched off from the next period on."""
    subscription = _one(customer, op)
    if subscription is None:
        return None
    return Deed(
        does=partial(
            choose_renewal,
            subscription=subscription_id(subscription),
            auto_renew=False,
            from_next_period=True,
            now=op.at,
            by=BY,
        ),
        expects=lambda: _followed(
            customer, subscription, op, choosing.opt_out_later(subscription, op.at)
        ),
        twice=True,
    )


def opt_in(customer: Customer, op: Op) -> Deed | None:
    """It is switched on again."""
    off = [each for each in customer.subscriptions if not each.auto_renew]
    subscription = pick(off, op.picks[0]) if off and op.picks[2] % 4 else _one(customer, op)
    if subscription is None:
        return None
    return Deed(
        does=partial(
            choose_renewal,
            subscription=subscription_id(subscription),
            auto_renew=True,
            now=op.at,
            by=BY,
        ),
        expects=lambda: _followed(customer, subscription, op, choosing.opt_in(subscription, op.at)),
        twice=True,
    )


def resize(customer: Customer, op: Op) -> Deed | None:
    """The quantity for the next period is set."""
    subscription = _one(customer, op)
    if subscription is None:
        return None
    quantity = 1 + op.picks[1] % 5
    return Deed(
        does=partial(
            choose_renewal,
            subscription=subscription_id(subscription),
            next_quantity=quantity,
            now=op.at,
            by=BY,
        ),
        expects=lambda: _followed(
            customer, subscription, op, choosing.choose_quantity(subscription, quantity, op.at)
        ),
        twice=True,
    )


def _followed(
    customer: Customer, subscription: Subscription, op: Op, refused: str | None
) -> str | None:
    """What was chosen, if it could be, is followed by what is ordered already."""
    if refused is None:
        follow(
            customer,
            subscription,
            op.at,
            switched_on=op.kind == "opt_in",
            resized=op.kind == "resize",
        )
    return refused


def _one(customer: Customer, op: Op) -> Subscription | None:
    running = [each for each in customer.subscriptions if each.covers(op.at)]
    return pick(running if running and op.picks[3] % 6 else customer.subscriptions, op.picks[0])


KINDS: Final[Mapping[str, Kind]] = {
    "opt_out": opt_out,
    "opt_out_later": opt_out_later,
    "opt_in": opt_in,
    "resize": resize,
}
