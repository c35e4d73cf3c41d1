"""R15: money on bank statements is for an order, in the queue, or resolved; never lost or kept."""

from __future__ import annotations

from datetime import datetime

from tenure.flows.verify.checks import Tally, find


def lines_placed(now: datetime) -> Tally:
    """R15: of every line, what was given to orders and what is open make its amount."""
    return find(
        "bln",
        of="SELECT count(*) FROM billing_bankline",
        found="""
            SELECT line.id,
                   CASE WHEN line.matched_at IS NULL THEN 'nobody_looked_at_it'
                        WHEN foreign_money THEN 'for_another_currency_or_organisation'
                        WHEN line.direction = 'credit' THEN 'does_not_add_up'
                        ELSE 'money_that_left_is_for_an_order' END AS what,
                   line.matched_at IS NULL AND statement.imported_at > %(since)s AS in_flight
            FROM billing_bankline AS line
            JOIN billing_bankimport AS statement ON statement.id = line.statement_id
            LEFT JOIN LATERAL (
                SELECT coalesce(sum(share.amount), 0) AS given,
                       coalesce(bool_or(payment.currency <> line.currency
                           OR payment.order_id <> share.order_id
                           OR payment.organisation_id <> share.organisation_id), false)
                       AS foreign_money
                FROM billing_bankallocation AS share
                JOIN billing_payment AS payment ON payment.id = share.payment_id
                WHERE share.line_id = line.id AND share.undone_at IS NULL
            ) AS shares ON true
            LEFT JOIN LATERAL (
                SELECT (SELECT coalesce(sum(amount), 0) FROM billing_bankresolution AS decided
                        WHERE decided.line_id = line.id AND decided.undone_at IS NULL)
                     + (SELECT coalesce(sum(amount), 0) FROM billing_bankpayout AS payout
                        WHERE payout.line_id = line.id AND payout.status <> 'withdrawn')
                       AS settled
            ) AS resolved ON true
            WHERE line.matched_at IS NULL OR foreign_money
               OR line.direction = 'credit' AND given + settled + line.open <> line.amount
               OR line.direction = 'debit' AND given <> 0
        """,
        now=now,
    )


def transfers_captured(now: datetime) -> Tally:
    """R13, R15: a transfer is captured when its whole amount was given to its order, not before."""
    return find(
        "pay",
        of="SELECT count(*) FROM billing_payment WHERE method = 'bank_transfer'",
        found="""
            SELECT payment.id,
                   CASE WHEN payment.status = 'captured' THEN 'captured_without_its_money'
                        WHEN payment.status = 'awaiting_transfer' THEN 'paid_and_forgotten'
                        ELSE 'money_for_what_is_closed' END AS what,
                   false AS in_flight
            FROM billing_payment AS payment
            LEFT JOIN LATERAL (
                SELECT coalesce(sum(amount), 0) AS given FROM billing_bankallocation AS share
                WHERE share.payment_id = payment.id AND share.undone_at IS NULL
            ) AS shares ON true
            WHERE payment.method = 'bank_transfer'
              AND NOT CASE payment.status
                  WHEN 'captured' THEN given = payment.amount
                  WHEN 'awaiting_transfer' THEN given < payment.amount
                  ELSE given = 0 END
        """,
        now=now,
    )


def transfers_booked(now: datetime) -> Tally:
    """R48: each line, and what of it is for an order, stands in the ledger once, to the cent."""
    return find(
        "bln",
        of="SELECT count(*) FROM billing_bankline",
        found="""
            WITH happened AS (
                SELECT id AS line, id, 'statement' AS cause,
                       CASE direction WHEN 'credit' THEN amount ELSE -amount END AS amount
                FROM billing_bankline WHERE matched_at IS NOT NULL
                UNION ALL
                SELECT line_id, id, 'transfer_matched',
                       CASE WHEN undone_at IS NULL THEN amount ELSE 0 END
                FROM billing_bankallocation
            ), booked AS (
                SELECT source AS id, cause,
                       sum(CASE WHEN cause = 'statement' AND debit = 'bank' THEN amount
                                WHEN cause = 'transfer_matched' AND debit = 'suspense' THEN amount
                                ELSE -amount END) AS amount
                FROM billing_entry WHERE cause IN ('statement', 'transfer_matched')
                GROUP BY source, cause
            )
            SELECT coalesce(line, id) AS id,
                   CASE WHEN booked.amount IS NULL THEN 'not_booked'
                        WHEN happened.amount IS NULL THEN 'booked_for_nothing'
                        ELSE 'booked_by_another_amount' END AS what,
                   false AS in_flight
            FROM happened FULL JOIN booked USING (id, cause)
            WHERE happened.amount::numeric IS DISTINCT FROM booked.amount
        """,
        now=now,
    )
