"""R45: what was charged for want of a validated number is corrected once it is validated."""

from __future__ import annotations

from datetime import datetime, timedelta

from tenure.flows.vat_validated import CORRECTED_FOR
from tenure.flows.verify.checks import Tally, find
from tenure.orders.queries.policy import policy_in_force


def tax_corrected(now: datetime) -> Tally:
    """R45: corrected orders were credited and invoiced anew without tax, and none is forgotten."""
    return find(
        "ord",
        of="SELECT count(*) FROM orders_order",
        found="""
            SELECT orders.id,
                   CASE WHEN orders.tax_corrected_at IS NULL THEN 'validated_and_not_corrected'
                        WHEN NOT paper.credited THEN 'corrected_and_not_credited'
                        ELSE 'corrected_and_not_invoiced_anew' END AS what,
                   orders.tax_corrected_at IS NULL
                   AND (customer.test_clock IS NOT NULL
                        OR greatest(orders.paid_at, customer.vat_validated_at) > %(since)s)
                   AS in_flight
            FROM orders_order AS orders
            JOIN organisations_organisation AS customer ON customer.id = orders.organisation_id
            CROSS JOIN LATERAL (
                SELECT coalesce(bool_or(invoice.total_tax = orders.total_tax
                                        AND note.total = invoice.total), false) AS credited,
                       coalesce(bool_or(invoice.total_tax = 0
                                        AND invoice.total = orders.total_net), false) AS anew,
                       coalesce(bool_or(note.total IS NULL), false) AS untouched
                FROM billing_document AS invoice
                LEFT JOIN LATERAL (
                    SELECT sum(total) AS total FROM billing_document
                    WHERE corrects_id = invoice.id
                ) AS note ON true
                WHERE invoice.order_id = orders.id AND invoice.kind = 'invoice'
            ) AS paper
            WHERE orders.vat_number <> ''
              AND CASE WHEN orders.tax_corrected_at IS NOT NULL
                  THEN NOT (paper.credited AND paper.anew)
                  ELSE orders.status = 'paid' AND paper.untouched
                       AND orders.vat_number = customer.vat_number
                       AND orders.placed_at <= customer.vat_validated_at + %(counts)s
                       AND orders.placed_at >= customer.vat_validated_at - %(corrected_for)s
                  END
        """,
        now=now,
        figures={
            "corrected_for": CORRECTED_FOR,
            "counts": timedelta(days=policy_in_force()[1].tax.vat_number_counts_days),
        },
    )
