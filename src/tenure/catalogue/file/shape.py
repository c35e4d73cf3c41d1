"""The shape of a catalogue file, key by key, as the documentation of the interface names them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints
from pydantic_core import PydanticCustomError

from tenure.catalogue.errors import NOT_A_DATE

MOST_MINOR_UNITS: Final = 10**12
"""The highest price of a seat, in minor units: a sum of many still fits 64 bits."""

MOST_TRIAL_DAYS: Final = 3660
MOST_IN_AN_OFFER: Final = 1000

_ISO_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")

ID_PATTERN: Final = r"^[A-Za-z0-9][A-Za-z0-9._:-]*$"

Id = Annotated[str, StringConstraints(pattern=ID_PATTERN, max_length=100)]
Label = Annotated[str, StringConstraints(pattern=r"\S", max_length=200)]
LongText = Annotated[str, StringConstraints(max_length=4000)]
Code = Annotated[str, StringConstraints(pattern=r"^\S", max_length=3)]
Amount = Annotated[int, Field(ge=0, le=MOST_MINOR_UNITS)]
Term = Literal["month", "quarter", "year"]
Audience = Literal["business", "creator", "student"]
Channel = Literal["online", "contact"]


class Number(int):
    """A whole number that was written otherwise than Python would: it keeps how (``01000``)."""

    source: str

    def __new__(cls, value: int, source: str) -> Number:
        """``value`` as it was written in ``source``."""
        made = super().__new__(cls, value)
        made.source = source
        return made


def _as_written(value: object) -> object:
    """A postal code or a SIREN without quotes is a number to YAML, and still meant as text."""
    if isinstance(value, Number):
        return value.source
    if type(value) is int:
        return str(value)
    return value


def _both_languages(value: object) -> object:
    """One text without a language stands for both."""
    return {"en": value, "fr": value} if isinstance(value, str) else value


def _one_or_many(value: object) -> object:
    return (value,) if isinstance(value, str) else value


def _day(value: object) -> object:
    if isinstance(value, str) and _ISO_DATE.fullmatch(value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            pass
    raise PydanticCustomError(NOT_A_DATE.code, "not a date")


Day = Annotated[date, BeforeValidator(_day)]
Written = Annotated[Label, BeforeValidator(_as_written)]


class _Shape(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class Bilingual(_Shape):
    """A name in every language that Tenure speaks."""

    en: Label
    fr: Label


class BilingualText(_Shape):
    """A longer text in every language that Tenure speaks."""

    en: LongText
    fr: LongText


Description = Annotated[BilingualText, BeforeValidator(_both_languages)]


class AccountEntry(_Shape):
    """An account of the vendor's in another currency, for transfers in it (R15)."""

    currency: Code
    iban: Written
    bic: Written | None = None


class VendorEntry(_Shape):
    """Who sells. Every key may be missing: a sandbox fills gaps with samples marked as such."""

    name: Written | None = None
    legal_form: Written | None = None
    share_capital: Written | None = None
    line1: Written | None = None
    line2: Written | None = None
    postal_code: Written | None = None
    city: Written | None = None
    region: Written | None = None
    country: Code | None = None
    timezone: Label | None = None
    language: Literal["en", "fr"] | None = None
    currency: Code | None = None
    email: Written | None = None
    phone: Written | None = None
    website: Written | None = None
    support_email: Written | None = None
    terms_url: Written | None = None
    privacy_url: Written | None = None
    siren: Written | None = None
    siret: Written | None = None
    ape: Written | None = None
    eori: Written | None = None
    registration: Written | None = None
    vat_number: Written | None = None
    bank: Written | None = None
    account_holder: Written | None = None
    iban: Written | None = None
    bic: Written | None = None
    accounts: tuple[AccountEntry, ...] = ()
    creditor_id: Written | None = None


class CurrencyEntry(_Shape):
    """A currency and the countries that pay in it; the first without any is everybody else's."""

    code: Code
    countries: tuple[Code, ...] = ()


class ApplicationEntry(_Shape):
    """A program of the vendor's, with the permissions that it will ask about."""

    id: Id
    name: Label
    permissions: tuple[Label, ...] = ()


class SolutionEntry(_Shape):
    """A family of roles, for browsing."""

    id: Id
    name: Bilingual


class RoleEntry(_Shape):
    """What a member holds: for each application, which of its permissions."""

    id: Id
    name: Bilingual
    description: Description | None = None
    solution: Id
    grants: Mapping[str, tuple[str, ...]] = Field(default_factory=dict)
    requires: Annotated[tuple[Id, ...], BeforeValidator(_one_or_many)] = ()


class PriceEntry(_Shape):
    """The price of a seat for a term, in minor units, from a day on (absent: always) (R7)."""

    term: Term
    currency: Code
    amount: Amount
    valid_from: Day | None = Field(default=None, alias="from")


class OfferEntry(_Shape):
    """What is bought: roles for one audience, in some countries (absent: everywhere) (R4)."""

    id: Id
    roles: Annotated[tuple[Id, ...], Field(min_length=1, max_length=MOST_IN_AN_OFFER)]
    audience: Audience
    channel: Channel
    countries: tuple[Code, ...] = ()
    trial_days: Annotated[int, Field(ge=1, le=MOST_TRIAL_DAYS)] | None = None
    prices: Annotated[tuple[PriceEntry, ...], Field(max_length=MOST_IN_AN_OFFER)] = ()


class CatalogueFile(_Shape):
    """A whole catalogue, as its file says it; every list keeps the file's order."""

    vendor: VendorEntry = Field(default_factory=VendorEntry)
    currencies: Annotated[tuple[CurrencyEntry, ...], Field(min_length=1)]
    applications: tuple[ApplicationEntry, ...]
    solutions: tuple[SolutionEntry, ...]
    roles: tuple[RoleEntry, ...]
    offers: tuple[OfferEntry, ...]


SECTIONS: Final[Mapping[str, type[_Shape]]] = {
    "currencies": CurrencyEntry,
    "applications": ApplicationEntry,
    "solutions": SolutionEntry,
    "roles": RoleEntry,
    "offers": OfferEntry,
}


def known_keys(path: tuple[str | int, ...]) -> tuple[str, ...]:
    """The keys that a mapping at ``path`` may hold."""
    model: type[_Shape] = CatalogueFile
    for step in path:
        if isinstance(step, str):
            model = _CHILDREN[model, step]
    return tuple(field.alias or name for name, field in model.model_fields.items())


_CHILDREN: Final[Mapping[tuple[Any, str], type[_Shape]]] = {
    (CatalogueFile, "vendor"): VendorEntry,
    (VendorEntry, "accounts"): AccountEntry,
    **{(CatalogueFile, name): model for name, model in SECTIONS.items()},
    (SolutionEntry, "name"): Bilingual,
    (RoleEntry, "name"): Bilingual,
    (RoleEntry, "description"): BilingualText,
    (OfferEntry, "prices"): PriceEntry,
}
