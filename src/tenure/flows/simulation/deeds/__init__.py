"""What customers do: each beside what the rulebook says must come of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from tenure.flows.simulation.deeds import (
    asking,
    buying,
    cancelling,
    choosing,
    moving,
    paying_back,
    people,
    purging,
    quotes,
    renewing,
    seats,
)
from tenure.flows.simulation.deeds.deed import Kind

KINDS: Final[Mapping[str, Kind]] = {
    **buying.KINDS,
    **people.KINDS,
    **asking.KINDS,
    **choosing.KINDS,
    **renewing.KINDS,
    **quotes.KINDS,
    **purging.KINDS,
    **seats.KINDS,
    **cancelling.KINDS,
    **paying_back.KINDS,
    **moving.KINDS,
}
