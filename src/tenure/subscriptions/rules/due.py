"""What is due next for a subscription, and when: for the worker and for whoever looks ahead.

Everything here follows from the period that runs, what was chosen about the next one, and the
policy of the order that paid it (R32).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from tenure.base.calendar import Term, end_of_day_instant, first_instant
from tenure.policy.model import Policy
from tenure.subscriptions.rules.periods import PeriodFacts
from tenure.subscriptions.rules.renewal import (
    card_charge_days,
    is_wanted_after,
    notice_days,
    opt_out_deadline,
    transfer_invoice_day,
)


class DueKind(StrEnum):
    """What happens by itself."""

    REMINDER = "reminder"
    DEADLINE = "deadline"
    INVOICE = "invoice"
    CHARGE = "charge"
    END = "end"
    DATA_GONE = "data_gone"


@dataclass(frozen=True, slots=True)
class Due:
    """Something that happens on the local day ``on``, from the UTC instant ``at`` on."""

    kind: DueKind
    on: date
    at: datetime


@dataclass(frozen=True, slots=True)
class Course:
    """A subscription in its period ``current``, and what was chosen about the next (R20 to R26).

    ``policy`` is that of the order which paid ``current``; ``by_transfer`` how it was paid, and so
    how the next one is; ``protected`` whether the law wants a notice of its own (R33).
    """

    current: PeriodFacts
    term: Term
    zone: ZoneInfo
    policy: Policy
    data_until_on: date
    auto_renew: bool
    stops_after: int | None = None
    by_transfer: bool = False
    protected: bool = False
    external: bool = False
    cancelled: bool = False
    withdrawn: bool = False


def renews(course: Course) -> bool:
    """Whether a period is to follow ``current`` as things stand."""
    if course.external or course.cancelled or course.withdrawn or course.term is Term.TRIAL:
        return False
    return is_wanted_after(
        course.current.number, auto_renew=course.auto_renew, stops_after=course.stops_after
    )


def agenda(course: Course) -> tuple[Due, ...]:
    """What happens by itself about the period after ``current``, in order, until it is paid.

    The charges after the first are only made where the one before did not pass (R24); where
    nothing follows there are only the end and, after it, that of the data (R31).
    """
    ends_on, zone, policy = course.current.ends_on, course.zone, course.policy
    found = [(DueKind.END, ends_on, course.current.ends_at)]
    gone_at = end_of_day_instant(course.data_until_on, zone)
    found.append((DueKind.DATA_GONE, course.data_until_on, gone_at))
    if renews(course):
        reminders = notice_days(
            course.current.span, course.term, policy, protected=course.protected
        )
        found += [(DueKind.REMINDER, day, first_instant(day, zone)) for day in reminders]
        deadline = opt_out_deadline(ends_on, policy)
        found.append((DueKind.DEADLINE, deadline, end_of_day_instant(deadline, zone)))
        if course.by_transfer:
            day = transfer_invoice_day(ends_on, policy)
            at = max(first_instant(day, zone), course.current.starts_at)
            found.append((DueKind.INVOICE, day, at))
        else:
            days = card_charge_days(ends_on, policy)
            found += [(DueKind.CHARGE, day, first_instant(day, zone)) for day in days]
    order = {kind: place for place, kind in enumerate(DueKind)}
    return tuple(Due(*each) for each in sorted(found, key=lambda due: (due[2], order[due[0]])))


def next_charge_at(
    current: PeriodFacts, zone: ZoneInfo, policy: Policy, *, after: datetime
) -> datetime | None:
    """The instant after ``after`` at which the card is charged for what follows, if any (R24)."""
    days = card_charge_days(current.ends_on, policy)
    instants = (first_instant(day, zone) for day in days)
    return next((at for at in instants if at > after), None)
