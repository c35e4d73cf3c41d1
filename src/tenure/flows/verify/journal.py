"""Every event is recorded in the transaction that made it true: none is missing, none is twice."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from tenure.base.ids import public_id
from tenure.flows.verify.checks import Tally, find
from tenure.flows.verify.telling import Row, ToldOnce, last_words, told_once


def streams(now: datetime) -> Tally:
    """Each stream numbers its events from 1 without a gap, and stands at the last."""
    return find(
        "org",
        of="SELECT count(*) FROM events_event",
        found="""
            SELECT coalesce(stream.organisation_id, told.organisation_id) AS id,
                   CASE WHEN stream.organisation_id IS NULL THEN 'events_without_stream'
                        WHEN told.events <> told.last THEN 'numbers_broken'
                        ELSE 'stream_is_not_at_its_last' END AS what,
                   false AS in_flight
            FROM events_stream AS stream
            FULL JOIN (
                SELECT organisation_id, count(*) AS events, max(sequence) AS last
                FROM events_event GROUP BY organisation_id
            ) AS told ON told.organisation_id = stream.organisation_id
            WHERE stream.organisation_id IS NULL
               OR told.events <> told.last
               OR coalesce(told.last, 0) <> stream.sequence
        """,
        now=now,
    )


_ORDERS: Final = (
    ToldOnce(
        "ord",
        "order.placed",
        "order",
        "SELECT id, organisation_id FROM orders_order ORDER BY id",
    ),
    ToldOnce(
        "ord",
        "order.paid",
        "order",
        "SELECT id, organisation_id FROM orders_order WHERE paid_at IS NOT NULL ORDER BY id",
    ),
    ToldOnce(
        "ord",
        "order.withdrawn",
        "order",
        "SELECT id, organisation_id FROM orders_order WHERE status = 'withdrawn' ORDER BY id",
    ),
    ToldOnce(
        "ord",
        "order.expired",
        "order",
        "SELECT id, organisation_id FROM orders_order WHERE expired_at IS NOT NULL ORDER BY id",
    ),
    ToldOnce(
        "ord",
        "order.cancelled",
        "order",
        "SELECT id, organisation_id FROM orders_order WHERE status = 'cancelled' ORDER BY id",
    ),
    *(
        ToldOnce(
            "quo",
            f"quote.{type_}",
            "quote",
            f"SELECT id, organisation_id FROM orders_quote WHERE {where} ORDER BY id",  # noqa: S608 - constants
        )
        for type_, where in (
            ("sent", "sent_at IS NOT NULL"),
            ("accepted", "status = 'accepted'"),
            ("declined", "status = 'declined'"),
            ("expired", "status = 'expired'"),
        )
    ),
)

# A promise that was not kept was never a charge: its order tells that it is closed. Nor was a
# transfer that is no longer waited for, or is paid by card instead.
_PAYMENTS: Final = (
    ToldOnce(
        "pay",
        "payment.captured",
        "payment",
        "SELECT id, organisation_id FROM billing_payment WHERE status = 'captured' ORDER BY id",
    ),
    ToldOnce(
        "pay",
        "payment.declined",
        "payment",
        """SELECT id, organisation_id FROM billing_payment
           WHERE status = 'declined' AND decline_code NOT IN ('order_closed', 'replaced')
           ORDER BY id""",
    ),
)
_REFUNDS: Final = (
    ToldOnce(
        "ref",
        "refund.intended",
        "refund",
        "SELECT id, organisation_id FROM billing_refund ORDER BY id",
    ),
    ToldOnce(
        "ref",
        "refund.paid",
        "refund",
        "SELECT id, organisation_id FROM billing_refund WHERE status = 'done' ORDER BY id",
    ),
    ToldOnce(
        "ref",
        "refund.failed",
        "refund",
        "SELECT id, organisation_id FROM billing_refund WHERE status = 'failed' ORDER BY id",
    ),
)
_TRANSFERS: Final = (
    ToldOnce(
        "alc",
        "transfer.matched",
        "allocation",
        "SELECT id, organisation_id FROM billing_bankallocation ORDER BY id",
    ),
    ToldOnce(
        "alc",
        "transfer.released",
        "allocation",
        """SELECT id, organisation_id FROM billing_bankallocation
           WHERE undone_at IS NOT NULL ORDER BY id""",
    ),
)
_REPLACED: Final = """(term = 'trial' AND NOT EXISTS (
    SELECT FROM subscriptions_period AS period
    JOIN orders_order AS paid ON paid.id = period.order_id
    WHERE period.subscription_id = row.id AND paid.closed_at = row.cancelled_at
))"""
"""A trial that ended because what it tried was bought (R9), and not with its order (R30)."""
_SUBSCRIPTIONS: Final = (
    ToldOnce(
        "sub",
        "subscription.started",
        "subscription",
        """SELECT id, organisation_id FROM subscriptions_subscription
           WHERE source = 'store' ORDER BY id""",
    ),
    ToldOnce(
        "sub",
        "subscription.cancelled",
        "subscription",
        f"""SELECT id, organisation_id FROM subscriptions_subscription AS row
           WHERE cancelled_at IS NOT NULL AND NOT {_REPLACED} ORDER BY id""",  # noqa: S608 - constants
    ),
    ToldOnce(
        "sub",
        "subscription.trial_replaced",
        "subscription",
        f"""SELECT id, organisation_id FROM subscriptions_subscription AS row
           WHERE cancelled_at IS NOT NULL AND {_REPLACED} ORDER BY id""",  # noqa: S608 - constants
    ),
)
_PEOPLE: Final = (
    ToldOnce(
        "org",
        "organisation.created",
        "organisation",
        "SELECT id, id FROM organisations_organisation ORDER BY id",
    ),
    ToldOnce(
        "inv",
        "member.invited",
        "invitation",
        "SELECT id, organisation_id FROM organisations_invitation ORDER BY id",
    ),
    ToldOnce(
        "inv",
        "member.joined",
        "invitation",
        """SELECT id, organisation_id FROM organisations_invitation
           WHERE status = 'accepted' ORDER BY id""",
    ),
    ToldOnce(
        "inv",
        "invitation.withdrawn",
        "invitation",
        """SELECT id, organisation_id FROM organisations_invitation
           WHERE status = 'withdrawn' ORDER BY id""",
    ),
    ToldOnce(
        "inv",
        "invitation.expired",
        "invitation",
        """SELECT id, organisation_id FROM organisations_invitation
           WHERE status = 'expired' ORDER BY id""",
    ),
)


def orders_told(_now: datetime) -> Tally:
    """An order is told once as placed, and once as what became of it."""
    return told_once(_ORDERS)


def payments_told(_now: datetime) -> Tally:
    """A payment is told once as captured or declined; what a transfer brought, once as matched."""
    return told_once((*_PAYMENTS, *_TRANSFERS))


def refunds_told(_now: datetime) -> Tally:
    """A refund is told once as intended, and once as what became of it."""
    return told_once(_REFUNDS)


def subscriptions_told(_now: datetime) -> Tally:
    """A subscription is told once as started, and once as cancelled or replaced if it was."""
    return told_once(_SUBSCRIPTIONS)


def people_told(_now: datetime) -> Tally:
    """An organisation is told once as created, an invitation as sent and as what became of it."""
    return told_once(_PEOPLE)


def seats_told(_now: datetime) -> Tally:
    """The last word on a seat is who holds it, or what keeps it, or that it is free."""
    return last_words(
        "seat",
        so="SELECT id, organisation_id, member_id, invitation_id FROM access_seat ORDER BY id",
        told="""
            SELECT DISTINCT ON (data->>'seat' COLLATE "C")
                   data->>'seat', organisation_id, type, data->>'member', data->>'invitation'
            FROM events_event
            WHERE type IN ('seat.assigned', 'seat.freed', 'seat.reserved', 'seat.released')
            ORDER BY data->>'seat' COLLATE "C", sequence DESC
        """,
        agree=_seat_is_so,
        gone_after=("seat.freed", "seat.released"),  # a period of fewer seats began (R26)
    )


def _seat_is_so(row: Row, event: Row | None) -> bool:
    organisation, member, invitation = row
    if event is None:
        return member is None and invitation is None
    if member is not None:
        return event == (organisation, "seat.assigned", public_id("mem", member), None)
    if invitation is not None:
        return event == (organisation, "seat.reserved", None, public_id("inv", invitation))
    return event[0] == organisation and event[1] in ("seat.freed", "seat.released")


_LAST_WORDS: Final[Mapping[str, frozenset[str]]] = {
    "active": frozenset(
        {"organisation.created", "member.joined", "member.provisioned", "member.restored"}
    ),
    "invited": frozenset({"member.invited"}),
    "suspended": frozenset({"member.suspended"}),
    "removed": frozenset({"member.removed", "invitation.withdrawn", "invitation.expired"}),
}


def members_told(_now: datetime) -> Tally:
    """The last word on a member is where they stand."""
    return last_words(
        "mem",
        so="SELECT id, organisation_id, status FROM organisations_member ORDER BY id",
        told="""
            SELECT DISTINCT ON (data->>'member' COLLATE "C")
                   data->>'member', organisation_id, type
            FROM events_event
            WHERE type IN ('organisation.created', 'member.invited', 'member.joined',
                           'member.provisioned', 'member.suspended', 'member.restored',
                           'member.removed', 'invitation.withdrawn', 'invitation.expired')
            ORDER BY data->>'member' COLLATE "C", sequence DESC
        """,
        agree=_member_is_so,
    )


def _member_is_so(row: Row, event: Row | None) -> bool:
    organisation, status = row
    return event is not None and event[0] == organisation and event[1] in _LAST_WORDS[status]


def idempotency_keys(now: datetime) -> Tally:
    """R16: a key has its answer whole or not yet, and the hash of what was asked."""
    return find(
        "asked",
        of="SELECT count(*) FROM events_idempotencykey",
        found="""
            SELECT id,
                   CASE WHEN (status IS NULL) <> (answer IS NULL) THEN 'half_an_answer'
                        WHEN status NOT BETWEEN 200 AND 499 THEN 'no_answer_to_keep'
                        ELSE 'no_hash' END AS what,
                   false AS in_flight
            FROM events_idempotencykey
            WHERE (status IS NULL) <> (answer IS NULL)
               OR status NOT BETWEEN 200 AND 499
               OR octet_length(body_hash) <> 32
        """,
        now=now,
    )
