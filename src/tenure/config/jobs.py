"""What the worker does by itself, and when: thin calls into flows.

Workers only make sooner what is right without them; each job can be killed anywhere.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import structlog
from procrastinate.contrib.django import app as jobs

from tenure.base.clock import machine_now

_log = structlog.get_logger()

KEPT_ANSWERS = timedelta(days=30)
"""How long a call can be repeated under its idempotency key and gets its first answer."""

KEPT_MAILS = timedelta(days=90)
"""How long it is known which mail went to whom."""


@jobs.periodic(cron="* * * * *")
@jobs.task(queueing_lock="recover")
def recover(timestamp: int) -> None:
    """Settle the charges that were left unknown or half done (R17)."""
    _log.debug("begun", job="recover", planned=timestamp)
    from tenure.flows.recovery import recover_payments, recover_steps

    recover_payments(now=machine_now())
    recover_steps(now=machine_now())


@jobs.periodic(cron="* * * * *")
@jobs.task(queueing_lock="recover_refunds")
def recover_refunds(timestamp: int) -> None:
    """Settle the refunds that were left unknown or half done; no charge waits for them (R30)."""
    _log.debug("begun", job="recover_refunds", planned=timestamp)
    from tenure.flows.refunds import recover_refunds as recover_them

    recover_them(now=machine_now())


@jobs.periodic(cron="* * * * *")
@jobs.task(queueing_lock="match_transfers")
def match_transfers(timestamp: int) -> None:
    """Match what a killed import had read and not matched yet (R15)."""
    _log.debug("begun", job="match_transfers", planned=timestamp)
    from tenure.flows.bank_matching import match_lines

    match_lines(now=machine_now(), by="worker")


@jobs.periodic(cron="* * * * *")
@jobs.task(queueing_lock="recover_cards")
def recover_cards(timestamp: int) -> None:
    """Finish what was begun with cards on file."""
    _log.debug("begun", job="recover_cards", planned=timestamp)
    from tenure.flows.payment_methods import forget_removed, recover_payment_methods

    recover_payment_methods(now=machine_now())
    forget_removed(organisation=None, now=machine_now(), by="worker")


@jobs.periodic(cron="* * * * *")
@jobs.task(queueing_lock="run_due")
def run_due(timestamp: int) -> None:
    """Do what fell due for everybody who lives by the machine's clock."""
    _log.debug("begun", job="run_due", planned=timestamp)
    from tenure.flows.due import run_due as do_what_is_due
    from tenure.flows.renewals.charging import charge_renewals, end_steps

    now = machine_now()
    end_steps(now=now)
    do_what_is_due(now=now, charge=lambda order: charge_renewals(now=now, order=order))
    charge_renewals(now=machine_now())


@jobs.periodic(cron="* * * * *")
@jobs.task(queueing_lock="look_up_vat_numbers")
def look_up_vat_numbers(timestamp: int) -> None:
    """Ask about the VAT numbers to which no answer came, and correct what was paid since (R45)."""
    _log.debug("begun", job="look_up_vat_numbers", planned=timestamp)
    from tenure.flows.vat_checks import look_up_due
    from tenure.flows.vat_validated import correct_due

    look_up_due(now=machine_now())
    correct_due(now=machine_now())


@jobs.periodic(cron="37 16,17,20 * * *")
@jobs.task(queueing_lock="read_rates")
def read_rates(timestamp: int) -> None:
    """Read the day's exchange rates, which come out at about 16:00 in Frankfurt (R48)."""
    _log.debug("begun", job="read_rates", planned=timestamp)
    from django.conf import settings

    from tenure.flows.exchange_rates import read_rates as read

    if not settings.SANDBOX:
        read(url=settings.EXCHANGE_RATES_URL)


@jobs.periodic(cron="* * * * *")
@jobs.task(queueing_lock="hand_over", lock="hand_over")
def hand_over(timestamp: int) -> None:
    """Hand documents and reports over to the approved platform, and read its answers (R47)."""
    _log.debug("begun", job="hand_over", planned=timestamp)
    from tenure.flows.handing_over import exchange

    exchange(now=machine_now())


@jobs.periodic(cron="* * * * *")
@jobs.task
def make_exports(timestamp: int) -> None:
    """Make the archives that were asked for (R31): at once, and each minute what was left."""
    _log.debug("begun", job="make_exports", planned=timestamp)
    from tenure.flows.retention.exporting import make_exports as make

    make()


@jobs.periodic(cron="11 3 * * *")
@jobs.task(queueing_lock="drop_exports")
def drop_exports(timestamp: int) -> None:
    """Drop the archives that could be fetched long enough (R31)."""
    _log.debug("begun", job="drop_exports", planned=timestamp)
    from tenure.flows.retention.exporting import drop_exports as drop

    drop(now=machine_now())


@jobs.periodic(cron="*/5 * * * *")
@jobs.task(queueing_lock="rescue")
async def rescue(timestamp: int) -> None:
    """Take up again what a killed worker had begun."""
    for job in await jobs.job_manager.get_stalled_jobs(seconds_since_heartbeat=30):
        await jobs.job_manager.retry_job(job, retry_at=datetime.fromtimestamp(timestamp, UTC))


@jobs.periodic(cron="17 3 * * *")
@jobs.task(queueing_lock="forget_answers")
def forget_answers(timestamp: int) -> None:
    """Forget the answers to calls that nobody will repeat any more."""
    _log.debug("begun", job="forget_answers", planned=timestamp)
    from tenure.events.commands import forget_answers as forget

    forget(before=machine_now() - KEPT_ANSWERS)


@jobs.periodic(cron="41 3 * * *")
@jobs.task(queueing_lock="forget_mails")
def forget_mails(timestamp: int) -> None:
    """Forget mails that were sent or given up long ago; a sandbox keeps them to be looked at.

    What endpoints of webhooks answered is forgotten with them.
    """
    _log.debug("begun", job="forget_mails", planned=timestamp)
    from django.conf import settings

    from tenure.notices.commands.delivery import forget_mails as forget
    from tenure.notices.webhooks.commands import forget_deliveries

    if not settings.SANDBOX:
        forget(now=machine_now(), after=KEPT_MAILS)
    forget_deliveries(now=machine_now(), after=KEPT_MAILS)


@jobs.periodic(cron="23 3 * * *")
@jobs.task(queueing_lock="forget_sessions")
def forget_sessions(timestamp: int) -> None:
    """Forget sessions that ran out, and who tried to log in too often long ago."""
    _log.debug("begun", job="forget_sessions", planned=timestamp)
    from tenure.web.accounts.forgetting import forget_sessions as forget

    forget(now=machine_now())
