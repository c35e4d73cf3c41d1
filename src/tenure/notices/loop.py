"""The worker's own loop for mail: it looks every second, so that a mail leaves within two.

What was told in that second becomes mails in one go, however much it was.

A thread beside the worker's jobs: a job each second would write rows for nothing, and a
notification from each change would cost every checkout. It ends with the worker, and whatever it
was in the middle of is done by the next.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Final

import structlog
from django.conf import settings
from django.db import connections

from tenure.base.clock import machine_now
from tenure.notices.delivery import BATCH, deliver
from tenure.notices.making import Watch

_log = structlog.get_logger()

_PAUSE: Final = 1.0
_PAUSE_AFTER_TROUBLE: Final = 5.0
_NICENESS: Final = 10
"""Checkouts that are waited for go first; where all processors are busy, mail takes longer."""
_END: Final = 20.0
"""Seconds that a mail on its way may still take when the worker ends."""


@contextmanager
def sending_mail() -> Iterator[None]:
    """Make mails and send them, in a thread, for as long as the block lasts."""
    if settings.SMTP is None and not settings.SANDBOX:
        _log.warning("mail_waits", unset="TENURE_SMTP_URL")
    stop = threading.Event()
    thread = threading.Thread(target=keep_sending, args=(stop,), name="mail", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(_END)


def keep_sending(stop: threading.Event, clock: Callable[[], datetime] = machine_now) -> None:
    """Make mails and send them, again and again, until ``stop``.

    Whatever goes wrong is logged and tried again: a loop that ended would end unseen.
    """
    os.nice(_NICENESS)  # of this thread alone, on Linux
    watch = Watch()
    pause = 0.0
    while not stop.wait(pause):
        try:
            watch.make_mails(now=clock())
            tried = deliver(now=clock())
            pause = 0.0 if watch.is_behind or tried == BATCH else _PAUSE
        except Exception:  # noqa: BLE001 - the loop outlives what it meets: see above
            _log.exception("mail_failed")
            connections.close_all()
            pause = _PAUSE_AFTER_TROUBLE
    connections.close_all()
