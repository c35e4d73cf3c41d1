"""R34, R36: there is always an owner, and whom an invitation keeps waiting."""

from __future__ import annotations

from datetime import datetime

from tenure.flows.verify.checks import Tally, find


def owners(now: datetime) -> Tally:
    """R34: every organisation has an active owner."""
    return find(
        "org",
        of="SELECT count(*) FROM organisations_organisation",
        found="""
            SELECT organisation.id, 'no_active_owner' AS what, false AS in_flight
            FROM organisations_organisation AS organisation
            WHERE NOT EXISTS (
                SELECT FROM organisations_member AS member
                WHERE member.organisation_id = organisation.id
                  AND member.standing = 'owner' AND member.status = 'active'
            )
        """,
        now=now,
    )


def invitations(now: datetime) -> Tally:
    """R36: who is invited has exactly one pending invitation, and who has one is invited."""
    return find(
        "mem",
        of="SELECT count(*) FROM organisations_member",
        found="""
            SELECT member.id,
                   CASE WHEN member.status <> 'invited' THEN 'invitation_of_one_not_invited'
                        WHEN pending.count IS NULL THEN 'invited_without_invitation'
                        WHEN pending.count > 1 THEN 'invited_twice'
                        ELSE 'of_another_organisation' END AS what,
                   false AS in_flight
            FROM organisations_member AS member
            LEFT JOIN (
                SELECT member_id, count(*) AS count, min(organisation_id::text) AS organisation
                FROM organisations_invitation WHERE status = 'pending' GROUP BY member_id
            ) AS pending ON pending.member_id = member.id
            WHERE (member.status = 'invited') <> (pending.count IS NOT NULL)
               OR pending.count > 1
               OR pending.organisation <> member.organisation_id::text
        """,
        now=now,
    )
