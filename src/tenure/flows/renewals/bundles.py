"""What becomes one order: what a customer renews at one instant by one method (R24)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tenure.organisations.models import Organisation
from tenure.subscriptions.queries.facts import period_facts
from tenure.subscriptions.queries.obligations import Obligation
from tenure.subscriptions.rules.due import next_charge_at


@dataclass(slots=True)
class Bundle:
    """What one customer renews at one instant by one method, in one currency (R24)."""

    buyer: Organisation
    owed: list[Obligation]
    by_transfer: bool
    currency: str

    @property
    def payable_until(self) -> datetime:
        """The instant until which it can be paid: data last so long (R31)."""
        return max(each.current.data_until for each in self.owed)

    def next_at(self, after: datetime) -> datetime:
        """When it is tried again after ``after``; given up, where it is not (R24)."""
        if self.by_transfer:
            return self.payable_until
        alike = {
            (each.current.ends_on, each.subscription.zone, id(each.policy)): each
            for each in self.owed
        }
        found = [
            next_charge_at(period_facts(each.current), each.zone, each.policy, after=after)
            for each in alike.values()
        ]
        return min((at for at in found if at is not None), default=self.payable_until)


def bundles(owed: Iterable[Obligation], buyers: Mapping[UUID, Organisation]) -> list[Bundle]:
    """Those of one customer, instant, method and currency together; withdrawn ones are left out."""
    found: defaultdict[tuple[UUID, datetime | None, bool, str], list[Obligation]]
    found = defaultdict(list)
    for each in owed:
        if not each.renewal.withdrawn:
            key = (
                each.subscription.organisation_id,
                each.current.renew_at,
                each.by_transfer,
                each.subscription.currency,
            )
            found[key].append(each)
    return [
        Bundle(buyers[organisation], rows, by_transfer, currency)
        for (organisation, _, by_transfer, currency), rows in found.items()
    ]
