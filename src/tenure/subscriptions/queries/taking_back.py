"""What follows from taking an order back, before it is asked (R28 to R31)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from tenure.base.calendar import local_date, zone_named
from tenure.base.errors import NotFound
from tenure.base.money import Money
from tenure.base.verdicts import Verdict
from tenure.billing.models import Payment, PaymentStatus
from tenure.billing.queries.cancellations import cancellation_of, left_of
from tenure.billing.queries.payers import payer_ibans
from tenure.orders.models import Order, OrderLine
from tenure.orders.queries.orders import cancellable_lines
from tenure.orders.queries.policy import policy_numbered
from tenure.policy.words import Audience, PaymentMethod
from tenure.subscriptions.rules.retention import data_available_until, retention_days

SHOWN_DIGITS = 4
"""How much of an account number a page shows."""


@dataclass(frozen=True, slots=True)
class TakingBack:
    """An order that may be taken back: the verdict, what ends and what stays, where money goes.

    ``refund`` is what would go back if it is granted: by the verdict, or all that is left where
    staff decide. ``account`` is the end of the account that paid a transfer, empty if none is
    known; ``data_until`` the last day of data if it ended today (R31).
    """

    order: Order
    verdict: Verdict
    approval_required: bool
    ending: Sequence[OrderLine]
    staying: Sequence[OrderLine]
    refund: Money
    method: str
    account: str
    data_until: date

    @property
    def granted_at_once(self) -> bool:
        """Whether sending it is enough (R29)."""
        return bool(self.verdict) and not self.approval_required

    @property
    def by_transfer(self) -> bool:
        """Whether it was paid by transfer."""
        return self.method == PaymentMethod.BANK_TRANSFER


def taking_back(organisation: UUID, order: UUID, at: datetime) -> TakingBack:
    """One of the organisation's orders; six statements at the most. Raises ``NotFound``."""
    rows = Order.objects.select_related("organisation")
    found = rows.filter(id=order, organisation_id=organisation).first()
    if found is None:
        raise NotFound
    buyer, lines = found.organisation, list(found.lines.order_by("position"))
    verdict = cancellation_of(found, lines, buyer, at)
    policy = policy_numbered(found.policy_version_id)
    ending = cancellable_lines(found, lines, buyer, at) or lines
    payment = Payment.objects.filter(order=found, status=PaymentStatus.CAPTURED).first()
    refund = verdict.figures.get("refund")
    if not isinstance(refund, Money):
        refund = Money(left_of(order), found.currency)
    today = local_date(at, zone_named(buyer.timezone))
    days = retention_days(policy, Audience(buyer.audience), buyer.country)
    return TakingBack(
        order=found,
        verdict=verdict,
        approval_required=policy.cancellation.approval_required,
        ending=ending,
        staying=[line for line in lines if line not in ending],
        refund=refund,
        method=payment.method if payment else "",
        account=_account(payment),
        data_until=data_available_until(today, days),
    )


def _account(payment: Payment | None) -> str:
    if payment is None or payment.method != PaymentMethod.BANK_TRANSFER:
        return ""
    return payer_ibans([payment.id]).get(payment.id, ("", ""))[0][-SHOWN_DIGITS:]
