"""Test clocks: they stand still until advanced, and then everything happens in order (R2)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from tenure.base.errors import Refused
from tenure.base.verdicts import Verdict, allow, refuse
from tenure.events.journal import transaction
from tenure.events.models import Event, Stream
from tenure.events.queries import events_between
from tenure.flows.bookkeeping import recognise_revenue
from tenure.flows.clock_outlook import Outlook, look_at
from tenure.flows.clock_waiting import ask_again, bring_up_to_date
from tenure.flows.due import do_due_of, whose
from tenure.flows.locks import lock_moving, lock_organisation
from tenure.flows.recovery import recover_of_organisation
from tenure.flows.renewals.charging import charge_renewals_of, end_steps_of
from tenure.organisations.errors import (
    CLOCK_ADVANCES,
    CLOCK_ONLY_FORWARD,
    CLOCK_TOO_FAR,
    SANDBOX_ONLY,
)
from tenure.organisations.events import ClockAdvanced
from tenure.organisations.models import Organisation

EARLIEST: Final = datetime(2000, 1, 1, tzinfo=UTC)
LATEST: Final = datetime(2200, 1, 1, tzinfo=UTC)
"""Between these a test clock can stand: calendars and zones are known well enough."""


@dataclass(frozen=True, slots=True)
class Advanced:
    """What happened while a clock was advanced, in order, and the revision after it."""

    clock: datetime
    events: Sequence[Event]
    revision: int


def clock_verdict(clock: datetime | None, to: datetime, *, sandbox: bool) -> Verdict:
    """Whether a test clock may be set to ``to``; ``clock`` is where it stands, None for a new one.

    The first that holds of ``sandbox_only``, ``clock_too_far``, ``clock_only_forward``.
    """
    if not sandbox:
        return refuse(SANDBOX_ONLY)
    if not EARLIEST <= to < LATEST:
        return refuse(CLOCK_TOO_FAR, earliest=EARLIEST.date(), latest=LATEST.date())
    if clock is not None and to < clock:
        return refuse(CLOCK_ONLY_FORWARD, clock=clock)
    return allow(CLOCK_ADVANCES)


def advance_clock(*, organisation: UUID, to: datetime, by: str, sandbox: bool) -> Advanced:
    """Advance an organisation's clock to the UTC instant ``to``, as if the days had passed.

    What was left unknown is asked first, at the instant where the clock stood, and seats that
    became free are given to those who wait for them (R40); then each due thing happens at its own
    instant. Killed in the middle, the clock stands where it came to, and advancing it again goes
    on. Raises ``NotFound``, or ``Refused`` with ``no_test_clock``, ``sandbox_only``,
    ``clock_only_forward`` or ``clock_too_far``.
    """
    ahead = look_at(organisation)
    asked = clock = ahead.clock
    verdict = clock_verdict(clock, to, sandbox=sandbox)
    if not verdict:
        raise Refused.by(verdict)
    before = Stream.objects.filter(organisation_id=organisation).values_list("sequence", flat=True)
    first = before.first() or 0
    ahead = _catch_up(ahead, clock)
    while True:
        instant = ahead.next(to)
        if _ask_yesterday(ahead, instant or to, again=ahead.clock != asked):
            asked = ahead.clock
            ahead = look_at(organisation)
            continue  # what was settled may fall due before
        ahead = _end_steps(ahead, instant or to)
        if instant is None:
            break
        _step(ahead, instant)
        ahead = look_at(organisation)
        ahead = _bring_up_to_date(_charge(ahead, ahead.clock), ahead.clock)
    with transaction(now=to, by=by, organisation=organisation) as journal:
        row = lock_organisation(organisation, journal)
        if row.test_clock is None or to < row.test_clock:
            raise Refused(CLOCK_ONLY_FORWARD, clock=row.test_clock)
        Organisation.objects.filter(id=organisation).update(test_clock=to)
        recognise_revenue(whose(organisation), to, journal)
        journal.record(organisation, ClockAdvanced(to=to))
    last = journal.sequences[organisation]
    return Advanced(to, events_between(organisation, first, last), journal.revisions[organisation])


def advance_all(*, to: datetime, by: str) -> int:
    """Advance every test clock that is before ``to``; returns how many there were.

    Clocks exist in a sandbox alone, so that whoever finds one may advance it.
    """
    rows = Organisation.objects.filter(test_clock__lt=to).order_by("id")
    behind = list(rows.values_list("id", flat=True))
    for organisation in behind:
        advance_clock(organisation=organisation, to=to, by=by, sandbox=True)
    return len(behind)


def _catch_up(ahead: Outlook, clock: datetime) -> Outlook:
    """Do what was left where the clock stands; returns what lies ahead then."""
    whose = ahead.organisation
    ahead = _charge(ahead, clock)
    if ahead.in_flight and recover_of_organisation(whose, now=clock):
        ahead = look_at(whose)
    if ask_again(whose, ahead.waiting, now=clock):
        ahead = look_at(whose)
    if ahead.due.follows:
        _step(ahead, clock)
        ahead = look_at(whose)
    return _bring_up_to_date(ahead, clock)


def _step(ahead: Outlook, instant: datetime) -> None:
    """Move the clock to ``instant`` and do what falls due there, in one transaction.

    Time brought it about, as it would have by the worker, and not whoever moved the clock.
    """
    whose = ahead.organisation
    with transaction(now=instant, by="worker", organisation=whose) as journal:
        lock_moving(whose, instant, journal)
        do_due_of(whose, instant, ahead.due, journal)
        journal.touch(whose)


def _charge(ahead: Outlook, now: datetime) -> Outlook:
    """Charge what is intended; returns what lies ahead then."""
    if ahead.in_flight and charge_renewals_of(ahead.organisation, now=now):
        return look_at(ahead.organisation)
    return ahead


def _bring_up_to_date(ahead: Outlook, now: datetime) -> Outlook:
    """Do what is waited for from outside and can be had now; returns what lies ahead then."""
    if not ahead.waiting.wants(now, days=ahead.vat_days):
        return ahead
    bring_up_to_date(ahead.organisation, ahead.waiting, now=now, days=ahead.vat_days)
    return look_at(ahead.organisation)


def _ask_yesterday(ahead: Outlook, instant: datetime, *, again: bool) -> bool:
    """What an earlier day left unknown is asked before the next one, as if each were a call.

    Once a day, if ``again``. Returns whether anything was asked.
    """
    if not again or not ahead.is_before(instant):
        return False
    whose, clock = ahead.organisation, ahead.clock
    asked = recover_of_organisation(whose, now=clock) if ahead.in_flight else 0
    waiting = look_at(whose).waiting if asked else ahead.waiting
    if not asked + ask_again(whose, waiting, now=clock):
        return False
    _bring_up_to_date(look_at(whose), clock)
    return True


def _end_steps(ahead: Outlook, instant: datetime) -> Outlook:
    """Steps that nobody takes any more are ended before the next day; returns what lies ahead."""
    whose = ahead.organisation
    if not ahead.in_flight or not ahead.is_before(instant):
        return ahead
    return look_at(whose) if end_steps_of(whose, now=ahead.clock, until=instant) else ahead
