"""Transfers out: gathered for a file, handed to the bank, confirmed by a statement (R30)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from tenure.base.ids import new_id
from tenure.base.money import Money
from tenure.billing.events import RefundPaid
from tenure.billing.models import BankPayout, PayoutFile, Refund, RefundStatus
from tenure.events.journal import Journal
from tenure.policy.words import PaymentMethod

MOST_IN_A_FILE = 1_000


def gather(*, account: str, currency: str, at: datetime, by: str) -> PayoutFile | None:
    """A file of all that waits to be sent in ``currency``; None if nothing does.

    What is in a file is never put into another: the rows are locked, and name their file from
    then on.
    """
    refunds = list(
        Refund.objects.select_for_update()
        .filter(
            method=PaymentMethod.BANK_TRANSFER,
            status=RefundStatus.TO_SEND,
            currency=currency,
            file__isnull=True,
        )
        .order_by("id")[:MOST_IN_A_FILE]
    )
    payouts = list(
        BankPayout.objects.select_for_update()
        .filter(status="to_send", currency=currency, file__isnull=True)
        .order_by("id")[:MOST_IN_A_FILE]
    )
    if not (refunds or payouts):
        return None
    file = PayoutFile.objects.create(
        id=new_id(),
        account=account,
        currency=currency,
        count=len(refunds) + len(payouts),
        total=sum(each.amount for each in refunds) + sum(each.amount for each in payouts),
        made_at=at,
        made_by=by,
    )
    Refund.objects.filter(id__in=[each.id for each in refunds]).update(file=file)
    BankPayout.objects.filter(id__in=[each.id for each in payouts]).update(file=file)
    return file


def hand_over(*, file: PayoutFile, at: datetime, by: str) -> bool:
    """The locked ``file`` was given to the bank; False if it had been before."""
    if file.sent_at is not None:
        return False
    file.sent_at, file.sent_by = at, by
    file.save(update_fields=["sent_at", "sent_by"])
    Refund.objects.filter(file=file, status=RefundStatus.TO_SEND).update(status=RefundStatus.SENT)
    BankPayout.objects.filter(file=file, status="to_send").update(status="sent")
    return True


def lock_sent(ids: Iterable[UUID]) -> tuple[list[Refund], list[BankPayout]]:
    """The transfers out among ``ids``, by their own or their file's, that no statement showed yet.

    Locked; one that staff forgot to mark as sent is among them.
    """
    wanted = list(ids)
    open_ones = (RefundStatus.TO_SEND, RefundStatus.SENT)
    refunds = Refund.objects.select_for_update().filter(
        status__in=open_ones, file__isnull=False, method=PaymentMethod.BANK_TRANSFER
    )
    payouts = BankPayout.objects.select_for_update().filter(
        status__in=["to_send", "sent"], file__isnull=False
    )
    return (
        list((refunds.filter(id__in=wanted) | refunds.filter(file__in=wanted)).order_by("id")),
        list((payouts.filter(id__in=wanted) | payouts.filter(file__in=wanted)).order_by("id")),
    )


def confirm(
    *,
    refunds: Sequence[Refund],
    payouts: Sequence[BankPayout],
    at: datetime,
    journal: Journal,
) -> None:
    """A statement shows the locked transfers: the money is back; ``at`` is the machine's."""
    for refund in refunds:
        refund.status, refund.settled_at = RefundStatus.DONE, journal.at
        fact = RefundPaid(
            refund=refund.id,
            payment=refund.payment_id,
            order=refund.order_id,
            amount=Money(refund.amount, refund.currency),
        )
        journal.record(refund.organisation_id, fact)
    Refund.objects.bulk_update(refunds, ["status", "settled_at"])
    for payout in payouts:
        payout.status, payout.settled_at = "done", at
    BankPayout.objects.bulk_update(payouts, ["status", "settled_at"])
