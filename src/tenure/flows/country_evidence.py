"""Staff look at an order whose country too little speaks for, and say what they found (R45)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from tenure.base.errors import FieldError, Invalid, NotFound
from tenure.events.journal import transaction
from tenure.flows.locks import lock_organisation
from tenure.flows.written import Written
from tenure.orders.commands.evidence import MOST_REASON, accept_country
from tenure.orders.errors import COUNTRY_REASON_NEEDED
from tenure.orders.models import CountryEvidence


def settle_country(*, order: UUID, reason: str, now: datetime, by: str) -> Written:
    """The order's country is accepted as it stands; doing so again changes nothing.

    Raises ``NotFound``, ``Invalid`` without a reason.
    """
    said = reason.strip()
    if not said or len(said) > MOST_REASON:
        raise Invalid([FieldError("reason", COUNTRY_REASON_NEEDED, {"most": MOST_REASON})])
    with transaction(now=now, by=by) as journal:
        found = CountryEvidence.objects.filter(order_id=order)
        organisation = found.values_list("organisation_id", flat=True).first()
        if organisation is None:
            raise NotFound
        lock_organisation(organisation, journal)
        accept_country(order=order, reason=said, journal=journal)
    return Written((order,), journal.revisions[organisation])
