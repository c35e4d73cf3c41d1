"""What lies before an organisation's test clock, by one statement at each instant (R2).

A clock that goes on for a year stands still hundreds of times, and mostly for one thing alone.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final, NamedTuple
from uuid import UUID

from tenure.base.calendar import local_date, zone_named
from tenure.base.errors import NotFound, Refused
from tenure.events.rows import read_values
from tenure.flows.clock_waiting import WAITING, Waiting
from tenure.flows.due import DUE, Due, due_by
from tenure.orders.queries.policy import policy_numbered
from tenure.organisations.errors import NO_TEST_CLOCK


class Outlook(NamedTuple):
    """Where the clock of an ``organisation`` stands, and what it has to do from there on.

    ``in_flight`` says whether any payment waits for its gateway or for a step of the customer's.
    """

    organisation: UUID
    clock: datetime
    timezone: str
    policy: int | None
    in_flight: bool
    waiting: Waiting
    due: Due

    def next(self, to: datetime) -> datetime | None:
        """The next instant up to ``to`` with something to do in it; never before the clock."""
        look_up = self.waiting.next_look_up(after=self.clock, days=self.vat_days)
        found = (self.due.next(to), look_up)
        instants = [max(at, self.clock) for at in found if at is not None and at <= to]
        return min(instants, default=None)

    @property
    def vat_days(self) -> int:
        """For how many days an answer about a VAT number counts."""
        return policy_numbered(self.policy or 0).tax.vat_number_counts_days

    def is_before(self, instant: datetime) -> bool:
        """Whether a later local day than the clock's comes with ``instant``."""
        zone = zone_named(self.timezone)
        return local_date(self.clock, zone) < local_date(instant, zone)


_WAITS: Final = len(Waiting._fields)
_LOOK: Final = f"""
    SELECT customer.test_clock, customer.timezone,
           (SELECT max(number) FROM orders_policyversion),
           EXISTS (SELECT FROM billing_payment WHERE organisation_id = customer.id
                   AND status IN ('intended', 'unknown', 'authentication_required')),
           {WAITING}, {DUE.format(whose="customer.id")}
    FROM organisations_organisation AS customer WHERE customer.id = %s
"""  # noqa: S608 - of constants


def look_at(organisation: UUID) -> Outlook:
    """How it stands now. Raises ``NotFound``, or ``Refused`` with ``no_test_clock``."""
    found = read_values(_LOOK, [organisation])
    if not found:
        raise NotFound
    clock, timezone, policy, in_flight, *rest = found[0]
    if clock is None:
        raise Refused(NO_TEST_CLOCK)
    waiting, due = Waiting(*rest[:_WAITS]), due_by(rest[_WAITS:])
    return Outlook(organisation, clock, timezone, policy, in_flight, waiting, due)
