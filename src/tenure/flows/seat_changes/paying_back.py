"""Seats paid for a next period that does not come as it was ordered: the money goes back (R27)."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db.models import Q

from tenure.base.clock import machine_now
from tenure.base.money import Money
from tenure.base.wording import sentence
from tenure.billing.commands.refunds import intend_refund_of
from tenure.events.journal import Journal
from tenure.flows.batches import BATCH
from tenure.flows.documents.crediting import credit_lines
from tenure.orders.commands.orders import lock_orders
from tenure.organisations.models import Organisation
from tenure.subscriptions.commands.seat_changes import mark_undone
from tenure.subscriptions.errors import NEXT_SEATS_RELEASED
from tenure.subscriptions.models import SeatChange

_FEW: Final = 50
"""How many one transaction takes: each is a paper and a refund of its own."""

NEXT: Final = (
    "SELECT min(released_at) FROM subscriptions_seatchange WHERE organisation_id = {whose} "
    "AND released_at IS NOT NULL AND undone_at IS NULL"
)
"""When an organisation next has any."""


def pay_released_back(scope: Q, until: datetime, journal: Journal) -> int:
    """Credit what was paid for more seats in periods that were released, and give it back.

    Organisations are locked first; who is at work is left for the next time. The refunds are
    carried out by recovery. Returns how many, or that there may be more.
    """
    released = SeatChange.objects.filter(scope, released_at__lte=until, undone_at__isnull=True)
    organisations = Organisation.objects.select_for_update(no_key=True, skip_locked=True).filter(
        id__in=released.values("organisation_id")
    )
    buyers = {each.id: each for each in organisations.order_by("id")[:_FEW]}
    rows = released.filter(organisation_id__in=list(buyers)).select_related("order_line")
    changes = list(rows.order_by("id")[:_FEW])
    lock_orders([each.order_id for each in changes])
    mark_undone(changes=changes, at=journal.at)
    for each in changes:
        _pay_back(each, buyers[each.organisation_id], journal)
    return BATCH if len(changes) == _FEW else len(changes)


def _pay_back(change: SeatChange, buyer: Organisation, journal: Journal) -> None:
    line, reason = change.order_line, sentence(NEXT_SEATS_RELEASED, {}, buyer.language)
    positions = frozenset({line.position})
    notes = credit_lines(order=change.order_id, positions=positions, reason=reason, journal=journal)
    for note in notes:
        intend_refund_of(
            order=change.order_id,
            amount=Money(note.total, note.currency),
            reason=reason,
            called_at=machine_now(),
            journal=journal,
        )
