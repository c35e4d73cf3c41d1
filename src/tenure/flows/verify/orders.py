"""R16, R19, R32, R44: orders add up, were ordered once, and became what was bought."""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256

from tenure.flows.verify.checks import Tally, find, rows
from tenure.policy.loading import PolicyInvalid, parse_policy


def order_totals(now: datetime) -> Tally:
    """R44: an order is the sum of its lines, and each line its seats at the price as sold (R7).

    Seats added in mid-period are paid by the day (R27).
    """
    return find(
        "ord",
        of="SELECT count(*) FROM orders_order",
        found="""
            SELECT orders.id,
                   CASE WHEN summed.lines IS NULL THEN 'no_line'
                        WHEN summed.lines <> summed.last THEN 'positions_broken'
                        WHEN summed.foreign THEN 'of_another_organisation'
                        WHEN NOT summed.priced THEN 'line_off_its_price'
                        ELSE 'total_is_not_the_lines' END AS what,
                   false AS in_flight
            FROM orders_order AS orders
            LEFT JOIN (
                SELECT line.order_id, count(*) AS lines, max(line.position) AS last,
                       sum(line.net) AS net, sum(line.tax) AS tax, sum(line.gross) AS gross,
                       bool_or(line.organisation_id <> orders.organisation_id) AS foreign,
                       bool_and(
                           coalesce(
                               round(line.unit_amount::numeric * line.quantity
                                     * (added.ends_on - added.priced_from) / added.period_days),
                               line.unit_amount * line.quantity)
                           = CASE organisation.audience WHEN 'business' THEN line.net
                                                        ELSE line.gross END
                       ) AS priced
                FROM orders_orderline AS line
                JOIN orders_order AS orders ON orders.id = line.order_id
                JOIN organisations_organisation AS organisation
                  ON organisation.id = orders.organisation_id
                LEFT JOIN subscriptions_seatchange AS added ON added.order_line_id = line.id
                GROUP BY line.order_id
            ) AS summed ON summed.order_id = orders.id
            WHERE (summed.net, summed.tax, summed.gross)
                  IS DISTINCT FROM
                  (orders.total_net::numeric, orders.total_tax::numeric, orders.total::numeric)
               OR summed.lines <> summed.last
               OR summed.foreign
               OR NOT summed.priced
        """,
        now=now,
    )


def order_tax(now: datetime) -> Tally:
    """R44: tax is computed once for an order: on the net for companies, out of the gross for
    consumers, rounded half up."""
    return find(
        "ord",
        of="SELECT count(*) FROM orders_order",
        found="""
            SELECT orders.id, 'tax_is_not_its_rate' AS what, false AS in_flight
            FROM orders_order AS orders
            JOIN organisations_organisation AS organisation
              ON organisation.id = orders.organisation_id
            WHERE orders.total_tax <> CASE organisation.audience
                WHEN 'business' THEN round(orders.total_net * orders.tax_percent / 100)
                ELSE orders.total - round(orders.total * 100 / (100 + orders.tax_percent))
            END
        """,
        now=now,
    )


def orders_fulfilled(now: datetime) -> Tally:
    """R13, R19: every line of a paid order is one subscription, no other line is any, and a
    subscription is what its line says: no order is both paid and forgotten."""
    return find(
        "ord",
        of="SELECT count(*) FROM orders_orderline",
        found="""
            SELECT orders.id,
                   CASE WHEN subscription.id IS NULL THEN 'paid_and_forgotten'
                        WHEN orders.paid_at IS NULL THEN 'seats_without_payment'
                        ELSE 'subscription_is_not_its_line' END AS what,
                   false AS in_flight
            FROM orders_orderline AS line
            JOIN orders_order AS orders ON orders.id = line.order_id
            LEFT JOIN subscriptions_subscription AS subscription
              ON subscription.order_line_id = line.id
            WHERE orders.kind = 'purchase'
              AND ((orders.paid_at IS NOT NULL) <> (subscription.id IS NOT NULL)
                OR (subscription.organisation_id, subscription.offer_id, subscription.term,
                    subscription.currency, subscription.trial_days)
                   IS DISTINCT FROM
                   (line.organisation_id, line.offer_id, line.term, orders.currency,
                    line.trial_days)
                   AND subscription.id IS NOT NULL)
        """,
        now=now,
    )


def carts_ordered_once(now: datetime) -> Tally:
    """R16: a cart became one order at the most, of who it belongs to."""
    return find(
        "cart",
        of="SELECT count(*) FROM orders_cart",
        found="""
            SELECT cart.id,
                   CASE WHEN count(*) > 1 THEN 'ordered_twice'
                        ELSE 'of_another_organisation' END AS what,
                   false AS in_flight
            FROM orders_cart AS cart
            JOIN orders_order AS orders ON orders.cart_id = cart.id
            GROUP BY cart.id
            HAVING count(*) > 1 OR bool_or(orders.organisation_id <> cart.organisation_id)
        """,
        now=now,
    )


def policies(_now: datetime) -> Tally:
    """R32: every version of the policy can be read, and is what was applied."""
    tally = Tally()
    for number, source, digest in rows(
        "SELECT number, source, sha256 FROM orders_policyversion ORDER BY number"
    ):
        tally.looked_at += 1
        if sha256(source.encode()).hexdigest() != digest:
            tally.fail(f"policy_{number}", "changed_since_applied")
            continue
        try:
            parse_policy(source)
        except PolicyInvalid:
            tally.fail(f"policy_{number}", "cannot_be_read")
    return tally
