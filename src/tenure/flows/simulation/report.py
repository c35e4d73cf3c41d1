"""What happened in a simulation, counted."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field


@dataclass
class Report:
    """What happened in a simulation."""

    done: Counter[str] = field(default_factory=Counter)
    """Operations, by what was done and what came of it."""
    compared: int = 0
    """Books, by customer and day."""
    written: int = 0
    """Of those, how many were read and written down, and not known to be as before."""
    decisions: int = 0
    deaths: int = 0
    killed: int = 0
    """Of those, by a signal and not by an exception."""
    ticks: int = 0
    days: int = 0

    @property
    def operations(self) -> int:
        """How many there were."""
        return sum(self.done.values())

    def add(self, other: Report) -> None:
        """What happened to others at the same time."""
        self.done += other.done
        self.compared += other.compared
        self.written += other.written
        self.decisions += other.decisions
        self.deaths += other.deaths
        self.killed += other.killed
        self.ticks += other.ticks
        self.days = max(self.days, other.days)
