"""What is asked of each member on a day, and how a difference is told."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tenure.flows.simulation.rulebook.customer import Customer, Member
from tenure.flows.simulation.rulebook.deciding import Grant
from tenure.flows.simulation.rulebook.goods import goods

_NOBODY_SELLS: Final = ("no-such-application", "no-such-permission")


def questions(customer: Customer, member: Member, number: int) -> Iterator[Grant]:
    """What a member is asked about on a day: of what they hold, of what there is, of nothing."""
    held = [each for each in customer.subscriptions if member in each.holders]
    for these in (held, customer.subscriptions):
        if these:
            offer = these[number % len(these)].offer
            grants = sorted(goods().grants[offer.roles[number % len(offer.roles)]])
            yield grants[number % len(grants)]
    if not held:
        yield _NOBODY_SELLS


def difference(expected: str, found: str) -> str:
    """The lines that differ, with what was expected of each."""
    left, right = expected.splitlines(), found.splitlines()
    lines = []
    for number in range(max(len(left), len(right))):
        one = left[number] if number < len(left) else "(nothing)"
        other = right[number] if number < len(right) else "(nothing)"
        if one != other:
            lines.append(f"  {number + 1}: {other}\n     instead of {one}")
    return "\n".join(lines)
