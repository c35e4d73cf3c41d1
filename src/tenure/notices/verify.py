"""What must always hold of mails and webhooks, as ``tenure verify`` asks it."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from tenure.flows.verify.checks import Check, Tally, find


def told(now: datetime) -> Tally:
    """No cursor stands beyond its stream; what no worker has come to yet is on its way."""
    return find(
        "org",
        of="SELECT count(*) FROM events_stream",
        found="""
            SELECT organisation_id AS id,
                   CASE WHEN stream.organisation_id IS NULL THEN 'mails_of_no_stream'
                        WHEN cursor.sequence > stream.sequence THEN 'mails_beyond_the_journal'
                        ELSE 'not_told_yet' END AS what,
                   COALESCE(cursor.sequence, 0) < COALESCE(stream.sequence, 0) AS in_flight
            FROM events_stream AS stream
            FULL JOIN notices_cursor AS cursor USING (organisation_id)
            WHERE COALESCE(cursor.sequence, 0) IS DISTINCT FROM stream.sequence
        """,
        now=now,
    )


def webhooks_told(now: datetime) -> Tally:
    """No endpoint was told more than the journal says; what waits is on its way."""
    return find(
        "hook",
        of="SELECT count(*) FROM notices_webhookfeed",
        found="""
            SELECT feed.webhook_id AS id,
                   CASE WHEN feed.sequence > COALESCE(stream.sequence, 0)
                        THEN 'told_beyond_the_journal' ELSE 'not_told_yet' END AS what,
                   feed.sequence < COALESCE(stream.sequence, 0) AS in_flight
            FROM notices_webhookfeed AS feed
            LEFT JOIN events_stream AS stream USING (organisation_id)
            WHERE feed.sequence IS DISTINCT FROM COALESCE(stream.sequence, 0)
        """,
        now=now,
    )


CHECKS: Final = (
    Check(
        "mails_told",
        "R42",
        (
            "Mails are made of what the journal says, up to where it stands and no further.",
            "Les courriels sont faits de ce que dit le journal, jusqu'où il en est et pas au-delà.",
        ),
        told,
    ),
    Check(
        "webhooks_told",
        "R42",
        (
            "Webhooks tell what the journal says, up to where it stands and no further.",
            "Les webhooks disent ce que dit le journal, jusqu'où il en est et pas au-delà.",
        ),
        webhooks_told,
    ),
)
