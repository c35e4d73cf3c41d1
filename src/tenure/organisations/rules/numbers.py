"""The numbers by which a company is known: for VAT, and in the French register (R45, R47).

Checked here is the form alone, with its check digits: whether a number was ever given out is
known to the register of its country.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from stdnum.ch import uid as swiss
from stdnum.ch import vat as swiss_vat
from stdnum.eu import vat as european
from stdnum.exceptions import ValidationError
from stdnum.fr import siren, siret
from stdnum.gb import vat as british
from stdnum.no import mva
from stdnum.util import clean

from tenure.base.countries import EU_COUNTRIES, in_eu
from tenure.base.errors import FieldError
from tenure.organisations.errors import (
    SIREN_MALFORMED,
    VAT_NUMBER_MALFORMED,
    VAT_NUMBER_OF_ANOTHER_COUNTRY,
)

VAT_NUMBER_FIELD: Final = "billing.vat_number"
SIREN_FIELD: Final = "billing.siren"

_PREFIXES: Final = {"GR": ("EL",), "MC": ("FR",), "GB": ("GB", "XI"), "IM": ("GB",), "LI": ("CHE",)}
"""Where a number does not begin with its country's own code; Northern Ireland's with XI."""

_SWISS: Final = ("MWST", "TVA", "IVA", "TPV")
_EXAMPLES: Final = {
    "AT": "ATU13585627",
    "BE": "BE0428759497",
    "BG": "BG175074752",
    "CH": "CHE-107.787.577 MWST",
    "CY": "CY10259033P",
    "CZ": "CZ25123891",
    "DE": "DE136695976",
    "DK": "DK13585628",
    "EE": "EE100931558",
    "ES": "ESB58378431",
    "FI": "FI20774740",
    "FR": "FR40303265045",
    "GB": "GB980780684",
    "GR": "EL094259216",
    "HR": "HR33392005961",
    "HU": "HU12892312",
    "IE": "IE6433435F",
    "IM": "GB980780684",
    "IT": "IT00743110157",
    "LI": "CHE-107.787.577 MWST",
    "LT": "LT119511515",
    "LU": "LU15027442",
    "LV": "LV40003521600",
    "MC": "FR40303265045",
    "MT": "MT11679112",
    "NL": "NL004495445B01",
    "NO": "NO995525828MVA",
    "PL": "PL8567346215",
    "PT": "PT501964843",
    "RO": "RO18547290",
    "SE": "SE123456789701",
    "SI": "SI50223054",
    "SK": "SK2022749619",
}
"""A well-formed number of each country whose form is known, to show in an error."""


@dataclass(frozen=True, slots=True)
class Numbers:
    """The two numbers as they are kept: without spaces, the one for VAT with its country."""

    vat_number: str
    siren: str


def known_prefixes(country: str) -> tuple[str, ...]:
    """What a VAT number of ``country`` (ISO 3166) begins with; nothing where no form is known."""
    if country in _PREFIXES:
        return _PREFIXES[country]
    if country == "CH":
        return ("CHE",)
    return (country,) if country in EU_COUNTRIES or country == "NO" else ()


def checked_numbers(
    *, country: str, vat_number: str, company: str
) -> tuple[Numbers, tuple[FieldError, ...]]:
    """The numbers of who is billed in ``country``, normalised, and what is wrong with them.

    ``company`` is a SIREN or a SIRET. A VAT number without its country's letters is given them.
    Where no form is known, the number stays as it is. The codes are ``vat_number_malformed``,
    ``vat_number_of_another_country`` and ``siren_malformed``.
    """
    errors = []
    number, wrong = _vat_number(country, vat_number.strip())
    if wrong:
        errors.append(wrong)
    kept, malformed = _siren(company.strip())
    if malformed:
        errors.append(malformed)
    return Numbers(number, kept), tuple(errors)


def asked_at_vies(number: str) -> bool:
    """Whether a normalised number can be looked up with the Commission: of the EU, or XI."""
    prefix = number[:2]
    return prefix == "XI" or prefix == "EL" or (in_eu(prefix) and prefix != "GR")


_PATIENCE: Final = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240, 1440))


def ask_again_after(asked: int) -> timedelta:
    """How long to wait after the ``asked``-th time without an answer; a day in the end."""
    return _PATIENCE[min(max(asked, 1), len(_PATIENCE)) - 1]


def vat_number_counts(answered_at: datetime | None, *, on: date, days: int) -> bool:
    """Whether an answer of ``answered_at`` still counts on the day ``on``, ``days`` days later at
    the most; the answer's own day is that of UTC."""
    return answered_at is not None and on <= answered_at.date() + timedelta(days=days)


def _vat_number(country: str, given: str) -> tuple[str, FieldError | None]:
    prefixes = known_prefixes(country)
    if not given or not prefixes:
        return given, None
    compact = clean(given, " -./").upper()
    if not compact.startswith(prefixes):
        if compact[:2] in _ALL_PREFIXES and not compact.startswith(prefixes[0][:2]):
            figures = {"vat_number": given, "prefix": " / ".join(prefixes)}
            return given, FieldError(VAT_NUMBER_FIELD, VAT_NUMBER_OF_ANOTHER_COUNTRY, figures)
        compact = prefixes[0] + compact
    try:
        return _validated(compact), None
    except ValidationError:
        figures = {"vat_number": given, "example": _EXAMPLES[country]}
        return given, FieldError(VAT_NUMBER_FIELD, VAT_NUMBER_MALFORMED, figures)


_ALL_PREFIXES: Final = frozenset(EU_COUNTRIES - {"GR"}) | {"EL", "GB", "XI", "CH", "NO"}


def _validated(compact: str) -> str:
    """The number as it is kept; raises ``ValidationError``."""
    if compact.startswith("CHE"):
        ending = next((each for each in _SWISS if compact.endswith(each)), "")
        bare = swiss.validate(compact.removesuffix(ending))
        return swiss_vat.validate(bare + (ending or "MWST"))
    if compact.startswith("NO"):
        return "NO" + mva.validate(compact.removesuffix("MVA") + "MVA").removeprefix("NO")
    if compact.startswith("GB"):
        return "GB" + british.validate(compact)
    return european.validate(compact)


def _siren(given: str) -> tuple[str, FieldError | None]:
    if not given:
        return "", None
    compact = clean(given, " -.").strip()
    try:
        return (siret if len(compact) == 14 else siren).validate(compact), None
    except ValidationError:
        return given, FieldError(SIREN_FIELD, SIREN_MALFORMED, {"siren": given})
