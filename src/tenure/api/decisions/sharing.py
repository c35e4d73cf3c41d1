"""Statements that many questions share: who asks while one is under way shares the next.

A question may only join a statement that was not yet sent; so whatever was committed before it
was asked is seen by its statement.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

from tenure.api.decisions.database import Link, Unreachable


class Share:
    """What questions have in common that wait for one statement."""

    def __init__(self, done: asyncio.Future[None]) -> None:
        self.done = done
        """Done when the answers of the statement are in, or it failed."""
        self.failed = False
        """Whether the database could not be asked."""


S = TypeVar("S", bound=Share)


class Sharing(Generic[S]):
    """Collects questions into shares and asks for one share at a time on each link."""

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        links: list[Link],
        make: Callable[[asyncio.Future[None]], S],
        ask: Callable[[Link, S], Awaitable[None]],
    ) -> None:
        self._loop = loop
        self._idle = list(links)
        self._make = make
        self._ask = ask
        self.sent = 0
        """How many shares were sent."""
        self._open: S | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    def join(self) -> S:
        """The share that is sent next; what it is to ask is added to it at once."""
        share = self._open
        if share is None:
            share = self._open = self._make(self._loop.create_future())
            if self._idle:
                self._loop.call_soon(self._send)
        return share

    def _send(self) -> None:
        if self._open is None or not self._idle:
            return
        share, self._open = self._open, None
        self.sent += 1
        task = self._loop.create_task(self._run(self._idle.pop(), share))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _run(self, link: Link, share: S) -> None:
        share.failed = True
        try:
            await self._ask(link, share)
            share.failed = False
        except Unreachable:
            pass
        finally:
            if not share.done.done():
                share.done.set_result(None)
            self._idle.append(link)
            if self._open is not None:
                self._send()
