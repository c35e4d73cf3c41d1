"""Test clocks: they stand still until advanced, and then everything happens in order (R2)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from tenure.base.calendar import local_date, zone_named
from tenure.base.errors import NotFound, Refused
from tenure.base.verdicts import Verdict, allow, refuse
from tenure.events.journal import transaction
from tenure.events.models import Event, Stream
from tenure.events.queries import events_between
from tenure.flows.bookkeeping import recognise_revenue
from tenure.flows.clock_waiting import ask_again, bring_up_to_date, next_look_up
from tenure.flows.due import do_due_of, next_due, whose
from tenure.flows.locks import lock_organisation
from tenure.flows.recovery import recover_of_organisation
from tenure.flows.renewals.charging import charge_renewals_of, end_steps_of
from tenure.organisations.errors import (
    CLOCK_ADVANCES,
    CLOCK_ONLY_FORWARD,
    CLOCK_TOO_FAR,
    NO_TEST_CLOCK,
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

    What was left unknown is asked first, at the instant where the clock stood; then each due
    thing happens at its own instant. Killed in the middle, the clock stands where it came to, and
    advancing it again goes on. Raises ``NotFound``, or ``Refused`` with ``no_test_clock``,
    ``sandbox_only``, ``clock_only_forward`` or ``clock_too_far``.
    """
    clock = _clock_of(organisation)
    verdict = clock_verdict(clock, to, sandbox=sandbox)
    if not verdict:
        raise Refused.by(verdict)
    before = Stream.objects.filter(organisation_id=organisation).values_list("sequence", flat=True)
    first = before.first() or 0
    charge_renewals_of(organisation, now=clock)
    recover_of_organisation(organisation, now=clock)
    ask_again(organisation, now=clock)
    bring_up_to_date(organisation, now=clock)
    asked = clock
    while True:
        instant = _next(organisation, to)
        stands = _clock_of(organisation)
        if _ask_yesterday(organisation, instant or to, again=stands != asked):
            asked = stands
            continue  # what was settled may fall due before
        if instant is None:
            break
        _step(organisation, instant)
        charge_renewals_of(organisation, now=instant)
        bring_up_to_date(organisation, now=instant)
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


def _step(organisation: UUID, instant: datetime) -> None:
    """Move the clock to ``instant`` and do what falls due there, in one transaction.

    Time brought it about, as it would have by the worker, and not whoever moved the clock.
    """
    with transaction(now=instant, by="worker", organisation=organisation) as journal:
        row = lock_organisation(organisation, journal)
        if row.test_clock is not None and row.test_clock < instant:
            Organisation.objects.filter(id=organisation).update(test_clock=instant)
        do_due_of(organisation, instant, journal)
        journal.touch(organisation)


def _next(organisation: UUID, to: datetime) -> datetime | None:
    """The next instant up to ``to`` at which something is to be done; never before the clock."""
    clock = _clock_of(organisation)
    found = (next_due(organisation, to), next_look_up(organisation, after=clock))
    instants = [max(at, clock) for at in found if at is not None and at <= to]
    return min(instants, default=None)


def _ask_yesterday(organisation: UUID, instant: datetime, *, again: bool) -> bool:
    """What an earlier day left unknown is asked before the next one, as if each were a call.

    Steps that nobody takes any more are ended; all else is asked once a day, if ``again``.
    Returns whether anything was asked.
    """
    clock = _clock_of(organisation)
    zone = zone_named(Organisation.objects.values_list("timezone", flat=True).get(id=organisation))
    if local_date(clock, zone) >= local_date(instant, zone):
        return False
    if again and recover_of_organisation(organisation, now=clock) + ask_again(
        organisation, now=clock
    ):
        bring_up_to_date(organisation, now=clock)
        return True
    end_steps_of(organisation, now=clock, until=instant)
    return False


def _clock_of(organisation: UUID) -> datetime:
    found = Organisation.objects.filter(id=organisation).values_list("test_clock", flat=True)
    if not found:
        raise NotFound
    if found[0] is None:
        raise Refused(NO_TEST_CLOCK)
    return found[0]
