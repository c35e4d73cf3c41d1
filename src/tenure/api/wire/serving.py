"""The processes of a server: one that looks after them, and those that answer.

All listening sockets are made before the first process is, and stay when one dies: whoever
connects meanwhile waits for the one that takes its place.
"""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
import time
from collections.abc import Callable
from typing import Final

import uvloop

from tenure.api.wire.connection import Application, Listening
from tenure.host.processes import die_with_parent

_BACKLOG: Final = 1024
_GRACE_SECONDS: Final = 3.0
_KILL_SECONDS: Final = 5.0
_RESPAWN_SECONDS: Final = 1.0


def serve(make: Callable[[], Application], *, host: str, port: int, workers: int) -> None:
    """Serve until SIGTERM or SIGINT, by so many processes; one that ends is replaced.

    Raises ``OSError`` if the address cannot be had.
    """
    Workers(make, _listen(host, port, workers)).run()


def _listen(host: str, port: int, count: int) -> list[socket.socket]:
    """Sockets among which the system shares out who connects; nobody else may hold the address."""
    family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    with socket.socket(family, socket.SOCK_STREAM) as alone:
        alone.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        alone.bind(address)
        alone.listen(1)
    made = []
    for _ in range(count):
        each = socket.socket(family, socket.SOCK_STREAM)
        each.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        each.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        each.bind(address)
        each.listen(_BACKLOG)
        each.setblocking(False)
        made.append(each)
    return made


class Workers:
    """The processes that answer, each on a socket of its own."""

    def __init__(self, make: Callable[[], Application], sockets: list[socket.socket]) -> None:
        self._make = make
        self._sockets = sockets
        self._pids: dict[int, socket.socket] = {}
        self._is_ending = False

    def run(self) -> None:
        """Keep one process for each socket until told to end."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._end)
        for each in self._sockets:
            self._start(each)
        while self._pids:
            try:
                pid, _ = os.wait()
            except ChildProcessError:
                return
            ended = self._pids.pop(pid, None)
            if ended is not None and not self._is_ending:
                time.sleep(_RESPAWN_SECONDS)
                if not self._is_ending:
                    self._start(ended)

    def _start(self, listening: socket.socket) -> None:
        master = os.getpid()
        pid = os.fork()
        if pid:
            self._pids[pid] = listening
            if self._is_ending:  # told so between the question and the fork
                os.kill(pid, signal.SIGTERM)
            return
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, signal.SIG_DFL)
        die_with_parent(master)
        status = 1
        try:
            work(self._make(), listening)
            status = 0
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(status)

    def _end(self, _number: int, _frame: object) -> None:
        self._is_ending = True
        for pid in self._pids:
            os.kill(pid, signal.SIGTERM)
        signal.signal(signal.SIGALRM, self._kill)
        signal.setitimer(signal.ITIMER_REAL, _KILL_SECONDS)

    def _kill(self, _number: int, _frame: object) -> None:
        for pid in self._pids:
            os.kill(pid, signal.SIGKILL)


def work(application: Application, listening: socket.socket) -> None:
    """Answer on a socket, in this process, until SIGTERM or SIGINT."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_work(application, listening))


async def _work(application: Application, sock: socket.socket) -> None:
    loop = asyncio.get_running_loop()
    told = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, told.set)
    listening = Listening(application, loop)
    application.begin(loop)
    listening.tick()
    server = await loop.create_server(listening.connection, sock=sock, backlog=_BACKLOG)
    await told.wait()
    server.close()
    listening.stop()
    end = loop.time() + _GRACE_SECONDS
    while listening.connections and loop.time() < end:
        await asyncio.sleep(0.01)
    await application.end()
