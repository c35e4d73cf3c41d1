"""The shortest history that still shows a violation: ddmin (Zeller, Hildebrandt 2002), replayed.

What can be left out are operations and runs of the worker. Books are then compared on the last
day alone, so that a replay costs little.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from tenure.flows.simulation.playing import Play, Violation
from tenure.flows.simulation.story import Op, Story

Item = Op | int
"""An operation, or the minute of a run of the worker."""


@dataclass
class Shrinking:
    """Looks for a short story that ends in the same violation.

    ``clear`` makes an empty installation; ``may_go_on`` says whether there is time for a replay.
    """

    clear: Callable[[], None]
    may_go_on: Callable[[], bool]
    replays: int = 0

    def shortest(self, story: Story, violation: Violation) -> tuple[Story, Violation]:
        """The shortest story that was found, and the violation it ends in."""
        days = violation.minute // 1440 + 1
        whose = violation.customer
        ops = [op for op in story.ops if op.minute // 1440 < days]
        own = [op for op in ops if whose is None or op.customer == whose]
        ticks = [minute for minute in story.ticks if minute // 1440 < days]
        base = replace(story, days=days)
        chances: list[list[Item]] = [[*own], [*own, *ticks], [*ops, *ticks]]
        for items in chances:
            found = self._replay(base, items, violation)
            if found is not None:
                return self._ddmin(base, items, found)
        return base, violation

    def _ddmin(
        self, base: Story, items: Sequence[Item], found: Violation
    ) -> tuple[Story, Violation]:
        left, parts = _in_order(items), 2
        while len(left) >= 2 and self.may_go_on():
            size = -(-len(left) // parts)
            for start in range(0, len(left), size):
                rest = [*left[:start], *left[start + size :]]
                again = self._replay(base, rest, found) if rest and self.may_go_on() else None
                if again is not None:
                    left, parts, found = rest, max(parts - 1, 2), again
                    break
            else:
                if size == 1:
                    break
                parts = min(parts * 2, len(left))
        return _with(base, left), found

    def _replay(
        self, base: Story, items: Sequence[Item], looked_for: Violation
    ) -> Violation | None:
        """The violation that these lead to, if it is of the same kind."""
        self.replays += 1
        self.clear()
        try:
            Play(_with(base, items), compared_on={base.days - 1}).run()
        except Violation as found:
            return found if found.kind == looked_for.kind else None
        return None


def _in_order(items: Sequence[Item]) -> list[Item]:
    """Customer by customer, so that whole customers are left out first; the worker last."""
    ops = sorted((each for each in items if isinstance(each, Op)), key=lambda op: op[1::-1])
    return [*ops, *sorted(each for each in items if isinstance(each, int))]


def _with(base: Story, items: Sequence[Item]) -> Story:
    ops = sorted(each for each in items if isinstance(each, Op))
    return replace(base.only(ops), ticks=sorted(each for each in items if isinstance(each, int)))
