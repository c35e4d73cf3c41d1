"""Orders that were paid before there were invoices get theirs (R46).

An older Tenure issued none. Bringing the database up to date does it, in the order of payment, in
batches that can be killed anywhere: what is left is issued by the next start.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from tenure.billing.documents.content import DocumentKind
from tenure.billing.models import Document, Payment, PaymentStatus
from tenure.events.journal import Journal, transaction
from tenure.flows.documents.facts import read_bought
from tenure.flows.documents.issuing import issue_invoices
from tenure.orders.commands.orders import lock_orders
from tenure.orders.models import Order, OrderStatus
from tenure.organisations.models import Organisation

BATCH: Final = 300
"""How many invoices one transaction issues."""


def issue_missing_invoices(*, now: datetime) -> int:
    """Issue what is missing, dated ``now`` (the machine's instant), or by a test clock its own.

    Returns how many invoices were issued; one statement if none is missing.
    """
    late = _uninvoiced()
    if not late.exists():
        return 0
    done = _issue(late.filter(organisation__test_clock__isnull=True), now)
    by_clock = Organisation.objects.filter(
        id__in=late.filter(organisation__test_clock__isnull=False).values("organisation_id")
    )
    for id_, clock in by_clock.order_by("id").values_list("id", "test_clock"):
        done += _issue(late.filter(organisation_id=id_), clock or now)
    return done


def _uninvoiced() -> QuerySet[Order]:
    invoices = Document.objects.filter(order=OuterRef("pk"), kind=DocumentKind.INVOICE.value)
    return Order.objects.filter(~Exists(invoices), status=OrderStatus.PAID, total__gt=0)


def _issue(late: QuerySet[Order], now: datetime) -> int:
    done = 0
    while found := list(late.order_by("paid_at", "id").values_list("id", flat=True)[:BATCH]):
        with transaction(now=now, by="worker") as journal:
            done += _issue_batch(found, journal)
    return done


def _issue_batch(found: Iterable[UUID], journal: Journal) -> int:
    """Whoever else brings the database up to date may have been faster."""
    locked = lock_orders(found)
    still = _uninvoiced().filter(id__in=list(locked)).order_by("paid_at", "id")
    orders = [locked[id_] for id_ in still.values_list("id", flat=True)]
    captured = Payment.objects.filter(order_id__in=list(locked), status=PaymentStatus.CAPTURED)
    issue_invoices(
        orders=read_bought(orders),
        paid_by={payment.order_id: payment for payment in captured},
        journal=journal,
    )
    return len(orders)
