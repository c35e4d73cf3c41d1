"""What an organisation with a test clock waits for from outside, at the instant it stands at (R2).

The worker does these things within minutes, for everybody who lives by the machine's clock. On a
test clock they are done at the very instant at which they become possible, so that it makes no
difference in how many steps the clock is advanced.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final, NamedTuple
from uuid import UUID

from tenure.flows.payment_methods import recover_methods_of
from tenure.flows.refunds import recover_refunds_of
from tenure.flows.vat_checks import asked_ahead, look_up_of_organisation, still_counts
from tenure.flows.vat_validated import correct_of_organisation


class Waiting(NamedTuple):
    """What one organisation waits for.

    ``refunds`` and ``cards`` say whether any are on their way; ``charged``, whether an order was
    taxed whose VAT number may yet spare it; ``ask_at``, when a register is to be asked, and
    ``answered_at``, when it last answered about the number of today, which is ``validated``;
    ``comes_at``, when a renewal is next announced or ordered whose tax that number may decide.
    """

    refunds: bool
    cards: bool
    charged: bool
    ask_at: datetime | None
    answered_at: datetime | None
    validated: bool
    comes_at: datetime | None

    def asks_at(self, *, days: int) -> datetime | None:
        """When a register is next to be asked (R45): an answer counts for ``days``, and is asked
        for anew before what renews by it.

        None where none is; the beginning of time for a number about which nothing was asked.
        """
        if self.ask_at is not None:
            return self.ask_at
        found = []
        if self.charged:
            answered = self.answered_at
            found.append(answered + timedelta(days=days) if answered else _ALWAYS)
        coming = self.comes_at
        if coming is not None and (self.answered_at or _ALWAYS) < coming - still_counts(days):
            found.append(coming - asked_ahead(days))
        return min(found, default=None)

    def wants(self, now: datetime, *, days: int) -> bool:
        """Whether ``bring_up_to_date`` may find something to do."""
        at = self.asks_at(days=days)
        return (at is not None and at <= now) or (self.charged and self.validated) or self.refunds

    def next_look_up(self, *, after: datetime, days: int) -> datetime | None:
        """When a register is next to be asked about an organisation's number.

        One for which it was time ``after`` or before, where the clock stands, is None if it could
        not be begun there: it cannot be later either.
        """
        at = self.asks_at(days=days)
        return at if at is not None and (self.ask_at is not None or at > after) else None


_ALWAYS: Final = datetime.fromisoformat("0001-01-01T00:00:00+00:00")

WAITING: Final = """
    EXISTS (SELECT FROM billing_refund
            WHERE organisation_id = customer.id AND method = 'card'
            AND status IN ('intended', 'unknown', 'called')),
    EXISTS (SELECT FROM billing_paymentmethod
            WHERE organisation_id = customer.id
            AND status IN ('intended', 'authentication_required')),
    customer.vat_number <> '' AND EXISTS (
            SELECT FROM orders_order
            WHERE organisation_id = customer.id AND vat_number = customer.vat_number
            AND status = 'paid' AND tax_corrected_at IS NULL),
    (SELECT min(ask_at) FROM organisations_vatcheck WHERE organisation_id = customer.id),
    (SELECT max(answered_at) FROM organisations_vatcheck
     WHERE organisation_id = customer.id AND number = customer.vat_number),
    customer.vat_validated_at IS NOT NULL,
    (SELECT min(least(remind_at, renew_at)) FROM subscriptions_period
     WHERE customer.vat_number <> '' AND customer.audience = 'business'
     AND organisation_id = customer.id AND EXISTS (
         SELECT FROM orders_order WHERE organisation_id = customer.id
         AND (reverse_charge OR vat_number <> '')))
"""
"""The columns of ``Waiting``, of an organisation ``customer``."""


def bring_up_to_date(organisation: UUID, waiting: Waiting, *, now: datetime, days: int) -> None:
    """Ask the register what is due, correct the tax it spares, and give back what is intended.

    ``now`` is where the organisation's clock stands; ``days`` as in ``Waiting.asks_at``.
    """
    asks_at = waiting.asks_at(days=days)
    if asks_at is not None and asks_at <= now:
        look_up_of_organisation(organisation, now=now)
    if waiting.charged and waiting.validated:
        correct_of_organisation(organisation, now=now)
    if waiting.refunds:
        recover_refunds_of(organisation, now=now)


def ask_again(organisation: UUID, waiting: Waiting, *, now: datetime) -> int:
    """Ask how far refunds and the saving of cards have come; ``now`` is by its clock.

    Returns how many were asked about.
    """
    asked = recover_refunds_of(organisation, now=now) if waiting.refunds else 0
    return asked + (recover_methods_of(organisation, now=now) if waiting.cards else 0)
