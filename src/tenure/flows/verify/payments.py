"""R13, R16, R17: what the gateway has charged, and what our books say of it."""

from __future__ import annotations

from datetime import datetime

from tenure.flows.verify.checks import Tally, find

# On its way is what nobody could have settled yet. By the machine's clock that is what was called
# less than ten minutes ago. An organisation with a test clock lives no time until it is advanced,
# and advancing asks the gateway before anything else: until then all of its calls are on their way.


def gateway_agrees(now: datetime) -> Tally:
    """R17: what we have as captured the gateway has charged, to the cent, and the reverse."""
    return find(
        "pay",
        of="SELECT (SELECT count(*) FROM billing_payment) "
        "+ (SELECT count(*) FROM billing_sandboxcharge) AS count",
        found="""
            SELECT coalesce(payment.id, charge.key) AS id,
                   CASE WHEN payment.id IS NULL THEN 'charged_for_nothing'
                        WHEN payment.status <> 'captured' THEN 'charged_and_forgotten'
                        WHEN charge.status IS DISTINCT FROM 'captured' THEN 'captured_uncharged'
                        ELSE 'another_amount' END AS what,
                   coalesce(
                       payment.status IN ('intended', 'unknown')
                       AND (organisation.test_clock IS NOT NULL OR payment.called_at > %(since)s),
                       false
                   ) AS in_flight
            FROM (SELECT * FROM billing_payment WHERE gateway = 'sandbox') AS payment
            FULL JOIN billing_sandboxcharge AS charge ON charge.key = payment.id
            LEFT JOIN organisations_organisation AS organisation
              ON organisation.id = payment.organisation_id
            WHERE (payment.status = 'captured') IS DISTINCT FROM (charge.status = 'captured')
                  AND 'captured' IN (payment.status, charge.status)
               OR payment.status = 'captured' AND charge.status = 'captured'
                  AND (payment.amount, payment.currency)
                      IS DISTINCT FROM (charge.amount, charge.currency)
        """,
        now=now,
    )


def charged_once(now: datetime) -> Tally:
    """R16, R17: no order was charged twice."""
    return find(
        "ord",
        of="SELECT count(*) FROM orders_order",
        found="""
            SELECT payment.order_id AS id, 'charged_twice' AS what, false AS in_flight
            FROM billing_payment AS payment
            LEFT JOIN billing_sandboxcharge AS charge
              ON charge.key = payment.id AND payment.gateway = 'sandbox'
            WHERE 'captured' IN (payment.status, charge.status)
            GROUP BY payment.order_id
            HAVING count(*) > 1
        """,
        now=now,
    )


def payments_settled(now: datetime) -> Tally:
    """R17: a missing answer is asked for, so that none stays unknown for long."""
    return find(
        "pay",
        of="SELECT count(*) FROM billing_payment",
        found="""
            SELECT payment.id, 'unsettled' AS what,
                   organisation.test_clock IS NOT NULL OR payment.called_at > %(since)s
                   AS in_flight
            FROM billing_payment AS payment
            JOIN organisations_organisation AS organisation
              ON organisation.id = payment.organisation_id
            WHERE payment.status IN ('intended', 'unknown')
        """,
        now=now,
    )


def orders_paid(now: datetime) -> Tally:
    """R13: an order is where its payments are, and paid by one of its whole amount, or free."""
    return find(
        "ord",
        of="SELECT count(*) FROM orders_order",
        found="""
            SELECT orders.id,
                   CASE WHEN paid.foreign THEN 'of_another_organisation'
                        WHEN orders.paid_at IS NOT NULL THEN 'paid_without_its_amount'
                        WHEN paid.captured > 0 THEN 'captured_and_unpaid'
                        ELSE 'not_where_its_payment_is' END AS what,
                   false AS in_flight
            FROM orders_order AS orders
            LEFT JOIN (
                SELECT payment.order_id,
                       count(*) FILTER (WHERE payment.status = 'captured') AS captured,
                       count(*) FILTER (
                           WHERE payment.status = 'captured' AND payment.amount = orders.total
                             AND payment.currency = orders.currency
                       ) AS whole,
                       max(payment.status) FILTER (WHERE payment.status <> 'declined') AS open,
                       bool_or(payment.organisation_id <> orders.organisation_id) AS foreign
                FROM billing_payment AS payment
                JOIN orders_order AS orders ON orders.id = payment.order_id
                GROUP BY payment.order_id
            ) AS paid ON paid.order_id = orders.id
            WHERE paid.foreign
               OR NOT CASE
                   WHEN orders.status IN ('paid', 'cancelled')
                   THEN orders.paid_at IS NOT NULL AND orders.paid_on IS NOT NULL
                        AND CASE WHEN orders.total = 0 THEN paid.order_id IS NULL
                                 ELSE coalesce(paid.captured = 1 AND paid.whole = 1, false) END
                   WHEN orders.status = 'payment_unknown'
                   THEN orders.paid_at IS NULL
                        AND coalesce(paid.open, '') IN ('intended', 'unknown')
                   WHEN orders.status = 'authentication_required'
                   THEN orders.paid_at IS NULL
                        AND coalesce(paid.open, '') IN ('authentication_required', 'intended')
                   WHEN orders.status = 'awaiting_transfer'
                   THEN orders.paid_at IS NULL AND coalesce(paid.open, '') = 'awaiting_transfer'
                        AND orders.expires_at IS NOT NULL
                   WHEN orders.status = 'awaiting_verification'
                   THEN orders.paid_at IS NULL AND paid.open = 'promised'
                   ELSE orders.paid_at IS NULL AND paid.open IS NULL
               END
        """,
        now=now,
    )
