"""Ending a renewed contract at any time, for want of the notice that the law asks for (R33).

What was paid for the days to come goes back; the days that are over stay paid. It ends at once, as
a cancellation does, with what was ordered for it beside it, and is on record as a request that was
granted.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from tenure.access.commands.seats import drop_seats
from tenure.base.calendar import local_date, zone_named
from tenure.base.clock import machine_now
from tenure.base.errors import NotFound, Refused
from tenure.base.money import Money
from tenure.billing.commands.refunds import intend_refund_of
from tenure.billing.models import Document, Refund
from tenure.billing.queries.cancellations import left_of
from tenure.events.asked import Asked
from tenure.events.journal import Journal, transaction
from tenure.flows.cancelling import take_seats_along
from tenure.flows.documents.crediting import credit_lines
from tenure.flows.locks import lock_organisation
from tenure.flows.refunds import carry_out
from tenure.flows.renewals.ending import take_renewals_along
from tenure.flows.written import Written
from tenure.orders.commands.orders import lock_orders
from tenure.orders.models import OrderLine
from tenure.organisations.models import Organisation
from tenure.subscriptions.commands.cancelling import cancel_subscriptions
from tenure.subscriptions.errors import ENDED_UNANNOUNCED, NOTICE_WAS_GIVEN
from tenure.subscriptions.models import Subscription
from tenure.subscriptions.queries.terminating import Renewed, termination_of
from tenure.support.commands import NewRequest, grant_request, make_request
from tenure.support.rules import RequestKind


def terminate(
    *,
    subscription: UUID,
    language: str,
    email: str = "",
    name: str = "",
    now: datetime,
    by: str,
    asked: Asked | None = None,
) -> Written:
    """End a renewed subscription now, with the rest paid back; returns the request.

    ``now`` is by the organisation's clock. Raises ``NotFound``, or ``Refused`` with
    ``notice_was_given``.
    """
    with transaction(now=now, by=by, asked=asked) as journal:
        whose = Subscription.objects.filter(id=subscription).values_list("organisation_id")
        if not whose:
            raise NotFound
        organisation = lock_organisation(whose[0][0], journal)
        row = Subscription.objects.get(id=subscription)
        found = termination_of(
            row, audience=organisation.audience, country=organisation.country, at=journal.at
        )
        if found is None:
            raise Refused(NOTICE_WAS_GIVEN)
        if not found.verdict:
            raise Refused.by(found.verdict)
        lock_orders([found.line.order_id])
        new = NewRequest(
            kind=RequestKind.CANCELLATION,
            message="",
            language=language,
            organisation=organisation.id,
            email=email,
            name=name,
            order=found.line.order_id,
        )
        request = make_request(new=new, journal=journal)
        journal.made = request.id
        back = _rest(found)
        refunds = _pay_back(found.line, back, organisation, journal)
        notes = _credit(found.line, back, organisation, journal)
        refunds += _end(found, organisation, journal)
        note = notes[-1].id if notes else None
        journal.write()  # the credit note is named by the request
        grant_request(request=request, refund=back, credit_note=note, journal=journal)
    ended = carry_out(refunds, now=journal.at, by=by) or journal
    return Written((request.id,), ended.revisions[organisation.id])


def _rest(found: Renewed) -> Money:
    """What the verdict names, as far as it is still there (R48)."""
    refund = found.verdict.figures["refund"]
    if not isinstance(refund, Money):
        raise TypeError("A verdict that allows it names what goes back.")
    return Money(min(refund.amount, left_of(found.line.order_id)), refund.currency)


def _pay_back(
    line: OrderLine, back: Money, organisation: Organisation, journal: Journal
) -> list[Refund]:
    refunds = intend_refund_of(
        order=line.order_id,
        amount=back,
        reason=ENDED_UNANNOUNCED.text(organisation.language),
        called_at=machine_now(),
        journal=journal,
    )
    journal.write()  # the refund counts when it is credited
    return refunds


def _credit(
    line: OrderLine, back: Money, organisation: Organisation, journal: Journal
) -> list[Document]:
    if not back.amount:
        return []
    return credit_lines(
        order=line.order_id,
        positions={line.position},
        reason=ENDED_UNANNOUNCED.text(organisation.language),
        amount=back.amount,
        journal=journal,
    )


def _end(found: Renewed, organisation: Organisation, journal: Journal) -> list[Refund]:
    """It ends; added seats end with it, the rest of them paid back too, and what was ordered ahead
    is taken back (R27, R30)."""
    locked = Subscription.objects.select_for_update().get(id=found.subscription.id)
    cancel_subscriptions(
        subscriptions={found.line.order_id: [locked]}, organisation=organisation, journal=journal
    )
    drop_seats(subscriptions=[locked.id], journal=journal)
    today = local_date(journal.at, zone_named(locked.zone))
    refunds = take_seats_along([locked.id], organisation, journal, rest_from=today)
    return refunds + take_renewals_along(
        subscriptions=[locked.id], but=found.line.order_id, buyer=organisation, journal=journal
    )
