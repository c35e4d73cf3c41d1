"""What speaks for a consumer's country, whose tax an order carries (R45).

Regulation (EU) 282/2011, articles 24b and 24f: two items that do not contradict each other, of
those listed there: the billing address, where the device is on the network, the country of the
bank or of who issued the card, and other facts of trade. They are kept for ten years (article 63c).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from tenure.base.countries import iso_countries


@dataclass(frozen=True, slots=True)
class Seen:
    """Where an order was seen to come from, by ISO 3166; empty where nothing says it.

    ``network`` is the country of the address on the network, as a trusted proxy names it;
    ``browser`` the region of the language that the browser asks for.
    """

    network: str = ""
    browser: str = ""


NOWHERE: Final = Seen()
"""Nothing was seen: a program ordered, which is not where the customer is."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known when an order is placed; ``wanted`` is how many proofs have to agree."""

    country: str
    billing: str
    seen: Seen
    wanted: int


def named_country(said: str) -> str:
    """The country that a proxy or a gateway names, or nothing where it names none."""
    code = said.strip().upper()
    return code if code in iso_countries() else ""
