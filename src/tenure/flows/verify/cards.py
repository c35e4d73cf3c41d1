"""R24, R35: the cards on file, of which an organisation with any has one default."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from tenure.flows.verify.checks import Tally, find
from tenure.flows.verify.telling import ToldOnce, told_once

_CARDS: Final = (
    ToldOnce(
        "pm",
        "payment_method.added",
        "payment_method",
        """SELECT id, organisation_id FROM billing_paymentmethod
           WHERE status IN ('active', 'removed') ORDER BY id""",
    ),
    ToldOnce(
        "pm",
        "payment_method.removed",
        "payment_method",
        """SELECT id, organisation_id FROM billing_paymentmethod
           WHERE status = 'removed' ORDER BY id""",
    ),
)


def one_default(now: datetime) -> Tally:
    """R35: who has cards on file has one that is charged where no other is named."""
    return find(
        "org",
        of="SELECT count(DISTINCT organisation_id) FROM billing_paymentmethod",
        found="""
            SELECT organisation_id AS id, 'no_default' AS what, false AS in_flight
            FROM billing_paymentmethod WHERE status = 'active'
            GROUP BY organisation_id HAVING NOT bool_or(is_default)
        """,
        now=now,
    )


def cards_told(_now: datetime) -> Tally:
    """A card is told once as added, and once as removed if it was."""
    return told_once(_CARDS)
