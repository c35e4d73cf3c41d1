"""The vendor's platform confirms that data are deleted (R31)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Final

from tenure.flows.retention.purging import confirm_purge
from tenure.flows.simulation.deeds.deed import BY, Deed, Kind, asked, taken_up
from tenure.flows.simulation.rulebook.customer import Customer
from tenure.flows.simulation.rulebook.purging import purge
from tenure.flows.simulation.story import Op


def confirm(customer: Customer, op: Op) -> Deed:
    """Data are deleted, whether they may be or not."""

    def does() -> object:
        return confirm_purge(organisation=customer.id, now=op.at, by=BY, asked=asked(op, customer))

    def once_more(_organisation: object) -> object:
        return confirm_purge(organisation=customer.id, now=op.at, by=BY)

    return Deed(
        does=does,
        expects=partial(purge, customer, op.at),
        again=taken_up(op, customer, does, once_more),
    )


KINDS: Final[Mapping[str, Kind]] = {"purge": confirm}
