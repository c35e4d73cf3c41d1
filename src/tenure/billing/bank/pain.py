"""A file of SEPA transfers for the bank (pain.001.001.09), the same however often it is made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from lxml import etree
from sepaxml import SepaTransfer

SCHEMA: Final = "pain.001.001.09"


@dataclass(frozen=True, slots=True)
class Payer:
    """Whose account is debited."""

    name: str
    iban: str
    bic: str


@dataclass(frozen=True, slots=True)
class Transfer:
    """One transfer; ``id`` comes back with the statement. ``amount`` is in cents."""

    id: UUID
    name: str
    iban: str
    amount: int
    text: str


def pain_file(
    *, file: UUID, payer: Payer, transfers: Sequence[Transfer], on: date, made_at: datetime
) -> bytes:
    """The file, checked against its schema; ``on`` is the day on which the bank is to execute it.

    Names and texts are written in the letters that every bank of the area takes.
    """
    config = {"name": payer.name, "IBAN": payer.iban, "batch": True, "currency": "EUR"}
    if payer.bic:
        config["BIC"] = payer.bic
    made = SepaTransfer(config, schema=SCHEMA, clean=True)
    for each in transfers:
        made.add_payment(
            {
                "name": each.name,
                "IBAN": each.iban,
                "amount": each.amount,
                "execution_date": on,
                "description": each.text,
                "endtoend_id": each.id.hex,
            }
        )
    return _named(made.export(validate=True), file, made_at)


def _named(content: bytes, file: UUID, made_at: datetime) -> bytes:
    """With the file's own name and time, where the library writes some of its own."""
    root = etree.fromstring(content)
    told = {"MsgId": file.hex, "PmtInfId": file.hex, "CreDtTm": f"{made_at:%Y-%m-%dT%H:%M:%S}"}
    for name, text in told.items():
        for element in root.iterfind(f".//{{*}}{name}"):
            element.text = text
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")
