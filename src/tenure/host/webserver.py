"""granian, so set up that its processes die with it."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Callable
from functools import partial
from importlib import import_module
from typing import Any, Literal

from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server import Server

from tenure.host.garbage import FOR_PAGES, look_seldom
from tenure.host.processes import die_with_parent

Interface = Literal["wsgi", "asgi", "asginl", "rsgi"]
_KILL_SECONDS = 5


def serve_application(
    target: str,
    *,
    interface: Interface,
    host: str,
    port: int,
    workers: int,
    threads: int = 1,
    hold_back: bool = False,
) -> None:
    """Serve ``target`` (``module:name``) until SIGTERM or SIGINT; a worker that ends is replaced.

    ``threads`` is how many requests each worker answers at a time under WSGI. What goes wrong
    when the module is imported is raised. If it is to ``hold_back``, it listens only when its
    standard input has ended (``supervisor.Part``).
    """
    gc.disable()
    _application(target)  # loaded before the workers fork, it is loaded once, and for good
    look_seldom(FOR_PAGES)
    gc.enable()
    if hold_back:
        sys.stdin.buffer.read()
    server = Server(
        target,
        address=host,
        port=port,
        interface=Interfaces(interface),
        workers=workers,
        blocking_threads=threads if interface == "wsgi" else None,
        respawn_failed_workers=True,
        workers_kill_timeout=_KILL_SECONDS,
        log_level=LogLevels.error,
        websockets=False,
    )
    server.serve(target_loader=partial(_load, os.getpid()), wrap_loader=True)


def _load(master: int, target: str) -> Callable[..., Any]:
    """The application, in a worker, which is killed if its master dies."""
    die_with_parent(master)
    return _application(target)


def _application(target: str) -> Callable[..., Any]:
    module, _, name = target.partition(":")
    application: Callable[..., Any] = getattr(import_module(module), name)
    return application
