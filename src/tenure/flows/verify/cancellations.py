"""R30: what was taken back is credited and paid back to the cent, and gives nothing any more."""

from __future__ import annotations

from datetime import datetime

from tenure.flows.verify.checks import Tally, find


def orders_cancelled(now: datetime) -> Tally:
    """R30: of a cancelled order only the lines that stay are still invoiced and paid.

    What its lines began has ended, and nothing ended so whose order stands. A refund that did not
    arrive is for staff, and counted as on its way.
    """
    return find(
        "ord",
        of="SELECT count(*) FROM orders_order WHERE status = 'cancelled'",
        found="""
            SELECT orders.id,
                   CASE WHEN orders.paid_at IS NULL THEN 'cancelled_and_never_paid'
                        WHEN stays.ended = 0 AND orders.kind = 'purchase' THEN 'nothing_ended'
                        WHEN paper.invoiced - paper.credited > stays.gross THEN 'not_credited'
                        ELSE 'not_paid_back' END AS what,
                   money.failed > 0 AND money.paid - money.back - money.failed <= stays.gross
                   AS in_flight
            FROM orders_order AS orders
            CROSS JOIN LATERAL (
                SELECT count(*) FILTER (WHERE subscription.cancelled_at IS NOT NULL) AS ended,
                       coalesce(sum(line.gross) FILTER (
                           WHERE subscription.cancelled_at IS NULL AND orders.kind = 'purchase'
                       ), 0) AS gross
                FROM orders_orderline AS line
                LEFT JOIN subscriptions_subscription AS subscription
                  ON subscription.order_line_id = line.id
                WHERE line.order_id = orders.id
            ) AS stays
            CROSS JOIN LATERAL (
                SELECT coalesce(sum(total) FILTER (WHERE kind = 'invoice'), 0) AS invoiced,
                       coalesce(sum(total) FILTER (WHERE kind = 'credit_note'), 0) AS credited
                FROM billing_document WHERE order_id = orders.id
            ) AS paper
            CROSS JOIN LATERAL (
                SELECT (SELECT coalesce(sum(amount), 0) FROM billing_payment
                        WHERE order_id = orders.id AND status = 'captured') AS paid,
                       coalesce(sum(amount) FILTER (WHERE status <> 'failed'), 0) AS back,
                       coalesce(sum(amount) FILTER (WHERE status = 'failed'), 0) AS failed
                FROM billing_refund WHERE order_id = orders.id
            ) AS money
            WHERE orders.status = 'cancelled'
              AND (orders.paid_at IS NULL
                   OR stays.ended = 0 AND orders.kind = 'purchase'
                   OR paper.invoiced - paper.credited > stays.gross
                   OR money.paid - money.back > stays.gross)
        """,
        now=now,
    )


def subscriptions_cancelled(now: datetime) -> Tally:
    """R30, R33: whatever was cancelled, an order that paid it was, or a request of it was granted;
    it keeps no reservation."""
    return find(
        "sub",
        of="SELECT count(*) FROM subscriptions_subscription WHERE cancelled_at IS NOT NULL",
        found="""
            SELECT subscription.id,
                   CASE WHEN reserved.seats > 0 THEN 'seats_still_reserved'
                        ELSE 'ended_without_its_order' END AS what,
                   false AS in_flight
            FROM subscriptions_subscription AS subscription
            CROSS JOIN LATERAL (
                SELECT count(*) AS seats FROM access_seat
                WHERE subscription_id = subscription.id AND invitation_id IS NOT NULL
            ) AS reserved
            WHERE subscription.cancelled_at IS NOT NULL AND subscription.term <> 'trial'
              AND (reserved.seats > 0 OR NOT EXISTS (
                    SELECT FROM subscriptions_period AS period
                    JOIN orders_order AS orders ON orders.id = period.order_id
                    WHERE period.subscription_id = subscription.id
                      AND (orders.status = 'cancelled' OR EXISTS (
                          SELECT FROM support_request AS request
                          WHERE request.order_id = orders.id AND request.outcome = 'granted'
                      ))
                  ))
        """,
        now=now,
    )
