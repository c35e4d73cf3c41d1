"""What the vendor's staff do at a customer's, with a reason and on record (R34)."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db.models import QuerySet

from tenure.base.errors import FieldError, Invalid
from tenure.events.journal import Journal
from tenure.organisations.errors import REASON_NEEDED
from tenure.organisations.events import ActingBegun, ActingEnded, OwnerRecovered
from tenure.organisations.models import Intervention, Member


def begin_acting(*, organisation: UUID, user: UUID, reason: str, journal: Journal) -> Intervention:
    """One of the staff acts for the locked organisation from now on; what they had begun ends.

    Raises ``Invalid`` without a reason.
    """
    why = _reason(reason)
    begun = open_acting(user).filter(organisation_id=organisation).select_for_update()
    end_acting(acting=list(begun), journal=journal)
    acting = Intervention.objects.create(
        organisation_id=organisation,
        user_id=user,
        kind=Intervention.Kind.ACTING,
        reason=why,
        begun_at=journal.at,
    )
    journal.record(organisation, ActingBegun(intervention=acting.id, staff=user))
    return acting


def end_acting(*, acting: Sequence[Intervention], journal: Journal) -> None:
    """End locked interventions that are open; one statement for any number of them."""
    for each in acting:
        each.ended_at = journal.at
        journal.record(each.organisation_id, ActingEnded(intervention=each.id, staff=each.user_id))
    Intervention.objects.bulk_update(acting, ["ended_at"])


def open_acting(user: UUID) -> QuerySet[Intervention]:
    """The interventions by which one of the staff acts for customers now."""
    return Intervention.objects.filter(
        user_id=user, kind=Intervention.Kind.ACTING, ended_at__isnull=True
    )


def record_recovery(*, member: Member, user: UUID, reason: str, journal: Journal) -> Intervention:
    """Put down that ``member`` was made owner by staff, and why (R34). ``Invalid`` without."""
    recovery = Intervention.objects.create(
        organisation_id=member.organisation_id,
        user_id=user,
        member=member,
        kind=Intervention.Kind.RECOVERY,
        reason=_reason(reason),
        begun_at=journal.at,
        ended_at=journal.at,
    )
    journal.record(
        member.organisation_id,
        OwnerRecovered(intervention=recovery.id, staff=user, member=member.id),
    )
    return recovery


def _reason(text: str) -> str:
    """What was said; ``Invalid`` if nothing was."""
    said = text.strip()
    if not said:
        raise Invalid([FieldError("reason", REASON_NEEDED)])
    return said
