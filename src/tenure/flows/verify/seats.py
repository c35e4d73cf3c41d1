"""R36 to R38: seats as paid for, and who may hold them."""

from __future__ import annotations

from datetime import datetime

from tenure.flows.verify.checks import Tally, find


def seats_as_paid(now: datetime) -> Tally:
    """R38: a subscription has as many seats as were paid for, numbered from 1, none of them twice.

    Each seat is one row, so no more can be assigned and reserved than there are.
    """
    return find(
        "sub",
        of="SELECT count(*) FROM subscriptions_subscription",
        found="""
            SELECT subscription.id,
                   CASE WHEN counted.rows IS DISTINCT FROM subscription.quantity
                        THEN 'seats_are_not_the_quantity'
                        ELSE 'numbers_broken' END AS what,
                   false AS in_flight
            FROM subscriptions_subscription AS subscription
            LEFT JOIN (
                SELECT subscription_id, count(*) AS rows, min(number) AS first,
                       max(number) AS last, count(DISTINCT number) AS numbers
                FROM access_seat GROUP BY subscription_id
            ) AS counted ON counted.subscription_id = subscription.id
            WHERE (counted.rows, counted.first, counted.last, counted.numbers)
                  IS DISTINCT FROM
                  (subscription.quantity::bigint, 1, subscription.quantity,
                   subscription.quantity::bigint)
        """,
        now=now,
    )


def seats_once(now: datetime) -> Tally:
    """R38: a member holds one seat of a subscription at the most."""
    return find(
        "sub",
        of="SELECT count(*) FROM access_seat WHERE member_id IS NOT NULL",
        found="""
            SELECT subscription_id AS id, 'member_holds_two' AS what, false AS in_flight
            FROM access_seat
            WHERE member_id IS NOT NULL
            GROUP BY subscription_id, member_id
            HAVING count(*) > 1
        """,
        now=now,
    )


def seat_holders(now: datetime) -> Tally:
    """R37, R38: seats are held by members who joined and did not leave, of the same customer."""
    return find(
        "seat",
        of="SELECT count(*) FROM access_seat WHERE member_id IS NOT NULL",
        found="""
            SELECT seat.id,
                   CASE WHEN member.status = 'removed' THEN 'held_by_removed'
                        WHEN member.status = 'invited' THEN 'held_by_invited'
                        WHEN seat.invitation_id IS NOT NULL THEN 'assigned_and_reserved'
                        WHEN seat.assigned_at IS NULL THEN 'assigned_at_no_time'
                        ELSE 'of_another_organisation' END AS what,
                   false AS in_flight
            FROM access_seat AS seat
            JOIN organisations_member AS member ON member.id = seat.member_id
            JOIN subscriptions_subscription AS subscription
              ON subscription.id = seat.subscription_id
            WHERE member.status NOT IN ('active', 'suspended')
               OR seat.invitation_id IS NOT NULL
               OR seat.assigned_at IS NULL
               OR member.organisation_id <> seat.organisation_id
               OR subscription.organisation_id <> seat.organisation_id
        """,
        now=now,
    )


def reservations(now: datetime) -> Tally:
    """R36: only a pending invitation of the same customer keeps a seat, and none is kept twice."""
    return find(
        "seat",
        of="SELECT count(*) FROM access_seat WHERE invitation_id IS NOT NULL",
        found="""
            SELECT seat.id,
                   CASE WHEN invitation.status <> 'pending' THEN 'reserved_by_closed_invitation'
                        WHEN invitation.organisation_id <> seat.organisation_id
                        THEN 'of_another_organisation'
                        ELSE 'reserved_twice' END AS what,
                   false AS in_flight
            FROM access_seat AS seat
            JOIN organisations_invitation AS invitation ON invitation.id = seat.invitation_id
            LEFT JOIN (
                SELECT subscription_id, invitation_id FROM access_seat
                WHERE invitation_id IS NOT NULL
                GROUP BY subscription_id, invitation_id HAVING count(*) > 1
            ) AS twice ON twice.subscription_id = seat.subscription_id
                      AND twice.invitation_id = seat.invitation_id
            WHERE invitation.status <> 'pending'
               OR invitation.organisation_id <> seat.organisation_id
               OR twice.invitation_id IS NOT NULL
        """,
        now=now,
    )


def seats_added(now: datetime) -> Tally:
    """R27: every line of an order for seats adds them to one subscription, for days of one of its
    periods, once they are paid: they came, or their money goes back."""
    return find(
        "ord",
        of="SELECT count(*) FROM orders_orderline AS line JOIN orders_order AS orders "
        "ON orders.id = line.order_id WHERE orders.kind = 'seats'",
        found="""
            SELECT orders.id,
                   CASE WHEN added.id IS NULL THEN 'line_adds_nothing'
                        WHEN (orders.kind, added.order_id, added.quantity, added.organisation_id,
                              subscription.organisation_id, subscription.offer_id,
                              subscription.term, subscription.currency)
                             IS DISTINCT FROM
                             ('seats', orders.id, line.quantity, orders.organisation_id,
                              orders.organisation_id, line.offer_id, line.term, orders.currency)
                        THEN 'added_to_something_else'
                        WHEN added.starts_on IS NOT NULL AND orders.paid_at IS NULL
                        THEN 'seats_without_payment'
                        WHEN orders.paid_at IS NOT NULL AND added.starts_on IS NULL
                             AND added.undone_at IS NULL
                        THEN 'paid_and_forgotten'
                        ELSE 'not_days_of_its_period' END AS what,
                   false AS in_flight
            FROM orders_orderline AS line
            JOIN orders_order AS orders ON orders.id = line.order_id
            LEFT JOIN subscriptions_seatchange AS added ON added.order_line_id = line.id
            LEFT JOIN subscriptions_subscription AS subscription
              ON subscription.id = added.subscription_id
            LEFT JOIN subscriptions_period AS period
              ON period.subscription_id = added.subscription_id AND period.number = added.number
            WHERE (orders.kind = 'seats' OR added.id IS NOT NULL)
              AND (added.id IS NULL
                OR (orders.kind, added.order_id, added.quantity, added.organisation_id,
                    subscription.organisation_id, subscription.offer_id, subscription.term,
                    subscription.currency)
                   IS DISTINCT FROM
                   ('seats', orders.id, line.quantity, orders.organisation_id,
                    orders.organisation_id, line.offer_id, line.term, orders.currency)
                OR (added.starts_on IS NOT NULL AND orders.paid_at IS NULL)
                OR (orders.paid_at IS NOT NULL AND added.starts_on IS NULL
                    AND added.undone_at IS NULL)
                OR (period.id IS NULL AND NOT added.for_next)
                OR (period.ends_on, period.ends_on - period.starts_on)
                   IS DISTINCT FROM (added.ends_on, added.period_days) AND period.id IS NOT NULL
                OR added.priced_from < period.starts_on)
        """,
        now=now,
    )
