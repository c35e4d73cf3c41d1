"""Processes that die with the one that started them, and waiting for what they do.

Linux only: it rests on PDEATHSIG, subreapers and /proc.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

Pause = Callable[[float], None]
"""Lets up to so many seconds pass; a supervisor's own also listens to signals meanwhile."""

_LAUNCHER: Final = Path(__file__).with_name("launcher.py")
_PR_SET_PDEATHSIG: Final = 1
_PR_SET_CHILD_SUBREAPER: Final = 36
_STDERR: Final = 2


def spawn(
    program: Sequence[str | Path],
    *,
    death_signal: signal.Signals,
    environ: Mapping[str, str] | None = None,
    user: int | None = None,
    output: int = _STDERR,
    errors: int = _STDERR,
    input_: int | None = None,
) -> int:
    """Start ``program`` (its path in full) in a process group of its own; the answer is its pid.

    It gets ``death_signal`` when this process dies; ``user`` is the uid that it runs as.
    ``output``, ``errors`` and ``input_`` are descriptors for its standard streams, by default
    this process's standard error twice, and nothing to read.
    """
    if threading.current_thread() is not threading.main_thread():
        raise RuntimeError("A child dies with the thread that started it; start it from the main.")
    launch = [sys.executable, "-I", "-S", str(_LAUNCHER), str(os.getpid()), str(int(death_signal))]
    launch += ["-" if user is None else str(user), "--", *map(str, program)]
    opened = os.open(os.devnull, os.O_RDONLY) if input_ is None else input_
    try:
        return os.posix_spawn(
            sys.executable,
            launch,
            dict(os.environ if environ is None else environ),
            file_actions=(
                (os.POSIX_SPAWN_DUP2, opened, 0),
                (os.POSIX_SPAWN_DUP2, output, 1),
                (os.POSIX_SPAWN_DUP2, errors, 2),
            ),
            setpgroup=0,
            setsigmask=(),
            setsigdef=(signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGPIPE),
        )
    finally:
        if input_ is None:
            os.close(opened)


def exit_status(pid: int) -> int | None:
    """How a child of this process ended (negative: by that signal); ``None`` while it runs."""
    try:
        found, status = os.waitpid(pid, os.WNOHANG)
    except ChildProcessError:  # somebody else has reaped it
        return 0
    return os.waitstatus_to_exitcode(status) if found else None


def wait_for_exit(pid: int, *, seconds: float, pause: Pause = time.sleep) -> int | None:
    """As ``exit_status``, waiting up to ``seconds`` for the end."""
    for _ in attempts(seconds, pause):
        status = exit_status(pid)
        if status is not None:
            return status
    return None


def attempts(seconds: float, pause: Pause = time.sleep) -> Iterator[None]:
    """Yield at once, then again and again with short pauses, until ``seconds`` have passed."""
    end = time.monotonic() + seconds
    delay = 0.002
    while True:
        yield
        left = end - time.monotonic()
        if left <= 0:
            return
        pause(min(delay, left))
        delay = min(delay * 1.5, 0.05)


def is_alive(pid: int) -> bool:
    """Whether a process with this pid exists and is more than a zombie."""
    state = _stat(pid)
    return state is not None and state[0] not in "ZX"


def send(pid: int, number: signal.Signals) -> None:
    """Signal a process; one that is gone needs none."""
    with suppress(ProcessLookupError):
        os.kill(pid, number)


def send_to_group(group: int, number: signal.Signals) -> None:
    """Signal what is left of a process group."""
    with suppress(ProcessLookupError):
        os.killpg(group, number)


def die_with_parent(parent: int, number: signal.Signals = signal.SIGKILL) -> None:
    """Ask for ``number`` when the process ``parent``, which started this one, dies."""
    if ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, int(number), 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl")
    if os.getppid() != parent:
        raise SystemExit(1)


def adopt_orphans() -> None:
    """From now on what descendants leave behind becomes a child of this process."""
    if ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl")


def children() -> tuple[int, ...]:
    """The pids of this process's children, zombies included."""
    me = os.getpid()
    pids = (int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit())
    return tuple(pid for pid in pids if (stat := _stat(pid)) is not None and stat[1] == me)


def _stat(pid: int) -> tuple[str, int] | None:
    """State letter and parent of a process; ``None`` if there is none with this pid."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return None
    state, parent = text.rpartition(")")[2].split()[:2]
    return state, int(parent)
