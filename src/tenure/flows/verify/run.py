"""All checks, in one snapshot, while the installation runs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db import transaction as database

from tenure.flows.verify.checks import Check, Tally
from tenure.flows.verify.table import CHECKS


@dataclass(frozen=True, slots=True)
class Checked:
    """A check and what it came to."""

    check: Check
    tally: Tally

    @property
    def holds(self) -> bool:
        """Whether nothing failed; what is on its way is no failure."""
        return self.tally.failed == 0


def verify(
    *,
    now: datetime,
    checks: Sequence[Check] = CHECKS,
    told: Callable[[Check], None] = lambda _check: None,
) -> list[Checked]:
    """Make ``checks`` over one snapshot; ``now`` is the machine's instant.

    Nothing is written, and nobody is waited for or made to wait. ``told`` hears of each check
    before it is made.
    """
    done = []
    with database.atomic(durable=True):
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        for check in checks:
            told(check)
            done.append(Checked(check, check.look(now)))
    return done
