"""R30, R48: what went back, and what the gateway's books say of it."""

from __future__ import annotations

from datetime import datetime

from tenure.flows.verify.checks import Tally, find


def within_payments(now: datetime) -> Tally:
    """R48: of a payment never more goes back than came, by the way and in the currency it came."""
    return find(
        "pay",
        of="SELECT count(*) FROM billing_payment",
        found="""
            SELECT payment.id,
                   CASE WHEN back.amount > payment.amount THEN 'more_than_paid'
                        WHEN payment.status <> 'captured' THEN 'never_paid'
                        ELSE 'not_as_it_was_paid' END AS what,
                   false AS in_flight
            FROM (
                SELECT payment_id, sum(refund.amount) AS amount,
                       bool_or(refund.currency <> payment.currency
                               OR refund.method <> payment.method
                               OR refund.order_id <> payment.order_id
                               OR refund.organisation_id <> payment.organisation_id) AS foreign
                FROM billing_refund AS refund
                JOIN billing_payment AS payment ON payment.id = payment_id
                WHERE refund.status <> 'failed'
                GROUP BY payment_id
            ) AS back
            JOIN billing_payment AS payment ON payment.id = back.payment_id
            WHERE back.amount > payment.amount OR payment.status <> 'captured' OR back.foreign
        """,
        now=now,
    )


def refunds_agree(now: datetime) -> Tally:
    """R48: what is given back by our books the sandbox has given back, and the reverse."""
    return find(
        "ref",
        of="SELECT (SELECT count(*) FROM billing_refund) "
        "+ (SELECT count(*) FROM billing_sandboxrefund) AS count",
        found="""
            SELECT coalesce(ours.id, there.key) AS id,
                   CASE WHEN ours.id IS NULL THEN 'given_back_for_nothing'
                        WHEN ours.status <> 'done' THEN 'given_back_and_forgotten'
                        WHEN there.status IS DISTINCT FROM 'done' THEN 'never_given_back'
                        ELSE 'another_amount' END AS what,
                   coalesce(
                       ours.status IN ('intended', 'unknown')
                       AND (organisation.test_clock IS NOT NULL OR ours.called_at > %(since)s),
                       false
                   ) AS in_flight
            FROM (
                SELECT refund.* FROM billing_refund AS refund
                JOIN billing_payment AS payment ON payment.id = refund.payment_id
                WHERE payment.gateway = 'sandbox'
            ) AS ours
            FULL JOIN billing_sandboxrefund AS there ON there.key = ours.id
            LEFT JOIN organisations_organisation AS organisation
              ON organisation.id = ours.organisation_id
            WHERE (ours.status = 'done') IS DISTINCT FROM (there.status = 'done')
                  AND 'done' IN (ours.status, there.status)
               OR ours.status = 'done' AND there.status = 'done'
                  AND (ours.payment_id, ours.amount, ours.currency)
                      IS DISTINCT FROM (there.charge, there.amount, there.currency)
        """,
        now=now,
    )


def refunds_settled(now: datetime) -> Tally:
    """R30: a missing answer is asked for, so that none stays unknown for long."""
    return find(
        "ref",
        of="SELECT count(*) FROM billing_refund",
        found="""
            SELECT refund.id, 'unsettled' AS what,
                   organisation.test_clock IS NOT NULL OR refund.called_at > %(since)s AS in_flight
            FROM billing_refund AS refund
            JOIN organisations_organisation AS organisation
              ON organisation.id = refund.organisation_id
            WHERE refund.status IN ('intended', 'unknown')
        """,
        now=now,
    )
