"""Renewals by transfer are invoiced ahead, and credited where nothing comes of them (R24)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Final
from uuid import UUID

from tenure.base.verdicts import Code
from tenure.base.wording import sentence
from tenure.billing.models import Document, Payment, PaymentStatus
from tenure.events.journal import Journal
from tenure.events.rows import AMONG, read_rows
from tenure.flows.documents import Bought, BoughtLine, Credit, issue_credit_notes, issue_invoices
from tenure.flows.documents.facts import read_unbegun
from tenure.orders.models import Order
from tenure.orders.queries.policy import policy_numbered
from tenure.organisations.models import Organisation
from tenure.subscriptions.commands.renewing import renewals_of
from tenure.subscriptions.models import Renewal
from tenure.subscriptions.queries.obligations import following_period
from tenure.subscriptions.rules.renewal import opt_out_deadline


def invoice_ahead(*, orders: Sequence[Order], journal: Journal) -> list[Document]:
    """An invoice for each of the orders, which wait for their transfers: due when they begin."""
    bought = with_coming_periods(read_unbegun(orders), renewals_of([each.id for each in orders]))
    payments = Payment.objects.filter(
        order_id__in=[each.id for each in orders], status=PaymentStatus.AWAITING_TRANSFER
    )
    due_on = {
        each.order.id: min(line.starts_on for line in each.lines if line.starts_on is not None)
        for each in bought
    }
    return issue_invoices(
        orders=bought,
        paid_by={payment.order_id: payment for payment in payments},
        due_on=due_on,
        journal=journal,
    )


def with_coming_periods(bought: Sequence[Bought], renewals: Collection[Renewal]) -> list[Bought]:
    """The orders with the days that their lines are for, of periods that need not be there yet."""
    by_line = {each.order_line_id: each for each in renewals}
    return [
        replace(each, lines=tuple(_dated(line, by_line, each.order) for line in each.lines))
        for each in bought
    ]


def _dated(line: BoughtLine, renewals: Mapping[UUID | None, Renewal], order: Order) -> BoughtLine:
    renewal = renewals.get(line.line.id)
    if renewal is None:
        return line
    coming = following_period(renewal.subscription, renewal.number)
    policy = policy_numbered(order.policy_version_id)
    return BoughtLine(
        line.line, coming.starts_on, coming.ends_on, opt_out_deadline(coming.ends_on, policy)
    )


def standing_invoices(orders: Collection[UUID]) -> dict[UUID, Document]:
    """The invoice issued ahead for each of ``orders`` that nobody credited; one statement."""
    rows = read_rows(Document, _STANDING, [list(orders)])
    return {row.order_id: row for row in rows if row.order_id is not None}


_STANDING: Final = f"""
    WHERE order_id {AMONG} AND kind = 'invoice' AND NOT EXISTS (
        SELECT FROM billing_document AS note WHERE note.corrects_id = billing_document.id
    )
    ORDER BY id
"""


def credit_ahead(
    *,
    orders: Sequence[Order],
    buyers: Mapping[UUID, Organisation],
    why: Code,
    journal: Journal,
) -> list[Document]:
    """Take back the invoices that were issued ahead for the locked orders, if any were."""
    found = standing_invoices([order.id for order in orders])
    corrections = [
        Credit(row, sentence(why, {}, buyers[row.organisation_id].language))
        for row in found.values()
    ]
    return issue_credit_notes(corrections=corrections, journal=journal)
