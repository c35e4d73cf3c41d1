"""Statements that many questions share: who asks while one is under way shares the next.

A question may only join a statement that was not yet sent; so whatever was committed before it
was asked is seen by its statement.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

from tenure.api.decisions.database import Link, Unreachable

MOST_TURNS = int(os.environ.get("TURNS", "20"))


class Share:
    """What questions have in common that wait for one statement."""

    def __init__(self, done: asyncio.Future[None]) -> None:
        self.done = done
        """Done when the answers of the statement are in, or it failed."""
        self.failed = False
        """Whether the database could not be asked."""


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

    One at a time, because what waits meanwhile makes the next statement worth its price.
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
        self._gathering = False
        self._joined = 0
        self._open: S | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    def join(self) -> S:
        """The share that is sent next; what it is to ask is added to it at once."""
        share = self._open
        if share is None:
            share = self._open = self._make(self._loop.create_future())
            self._send_soon()
        self._joined += 1
        return share

    def _send_soon(self) -> None:
        """Begin to gather, unless nothing waits, or nothing could be sent yet."""
        if self._open is not None and not self._asking and self._idle and not self._gathering:
            self._gathering = True
            self._loop.call_soon(self._gather, 0, 0)

    def _gather(self, joined: int, turns: int) -> None:
        """Send as soon as a turn of the loop brings no further question, or after some turns."""
        if self._joined > joined and turns < MOST_TURNS:
            self._loop.call_soon(self._gather, self._joined, turns + 1)
        else:
            self._gathering = False
            self._send()

    def _send(self) -> None:
        share, self._open = self._open, None
        assert share is not None  # noqa: S101 - gathered for nobody else
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

    def _turn_ended(self) -> None:
        self._asking = False
        self._send_soon()
