"""What will be charged, on which day, what ends, and what has a last day, for any date ahead.

It follows from what is there now: the period that was paid last, what was chosen about the next
one (``Course``), prices that have a date, and the policy in force for what is bought from now on
(R32). It takes for granted that nobody chooses anything else, that cards which were not declined
are taken, and that transfers come in time.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Generic, TypeVar

from tenure.base.calendar import Term, local_date
from tenure.policy.model import Policy
from tenure.policy.words import Audience
from tenure.subscriptions.rules.due import Course, DueKind, agenda, renews
from tenure.subscriptions.rules.periods import period
from tenure.subscriptions.rules.retention import (
    data_available_until,
    retention_days,
    retention_warning_days,
)

Id = TypeVar("Id", bound=Hashable)


class EndReason(StrEnum):
    """Why access ends, or a seat goes."""

    RENEWAL_OFF = "renewal_off"
    """Auto-renewal is switched off (R23)."""
    TRIAL_ENDS = "trial_ends"
    """Trials do not renew (R9)."""
    NOT_RENEWED_HERE = "not_renewed_here"
    """It was bought elsewhere (R35)."""
    OFFER_WITHDRAWN = "offer_withdrawn"
    """The offer cannot be had any more (R5)."""
    NO_CARD = "no_card"
    """There is no card that the renewal could be charged to (R24)."""
    NOT_VERIFIED = "not_verified"
    """A student is not proved to be one (R8)."""
    UNPAID = "unpaid"
    """All charges were declined, or the bank waits for the customer (R24)."""
    QUANTITY_REDUCED = "quantity_reduced"
    """The next period has fewer seats (R26)."""


class DeadlineKind(StrEnum):
    """What has a day of its own."""

    REMINDER = "reminder"
    OPT_OUT = "opt_out"
    RENEWAL_INVOICE = "renewal_invoice"
    END = "end"
    RETENTION_WARNING = "retention_warning"
    RETENTION = "retention"
    QUOTE = "quote"
    TRANSFER = "transfer"
    VERIFICATION = "verification"
    INVITATION = "invitation"
    CARD_EXPIRY = "card_expiry"


class OrderState(StrEnum):
    """How the order of the next period stands."""

    RETRIED = "retried"
    """Declined, and tried again at an instant that is known."""
    AWAITED = "awaited"
    """Invoiced ahead; the transfer is waited for."""
    UNKNOWN = "unknown"
    """The gateway has not answered yet; it is asked today."""
    STUCK = "stuck"
    """Nothing is tried any more unless the customer does something."""


@dataclass(frozen=True, slots=True)
class Ordered(Generic[Id]):
    """The order of the next period, with its whole amount; ``next_at`` when it is tried again."""

    id: Id
    state: OrderState
    total: int
    next_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Outlook(Generic[Id]):
    """A subscription as seen ahead: ``course`` is in the period that was paid last.

    ``price_on`` gives the price of a seat that the catalogue has for a local day (None: it can no
    longer be had), ``fixed`` the one that was named by a reminder (R25). ``seats`` are those it
    has now, ``paid_seats`` those of the last period, ``next_quantity`` what was chosen.
    """

    id: Id
    course: Course
    anchor_on: date
    currency: str
    seats: int
    paid_seats: int
    next_quantity: int
    price_on: Callable[[date], int | None]
    fixed: int | None = None
    ordered: Ordered[Id] | None = None


@dataclass(frozen=True, slots=True)
class Customer:
    """Whose forecast it is: what they are, how they pay, at which instant and in which zone."""

    at: datetime
    today: date
    audience: Audience
    country: str
    policy: Policy
    has_card: bool
    is_proved: bool
    total_of: Callable[[Sequence[int], date], int | None]
    """The total with tax of lines without it, as they are taxed on a local day; None: unknown."""


@dataclass(frozen=True, slots=True)
class Charge(Generic[Id]):
    """One order's money: the local day, the amount with tax, what it pays, by which method.

    By transfer it is the day on which the invoice is due. ``amount`` is None where no rate of tax
    is known for that day.
    """

    on: date
    amount: int | None
    currency: str
    subscriptions: tuple[Id, ...]
    by_transfer: bool


@dataclass(frozen=True, slots=True)
class End(Generic[Id]):
    """From the local day ``on`` on a subscription is of no use; its data last until ``data``."""

    on: date
    subscription: Id
    reason: EndReason
    data_until_on: date


@dataclass(frozen=True, slots=True)
class Fewer(Generic[Id]):
    """From the local day ``on`` on a subscription has only so many seats."""

    on: date
    subscription: Id
    seats: int


@dataclass(frozen=True, slots=True)
class Deadline(Generic[Id]):
    """A day of some ``kind``; ``about`` names what it is about and stays the same."""

    on: date
    kind: DeadlineKind
    subscription: Id | None
    about: str


@dataclass(slots=True)
class Forecast(Generic[Id]):
    """What is to come, each in the order of days."""

    charges: list[Charge[Id]] = field(default_factory=list)
    ends: list[End[Id]] = field(default_factory=list)
    fewer: list[Fewer[Id]] = field(default_factory=list)
    deadlines: list[Deadline[Id]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Due(Generic[Id]):
    """One line of a charge to come: at which instant it is ordered, and when it is paid."""

    ordered_at: datetime
    taxed_on: date
    on: date
    by_transfer: bool
    currency: str
    subscription: Id
    net: int
    ordered: Ordered[Id] | None


def forecast(outlooks: Iterable[Outlook[Id]], customer: Customer, *, until: date) -> Forecast[Id]:
    """What is to come from now on, up to and with the local day ``until``."""
    found: Forecast[Id] = Forecast()
    dues: list[_Due[Id]] = []
    for outlook in outlooks:
        dues += _walk(outlook, customer, until, found)
    charges = _charges(dues, customer)
    found.charges = [each for each in charges if each.on <= until and each.amount != 0]
    found.charges.sort(key=lambda each: each.on)
    today = customer.today
    found.ends = sorted((e for e in found.ends if today < e.on <= until), key=lambda e: e.on)
    found.fewer = sorted((f for f in found.fewer if today < f.on <= until), key=lambda f: f.on)
    kept = [each for each in found.deadlines if today <= each.on <= until]
    found.deadlines = sorted(kept, key=lambda each: each.on)
    return found


def _walk(
    outlook: Outlook[Id], customer: Customer, until: date, found: Forecast[Id]
) -> Iterator[_Due[Id]]:
    """One subscription, period by period, until it ends or ``until`` is reached."""
    course, fixed, ordered = outlook.course, outlook.fixed, outlook.ordered
    seats = _seats_of_the_last(outlook, found)
    while course.current.starts_on <= until:
        current = course.current
        about = f"{current.number}"
        found.deadlines += _days_of(outlook, course, about, customer, ordered=ordered is not None)
        due = _next(outlook, course, customer, fixed, ordered)
        if isinstance(due, EndReason):
            _end(outlook, course, due, about, customer, found)
            return
        yield due
        if outlook.next_quantity < seats:
            seats = outlook.next_quantity
            found.fewer.append(Fewer(current.ends_on, outlook.id, seats))
        seats = outlook.next_quantity
        course, fixed, ordered = _following(outlook, course, customer), None, None


def _seats_of_the_last(outlook: Outlook[Id], found: Forecast[Id]) -> int:
    """The seats once the last period runs, which may still be to come."""
    if outlook.paid_seats < outlook.seats:
        starts_on = outlook.course.current.starts_on
        found.fewer.append(Fewer(starts_on, outlook.id, outlook.paid_seats))
    return outlook.paid_seats


def _following(outlook: Outlook[Id], course: Course, customer: Customer) -> Course:
    """The course in the next period, which is paid under the policy in force (R32)."""
    number = course.current.number + 1
    current = period(outlook.anchor_on, course.term, number, course.zone)
    days = retention_days(customer.policy, customer.audience, customer.country)
    return replace(
        course,
        current=current,
        policy=customer.policy,
        data_until_on=data_available_until(current.ends_on, days),
    )


def _days_of(
    outlook: Outlook[Id], course: Course, about: str, customer: Customer, *, ordered: bool
) -> Iterator[Deadline[Id]]:
    """The last day to stop the renewal, its reminders, its invoice."""
    kinds = {DueKind.REMINDER: DeadlineKind.REMINDER, DueKind.INVOICE: DeadlineKind.RENEWAL_INVOICE}
    for each in agenda(course):
        if each.kind is DueKind.DEADLINE and each.at > customer.at:
            yield Deadline(each.on, DeadlineKind.OPT_OUT, outlook.id, about)
        kind = kinds.get(each.kind)
        done = kind is DeadlineKind.RENEWAL_INVOICE and ordered
        if kind is not None and each.at > customer.at and not done:
            named = f"{about}:{each.on}" if kind is DeadlineKind.REMINDER else about
            yield Deadline(each.on, kind, outlook.id, named)


def _end(
    outlook: Outlook[Id],
    course: Course,
    reason: EndReason,
    about: str,
    customer: Customer,
    found: Forecast[Id],
) -> None:
    """Nothing follows: access ends with the period, and the data after the time of R31."""
    ends_on, data = course.current.ends_on, course.data_until_on
    found.ends.append(End(ends_on, outlook.id, reason, data))
    found.deadlines.append(Deadline(ends_on, DeadlineKind.END, outlook.id, about))
    found.deadlines.append(Deadline(data, DeadlineKind.RETENTION, outlook.id, about))
    for day in retention_warning_days(data, customer.policy):
        named = f"{about}:{day}"
        found.deadlines.append(Deadline(day, DeadlineKind.RETENTION_WARNING, outlook.id, named))


def _next(
    outlook: Outlook[Id],
    course: Course,
    customer: Customer,
    fixed: int | None,
    ordered: Ordered[Id] | None,
) -> _Due[Id] | EndReason:
    """What is due for the period after ``course.current``, or why none follows."""
    reason = _why_not(course)
    if reason is not None:
        return reason
    if ordered is not None:
        return _of_order(outlook, course, customer, ordered)
    at = _ordered_at(course)
    on = max(local_date(at, course.zone), customer.today)
    if at < customer.at and course.current.ends_at <= customer.at:
        return EndReason.UNPAID
    amount = fixed
    if amount is None:
        amount = outlook.price_on(_priced_on(course, customer, on))
    if amount is None:
        return EndReason.OFFER_WITHDRAWN
    net = amount * outlook.next_quantity
    if net and customer.audience is Audience.STUDENT and not customer.is_proved:
        return EndReason.NOT_VERIFIED
    if net and not course.by_transfer and not customer.has_card:
        return EndReason.NO_CARD
    paid_on = course.current.ends_on if course.by_transfer else on
    return _Due(at, on, paid_on, course.by_transfer, outlook.currency, outlook.id, net, None)


def _of_order(
    outlook: Outlook[Id], course: Course, customer: Customer, ordered: Ordered[Id]
) -> _Due[Id] | EndReason:
    """The order that is there already is charged again, or its transfer comes."""
    current = course.current
    on = current.ends_on
    if ordered.state is OrderState.RETRIED and ordered.next_at is not None:
        if not customer.has_card:
            return EndReason.NO_CARD
        on = local_date(ordered.next_at, course.zone)
    elif ordered.state is OrderState.UNKNOWN:
        on = customer.today
    elif ordered.state is OrderState.STUCK or current.ends_at <= customer.at:
        return EndReason.UNPAID
    on = max(on, customer.today)
    by_transfer = ordered.state is OrderState.AWAITED
    return _Due(customer.at, on, on, by_transfer, outlook.currency, outlook.id, 0, ordered)


def _why_not(course: Course) -> EndReason | None:
    if renews(course):
        return None
    if course.external:
        return EndReason.NOT_RENEWED_HERE
    if course.term is Term.TRIAL:
        return EndReason.TRIAL_ENDS
    return EndReason.OFFER_WITHDRAWN if course.withdrawn else EndReason.RENEWAL_OFF


def _ordered_at(course: Course) -> datetime:
    """The instant at which the next period is ordered: charged, or invoiced ahead (R24)."""
    wanted = DueKind.INVOICE if course.by_transfer else DueKind.CHARGE
    first = next(each for each in agenda(course) if each.kind is wanted)
    return max(first.at, course.current.starts_at)


def _priced_on(course: Course, customer: Customer, on: date) -> date:
    """The local day whose price holds: that of the next reminder, or of the order (R25)."""
    reminders = (each for each in agenda(course) if each.kind is DueKind.REMINDER)
    days = [each.on for each in reminders if each.at >= customer.at and each.on <= on]
    return days[0] if days else on


def _charges(dues: Iterable[_Due[Id]], customer: Customer) -> list[Charge[Id]]:
    """What is renewed on one day by one method is one order, taxed as one (R24, R44)."""
    bundles: defaultdict[Hashable, list[_Due[Id]]] = defaultdict(list)
    for due in dues:
        key: Hashable = (due.ordered_at, due.by_transfer, due.currency)
        bundles[due.ordered.id if due.ordered else key].append(due)
    return [_charge(parts, customer) for parts in bundles.values()]


def _charge(parts: Sequence[_Due[Id]], customer: Customer) -> Charge[Id]:
    first = parts[0]
    if first.ordered is not None:
        amount: int | None = first.ordered.total
    else:
        amount = customer.total_of([each.net for each in parts], first.taxed_on)
    return Charge(
        on=min(each.on for each in parts),
        amount=amount,
        currency=first.currency,
        subscriptions=tuple(each.subscription for each in parts),
        by_transfer=first.by_transfer,
    )
