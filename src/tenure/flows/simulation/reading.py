"""The product's books, read for all customers at once: as many statements for 300 as for 3.

Each part is one statement that writes down every customer's rows as ``rulebook.writing`` does, so
that the two are compared as texts.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import connection

from tenure.access.queries.decisions import (
    CATALOGUE,
    ORGANISATIONS,
    Catalogue,
    KnownOrganisation,
    organisation_row,
)
from tenure.access.rules.decision import decide
from tenure.base.calendar import microseconds
from tenure.base.ids import public_id
from tenure.events.streams import CATALOGUE_STREAM
from tenure.flows.simulation.rulebook.deciding import Answer, Grant

_PARTS: Final[Mapping[str, str]] = {
    "quotes": """
        SELECT organisation_id, string_agg(concat_ws('|', status, total_net, total_tax,
               valid_until, order_id IS NOT NULL), E'\\n' ORDER BY id)
        FROM orders_quote WHERE organisation_id = ANY(%s) GROUP BY 1
    """,
    "orders": """
        SELECT organisation_id, string_agg(concat_ws('|', kind, status, total_net, total_tax,
               currency, coalesce(paid_on::text, '')), E'\\n' ORDER BY id)
        FROM orders_order WHERE organisation_id = ANY(%s) GROUP BY 1
    """,
    "subscriptions": """
        SELECT organisation_id, string_agg(concat_ws('|', offer_id, term, zone, anchor_on,
               quantity, next_quantity, auto_renew, coalesce(stops_after::text, ''),
               cancelled_at IS NOT NULL), E'\\n' ORDER BY id)
        FROM subscriptions_subscription WHERE organisation_id = ANY(%s) GROUP BY 1
    """,
    "periods": """
        SELECT organisation_id, string_agg(concat_ws('|', number, starts_on, ends_on,
               to_char(starts_at, 'YYYY-MM-DD"T"HH24:MI'),
               to_char(ends_at, 'YYYY-MM-DD"T"HH24:MI'), data_until_on),
               E'\\n' ORDER BY subscription_id, number)
        FROM subscriptions_period WHERE organisation_id = ANY(%s) GROUP BY 1
    """,
    "seats": """
        SELECT organisation_id, string_agg(concat_ws('|', seats, coalesce(held, ''),
               coalesce(reserved, '')), E'\\n' ORDER BY subscription_id)
        FROM (
          SELECT seat.organisation_id, seat.subscription_id, count(*) AS seats,
                 string_agg(member.email, ',' ORDER BY member.email COLLATE "C") AS held,
                 string_agg(invitation.email, ',' ORDER BY invitation.email COLLATE "C")
                   AS reserved
          FROM access_seat AS seat
          LEFT JOIN organisations_member AS member ON member.id = seat.member_id
          LEFT JOIN organisations_invitation AS invitation ON invitation.id = seat.invitation_id
          WHERE seat.organisation_id = ANY(%s) GROUP BY 1, 2
        ) AS each GROUP BY 1
    """,
    "members": """
        SELECT organisation_id, string_agg(said, E'\\n' ORDER BY said COLLATE "C")
        FROM organisations_member,
             LATERAL (SELECT concat_ws('|', regexp_replace(email, '^erased-.*', 'erased'),
                                       standing, status) AS said) AS told
        WHERE organisation_id = ANY(%s) GROUP BY 1
    """,
    "invitations": """
        SELECT organisation_id, string_agg(concat_ws('|',
               regexp_replace(email, '^erased-.*', 'erased'), standing, status,
               to_char(expires_at, 'YYYY-MM-DD"T"HH24:MI')), E'\\n' ORDER BY id)
        FROM organisations_invitation WHERE organisation_id = ANY(%s) GROUP BY 1
    """,
    "role_requests": """
        SELECT asked.organisation_id, string_agg(concat_ws('|',
               regexp_replace(email, '^erased-.*', 'erased'), role_id, asked.status),
               E'\\n' ORDER BY asked.id)
        FROM access_rolerequest AS asked
        JOIN organisations_member AS member ON member.id = asked.member_id
        WHERE asked.organisation_id = ANY(%s) GROUP BY 1
    """,
    "papers": """
        SELECT organisation_id, string_agg(concat_ws('|', kind, regexp_replace(series, '^T', ''),
               total_net, total_tax, issued_on), E'\\n' ORDER BY id)
        FROM billing_document
        WHERE organisation_id = ANY(%s) AND kind <> 'receipt' GROUP BY 1
    """,
    "payouts": """
        SELECT organisation_id, string_agg(said, E'\\n' ORDER BY said COLLATE "C")
        FROM (
          SELECT organisation_id, concat_ws('|', amount, status, iban, true) AS said
          FROM billing_refund WHERE method = 'bank_transfer'
          UNION ALL
          SELECT organisation_id, concat_ws('|', amount, status, iban, false)
          FROM billing_bankpayout
        ) AS each WHERE organisation_id = ANY(%s) GROUP BY 1
    """,
    "money": """
        SELECT organisation_id, string_agg(concat_ws('|', account, currency, balance), E'\\n'
               ORDER BY account COLLATE "C", currency)
        FROM (
          SELECT organisation_id, account, currency, sum(moved.booked_amount)::bigint AS balance
          FROM billing_entry AS entry,
               LATERAL (VALUES (debit, entry.amount), (credit, -entry.amount))
               AS moved (booked, booked_amount),
               LATERAL (SELECT CASE WHEN booked IN ('revenue', 'deferred_revenue') THEN 'income'
                               ELSE booked END AS account) AS named
          WHERE organisation_id = ANY(%s) GROUP BY 1, 2, 3
        ) AS each WHERE balance <> 0 GROUP BY 1
    """,
}


def read(customers: Sequence[UUID]) -> dict[UUID, dict[str, str]]:
    """Each part of each customer's books as one text."""
    found: dict[UUID, dict[str, str]] = {each: dict.fromkeys(_PARTS, "") for each in customers}
    with connection.cursor() as cursor:
        for part, statement in _PARTS.items():
            cursor.execute(statement, [list(customers)])
            for customer, text in cursor.fetchall():
                found[customer][part] = text
    return found


_NAMED: Final[Mapping[str, str]] = {
    "org": "SELECT id, id FROM organisations_organisation",
    "sub": "SELECT id, organisation_id FROM subscriptions_subscription",
    "ord": "SELECT id, organisation_id FROM orders_order",
    "pay": "SELECT id, organisation_id FROM billing_payment",
}


def whose_are(named: Collection[str], customers: Mapping[UUID, int]) -> int | None:
    """The first of the ``customers`` whom one of the ``named`` public ids belongs to, if any."""
    found = set()
    with connection.cursor() as cursor:
        for prefix, statement in _NAMED.items():
            cursor.execute(statement)
            found |= {
                customers[organisation]
                for id_, organisation in cursor.fetchall()
                if public_id(prefix, id_) in named and organisation in customers
            }
    return min(found, default=None)


@dataclass(slots=True)
class Deciders:
    """Decisions as a node makes them: facts are kept, and loaded anew where a revision changed."""

    _catalogue: Catalogue | None = None
    _known: dict[UUID, KnownOrganisation] = field(default_factory=dict)
    _revisions: dict[UUID, int] = field(default_factory=dict)

    def refresh(self, customers: Sequence[UUID]) -> set[UUID]:
        """Two statements, however many customers there are; returns whose revision changed."""
        with connection.cursor() as cursor:
            if self._catalogue is None:
                self._catalogue = Catalogue()
                cursor.execute(CATALOGUE.format("%s"), [CATALOGUE_STREAM])
                self._catalogue.read(cursor.fetchone())
            cursor.execute(
                "SELECT organisation_id, revision FROM events_stream "
                "WHERE organisation_id = ANY(%s)",
                [list(customers)],
            )
            now = dict(cursor.fetchall())
            changed = [each for each in customers if self._revisions.get(each) != now.get(each)]
            if changed:
                cursor.execute(ORGANISATIONS.format("%s"), [changed])
                for row in cursor.fetchall():
                    known = organisation_row(row, self._catalogue)
                    self._known[known.id] = known
        self._revisions = now
        return set(changed)

    def decide(self, customer: UUID, member: UUID, grant: Grant, at: datetime) -> Answer:
        """What a node answers at the instant ``at``; a test clock stands in for it (R2)."""
        facts = self._known[customer]
        found = decide(facts, public_id("mem", member), grant, microseconds(at))
        return Answer(
            found.allowed, found.reason.code, found.valid_until, found.data_available_until
        )
