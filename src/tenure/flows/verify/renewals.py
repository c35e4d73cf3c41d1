"""R20, R24, R26: what renews is ordered once, paid for once, and has the seats that it paid."""

from __future__ import annotations

from datetime import datetime

from tenure.flows.verify.checks import Tally, find


def renewals_once(now: datetime) -> Tally:
    """R24: there is one obligation for a subscription and period, and one line of one order for it.

    The period is there exactly if that order is paid, and it is the order that it names. It stays
    where the order was taken back after it began, and its subscription ended with it (R30).
    """
    return find(
        "sub",
        of="SELECT count(*) FROM subscriptions_renewal",
        found="""
            SELECT renewal.subscription_id AS id,
                   CASE WHEN twice.subscription_id IS NOT NULL THEN 'owed_twice'
                        WHEN line.order_id <> renewal.order_id THEN 'line_of_another_order'
                        WHEN placed.kind <> 'renewal' THEN 'not_a_renewal'
                        WHEN placed.organisation_id <> renewal.organisation_id
                          OR subscription.organisation_id <> renewal.organisation_id
                        THEN 'of_another_organisation'
                        WHEN line.quantity <> renewal.quantity
                          OR line.unit_amount <> renewal.unit_amount THEN 'line_is_not_as_owed'
                        WHEN placed.status = 'paid' AND period.id IS NULL
                        THEN 'paid_and_not_renewed'
                        WHEN placed.status <> 'paid' AND period.id IS NOT NULL
                          AND known.taken_back IS NOT TRUE THEN 'renewed_and_not_paid'
                        WHEN placed.status = 'paid' THEN 'paid_and_still_owed'
                        ELSE 'due_and_closed' END AS what,
                   false AS in_flight
            FROM subscriptions_renewal AS renewal
            JOIN subscriptions_subscription AS subscription
              ON subscription.id = renewal.subscription_id
            LEFT JOIN orders_order AS placed ON placed.id = renewal.order_id
            LEFT JOIN orders_orderline AS line ON line.id = renewal.order_line_id
            LEFT JOIN subscriptions_period AS period
              ON period.subscription_id = renewal.subscription_id
             AND period.number = renewal.number AND period.order_id = renewal.order_id
            CROSS JOIN LATERAL (
                SELECT placed.status = 'cancelled'
                   AND subscription.cancelled_at >= period.starts_at AS taken_back
            ) AS known
            LEFT JOIN (
                SELECT subscription_id, number FROM subscriptions_renewal
                GROUP BY subscription_id, number HAVING count(*) > 1
            ) AS twice ON twice.subscription_id = renewal.subscription_id
                      AND twice.number = renewal.number
            WHERE twice.subscription_id IS NOT NULL
               OR subscription.organisation_id <> renewal.organisation_id
               OR (renewal.order_id IS NOT NULL
                   AND (line.order_id <> renewal.order_id
                     OR placed.kind <> 'renewal'
                     OR placed.organisation_id <> renewal.organisation_id
                     OR line.quantity <> renewal.quantity
                     OR line.unit_amount <> renewal.unit_amount
                     OR (placed.status = 'paid' OR known.taken_back IS TRUE)
                        <> (period.id IS NOT NULL)
                     OR (placed.status = 'paid'
                         AND (renewal.closed_at IS NULL OR renewal.due_at IS NOT NULL))))
        """,
        now=now,
    )


def renewals_ordered(now: datetime) -> Tally:
    """R24: whoever pays for a renewal gets it: each line of an order that is paid or waits is for
    one, and each period after the first was paid by an order for it."""
    return find(
        "ord",
        of="SELECT count(*) FROM orders_order WHERE kind = 'renewal'",
        found="""
            SELECT placed.id, 'paid_for_nothing' AS what, false AS in_flight
            FROM orders_order AS placed
            LEFT JOIN subscriptions_renewal AS renewal ON renewal.order_id = placed.id
            WHERE placed.kind = 'renewal' AND renewal.id IS NULL
              AND placed.status IN ('paid', 'awaiting_transfer', 'payment_unknown',
                                    'authentication_required', 'declined')
            UNION ALL
            SELECT period.order_id, 'period_without_renewal', false
            FROM subscriptions_period AS period
            LEFT JOIN subscriptions_renewal AS renewal
              ON renewal.subscription_id = period.subscription_id
             AND renewal.number = period.number
            WHERE period.kind = 'renewal' AND period.order_id IS NOT NULL
              AND renewal.order_id IS DISTINCT FROM period.order_id
        """,
        now=now,
    )


def periods_begun(now: datetime) -> Tally:
    """R26: a subscription has the seats of the period that began last and is told of."""
    return find(
        "sub",
        of="SELECT count(*) FROM subscriptions_subscription WHERE source = 'store'",
        found="""
            SELECT subscription.id, 'not_the_quantity_of_its_period' AS what, false AS in_flight
            FROM subscriptions_subscription AS subscription
            JOIN LATERAL (
                SELECT quantity FROM subscriptions_period
                WHERE subscription_id = subscription.id AND begin_noted_at IS NOT NULL
                ORDER BY number DESC LIMIT 1
            ) AS last ON true
            WHERE subscription.source = 'store' AND subscription.cancelled_at IS NULL
              AND last.quantity <> subscription.quantity
        """,
        now=now,
    )
