"""Which time zone somebody in a country most likely lives in: a guess that they can change."""

from __future__ import annotations

from functools import cache
from typing import Final
from zoneinfo import available_timezones

from babel.core import get_global

_WHERE_MOST_LIVE: Final = {
    "AR": "America/Argentina/Buenos_Aires",
    "AU": "Australia/Sydney",
    "BR": "America/Sao_Paulo",
    "CA": "America/Toronto",
    "CD": "Africa/Kinshasa",
    "CL": "America/Santiago",
    "EC": "America/Guayaquil",
    "ES": "Europe/Madrid",
    "MX": "America/Mexico_City",
    "NZ": "Pacific/Auckland",
    "PT": "Europe/Lisbon",
    "RU": "Europe/Moscow",
    "US": "America/New_York",
}
_OTHERWISE: Final = "UTC"


def guessed_zone(country: str) -> str:
    """The zone in which most of ``country`` lives; UTC where nobody knows."""
    return _WHERE_MOST_LIVE.get(country) or _zones().get(country, _OTHERWISE)


@cache
def _zones() -> dict[str, str]:
    """The first zone of each country, by its name."""
    known = available_timezones()
    found: dict[str, str] = {}
    for zone, country in sorted(get_global("zone_territories").items()):
        if zone in known:
            found.setdefault(country, zone)
    return found
