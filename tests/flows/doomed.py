"""A child process that is killed at a point of its work: nothing of it is pretended.

The points are every commit, before and after; every statement that commits by itself; and every
call to the gateway, at Stripe every request. They are counted from outside: the code that runs
knows nothing of it.
"""

from __future__ import annotations

import os
import re
import signal
import sys
import traceback
from collections.abc import Callable, Iterator
from typing import Any

from django.db import connection, connections

from tenure.billing.gateways.choice import gateway
from tenure.flows.simulation.killing import leave_connection, wait_for_the_dead
from tests.measuring import unmeasured

WRITES = re.compile(r"\b(INSERT|UPDATE|DELETE|COMMIT)\b")
GATEWAY_CALLS = (
    "charge",
    "ask",
    "cancel",
    "authenticate",
    "refund",
    "ask_refund",
    "save_card",
    "ask_card",
    "forget_card",
)

Work = Callable[[], object]


class Doom:
    """Kills this process, as nothing can prevent, when its last point is reached."""

    def __init__(self, points: int) -> None:
        self.left = points

    def point(self) -> None:
        """One more point is reached."""
        self.left -= 1
        if self.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def around(self, work: Callable[..., Any]) -> Callable[..., Any]:
        """``work`` with a point before it and one after it."""

        def counted(*args: Any, **named: Any) -> Any:
            self.point()
            result = work(*args, **named)
            self.point()
            return result

        return counted

    def statement(
        self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any
    ) -> Any:
        """A statement that commits by itself is a commit."""
        if connection.in_atomic_block or not WRITES.search(sql):
            return execute(sql, params, many, context)
        return self.around(execute)(sql, params, many, context)


def killed(work: Work, *, at: int) -> bool:
    """Do ``work`` in a child that is killed at its point ``at``; False if it had fewer points."""
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
        _be_doomed(work, Doom(at))
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        assert os.WTERMSIG(status) == signal.SIGKILL
        wait_for_the_dead()
        return True
    assert os.WEXITSTATUS(status) == 0, "the child failed; its traceback is on stderr"
    return False


def every_point(work: Callable[[int], Work]) -> Iterator[int]:
    """Kill a child at each point in turn, until one comes to its end.

    ``work`` is asked for each point's work, so that each finds its own world.
    """
    with unmeasured():
        for at in range(1, 200):
            if not killed(work(at), at=at):
                return
            yield at
    raise AssertionError("There is no end to it.")


def _be_doomed(work: Work, doom: Doom) -> None:
    """In the child: never returns."""
    unharmed = False
    try:
        leave_connection()
        _around_gateway(doom)
        connections["default"].commit = doom.around(connections["default"].commit)  # type: ignore[method-assign]
        with connection.execute_wrapper(doom.statement):
            work()
        unharmed = True
    finally:
        if not unharmed:
            traceback.print_exc()
        os._exit(0 if unharmed else 1)


def _around_gateway(doom: Doom) -> None:
    """Points around each call to the sandbox's gateway, or around each request to Stripe."""
    machine = gateway()
    if machine.name != "sandbox":
        wires = sys.modules["stripe"].RequestsClient
        wires.request = doom.around(wires.request)
        return
    for name in GATEWAY_CALLS:
        setattr(machine, name, doom.around(getattr(machine, name)))
