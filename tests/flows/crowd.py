"""Many at once: threads with a connection each, let loose at the same moment."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from django.db import connection

from tenure.base.errors import NotFound, Refused
from tests.patience import PATIENCE

Result = TypeVar("Result")

DONE = "done"


def at_once(count: int, work: Callable[[int], Result]) -> list[Result]:
    """What ``work`` gives for 0, 1, … ``count`` - 1, all begun at the same moment.

    A server that allows fewer connections is asked by fewer at a time, each several times.
    """
    crowd = min(count, _connections() - 10)
    gate = threading.Barrier(crowd)

    def share(first: int) -> list[tuple[int, Result]]:
        try:
            connection.ensure_connection()
            gate.wait(PATIENCE)
            return [(number, work(number)) for number in range(first, count, crowd)]
        finally:
            connection.close()

    with ThreadPoolExecutor(crowd) as threads:
        shares = list(threads.map(share, range(crowd)))
    numbered = dict(pair for each in shares for pair in each)
    return [numbered[number] for number in range(count)]


def outcome(work: Callable[[], object]) -> str:
    """``done``, or the code of the refusal; whatever else goes wrong is an error of ours."""
    try:
        work()
    except (Refused, NotFound) as refusal:
        return refusal.code.code
    return DONE


def outcomes(count: int, work: Callable[[int], object]) -> Counter[str]:
    """How often each outcome came, of ``count`` at once."""
    return Counter(at_once(count, lambda number: outcome(lambda: work(number))))


def _connections() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SHOW max_connections")
        return int(cursor.fetchone()[0])
