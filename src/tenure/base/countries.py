"""Which countries there are, and which of them belong to the European Union."""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from babel import Locale

_TWO_LETTERS: Final = re.compile("[A-Z]{2}")
_NOT_ISO_3166: Final = frozenset(
    {"AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "XK", "ZZ"}
)
"""Two-letter territories of CLDR that ISO 3166-1 does not assign."""

EU_COUNTRIES: Final = frozenset(
    (
        "AT",
        "BE",
        "BG",
        "HR",
        "CY",
        "CZ",
        "DE",
        "DK",
        "EE",
        "ES",
        "FI",
        "FR",
        "GR",
        "HU",
        "IE",
        "IT",
        "LT",
        "LU",
        "LV",
        "MT",
        "NL",
        "PL",
        "PT",
        "RO",
        "SE",
        "SI",
        "SK",
    )
)
"""The member states of the European Union, by ISO 3166-1 (Greece is GR here)."""


@cache
def iso_countries() -> frozenset[str]:
    """The assigned two-letter codes of ISO 3166-1."""
    territories = map(str, Locale("en").territories)
    return frozenset(filter(_TWO_LETTERS.fullmatch, territories)) - _NOT_ISO_3166


def in_eu(country: str) -> bool:
    """Whether ``country`` (ISO 3166-1) is a member state of the European Union."""
    return country in EU_COUNTRIES
