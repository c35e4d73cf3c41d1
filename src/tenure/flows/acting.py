"""One of the vendor's staff acts for a customer: with a reason, on record, seen by the customer.

Whoever acts may do what an administrator may (``acting_verdict``), never give the ownership, and
never pays with the customer's card (``card_verdict``). Their writes are recorded as
``staff:usr_…``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tenure.base.errors import NotFound
from tenure.base.ids import public_id
from tenure.events.journal import Journal, transaction
from tenure.flows.locks import lock_living, lock_organisation
from tenure.flows.written import Written
from tenure.organisations.commands import interventions
from tenure.organisations.models import Organisation
from tenure.organisations.queries import abilities_of_staff
from tenure.organisations.rules import StaffAbility


@dataclass(frozen=True, slots=True)
class Acting:
    """Who of the staff acts for which organisation, since when and why; kept with the session."""

    intervention: UUID
    user: UUID
    organisation: UUID
    reason: str
    begun_at: datetime

    @property
    def by(self) -> str:
        """How the journal names who acts."""
        return staff_by(self.user)


def staff_by(user: UUID) -> str:
    """How the journal names one of the vendor's staff."""
    return "staff:" + public_id("usr", user)


def begin_acting(*, organisation: UUID, user: UUID, reason: str, now: datetime) -> Acting:
    """Act for an organisation from now on; ``now`` is the instant by its clock.

    What the same person had begun there before ends with it. Raises ``NotFound`` if the
    organisation is none or ``user`` may not act, ``Invalid`` without a reason.
    """
    with transaction(now=now, by=staff_by(user), organisation=organisation) as journal:
        lock_living(organisation, journal)
        if StaffAbility.ACTING not in abilities_of_staff(user):
            raise NotFound
        row = interventions.begin_acting(
            organisation=organisation, user=user, reason=reason, journal=journal
        )
    return Acting(row.id, user, organisation, row.reason, row.begun_at)


def end_acting(*, organisation: UUID, user: UUID, now: datetime) -> Written:
    """Act for the organisation no more; ending it again changes nothing. Raises ``NotFound``."""
    with transaction(now=now, by=staff_by(user), organisation=organisation) as journal:
        lock_organisation(organisation, journal)
        still_open = interventions.open_acting(user).filter(organisation_id=organisation)
        interventions.end_acting(acting=list(still_open.select_for_update()), journal=journal)
        journal.touch(organisation)
    return Written((organisation,), journal.revisions[organisation])


def acting_of(user: UUID, organisation: UUID) -> Acting | None:
    """By what a person acts for an organisation now; None for who is none of the staff.

    Two statements; to be asked with each request, so that whoever leaves the staff is out.
    """
    row = interventions.open_acting(user).filter(organisation_id=organisation).first()
    if row is None or StaffAbility.ACTING not in abilities_of_staff(user):
        return None
    return Acting(row.id, user, organisation, row.reason, row.begun_at)


def end_all_acting(*, user: UUID, journal: Journal) -> None:
    """Who leaves the staff acts for nobody any more; a step of flows, before staff are locked."""
    organisations = interventions.open_acting(user).values("organisation_id")
    locked = Organisation.objects.select_for_update(no_key=True).filter(id__in=organisations)
    whose = [row.id for row in locked.order_by("id")]
    still_open = interventions.open_acting(user).filter(organisation_id__in=whose)
    interventions.end_acting(acting=list(still_open.select_for_update()), journal=journal)
