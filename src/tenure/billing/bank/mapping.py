"""How a bank's CSV is laid out: told by a small TOML file, or known by the names of its columns."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from typing import Annotated, Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from tenure.billing.bank import errors
from tenure.billing.bank.lines import refusal

Column = Annotated[str, Field(min_length=1, max_length=200)]


class Columns(BaseModel):
    """The column of each thing, by its name in the header; ``text`` may be several."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    booked_on: Column
    valued_on: Column | None = None
    amount: Column | None = None
    credit: Column | None = None
    debit: Column | None = None
    currency: Column | None = None
    account: Column | None = None
    name: Column | None = None
    iban: Column | None = None
    bank_reference: Column | None = None
    end_to_end: Column | None = None
    state: Column | None = None
    text: tuple[Column, ...] = ()

    @model_validator(mode="after")
    def _has_an_amount(self) -> Self:
        if not self.amount and not (self.credit or self.debit):
            raise ValueError("amount, or credit and debit, must be named")
        return self

    def named(self) -> Sequence[str]:
        """Every column that must be there."""
        single = (getattr(self, name) for name in type(self).model_fields if name != "text")
        return [*(each for each in single if each), *self.text]


class Mapping(BaseModel):
    """A layout: encoding, delimiter, how numbers and dates are written, and the columns.

    ``skip`` lines stand above the header; ``booked`` are the words in ``state`` that say that a
    movement is booked (empty: all are).
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    encoding: str = "utf-8"
    delimiter: Annotated[str, Field(min_length=1, max_length=1)] = ";"
    decimal: Literal[",", "."] = ","
    thousands: Literal["", " ", ".", ",", "'"] = ""
    date: str = "%d/%m/%Y"
    skip: Annotated[int, Field(ge=0, le=100)] = 0
    account: str = ""
    booked: tuple[str, ...] = ()
    columns: Columns


def parse_mapping(source: str) -> Mapping:
    """The mapping of a TOML file; raises ``StatementRefused`` with what is wrong in it."""
    try:
        return Mapping.model_validate(tomllib.loads(source))
    except tomllib.TOMLDecodeError as error:
        raise refusal(errors.MAPPING_UNUSABLE, field="TOML", detail=str(error)) from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(step) for step in first["loc"]) or "columns"
        raise refusal(errors.MAPPING_UNUSABLE, field=where, detail=first["msg"]) from error


_KNOWN: Final[dict[str, tuple[str, ...]]] = {
    "booked_on": (
        "date",
        "booking date",
        "date comptable",
        "date d'opération",
        "date de comptabilisation",
        "date operation",
        "dateop",
        "buchungstag",
        "buchungsdatum",
        "completed date",
        "settlement date (utc)",
        "date completed (utc)",
        "booked_on",
        "booked on",
    ),
    "valued_on": ("value date", "date de valeur", "dateval", "valutadatum", "wertstellung"),
    "amount": ("amount", "montant", "betrag", "montant (eur)", "total amount (incl. vat)"),
    "credit": ("credit", "crédit", "crédit euros", "haben"),
    "debit": ("debit", "débit", "débit euros", "soll"),
    "currency": ("currency", "devise", "währung", "payment currency"),
    "account": ("account", "iban du compte", "auftragskonto", "account iban", "compte"),
    "name": (
        "name",
        "counterparty",
        "counterparty name",
        "contrepartie",
        "nom de la contrepartie",
        "payer",
        "beguenstigter/zahlungspflichtiger",
        "name zahlungsbeteiligter",
    ),
    "iban": (
        "iban",
        "counterparty iban",
        "iban de la contrepartie",
        "kontonummer/iban",
        "iban zahlungsbeteiligter",
    ),
    "bank_reference": ("id", "transaction id", "bank reference", "référence banque"),
    "end_to_end": ("end to end", "end_to_end", "endtoendid", "kundenreferenz (end-to-end)"),
    "state": ("state", "status", "statut"),
}
_TEXTS: Final = (
    "text",
    "reference",
    "référence",
    "label",
    "libellé",
    "libelle",
    "description",
    "verwendungszweck",
    "purpose",
    "communication",
    "détail",
    "details",
    "note",
)
_BOOKED_WORDS: Final = ("COMPLETED", "BOOKED", "SETTLED", "Completed", "completed", "executed")


def known_mapping(header: Sequence[str], *, delimiter: str) -> Mapping | None:
    """The layout of a file by the names in its header; None if they are not all plain."""
    by_name = {name.strip().lower(): name for name in reversed(header)}
    found = {
        field: by_name[name]
        for field, names in _KNOWN.items()
        for name in reversed(names)
        if name in by_name
    }
    texts = tuple(by_name[name] for name in _TEXTS if name in by_name)
    if "booked_on" not in found or not {"amount", "credit", "debit"} & found.keys():
        return None
    if "amount" in found:
        found.pop("credit", None)
        found.pop("debit", None)
    return Mapping(
        delimiter=delimiter,
        decimal="." if delimiter == "," else ",",
        date="",
        booked=_BOOKED_WORDS if "state" in found else (),
        columns=Columns(text=texts, **found),
    )
