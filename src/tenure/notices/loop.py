"""The worker's own loops for mail and for webhooks: each looks every second.

So a mail leaves within two. What was told in that second becomes mails in one go, however much
it was. Endpoints of webhooks answer slowly or not at all, so they have a loop of their own.

Threads beside the worker's jobs: a job each second would write rows for nothing, and a
notification from each change would cost every checkout. They end with the worker, and whatever
they were in the middle of is done by the next.
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
from tenure.notices.webhooks.lanes import Courier
from tenure.notices.webhooks.watch import WebhookWatch

_log = structlog.get_logger()

_PAUSE: Final = 1.0
_PAUSE_AFTER_TROUBLE: Final = 5.0
_NICENESS: Final = 10
"""Checkouts that are waited for go first; where all processors are busy, mail takes longer."""
_END: Final = 20.0
"""Seconds that a mail on its way may still take when the worker ends."""


@contextmanager
def sending_notices() -> Iterator[None]:
    """Make mails and send them, and webhooks, in threads, for as long as the block lasts."""
    if settings.SMTP is None and not settings.SANDBOX:
        _log.warning("mail_waits", unset="TENURE_SMTP_URL")
    stop = threading.Event()
    loops = {"mail": keep_sending, "webhooks": keep_sending_webhooks}
    threads = [
        threading.Thread(target=loop, args=(stop,), name=name, daemon=True)
        for name, loop in loops.items()
    ]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join(_END)


def keep_sending(stop: threading.Event, clock: Callable[[], datetime] = machine_now) -> None:
    """Make mails and send them, again and again, until ``stop``."""
    watch = Watch()

    def turn() -> bool:
        watch.make_mails(now=clock())
        tried = deliver(now=clock())
        return watch.is_behind or tried == BATCH

    _keep(stop, turn, "mail_failed")


def keep_sending_webhooks(
    stop: threading.Event, clock: Callable[[], datetime] = machine_now
) -> None:
    """Notice what is to be sent to endpoints and send it, again and again, until ``stop``."""
    watch, courier = WebhookWatch(), Courier()

    def turn() -> bool:
        watch.look(now=clock())
        taken = courier.take_up(clock())
        return courier.settle(clock()) or taken > 0

    _keep(stop, turn, "webhooks_failed")
    courier.finish(clock())
    connections.close_all()


def _keep(stop: threading.Event, turn: Callable[[], bool], trouble: str) -> None:
    """Take turn after turn until ``stop``, at once if one left something for the next.

    Whatever goes wrong is logged and tried again: a loop that ended would end unseen.
    """
    os.nice(_NICENESS)  # of this thread alone, on Linux
    pause = 0.0
    while not stop.wait(pause):
        try:
            pause = 0.0 if turn() else _PAUSE
        except Exception:  # noqa: BLE001 - the loop outlives what it meets: see above
            _log.exception(trouble)
            connections.close_all()
            pause = _PAUSE_AFTER_TROUBLE
    connections.close_all()
