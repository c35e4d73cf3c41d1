"""Keeps the parts of an installation running, and leaves nothing behind.

Each part dies with this process, whatever kills it; a part that ends is started again, and if it
ends again and again, or never answers, everything is stopped with a word about it.
"""

from __future__ import annotations

import http.client
import os
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit

from tenure.host.errors import (
    NOT_READY,
    PART_ENDED,
    PART_KEEPS_ENDING,
    PREPARATION_FAILED,
    STOPPING,
    Complaint,
    HostError,
)
from tenure.host.installation import BEGIN_ANEW
from tenure.host.postgres import Server
from tenure.host.processes import (
    adopt_orphans,
    attempts,
    children,
    exit_status,
    send,
    send_to_group,
    spawn,
)

_STOP_SIGNALS: Final = {signal.SIGINT, signal.SIGTERM, signal.SIGHUP}
_NO_STOPS: Final = {signal.SIGCHLD, BEGIN_ANEW}
_READY_SECONDS: Final = 60
_GRACE_SECONDS: Final = 15
_MOST_ENDS: Final = 5
_ENDS_WITHIN: Final = 60
_FIRST_DELAY: Final = 0.1


@dataclass(frozen=True, slots=True)
class Part:
    """A program to keep running, and the address at which it answers 200 once it can serve.

    One that ``holds_back`` is started while the installation is prepared, so that both take the
    time of one: it loads what it needs, and begins when its standard input ends. ``death_signal``
    is what it gets when this process is killed: SIGKILL for one that would wait for the database,
    which dies at the same moment.
    """

    name: str
    program: Sequence[str]
    ready_url: str | None = None
    holds_back: bool = False
    death_signal: signal.Signals = signal.SIGTERM


class StopAsked(BaseException):
    """Somebody asked this process to stop; raised only where it waits."""


class Signals:
    """The requests to stop, taken where this process waits and nowhere else."""

    def __init__(self) -> None:
        self.stopping = False
        self.hurry = False
        self.anew = False
        """Whether somebody asked that the parts begin anew."""
        ignored = signal.getsignal(signal.SIGHUP) is signal.SIG_IGN  # by nohup
        self._stops = _STOP_SIGNALS - ({signal.SIGHUP} if ignored else set())
        self._before = signal.pthread_sigmask(signal.SIG_BLOCK, self._stops | _NO_STOPS)

    def pause(self, seconds: float) -> None:
        """Wait until a child ends or ``seconds`` have passed; raises ``StopAsked`` once."""
        received = signal.sigtimedwait(self._stops | _NO_STOPS, seconds)
        if received is None or received.si_signo in _NO_STOPS:
            self.anew |= received is not None and received.si_signo == BEGIN_ANEW
            return
        if self.stopping:
            self.hurry = True
            return
        self.stopping = True
        raise StopAsked

    def restore(self) -> None:
        """Let signals through again as before."""
        signal.pthread_sigmask(signal.SIG_SETMASK, self._before)


@contextmanager
def taken_signals() -> Iterator[Signals]:
    """Requests to stop are raised by ``pause`` alone while the block lasts."""
    signals = Signals()
    try:
        yield signals
    finally:
        signals.restore()


@dataclass(slots=True)
class _Kept:
    """A part, or the database, with the process that it is now and when others of it ended."""

    name: str
    start: Callable[[], int]
    ready_url: str | None = None
    holds_back: bool = False
    pid: int | None = None
    ends: list[float] = field(default_factory=list)
    start_at: float = 0.0
    cut_short_at: float | None = None
    """When it was asked to end, to begin anew: until when that may take."""

    def asked(self) -> None:
        """Ask it to end; what does not is cut short later on."""
        if self.pid is not None:
            send(self.pid, signal.SIGTERM)
            self.cut_short_at = time.monotonic() + _GRACE_SECONDS

    def ended(self, status: int) -> None:
        """Note an end, and when to start again; raises ``HostError`` at one too many."""
        now = time.monotonic()
        self.pid = None
        if self.cut_short_at is not None:
            self.cut_short_at, self.start_at = None, now
            return
        self.ends = [moment for moment in self.ends if now - moment < _ENDS_WITHIN] + [now]
        if len(self.ends) >= _MOST_ENDS:
            raise HostError(
                PART_KEEPS_ENDING,
                name=self.name,
                count=len(self.ends),
                seconds=_ENDS_WITHIN,
                how=_how(status),
            )
        self.start_at = now + _FIRST_DELAY * 3 ** (len(self.ends) - 1)


class Supervisor:
    """Runs a database, if it is given one, and parts, until asked to stop."""

    def __init__(
        self,
        *,
        parts: Sequence[Part],
        environ: Mapping[str, str],
        server: Server | None,
        signals: Signals,
        language: str,
    ) -> None:
        self._environ = environ
        self._server = server
        self._signals = signals
        self._language = language
        self._database = [] if server is None else [_Kept("PostgreSQL", self._start_server)]
        self._parts = [
            _Kept(part.name, self._starter(part), part.ready_url, part.holds_back) for part in parts
        ]
        self._gate: int | None = None
        """What a part that holds back reads from, until the installation is prepared."""

    def run(
        self,
        *,
        prepare: Sequence[str],
        connected: Callable[[], None],
        ready: Callable[[str], None],
    ) -> None:
        """Start everything, and go on until asked to stop.

        ``connected`` is called when the database answers; ``prepare`` is a program that must
        succeed before the parts start; ``ready`` is called once they answer, with what it
        printed. Raises ``HostError`` if something keeps failing; nothing runs afterwards.
        """
        adopt_orphans()
        try:
            for kept in self._database:
                kept.pid = kept.start()
            connected()
            with self._holding_back():
                printed = self._prepare(prepare)
            self._await_readiness()
            ready(printed)
            while True:
                self._look_after()
                self._signals.pause(self._patience())
        except StopAsked:
            self._say(STOPPING)
        finally:
            self._stop()

    @contextmanager
    def _holding_back(self) -> Iterator[None]:
        """Parts that hold back are started, and begin after the block."""
        self._gate, release = os.pipe()
        try:
            for kept in self._parts:
                if kept.holds_back:
                    kept.pid = kept.start()
            yield
        finally:
            os.close(self._gate)
            os.close(release)
            self._gate = None

    def _prepare(self, program: Sequence[str]) -> str:
        with tempfile.TemporaryFile() as output:
            pid = spawn(
                program,
                death_signal=signal.SIGKILL,
                environ=self._environ,
                output=output.fileno(),
            )
            while (status := exit_status(pid)) is None:
                self._signals.pause(1)
            if status != 0:
                raise HostError(PREPARATION_FAILED)
            output.seek(0)
            return output.read().decode(errors="replace")

    def _await_readiness(self) -> None:
        waiting = list(self._parts)
        for _ in attempts(_READY_SECONDS, self._signals.pause):
            self._look_after()
            waiting = [kept for kept in waiting if kept.ready_url and not _answers(kept.ready_url)]
            if not waiting:
                return
        late = waiting[0]
        raise HostError(NOT_READY, name=late.name, url=late.ready_url, seconds=_READY_SECONDS)

    def _look_after(self) -> None:
        """Take note of what ended, and start again what is due."""
        everything = [*self._database, *self._parts]
        if self._signals.anew:
            self._signals.anew = False
            for kept in self._parts:
                kept.asked()
        for kept in everything:
            late = kept.cut_short_at is not None and kept.cut_short_at <= time.monotonic()
            if late and kept.pid is not None:
                send_to_group(kept.pid, signal.SIGKILL)
            if kept.pid is not None and (status := exit_status(kept.pid)) is not None:
                send_to_group(kept.pid, signal.SIGKILL)
                if self._server is not None and kept in self._database:
                    self._server.pid = 0
                    self._sweep()
                wanted = kept.cut_short_at is not None
                kept.ended(status)
                if not wanted:
                    self._say(PART_ENDED, name=kept.name, how=_how(status))
        for kept in everything:
            if kept.pid is None and kept.start_at <= time.monotonic():
                kept.pid = kept.start()
        self._reap()

    def _patience(self) -> float:
        """Seconds until something has to be started again, or cut short."""
        everything = (*self._database, *self._parts)
        due = [kept.start_at for kept in everything if kept.pid is None]
        due += [kept.cut_short_at for kept in everything if kept.cut_short_at is not None]
        return max(0.0, min(due) - time.monotonic()) if due else 60.0

    def _starter(self, part: Part) -> Callable[[], int]:
        def start() -> int:
            return spawn(
                part.program,
                death_signal=part.death_signal,
                environ=self._environ,
                input_=self._gate,
            )

        return start

    def _start_server(self) -> int:
        assert self._server is not None  # noqa: S101 - only called if there is one
        self._server.start(self._signals.pause)
        return self._server.pid

    def _stop(self) -> None:
        """Stop the parts, then what they left, then the database; a second request cuts short."""
        self._signals.stopping = True
        running = [kept.pid for kept in self._parts if kept.pid is not None]
        for pid in running:
            send(pid, signal.SIGTERM)
        left = running
        for _ in attempts(_GRACE_SECONDS, self._signals.pause):
            left = [pid for pid in left if exit_status(pid) is None]
            if not left or self._signals.hurry:
                break
        for pid in running:
            send_to_group(pid, signal.SIGKILL)
        for kept in self._parts:
            kept.pid = None
        self._sweep()
        if self._server is not None and self._server.pid:
            self._server.stop(self._signals.pause, seconds=1 if self._signals.hurry else 20)
            self._sweep()

    def _sweep(self) -> None:
        """Kill every child that is none of the parts: what a part that ended left behind."""
        known = self._known()
        for _ in attempts(5, self._signals.pause):
            strangers = [pid for pid in children() if pid not in known]
            for pid in strangers:
                send(pid, signal.SIGKILL)
                exit_status(pid)
            if not strangers:
                return

    def _reap(self) -> None:
        """Bury adopted orphans that ended by themselves."""
        known = self._known()
        for pid in children():
            if pid not in known:
                exit_status(pid)

    def _known(self) -> set[int]:
        server = self._server.pid if self._server is not None else 0
        return {server, *(kept.pid for kept in self._parts if kept.pid is not None)}

    def _say(self, complaint: Complaint, **figures: object) -> None:
        sys.stderr.write(complaint.text(self._language, **figures) + "\n")
        sys.stderr.flush()


def _answers(url: str) -> bool:
    """Whether ``url`` answers 200."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=2)
    try:
        connection.request("GET", parts.path)
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _how(status: int) -> str:
    return signal.Signals(-status).name if status < 0 else f"exit {status}"
