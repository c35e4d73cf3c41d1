"""What falls due by itself: deadlines, invitations, orders that waited, ends of periods.

Each kind works in batches with a constant number of statements, claims its rows with
``SKIP LOCKED``, and can be killed anywhere: what was noted is noted once.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any, Final, NamedTuple
from uuid import UUID

from django.db.models import Q

from tenure.access.commands.seats import release_reservations
from tenure.access.queries.requests import requests_to_serve
from tenure.events.journal import Journal, transaction
from tenure.events.rows import read_values
from tenure.flows.batches import BATCH
from tenure.flows.bookkeeping import recognise_revenue
from tenure.flows.renewals.boundaries import begin_periods
from tenure.flows.renewals.going_on import go_on_with_renewals
from tenure.flows.renewals.ordering import order_renewals
from tenure.flows.renewals.reminding import remind_of_renewals, tell_of_losses
from tenure.flows.retention.watching import NEXT_LOOK, watch_retention
from tenure.flows.role_requests import give_to_waiting
from tenure.flows.seat_changes.paying_back import NEXT as NEXT_PAID_BACK
from tenure.flows.seat_changes.paying_back import pay_released_back
from tenure.flows.transfers import remind, stop_waiting
from tenure.orders.commands.orders import expire
from tenure.orders.commands.quotes import expire_quotes
from tenure.orders.events import OrderExpired
from tenure.orders.models import Order, OrderKind, OrderStatus, Quote, QuoteStatus
from tenure.organisations.commands.invitations import close_invitations
from tenure.organisations.models import Invitation, InvitationStatus, Organisation
from tenure.subscriptions.commands.boundaries import (
    due_deadlines,
    due_ends,
    note_deadlines,
    note_ends,
)

WAITING: Final = (OrderStatus.AWAITING_VERIFICATION, OrderStatus.AWAITING_TRANSFER)

EXPIRING: Final = ~Q(kind=OrderKind.RENEWAL) & Q(status__in=WAITING) | Q(
    kind=OrderKind.SEATS, status=OrderStatus.DECLINED
)
"""Orders that come to nothing at their ``expires_at``; seats with their period (R27). Renewals are
given up by ``go_on_with_renewals``."""


def whose(organisation: UUID | None) -> Q:
    """One organisation, or everybody who lives by the machine's clock (R2)."""
    if organisation is not None:
        return Q(organisation_id=organisation)
    return Q(organisation__test_clock__isnull=True)


def expire_orders(scope: Q, until: datetime, journal: Journal) -> int:
    """Orders that waited in vain for proof or money expire (R8, R15, R27)."""
    rows = Order.objects.select_for_update(skip_locked=True, of=("self",)).filter(
        EXPIRING, scope, expires_at__lte=until
    )
    orders = list(rows.order_by("expires_at", "id")[:BATCH])
    if not orders:
        return 0
    stop_waiting(orders=orders, journal=journal)
    expire(orders=orders, at=journal.at)
    for order in orders:
        journal.record(order.organisation_id, OrderExpired(order=order.id), at=order.expires_at)
    return len(orders)


def remind_of_transfers(scope: Q, until: datetime, journal: Journal) -> int:
    """Customers whose transfer has not come are reminded before its last day (R15)."""
    rows = Order.objects.select_for_update(skip_locked=True, of=("self",)).filter(
        scope, status=OrderStatus.AWAITING_TRANSFER, remind_at__lte=until
    )
    orders = list(rows.select_related("organisation").order_by("remind_at", "id")[:BATCH])
    remind(orders=orders, journal=journal)
    return len(orders)


def expire_unaccepted(scope: Q, until: datetime, journal: Journal) -> int:
    """Quotes that nobody accepted in time expire (R12)."""
    rows = Quote.objects.select_for_update(skip_locked=True, of=("self",)).filter(
        scope, status=QuoteStatus.SENT, expires_at__lte=until
    )
    quotes = list(rows.order_by("expires_at", "id")[:BATCH])
    if quotes:
        expire_quotes(quotes=quotes, journal=journal)
    return len(quotes)


def expire_invitations(scope: Q, until: datetime, journal: Journal) -> int:
    """Invitations that nobody accepted run out, and let go of their seats (R36).

    Their members and seats change too, so their organisations are locked first, as by whoever
    accepts, withdraws or removes; who is at work is left for the next time.
    """
    due = Invitation.objects.filter(scope, status=InvitationStatus.PENDING, expires_at__lte=until)
    organisations = Organisation.objects.select_for_update(no_key=True, skip_locked=True).filter(
        id__in=due.values("organisation_id")
    )
    locked = list(organisations.order_by("id").values_list("id", flat=True)[:BATCH])
    rows = due.filter(organisation_id__in=locked).select_for_update(of=("self",))
    invitations = list(rows.order_by("expires_at", "id")[:BATCH])
    if not invitations:
        return 0
    release_reservations(invitations=[each.id for each in invitations], journal=journal)
    close_invitations(invitations=invitations, status=InvitationStatus.EXPIRED, journal=journal)
    return len(invitations)


def pass_deadlines(scope: Q, until: datetime, journal: Journal) -> int:
    """The last days of R21 go by."""
    periods = list(due_deadlines(scope, until)[:BATCH])
    tell_of_losses(periods=periods, journal=journal)
    note_deadlines(periods=periods, journal=journal)
    return len(periods)


def end_periods(scope: Q, until: datetime, journal: Journal) -> int:
    """Periods end, and what is not renewed lapses or ends (R23, R24)."""
    periods = list(due_ends(scope, until)[:BATCH])
    note_ends(periods=periods, journal=journal)
    return len(periods)


def grant_requests(scope: Q, _until: datetime, journal: Journal) -> int:
    """Who asked for a role and waits for a seat gets one that is free (R40).

    Organisations are locked first, as by whoever assigns; who is at work is left for next time.
    Returns to how many of them a seat was given: those who were served are not found again.
    """
    waiting = requests_to_serve(journal.at).filter(scope).values("organisation_id")
    organisations = Organisation.objects.select_for_update(no_key=True, skip_locked=True).filter(
        id__in=waiting
    )
    locked = list(organisations.order_by("id")[:BATCH])
    return sum(give_to_waiting(customer=each, journal=journal) > 0 for each in locked)


class Kind(NamedTuple):
    """One kind of what falls due by itself.

    ``do`` works on one batch of whose ``scope`` is, and says how many rows it took. ``earliest``
    is an SQL expression for the instant at which an organisation, ``{whose}``, next has something
    of the kind. What only follows upon the others has one in ``follows`` instead, for whether the
    organisation has anything that could follow.
    """

    do: Callable[[Q, datetime, Journal], int]
    earliest: str = ""
    follows: str = ""


KINDS: Final[tuple[Kind, ...]] = (
    Kind(
        remind_of_transfers,
        "SELECT min(remind_at) FROM orders_order "
        "WHERE organisation_id = {whose} AND status = 'awaiting_transfer'",
    ),
    Kind(
        expire_orders,
        "SELECT min(expires_at) FROM orders_order WHERE organisation_id = {whose} "
        "AND (kind <> 'renewal' AND status IN ('awaiting_verification', 'awaiting_transfer') "
        "OR kind = 'seats' AND status = 'declined')",
    ),
    Kind(
        expire_unaccepted,
        "SELECT min(expires_at) FROM orders_quote "
        "WHERE organisation_id = {whose} AND status = 'sent'",
    ),
    Kind(
        expire_invitations,
        "SELECT min(expires_at) FROM organisations_invitation "
        "WHERE organisation_id = {whose} AND status = 'pending'",
    ),
    Kind(  # before the deadline of the same instant, which ends what it tells of
        remind_of_renewals,
        "SELECT min(remind_at) FROM subscriptions_period "
        "WHERE organisation_id = {whose} AND remind_at IS NOT NULL",
    ),
    Kind(
        begin_periods,
        "SELECT min(starts_at) FROM subscriptions_period "
        "WHERE organisation_id = {whose} AND begin_noted_at IS NULL",
    ),
    Kind(
        pass_deadlines,
        "SELECT min(opt_out_until) FROM subscriptions_period "
        "WHERE organisation_id = {whose} AND deadline_noted_at IS NULL",
    ),
    # When the deadline is over, what follows is ordered, and then charged (R24).
    Kind(
        order_renewals,
        "SELECT min(renew_at) FROM subscriptions_period WHERE organisation_id = {whose}",
    ),
    Kind(
        go_on_with_renewals,
        "SELECT min(due_at) FROM subscriptions_renewal WHERE organisation_id = {whose}",
    ),
    # A period does not end unrenewed while the last charge is being made.
    Kind(
        end_periods,
        "SELECT min(ends_at) FROM subscriptions_period "
        "WHERE organisation_id = {whose} AND end_noted_at IS NULL AND NOT EXISTS ("
        "SELECT FROM billing_payment WHERE organisation_id = {whose} "
        "AND status = 'intended' AND off_session)",
    ),
    Kind(pay_released_back, NEXT_PAID_BACK),  # by whatever came to nothing above (R27)
    Kind(watch_retention, NEXT_LOOK),  # after whatever a purge waits for came to its end
    Kind(
        grant_requests,
        follows="EXISTS (SELECT FROM access_rolerequest "
        "WHERE organisation_id = {whose} AND status = 'awaiting_seat')",
    ),
    Kind(recognise_revenue),
)
"""In the order in which things happen that fall due at the same instant."""


def run_due(*, now: datetime, charge: Callable[[Callable[[], int]], int] | None = None) -> int:
    """Do all that is due for everybody who lives by the machine's clock; returns how much.

    ``charge`` charges renewals while they are ordered, by calling for one batch after the other;
    without it, all of them are only ordered.
    """
    done = 0
    for kind in KINDS:
        batch = partial(_batch, kind, now)
        if charge is not None and kind.do is order_renewals:
            done += charge(batch)
        count = BATCH
        while count >= BATCH:
            count = batch()
            done += count
    return done


def _batch(kind: Kind, now: datetime) -> int:
    with transaction(now=now, by="worker") as journal:
        return kind.do(whose(None), now, journal)


class Due(NamedTuple):
    """What an organisation has due: when each kind is next, and which kinds could follow."""

    earliest: Mapping[Kind, datetime | None]
    follows: Collection[Kind]

    def next(self, until: datetime) -> datetime | None:
        """The earliest instant up to ``until`` at which something falls due."""
        instants = [at for at in self.earliest.values() if at is not None and at <= until]
        return min(instants, default=None)

    def is_due(self, kind: Kind, instant: datetime) -> bool:
        """Whether ``kind`` may find something to do at ``instant``."""
        at = self.earliest.get(kind)
        return kind in self.follows or (at is not None and at <= instant)


_DATED: Final = [kind for kind in KINDS if kind.earliest]
_FOLLOWING: Final = [kind for kind in KINDS if kind.follows]
DUE: Final = ", ".join(
    f"({each})" for each in [k.earliest for k in _DATED] + [k.follows for k in _FOLLOWING]
)
"""The columns from which ``due_by`` reads what an organisation, ``{whose}``, has due."""


def due_by(values: Sequence[Any]) -> Due:
    """What the columns of ``DUE`` say."""
    earliest = dict(zip(_DATED, values, strict=False))
    follows = zip(_FOLLOWING, values[len(_DATED) :], strict=True)
    return Due(earliest, [kind for kind, may in follows if may])


def do_due_of(organisation: UUID, instant: datetime, due: Due, journal: Journal) -> None:
    """Do what an organisation has due at ``instant``, as it was looked up; a step of its clock's.

    Months of revenue are not among it: the books can be brought up to date at any later instant.
    """
    for kind in KINDS:
        if due.is_due(kind, instant):
            kind.do(whose(organisation), instant, journal)


def next_due(organisation: UUID, until: datetime) -> datetime | None:
    """The earliest instant up to ``until`` at which something falls due for an organisation."""
    (found,) = read_values(_DUE_OF, [organisation])
    return due_by(found).next(until)


_DUE_OF: Final = f"SELECT {DUE.format(whose='given.id')} FROM (SELECT %s::uuid AS id) AS given"  # noqa: S608 - of constants
