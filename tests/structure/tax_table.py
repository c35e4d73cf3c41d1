"""The tables in docs/tax.md, made of the rules and the rates themselves.

To write them anew: ``python -m tests.structure.tax_table``.
"""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import Final

from tenure.base.countries import EU_COUNTRIES
from tenure.orders.rules.rates import vat_rates
from tenure.orders.rules.tax import TaxKind, TaxSituation, tax_situation
from tenure.organisations.registers.sandbox import SandboxRegister
from tenure.organisations.rules.numbers import checked_numbers
from tenure.policy.loading import parse_policy
from tenure.policy.words import Audience
from tests.structure.tree import ROOT

PAPER: Final = ROOT / "docs" / "tax.md"
ON: Final = date(2026, 11, 27)
BUYERS: Final = {
    "FR": "France, the vendor's country",
    "MC": "Monaco",
    "DE": "Germany, as any other EU state",
    "GR": "Greece",
    "GB": "United Kingdom, Northern Ireland included",
    "CH": "Switzerland",
    "NO": "Norway",
    "RE": "Réunion, as the other overseas departments and Åland",
    "US": "United States, as anywhere else",
}
_SANDBOX: Final = {
    "DE": ("DE136695976", "DE102000001", "DE103000003", "DE103020107"),
    "IT": ("IT00743110157", "IT10200000015", "IT10300000014", "IT10302010011"),
    "ES": ("ESB58378431", "ESB10200004", "ESB10300002", "ESB10302016"),
    "BE": ("BE0428759497", "BE0102000052", "BE0103000043", "BE0103020136"),
    "NL": ("NL004495445B01", "NL102000001B01", "NL103000008B01", "NL103020111B01"),
    "AT": ("ATU13585627", "ATU10200003", "ATU10300002", "ATU10302019"),
    "GR": ("EL094259216", "EL010200005", "EL010300004", "EL010302010"),
}


def situations() -> str:
    """What a French vendor charges to whom, by the default policy."""
    head = [
        "| billed in | creator, student | business, number not validated | business, validated |",
        "|---|---|---|---|",
    ]
    rows = [
        f"| {name} | {_said(buyer, Audience.CREATOR, False)} "
        f"| {_said(buyer, Audience.BUSINESS, False)} | {_said(buyer, Audience.BUSINESS, True)} |"
        for buyer, name in BUYERS.items()
    ]
    return "\n".join([*head, *rows, ""])


def _said(buyer: str, audience: Audience, validated: bool) -> str:
    found = tax_situation(
        vendor_country="FR",
        audience=audience,
        buyer_country=buyer,
        vat_number_validated=validated,
        on=ON,
        tax=parse_policy("").tax,
        rates=vat_rates(),
    )
    return _in_words(found)


def _in_words(found: TaxSituation) -> str:
    if found.kind is TaxKind.REVERSE_CHARGE:
        return "reverse charge"
    return f"{_plain(found.percent)} % ({found.country})" if found.country else "none"


def rates() -> str:
    """Every rate, with the day from which it holds."""
    known = vat_rates().by_country
    ordered = sorted(known, key=lambda country: (country not in EU_COUNTRIES, country))
    rows = [
        f"| {country} | "
        + ", ".join(
            f"{_plain(Decimal(points) / 100)} % from {from_on}"
            for from_on, points in known[country]
        )
        + " |"
        for country in ordered
    ]
    return "\n".join(["| country | standard rates |", "|---|---|", *rows, ""])


def numbers() -> str:
    """Numbers with which each outcome can be tried in a sandbox."""
    head = [
        "| | valid | invalid | never answered | answered the second time |",
        "|---|---|---|---|---|",
    ]
    return "\n".join([*head, *(_tried(country) for country in _SANDBOX), ""])


def _tried(country: str) -> str:
    """A row; raises ``AssertionError`` for a number that does not do what its column says."""
    asked = SandboxRegister()
    for number in _SANDBOX[country]:
        _, errors = checked_numbers(country=country, vat_number=number, company="")
        assert not errors, number
    found = [
        [asked.look_up(number, requester="", asked=times).found.value for times in (0, 1)]
        for number in _SANDBOX[country]
    ]
    assert found == [
        ["valid", "valid"],
        ["invalid", "invalid"],
        ["unavailable", "unavailable"],
        ["unavailable", "valid"],
    ]
    return f"| {country} | " + " | ".join(f"`{number}`" for number in _SANDBOX[country]) + " |"


def _plain(percent: Decimal) -> str:
    return f"{percent.normalize():f}"


TABLES: Final = {"situations": situations, "rates": rates, "numbers": numbers}


def written(paper: str) -> str:
    """The paper with its tables as they have to be."""
    for name, table in TABLES.items():
        pattern = rf"(?<=<!-- {name} -->\n).*?(?=<!-- end -->)"
        paper = re.sub(pattern, table(), paper, count=1, flags=re.DOTALL)
    return paper


def main() -> None:
    """Put the tables in their places."""
    PAPER.write_text(written(PAPER.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
