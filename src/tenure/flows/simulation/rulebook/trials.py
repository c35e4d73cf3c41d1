"""A trial ends when what it tried is bought, and hands its seats over (R9)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from tenure.flows.simulation.rulebook.asking import served
from tenure.flows.simulation.rulebook.customer import Customer, Subscription


def end_trials(customer: Customer, begun: Sequence[Subscription], at: datetime) -> None:
    """Those whose roles the subscriptions just begun bring end in their favour."""
    paid = [each for each in begun if not each.is_trial]
    for trial in customer.subscriptions:
        if trial.is_trial and trial.cancelled_at is None and trial.periods[-1].ends_at > at:
            by = _instead_of(trial, paid)
            if by:
                trial.cancelled_at = at
                _hand_over(customer, trial, by, at)


def _instead_of(trial: Subscription, paid: Sequence[Subscription]) -> list[Subscription]:
    """One that brings all of the roles, or several that do together."""
    wanted = set(trial.offer.roles)
    for each in paid:
        if wanted <= set(each.offer.roles):
            return [each]
    chosen = []
    for each in paid:
        if wanted & set(each.offer.roles):
            chosen.append(each)
            wanted -= set(each.offer.roles)
    return [] if wanted else chosen


def _hand_over(
    customer: Customer, trial: Subscription, by: Sequence[Subscription], at: datetime
) -> None:
    """Who holds a seat gets one of each, those assigned first before the others; then who is
    invited. Where fewer were bought, the rest stays with what ended."""
    for member in sorted(trial.holders, key=lambda each: trial.holders[each]):
        to = [each for each in by if each.free() > 0]
        for each in to:
            each.holders[member] = at
            served(customer, [member], each)
        if to:
            del trial.holders[member]
    for invitation in list(trial.reserved):
        to = [each for each in by if each.free() > 0]
        for each in to:
            each.reserved.append(invitation)
        if to:
            trial.reserved.remove(invitation)
