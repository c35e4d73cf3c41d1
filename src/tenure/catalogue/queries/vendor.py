"""Who sells here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from tenure.catalogue.models import Vendor

_SAMPLES: Final = {
    "name": "Specimen Vendor (sample)",
    "legal_form": "SAS (sample)",
    "share_capital": "1 000 EUR (sample)",
    "line1": "1 rue du Spécimen (sample)",
    "postal_code": "00000",
    "city": "Ville-Exemple (sample)",
    "country": "FR",
    "timezone": "Europe/Paris",
    "language": "fr",
    "currency": "EUR",
    "email": "sample@example.org",
    "siren": "000000000",
    "registration": "RCS Ville-Exemple 000 000 000 (sample)",
    "vat_number": "FR00000000000",
    "iban": "FR7600000000000000000000097",
    "bic": "XXXXFRPPXXX",
}
"""What a sandbox shows where the file says nothing: recognisably nobody's."""

_FRENCH: Final = frozenset({"legal_form", "share_capital", "siren", "registration"})
"""What only a French vendor's documents must say."""


@dataclass(frozen=True, slots=True)
class VendorAccount:
    """An account to which customers transfer money, in one currency (R15)."""

    currency: str
    iban: str
    bic: str


@dataclass(frozen=True, slots=True)
class VendorFacts:
    """The vendor's facts by the keys of the catalogue file.

    ``samples`` are the keys that the file does not give and a sample stands in for; ``accounts``
    are where transfers go, the vendor's own ``iban`` first.
    """

    facts: dict[str, str]
    samples: frozenset[str]
    accounts: tuple[VendorAccount, ...] = ()

    @property
    def name(self) -> str:
        """The vendor's name."""
        return self.facts.get("name", "")

    @property
    def country(self) -> str:
        """The vendor's country (ISO 3166), whose tax is its own (R45)."""
        return self.facts.get("country", "")

    @property
    def timezone(self) -> str:
        """The IANA zone in which the vendor's documents are dated (R46)."""
        return self.facts.get("timezone", "")

    def account(self, currency: str) -> VendorAccount | None:
        """The account in ``currency``, if there is one (R15)."""
        return next((each for each in self.accounts if each.currency == currency), None)


def vendor(*, sandbox: bool) -> VendorFacts:
    """The vendor; a sandbox fills gaps with samples, a live installation leaves them open."""
    given = _given()
    if not sandbox:
        return _facts(given, frozenset())
    return _facts({**_SAMPLES, **given}, frozenset(_SAMPLES.keys() - given.keys()))


def vendor_gaps() -> tuple[str, ...]:
    """The keys that a live installation needs and its file does not give."""
    given = _given()
    needed = _SAMPLES.keys() if given.get("country") == "FR" else _SAMPLES.keys() - _FRENCH
    return tuple(key for key in _SAMPLES if key in needed and key not in given)


def _facts(given: dict[str, Any], samples: frozenset[str]) -> VendorFacts:
    """The facts that are words, and the accounts, each with its letters and digits alone."""
    facts = {key: value for key, value in given.items() if key != "accounts"}
    own = {
        "currency": facts.get("currency", _SAMPLES["currency"]),
        "iban": facts.get("iban", ""),
        "bic": facts.get("bic", ""),
    }
    accounts = tuple(
        VendorAccount(each["currency"], _together(each["iban"]), _together(each.get("bic", "")))
        for each in (own, *given.get("accounts", ()))
        if each["iban"]
    )
    return VendorFacts(facts, samples, accounts)


def _together(written: str) -> str:
    return "".join(written.split()).upper()


def _given() -> dict[str, Any]:
    facts: dict[str, Any] | None = Vendor.objects.values_list("facts", flat=True).first()
    return facts or {}
