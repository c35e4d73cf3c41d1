"""Cancellation (R28 to R30): asked, granted at once or by staff, or declined with a word.

Money moves in three steps, as everywhere: the request, the credit note and the intent to give
back are committed together with the end of access; then the gateway is called; then what it said
is settled. Killed anywhere, recovery does the rest, and nothing goes back twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from tenure.base.errors import NotFound, Refused
from tenure.base.verdicts import Verdict
from tenure.billing.bank.iban import checked_iban
from tenure.billing.models import Refund, RefundStatus
from tenure.billing.queries.cancellations import cancellation_of
from tenure.events.asked import Asked
from tenure.events.journal import Journal, transaction
from tenure.events.queries import revision_of
from tenure.flows.cancelling import Taking, cancel_order
from tenure.flows.locks import lock_organisation
from tenure.flows.refunds import carry_out
from tenure.flows.written import Written
from tenure.orders.commands.orders import lock_orders
from tenure.orders.errors import ALREADY_CANCELLED, NOT_PAID
from tenure.orders.models import Order, OrderLine
from tenure.orders.queries.orders import cancellable_lines
from tenure.orders.queries.policy import policy_numbered
from tenure.organisations.models import Organisation
from tenure.subscriptions.queries.upon import orders_upon
from tenure.support import commands
from tenure.support.commands import NewRequest
from tenure.support.models import Request
from tenure.support.rules import RequestKind, RequestOutcome, decision_verdict


@dataclass(frozen=True, slots=True)
class NewCancellation:
    """Who asks to cancel which order, and why; ``iban`` is where the money of a transfer is to go
    if not to the account that paid (R30). ``language`` is that of the answer."""

    order: UUID
    language: str
    reason: str = ""
    iban: str = ""
    email: str = ""
    name: str = ""
    confirmed: bool = True
    """Whether who asks is known to be who they say; otherwise the mail's link confirms it (R33)."""


def verdict_of(order: UUID, at: datetime) -> Verdict:
    """Whether a request sent at ``at`` takes an order back (R28, R29). Raises ``NotFound``."""
    row = Order.objects.select_related("organisation").filter(id=order).first()
    if row is None:
        raise NotFound
    return cancellation_of(row, _lines(row), row.organisation, at)


def ask_cancellation(
    *, new: NewCancellation, now: datetime, by: str, asked: Asked | None = None
) -> Written:
    """Ask to cancel an order; an eligible request is granted at once (R29). Returns the request.

    ``now`` is by the clock of the order's organisation. Where the policy wants approval, or the
    request is not eligible, it waits for staff. Raises ``NotFound``, ``Invalid`` for an account
    number that cannot be, ``Refused`` with ``already_cancelled`` or ``not_paid``.
    """
    iban = checked_iban(new.iban) if new.iban.strip() else ""
    with transaction(now=now, by=by, asked=asked) as journal:
        organisation, order = _locked_order(new.order, journal)
        lines = _lines(order)
        verdict = cancellation_of(order, lines, organisation, journal.at)
        _refuse_idle(verdict)
        request = commands.make_request(
            new=NewRequest(
                kind=RequestKind.CANCELLATION,
                message=new.reason,
                language=new.language,
                organisation=organisation.id,
                email=new.email,
                name=new.name,
                order=order.id,
                iban=iban,
            ),
            journal=journal,
        )
        journal.made = request.id
        refunds: Sequence[Refund] = ()
        if verdict and new.confirmed and not _wants_approval(order):
            eligible = cancellable_lines(order, lines, organisation, journal.at)
            taking = Taking(order, eligible, len(eligible) == len(lines), iban)
            refunds = _grant(request, taking, organisation, journal)
    ended = carry_out(refunds, now=journal.at, by=by) or journal
    return Written((request.id,), ended.revisions[organisation.id])


def grant_cancellation(
    *,
    request: UUID,
    now: datetime,
    by: str,
    message: str = "",
    user: UUID | None = None,
    asked: Asked | None = None,
) -> Written:
    """Staff grant a request, with a word if they like; granted again, it pays once (R30).

    What was eligible when it was sent is taken back; of one that was not, all of the order. ``now``
    is by the organisation's clock. Raises ``NotFound``, ``Invalid`` for a word that is too long,
    ``Refused`` with ``request_not_a_cancellation``, ``already_cancelled`` or ``not_paid``.
    """
    with transaction(now=now, by=by, asked=asked) as journal:
        row, organisation, order = _locked_request(request, journal)
        journal.made = row.id
        if row.outcome == RequestOutcome.GRANTED:
            refunds = _uncalled(row)
            journal.touch(organisation.id)
        else:
            _refuse_undecidable(row)
            commands.add_word(request=row, staff=user, message=message, journal=journal)
            taking = _as_sent(row, order, organisation, journal.at)
            refunds = _grant(row, taking, organisation, journal)
    ended = carry_out(refunds, now=journal.at, by=by) or journal
    return Written((row.id,), ended.revisions[organisation.id])


def confirm_cancellation(*, request: UUID, now: datetime, by: str) -> Written:
    """Who asked without being known followed the link in the mail (R33): what was eligible when it
    was sent is granted; anything else waits for staff, as does what they are to approve, and what
    is confirmed too late.

    Raises ``NotFound``, ``Refused`` with ``request_not_a_cancellation``.
    """
    with transaction(now=now, by=by) as journal:
        row, organisation, order = _locked_request(request, journal)
        refunds = _uncalled(row) if row.outcome == RequestOutcome.GRANTED else ()
        sent = cancellation_of(order, _lines(order), organisation, row.created_at)
        late = journal.at > row.created_at + confirmable_for(order)
        if sent and row.waits and not late and not _wants_approval(order):
            taking = _as_sent(row, order, organisation, journal.at)
            refunds = _grant(row, taking, organisation, journal)
        journal.touch(organisation.id)
    ended = carry_out(refunds, now=journal.at, by=by) or journal
    return Written((row.id,), ended.revisions[organisation.id])


def confirmable_for(order: Order) -> timedelta:
    """How long after it was sent a link grants by itself, by the policy of the order (R32): nobody
    is to keep one in reserve for a year (R33)."""
    rights = policy_numbered(order.policy_version_id).statutory_eu
    return timedelta(days=rights.withdrawal_link_days)


def _wants_approval(order: Order) -> bool:
    """Whether the vendor approves each request (R29), by the policy of the order (R32)."""
    return policy_numbered(order.policy_version_id).cancellation.approval_required


def decline_cancellation(
    *,
    request: UUID,
    message: str,
    now: datetime,
    by: str,
    user: UUID | None = None,
    asked: Asked | None = None,
) -> Written:
    """Staff keep the order as it is, with a word to whoever asked (R29).

    Declined again, it stays so. Raises ``NotFound``, ``Invalid`` for a word that is too long,
    ``Refused`` with ``request_not_a_cancellation`` or ``request_granted``.
    """
    with transaction(now=now, by=by, asked=asked) as journal:
        row, organisation, _ = _locked_request(request, journal)
        journal.made = row.id
        _refuse_undecidable(row)
        if row.waits or row.outcome != RequestOutcome.DECLINED:
            commands.decline_request(request=row, staff=user, message=message, journal=journal)
        else:
            journal.touch(organisation.id)
    return Written((row.id,), journal.revisions[organisation.id])


def resume_cancellation(*, request: UUID, now: datetime, by: str) -> Written:
    """Take a request up where it stands: asked again after a crash, the money goes back once."""
    row = Request.objects.filter(id=request).first()
    if row is None or row.organisation_id is None:
        raise NotFound
    ended = carry_out(_uncalled(row), now=now, by=by)
    whose = row.organisation_id
    return Written((row.id,), ended.revisions[whose] if ended else revision_of(whose))


def _grant(
    request: Request, taking: Taking, organisation: Organisation, journal: Journal
) -> Sequence[Refund]:
    """Take the order back, and answer: the intents are to be carried out when it is committed."""
    taken = cancel_order(taking=taking, organisation=organisation, journal=journal)
    journal.write()  # the credit note is named by the request
    commands.grant_request(
        request=request, refund=taken.refund, credit_note=taken.credit_note, journal=journal
    )
    commands.close_with_order(order=taking.order.id, but=request.id, journal=journal)
    return taken.refunds


def _as_sent(row: Request, order: Order, organisation: Organisation, at: datetime) -> Taking:
    """What a request takes back that waited: sending it counts, not answering it (R28)."""
    lines = _lines(order)
    _refuse_idle(cancellation_of(order, lines, organisation, at))
    eligible = cancellable_lines(order, lines, organisation, row.created_at) or lines
    return Taking(order, eligible, len(eligible) == len(lines), row.iban)


def _refuse_idle(verdict: Verdict) -> None:
    """Asking is refused only where there is nothing to take back (R28)."""
    if verdict.code in (ALREADY_CANCELLED, NOT_PAID):
        raise Refused.by(verdict)


def _refuse_undecidable(row: Request) -> None:
    verdict = decision_verdict(RequestKind(row.kind), row.outcome)
    if not verdict:
        raise Refused.by(verdict)


def _uncalled(row: Request) -> Sequence[Refund]:
    """The refunds of a granted request whose gateway was never called."""
    intents = Refund.objects.filter(order__requests=row, status=RefundStatus.INTENDED)
    return list(intents.select_related("payment").order_by("id"))


def _lines(order: Order) -> list[OrderLine]:
    return list(order.lines.order_by("position"))


def _locked_order(order: UUID, journal: Journal) -> tuple[Organisation, Order]:
    found = Order.objects.filter(id=order).values_list("organisation_id", flat=True).first()
    if found is None:
        raise NotFound
    organisation = lock_organisation(found, journal)
    return organisation, lock_orders(orders_upon(order))[order]


def _locked_request(request: UUID, journal: Journal) -> tuple[Request, Organisation, Order]:
    """A request with its order, all locked in the one order. ``NotFound``, or ``Refused`` for one
    that is no cancellation."""
    found = Request.objects.filter(id=request).values_list("order_id", "kind").first()
    if found is None:
        raise NotFound
    order, kind = found
    if order is None or kind != RequestKind.CANCELLATION:
        raise Refused.by(decision_verdict(RequestKind(kind), ""))
    organisation, locked = _locked_order(order, journal)
    return Request.objects.select_for_update().get(id=request), organisation, locked
