"""R48: every movement of money is a balanced entry, and the books agree with what happened."""

from __future__ import annotations

from datetime import datetime

from tenure.flows.verify.checks import Tally, find


def papers_booked(now: datetime) -> Tally:
    """Each invoice and credit note is booked once, its tax apart, to the cent."""
    return find(
        "doc",
        of="SELECT count(*) FROM billing_document WHERE kind IN ('invoice', 'credit_note')",
        found="""
            SELECT paper.id,
                   CASE WHEN booked.document_id IS NULL THEN 'not_booked'
                        WHEN booked.postings > 1 THEN 'booked_twice'
                        WHEN booked.foreign THEN 'of_another_customer'
                        ELSE 'booked_by_another_amount' END AS what,
                   false AS in_flight
            FROM billing_document AS paper
            LEFT JOIN (
                SELECT entry.document_id, count(DISTINCT entry.posting) AS postings,
                       sum(CASE 'receivable' WHEN entry.debit THEN entry.amount
                                             WHEN entry.credit THEN -entry.amount END) AS owed,
                       coalesce(sum(CASE 'tax_due' WHEN entry.credit THEN entry.amount
                                                   WHEN entry.debit THEN -entry.amount END), 0)
                           AS tax,
                       bool_or(entry.organisation_id IS DISTINCT FROM paper.organisation_id
                               OR entry.currency <> paper.currency) AS foreign
                FROM billing_entry AS entry
                JOIN billing_document AS paper ON paper.id = entry.document_id
                WHERE entry.cause IN ('invoice', 'credit_note')
                GROUP BY entry.document_id
            ) AS booked ON booked.document_id = paper.id
            WHERE paper.kind IN ('invoice', 'credit_note') AND paper.total > 0
              AND (booked.postings IS DISTINCT FROM 1
                   OR booked.foreign
                   OR (booked.owed, booked.tax) IS DISTINCT FROM
                      CASE paper.kind WHEN 'invoice'
                           THEN (paper.total::numeric, paper.total_tax::numeric)
                           ELSE (-paper.total::numeric, -paper.total_tax::numeric) END)
        """,
        now=now,
    )


def cards_booked(now: datetime) -> Tally:
    """What was captured by card, and what went back, is booked once and to the cent."""
    return find(
        "pay",
        of="SELECT (SELECT count(*) FROM billing_payment WHERE status = 'captured') "
        "+ (SELECT count(*) FROM billing_refund WHERE status = 'done') AS count",
        found="""
            WITH happened AS (
                SELECT id, 'card_payment' AS cause, amount, currency FROM billing_payment
                WHERE method = 'card' AND status = 'captured'
                UNION ALL
                SELECT id, 'card_refund', amount, currency FROM billing_refund
                WHERE method = 'card' AND status = 'done'
            ), booked AS (
                SELECT source AS id, cause, sum(amount) AS amount, min(currency) AS currency,
                       count(*) AS entries
                FROM billing_entry WHERE cause IN ('card_payment', 'card_refund')
                GROUP BY source, cause
            )
            SELECT id,
                   CASE WHEN happened.amount IS NULL THEN 'booked_for_nothing'
                        WHEN booked.amount IS NULL THEN 'not_booked'
                        ELSE 'booked_by_another_amount' END AS what,
                   false AS in_flight
            FROM happened FULL JOIN booked USING (id, cause)
            WHERE (happened.amount::numeric, happened.currency)
                  IS DISTINCT FROM (booked.amount, booked.currency)
               OR booked.entries <> 1
        """,
        now=now,
    )


def customers_even(now: datetime) -> Tally:
    """Paid less refunded is invoiced less credited, for every order that is settled.

    What was credited and is still on its way back, or did not arrive, is counted as on its way.
    """
    return find(
        "ord",
        of="SELECT count(*) FROM orders_order WHERE paid_at IS NOT NULL",
        found="""
            SELECT orders.id, 'owed_and_paid_differ' AS what,
                   owed.left < 0
                   AND EXISTS (SELECT FROM billing_refund AS refund
                               WHERE refund.order_id = orders.id AND refund.status <> 'done')
                   AS in_flight
            FROM orders_order AS orders
            JOIN (
                SELECT order_id, currency,
                       sum(CASE 'receivable' WHEN debit THEN amount
                                             WHEN credit THEN -amount ELSE 0 END) AS left
                FROM billing_entry WHERE order_id IS NOT NULL
                GROUP BY order_id, currency
            ) AS owed ON owed.order_id = orders.id
            WHERE orders.paid_at IS NOT NULL AND owed.left <> 0
        """,
        now=now,
    )


def revenue_earned(now: datetime) -> Tally:
    """What is posted as earned is what the days of the period say, and never more than was sold."""
    return find(
        "doc",
        of="SELECT count(*) FROM billing_recognition",
        found="""
            SELECT spread.document_id AS id,
                   CASE WHEN spread.earned <> coalesce(posted.amount, 0)
                        THEN 'posted_by_another_amount'
                        ELSE 'finished_with_a_rest' END AS what,
                   false AS in_flight
            FROM billing_recognition AS spread
            LEFT JOIN (
                SELECT source, sum(CASE 'revenue' WHEN credit THEN amount
                                                  WHEN debit THEN -amount END) AS amount
                FROM billing_entry WHERE 'revenue' IN (debit, credit)
                GROUP BY source
            ) AS posted ON posted.source = spread.id
            WHERE spread.earned <> coalesce(posted.amount, 0)
               OR spread.next_on IS NULL AND spread.earned <> spread.net
        """,
        now=now,
    )
