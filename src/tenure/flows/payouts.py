"""Refunds leave by SEPA: approved, in one file each, marked as sent, confirmed later (R30).

The file moves in three steps as all money does: what goes into it is committed first, and names
it for good; then it is written, the same however often; then kept. Killed in between, asking for
it again writes it, and nothing is ever in two files.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.conf import settings

from tenure.base.calendar import local_date, zone_named
from tenure.base.errors import NotFound, Refused
from tenure.base.money import Money
from tenure.billing.bank.iban import checked_iban
from tenure.billing.bank.pain import Payer, Transfer, pain_file
from tenure.billing.commands.payouts import gather, hand_over
from tenure.billing.commands.refunds import lock_refunds
from tenure.billing.errors import NOTHING_TO_SEND, REFUND_NOT_WAITING
from tenure.billing.events import PayoutFileMade
from tenure.billing.models import BankPayout, PayoutFile, Refund, RefundStatus
from tenure.billing.queries.payers import payer_ibans
from tenure.catalogue.queries import VendorFacts, vendor
from tenure.events.asked import Asked
from tenure.events.journal import transaction
from tenure.events.streams import VENDOR_STREAM
from tenure.flows.written import Written

SEPA = "EUR"


def approve_account(
    *, refund: UUID, iban: str, now: datetime, by: str, asked: Asked | None = None
) -> Written:
    """Staff say to which account a refund goes that is not known, or not the one that paid.

    Raises ``NotFound``, ``Invalid``, ``Refused`` with ``refund_not_waiting_for_account``.
    """
    account = checked_iban(iban)
    with transaction(now=now, by=by, asked=asked) as journal:
        row = lock_refunds([refund]).get(refund)
        if row is None:
            raise NotFound
        waits = row.status == RefundStatus.AWAITING_IBAN
        if not waits and (row.status != RefundStatus.TO_SEND or row.file_id is not None):
            raise Refused(REFUND_NOT_WAITING)
        row.iban, row.status = account, RefundStatus.TO_SEND
        row.save(update_fields=["iban", "status"])
        journal.touch(row.organisation_id)
        journal.made = row.id
    return Written((refund,), journal.revisions[row.organisation_id])


def propose_account(
    *, refund: UUID, iban: str, now: datetime, by: str, asked: Asked | None = None
) -> Written:
    """A customer says to which account money is to go that came from one nobody knows (R30).

    It waits for staff to approve that account. Raises ``NotFound``, ``Invalid``, ``Refused`` with
    ``refund_not_waiting_for_account``.
    """
    account = checked_iban(iban)
    with transaction(now=now, by=by, asked=asked) as journal:
        row = lock_refunds([refund]).get(refund)
        if row is None:
            raise NotFound
        if row.status != RefundStatus.AWAITING_IBAN:
            raise Refused(REFUND_NOT_WAITING)
        row.iban = account
        row.save(update_fields=["iban"])
        journal.touch(row.organisation_id)
        journal.made = row.id
    return Written((refund,), journal.revisions[row.organisation_id])


def make_payout_file(*, now: datetime, by: str, asked: Asked | None = None) -> Written:
    """Put all refunds in euros that wait into a file for the bank; returns the file.

    ``now`` is the machine's instant. Raises ``Refused`` with ``payout_nothing_to_send``.
    """
    seller = vendor(sandbox=settings.SANDBOX)
    account = seller.account(SEPA)
    with transaction(now=now, by=by, asked=asked) as journal:
        found = gather(account=account.iban, currency=SEPA, at=now, by=by) if account else None
        if found is None:
            raise Refused(NOTHING_TO_SEND)
        journal.record(VENDOR_STREAM, _fact(found, sent=False))
        journal.made = found.id
    write_payout_file(file=found.id, now=now, by=by)
    return Written((found.id,), 0)


def write_payout_file(*, file: UUID, now: datetime, by: str) -> bytes:
    """The file as the bank takes it: written once, and the same ever after; ``NotFound``."""
    row = PayoutFile.objects.filter(id=file).first()
    if row is None:
        raise NotFound
    if row.content:
        return bytes(row.content)
    content = _written(row, vendor(sandbox=settings.SANDBOX))
    with transaction(now=now, by=by):
        PayoutFile.objects.filter(id=file, content=b"").update(content=content)
    return bytes(PayoutFile.objects.get(id=file).content)


def mark_sent(*, file: UUID, now: datetime, by: str, asked: Asked | None = None) -> Written:
    """Staff gave the file to the bank; marking it again changes nothing. ``NotFound``."""
    with transaction(now=now, by=by, asked=asked) as journal:
        row = PayoutFile.objects.select_for_update().filter(id=file).first()
        if row is None:
            raise NotFound
        if hand_over(file=row, at=now, by=by):
            journal.record(VENDOR_STREAM, _fact(row, sent=True))
        journal.made = row.id
    return Written((file,), 0)


def _fact(row: PayoutFile, *, sent: bool) -> PayoutFileMade:
    total = Money(row.total, row.currency)
    return PayoutFileMade(file=row.id, count=row.count, total=total, sent=sent)


def _written(row: PayoutFile, seller: VendorFacts) -> bytes:
    account = next(each for each in seller.accounts if each.iban == row.account)
    return pain_file(
        file=row.id,
        payer=Payer(
            name=seller.facts.get("account_holder") or seller.name,
            iban=account.iban,
            bic=account.bic,
        ),
        transfers=_transfers(row),
        on=local_date(row.made_at, zone_named(seller.timezone or "UTC")),
        made_at=row.made_at,
    )


def _transfers(row: PayoutFile) -> list[Transfer]:
    """Refunds to whoever paid, under the reference of their order; then money without an order."""
    refunds = list(
        Refund.objects.filter(file=row).select_related("organisation", "payment").order_by("id")
    )
    payers = payer_ibans([each.payment_id for each in refunds])
    made = [
        Transfer(
            id=each.id,
            name=_holder(each, payers.get(each.payment_id, ("", ""))),
            iban=each.iban,
            amount=each.amount,
            text=each.payment.token,
        )
        for each in refunds
    ]
    payouts = BankPayout.objects.filter(file=row).select_related("line").order_by("id")
    return made + [
        Transfer(
            id=each.id,
            name=each.name,
            iban=each.iban,
            amount=each.amount,
            text=each.line.end_to_end or each.line.text[:100] or each.id.hex,
        )
        for each in payouts
    ]


def _holder(refund: Refund, payer: tuple[str, str]) -> str:
    """Who holds the account: as the statement said, if it is that one."""
    iban, name = payer
    return (name if iban == refund.iban else "") or refund.organisation.billing_name
