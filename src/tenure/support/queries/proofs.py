"""Students' proofs that wait for staff (R8)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import OuterRef, Q, QuerySet, Subquery

from tenure.base.errors import NotFound
from tenure.events.rows import read_values
from tenure.orders.models import Order, OrderStatus
from tenure.organisations.models import StudentProof
from tenure.support.queries.lists import Listed, oldest_first

WAITING = Q(decided_at__isnull=True, organisation__verified_at__isnull=True)
"""A proof that nobody has judged, of who is not verified otherwise."""


@dataclass(frozen=True, slots=True)
class WaitingProofs:
    """How many proofs wait for staff, and since when the oldest does."""

    count: int
    oldest: datetime | None


def count_waiting_proofs() -> WaitingProofs:
    """What waits; one statement."""
    found = read_values(
        "SELECT count(*)::int, min(submitted_at) FROM organisations_studentproof AS p "
        "JOIN organisations_organisation AS o ON o.id = p.organisation_id "
        "WHERE p.decided_at IS NULL AND o.verified_at IS NULL",
        [],
    )
    return WaitingProofs(*found[0])


def waiting_proofs(after: UUID | None = None) -> Listed[StudentProof]:
    """Proofs that wait, oldest first, each with its customer and until when an order waits.

    One statement.
    """
    return oldest_first(_with_deadline().filter(WAITING), after)


def proof_of(proof: UUID) -> StudentProof:
    """One proof with its customer. Raises ``NotFound``. One statement."""
    found = _with_deadline().filter(id=proof).first()
    if found is None:
        raise NotFound
    return found


def _with_deadline() -> QuerySet[StudentProof]:
    waiting = Order.objects.filter(
        organisation=OuterRef("organisation"), status=OrderStatus.AWAITING_VERIFICATION
    )
    return StudentProof.objects.select_related("organisation").annotate(
        order_expires_at=Subquery(waiting.order_by("expires_at").values("expires_at")[:1])
    )
