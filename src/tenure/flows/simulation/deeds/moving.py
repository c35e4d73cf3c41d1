"""Customers give VAT numbers, and are billed elsewhere (R5, R45)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from tenure.flows.particulars import edit_particulars
from tenure.flows.simulation.deeds.deed import BY, Deed, Kind, pick
from tenure.flows.simulation.rulebook import numbers
from tenure.flows.simulation.rulebook.customer import Customer
from tenure.flows.simulation.story import Op
from tenure.flows.vat_checks import look_up_now

_VALID, _INVALID, _NEVER, _LATER = range(4)
_NUMBERS: Final = {
    "DE": ("DE136695976", "DE102000001", "DE103000003", "DE103020107"),
    "IT": ("IT00743110157", "IT10200000015", "IT10300000014", "IT10302010011"),
    "ES": ("ESB58378431", "ESB10200004", "ESB10300002", "ESB10302016"),
}
"""Numbers that a sandbox's register finds valid, invalid, never answers, or answers later."""

_OFTEN: Final = (_VALID, _VALID, _LATER, _LATER, _LATER, _INVALID, _NEVER)
_PLACES: Final = {
    "business": ("FR", "DE", "DE", "DE", "IT", "ES", "US", "GB", "CH", "BR"),
    "creator": ("FR", "IT", "JP", "US", "CH", "ES", "BR"),
    "student": ("FR", "ES", "US", "GB", "BR"),
}
"""Where they move to; in Brazil nothing is sold."""


def give_number(customer: Customer, op: Op) -> Deed | None:
    """A company says by which number it is known, or none any more."""
    known = _NUMBERS.get(customer.country)
    if customer.audience != "business" or known is None:
        return None
    return _changed(customer, op, {"vat_number": _some(known, op)})


def move(customer: Customer, op: Op) -> Deed:
    """Another billing country, with its number perhaps."""
    country = pick(_PLACES[customer.audience], op.picks[0]) or customer.country
    known = _NUMBERS.get(country) if customer.audience == "business" else None
    number = _some(known, op) if known and op.picks[2] % 2 else ""
    changes = {"country": country, "billing_country": country, "vat_number": number}
    return _changed(customer, op, changes)


def _some(known: tuple[str, ...], op: Op) -> str:
    return "" if op.picks[3] % 9 == 0 else known[_OFTEN[op.picks[1] % len(_OFTEN)]]


def _changed(customer: Customer, op: Op, changes: Mapping[str, str]) -> Deed:
    """As the edge does it: the change, and then the question to the register."""

    def does() -> object:
        edit_particulars(organisation=customer.id, changes=changes, now=op.at, by=BY)
        return look_up_now(organisation=customer.id, now=op.at)

    def expects() -> str | None:
        customer.country = changes.get("country", customer.country)
        numbers.given(customer, changes["vat_number"], op.at)
        return None

    return Deed(does=does, expects=expects, lives=True)


KINDS: Final[Mapping[str, Kind]] = {"give_number": give_number, "move": move}
