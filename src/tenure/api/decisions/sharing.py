"""Statements that many questions share: who asks while one is under way shares the next.

A question may only join a statement that was not yet sent; so whatever was committed before it
was asked is seen by its statement.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final, Generic, TypeVar

from tenure.api.decisions.database import Link, Unreachable

PATIENCE: Final = 0.002
"""How many seconds a share waits for as many questions as are likely to come."""
_MANY: Final = 4
"""From how many questions in a share on it is worth looking for more."""
_LOOK_EVERY: Final = 64
"""How many shares go by before one waits to see how many come at the most."""


class Share:
    """What questions have in common that wait for one statement."""

    def __init__(self, done: asyncio.Future[None]) -> None:
        self.done = done
        """Done when the answers of the statement are in, or it failed."""
        self.failed = False
        """Whether the database could not be asked."""

    def settle(self) -> None:
        """The answers of the statement are in, or it failed."""


class Turn:
    """The right to ask, of which there is one at a time; it ends once, early or late."""

    def __init__(self, ended: Callable[[], None]) -> None:
        self._ended: Callable[[], None] | None = ended

    def end(self) -> None:
        """Let the next share be sent, on another link, while this one goes on with its own."""
        if self._ended is not None:
            ended, self._ended = self._ended, None
            ended()


S = TypeVar("S", bound=Share)


class Sharing(Generic[S]):
    """Collects questions into shares, and sends one share after the other.

    One at a time, because what waits meanwhile makes the next statement worth its price. Whoever
    was answered by one share mostly asks again at once; so the next one waits, for a moment, until
    it has as many questions as there were lately, instead of going off with the first of them. Now
    and then one waits that moment whatever it has, since two halves of a crowd that are answered
    in turns would never meet. A single client, whose shares have one question each, is never kept
    waiting.
    """

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        links: list[Link],
        make: Callable[[asyncio.Future[None]], S],
        ask: Callable[[Link, S, Turn], Awaitable[None]],
    ) -> None:
        self.sent = 0
        """How many shares were sent."""
        self._loop = loop
        self._idle = list(links)
        self._make = make
        self._ask = ask
        self._asking = False
        self._timer: asyncio.TimerHandle | None = None
        self._crowd = 1
        self._joined = 0
        self._open: S | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    def join(self) -> S:
        """The share that is sent next; what it is to ask is added to it at once."""
        self._joined += 1
        share = self._open
        if share is None:
            share = self._open = self._make(self._loop.create_future())
        if not self._asking:
            self._send_soon()
        return share

    def _send_soon(self) -> None:
        """Send what waits, or wait a moment for more, if anything can be sent now."""
        if self._open is None or self._asking or not self._idle:
            return
        looks = self._crowd >= _MANY and not self.sent % _LOOK_EVERY
        if self._joined >= self._crowd and not looks:
            self._send()
        elif self._timer is None:
            self._timer = self._loop.call_later(PATIENCE, self._send)

    def _send(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        share, self._open = self._open, None
        assert share is not None  # noqa: S101 - gathered for nobody else
        self._crowd = max(self._joined, self._crowd - (self._crowd - self._joined + 7) // 8)
        self._joined = 0
        self.sent += 1
        self._asking = True
        task = self._loop.create_task(self._run(self._idle.pop(), share))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _run(self, link: Link, share: S) -> None:
        turn = Turn(self._turn_ended)
        share.failed = True
        try:
            await self._ask(link, share, turn)
            share.failed = False
        except Unreachable:
            pass
        finally:
            if not share.done.done():
                share.done.set_result(None)
            self._idle.append(link)
            turn.end()
            self._send_soon()
            share.settle()

    def _turn_ended(self) -> None:
        self._asking = False
        self._send_soon()
