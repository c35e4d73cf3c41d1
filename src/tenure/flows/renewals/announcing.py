"""A reminder, as the journal tells it: what comes at which price, or that nothing does (R25)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from tenure.base.money import Money
from tenure.events.journal import Journal
from tenure.orders.rules.tax import LineAmounts
from tenure.policy.words import PaymentMethod
from tenure.subscriptions.events import RenewalReminded
from tenure.subscriptions.queries.obligations import Obligation

_MOST_NAMED: Final = 20
"""So many of those who lose a seat are named; the rest is counted."""


@dataclass(frozen=True, slots=True)
class Coming:
    """A period to come: what it costs, when that is charged or invoiced, what is missing for it,
    and the members who lose a seat by it, in that order."""

    amounts: LineAmounts
    charged_on: date
    needs: Sequence[str]
    losing: Sequence[UUID]


def announce(each: Obligation, coming: Coming | None, *, journal: Journal) -> None:
    """Record what was told of the period after ``each``'s; None: its offer can no longer be had,
    and nothing comes."""
    current, row = each.current, each.subscription
    method = PaymentMethod.BANK_TRANSFER if each.by_transfer else PaymentMethod.CARD
    losing = coming.losing if coming else ()
    fact = RenewalReminded(
        subscription=row.id,
        number=each.renewal.number,
        deadline=current.opt_out_on or current.ends_on,
        renews_on=current.ends_on,
        quantity=row.next_quantity,
        net=Money(coming.amounts.net, row.currency) if coming else None,
        amount=Money(coming.amounts.gross, row.currency) if coming else None,
        method=method.value,
        charged_on=coming.charged_on if coming else None,
        needs=tuple(coming.needs) if coming else (),
        seats_lost=len(losing),
        members=tuple(losing[:_MOST_NAMED]),
    )
    journal.record(row.organisation_id, fact)
