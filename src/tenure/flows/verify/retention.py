"""R31: nothing goes that is still needed, nothing personal stays of what is gone."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from tenure.flows.verify.checks import Tally, find, rows, shown_id
from tenure.flows.verify.telling import ToldOnce, told_once

_NOW: Final = "coalesce(organisation.test_clock, %(now)s)"
_OVER: Final = """
    SELECT DISTINCT ON (period.subscription_id)
           period.organisation_id, period.data_until, period.ends_at, subscription.cancelled_at
    FROM subscriptions_period AS period
    JOIN subscriptions_subscription AS subscription ON subscription.id = period.subscription_id
    ORDER BY period.subscription_id, period.number DESC
"""
"""How each subscription ends, if nothing more is paid."""


def purges(now: datetime) -> Tally:
    """No purge is due while data last; who has only ended subscriptions is watched or purged."""
    return find(
        "org",
        of="SELECT count(*) FROM organisations_organisation",
        found=f"""
            SELECT organisation.id,
                   CASE WHEN organisation.purge_due_at < ends.until THEN 'due_while_data_last'
                        WHEN organisation.purged_at IS NOT NULL
                             AND organisation.purge_due_at IS NULL THEN 'gone_and_never_due'
                        WHEN organisation.purge_due_at IS NOT NULL
                             AND watch.next_at IS NOT NULL THEN 'due_and_still_watched'
                        ELSE 'not_watched' END AS what,
                   organisation.purge_due_at IS NULL AND organisation.purged_at IS NULL
                   AND ends.ended_at > {_NOW} - (%(now)s - %(since)s) AS in_flight
            FROM organisations_organisation AS organisation
            LEFT JOIN organisations_retention AS watch ON watch.organisation_id = organisation.id
            LEFT JOIN (
                SELECT organisation_id, max(data_until) AS until,
                       max(least(ends_at, cancelled_at)) AS ended_at
                FROM ({_OVER}) AS last GROUP BY organisation_id
            ) AS ends ON ends.organisation_id = organisation.id
            WHERE organisation.purge_due_at < ends.until
               OR organisation.purged_at IS NOT NULL AND organisation.purge_due_at IS NULL
               OR organisation.purge_due_at IS NOT NULL AND watch.next_at IS NOT NULL
               OR watch.organisation_id IS NULL AND organisation.purge_due_at IS NULL
                  AND ends.ended_at <= {_NOW}
        """,  # noqa: S608 - of constants
        now=now,
    )


_PERSONAL: Final = """
    SELECT purged.id, 'names_somebody:' || what FROM organisations_organisation AS purged
    JOIN (
        SELECT organisation_id, 'member' AS what FROM organisations_member
        WHERE email NOT LIKE 'erased-%%' OR name <> '' OR user_id IS NOT NULL
        UNION ALL SELECT organisation_id, 'invitation' FROM organisations_invitation
        WHERE email NOT LIKE 'erased-%%' OR status = 'pending'
        UNION ALL SELECT organisation_id, 'key' FROM organisations_apikey WHERE revoked_at IS NULL
        UNION ALL SELECT organisation_id, 'seat' FROM access_seat
        WHERE member_id IS NOT NULL OR invitation_id IS NOT NULL
        UNION ALL SELECT organisation_id, 'request' FROM support_request
        WHERE email <> '' OR name <> '' OR message <> ''
        UNION ALL SELECT organisation_id, 'card' FROM billing_paymentmethod
        WHERE status = 'active' OR last4 <> ''
        UNION ALL SELECT part.organisation_id, 'archive' FROM organisations_exportpart AS part
        WHERE NOT EXISTS (
            SELECT FROM events_event AS told
            WHERE told.organisation_id = part.organisation_id AND told.id < part.export_id
              AND told.type = 'data.purge_confirmed'
        )
        UNION ALL SELECT organisation_id, 'mail' FROM notices_mail
    ) AS held ON held.organisation_id = purged.id
    WHERE purged.purged_at IS NOT NULL
"""
"""What names somebody; an archive asked for afterwards holds what is kept for the books."""
_COUNT: Final = """
    SELECT count(*) FROM organisations_organisation WHERE purged_at IS NOT NULL
"""

_DATA: Final = (
    ToldOnce(
        "org",
        "data.purge_confirmed",
        "organisation",
        "SELECT id, id FROM organisations_organisation WHERE purged_at IS NOT NULL ORDER BY id",
    ),
    ToldOnce(
        "exp",
        "data.export_made",
        "export",
        """SELECT id, organisation_id FROM organisations_export
           WHERE status <> 'waiting' ORDER BY id""",
    ),
    ToldOnce(
        "mem",
        "person.erased",
        "member",
        """SELECT id, organisation_id FROM organisations_member
           WHERE erased_at IS NOT NULL ORDER BY id""",
    ),
)
"""What of it is told once."""


def purged(_now: datetime) -> Tally:
    """A purged organisation names nobody, and nobody can come in."""
    tally = Tally()
    ((tally.looked_at,),) = rows(_COUNT)
    for organisation, what in rows(_PERSONAL):
        tally.fail(shown_id("org", organisation), what)
    return tally


def data_told(_now: datetime) -> Tally:
    """A purge, an archive and the erasure of a person are told once."""
    return told_once(_DATA)
