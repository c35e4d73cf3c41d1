"""What is sold, read from the catalogue's text, and its tax by a table of its own (R4 to R7)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

import yaml

TERMS = {"business": ("year", "quarter"), "creator": ("year", "month"), "student": ("year",)}
"""R6, with the trial that anybody may have beside (R9)."""

RATES = {"FR": 20, "DE": 19, "IT": 22, "ES": 21, "PL": 23, "IE": 23}
"""R45, in percent: consumers pay their country's, and companies whose number is not validated."""


class Tax(NamedTuple):
    """Whose tax, at which rate in percent, and whether the customer owes it by itself (R45)."""

    country: str
    rate: int
    reverse: bool = False


@dataclass(frozen=True)
class Offer:
    """An offer as the catalogue writes it; prices in minor units by term and currency."""

    id: str
    roles: tuple[str, ...]
    audience: str
    online: bool
    countries: frozenset[str]
    trial_days: int
    prices: Mapping[tuple[str, str], Sequence[tuple[date, int]]]

    def price(self, term: str, currency: str, on: date) -> int | None:
        """What a seat costs on a day: the latest price that holds (R7)."""
        found = [each for each in self.prices.get((term, currency), ()) if each[0] <= on]
        return max(found)[1] if found else None


@dataclass(frozen=True)
class Goods:
    """The catalogue: its offers by id, those of each audience, and what each role grants."""

    offers: Mapping[str, Offer]
    of_audience: Mapping[str, Sequence[Offer]]
    grants: Mapping[str, frozenset[tuple[str, str]]]
    currencies: Mapping[str, str] = field(default_factory=dict)

    def currency(self, country: str) -> str:
        """The currency of a country (R5)."""
        return self.currencies.get(country, "EUR")


def catalogue_text() -> str:
    """The sample catalogue, as it is imported."""
    return files("tenure.catalogue").joinpath("sample.yaml").read_text(encoding="utf-8")


@cache
def goods() -> Goods:
    """The sample catalogue, read."""
    told = yaml.load(catalogue_text(), Loader=_Loader)  # noqa: S506 - one that is safe
    offers = [_offer(each) for each in told["offers"]]
    return Goods(
        offers={each.id: each for each in offers},
        of_audience={
            audience: [each for each in offers if each.audience == audience] for audience in TERMS
        },
        grants={
            role["id"]: frozenset(
                (application, permission)
                for application, permissions in role["grants"].items()
                for permission in permissions
            )
            for role in told["roles"]
        },
        currencies={
            country: each["code"]
            for each in told["currencies"]
            for country in each.get("countries", ())
        },
    )


_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def _offer(told: Mapping[str, Any]) -> Offer:
    prices: dict[tuple[str, str], list[tuple[date, int]]] = {}
    for each in told.get("prices", ()):
        key = each["term"], each["currency"]
        prices.setdefault(key, []).append((each.get("from", date.min), each["amount"]))
    return Offer(
        id=told["id"],
        roles=tuple(told["roles"]),
        audience=told["audience"],
        online=told["channel"] == "online",
        countries=frozenset(told["countries"]),
        trial_days=told.get("trial_days", 0),
        prices=prices,
    )


def half_up(numerator: int, denominator: int) -> int:
    """A quotient of numbers that are not negative, rounded half up (R44)."""
    return (2 * numerator + denominator) // (2 * denominator)


def shares(total: int, weights: Sequence[int]) -> list[int]:
    """A total shared out by weights; what is left over goes to the largest remainders (R44)."""
    whole = sum(weights)
    found = [total * each // whole for each in weights]
    remainders = sorted(range(len(weights)), key=lambda n: (-(total * weights[n] % whole), n))
    for number in remainders[: total - sum(found)]:
        found[number] += 1
    return found


def taxed(gross_or_net: int, audience: str, rate: int) -> tuple[int, int]:
    """Net and tax of a document whose lines sum to that by the catalogue (R7, R44)."""
    if audience == "business":
        return gross_or_net, half_up(gross_or_net * rate, 100)
    net = half_up(gross_or_net * 100, 100 + rate)
    return net, gross_or_net - net
