"""Contact and support: a request is made, staff answer it, whoever asked writes again (R4, R29)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from tenure.base.errors import NotFound
from tenure.catalogue.models import Offer
from tenure.events.asked import Asked
from tenure.events.journal import Journal, transaction
from tenure.flows.acting import staff_by
from tenure.flows.locks import lock_organisation
from tenure.flows.written import Written
from tenure.orders.models import Order
from tenure.support import commands
from tenure.support.commands import NewRequest
from tenure.support.models import Request


def make_request(*, new: NewRequest, now: datetime, by: str, asked: Asked | None = None) -> Written:
    """Ask the vendor something; an order brings its organisation along.

    Raises ``NotFound`` for an organisation, order or offer that is not there or not theirs, and
    ``Invalid`` for what is missing.
    """
    with transaction(now=now, by=by, organisation=new.organisation, asked=asked) as journal:
        new = replace(new, organisation=_organisation_of(new))
        if new.organisation is not None:
            lock_organisation(new.organisation, journal)
        if new.offer is not None and not Offer.objects.filter(id=new.offer).exists():
            raise NotFound
        made = commands.make_request(new=new, journal=journal)
        journal.made = made.id
    return _written(made, journal)


def answer_request(
    *, request: UUID, user: UUID, message: str, now: datetime, asked: Asked | None = None
) -> Written:
    """One of the staff answers; the mail goes to whoever asked. Returns the request.

    Raises ``NotFound``, ``Invalid``, ``Refused`` (``request_closed``).
    """
    with transaction(now=now, by=staff_by(user), asked=asked) as journal:
        row = _locked(request, journal)
        commands.answer_request(request=row, staff=user, message=message, journal=journal)
        journal.made = row.id
    return _written(row, journal)


def follow_up(
    *, request: UUID, message: str, now: datetime, by: str, asked: Asked | None = None
) -> Written:
    """Whoever asked writes again, and it waits for staff. Raises ``NotFound``, ``Invalid``."""
    with transaction(now=now, by=by, asked=asked) as journal:
        row = _locked(request, journal)
        commands.follow_up(request=row, message=message, journal=journal)
        journal.made = row.id
    return _written(row, journal)


def close_request(*, request: UUID, now: datetime, by: str) -> Written:
    """There is nothing left to answer; closing again changes nothing. Raises ``NotFound``."""
    with transaction(now=now, by=by) as journal:
        row = _locked(request, journal)
        commands.close_request(request=row, journal=journal)
    return _written(row, journal)


def _organisation_of(new: NewRequest) -> UUID | None:
    """Whose request it is; ``NotFound`` if it names an order of somebody else's."""
    if new.order is None:
        return new.organisation
    found = Order.objects.filter(id=new.order).values_list("organisation_id", flat=True).first()
    if found is None or new.organisation not in (None, found):
        raise NotFound
    return found


def _locked(request: UUID, journal: Journal) -> Request:
    """The request, locked after its organisation if it has one."""
    found = Request.objects.filter(id=request).values_list("organisation_id", flat=True)
    if not found:
        raise NotFound
    if found[0] is not None:
        lock_organisation(found[0], journal)
    return Request.objects.select_for_update().get(id=request)


def _written(row: Request, journal: Journal) -> Written:
    """Where there is no organisation, its revision is 0."""
    revision = journal.revisions[row.organisation_id] if row.organisation_id else 0
    return Written((row.id,), revision)
