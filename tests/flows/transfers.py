"""Orders that wait for a transfer, and statements that bring it."""

from __future__ import annotations

import io
from datetime import datetime
from uuid import UUID

from tenure.base.clock import machine_now
from tenure.billing.bank.reference import reference_of
from tenure.flows.bank_import import Imported, import_statement
from tenure.flows.purchase import Purchase, TransferPayment, buy
from tenure.flows.verify.run import verify
from tenure.organisations.models import Organisation
from tests.billing.statements import Movement, camt
from tests.shop import START, fill_cart

TOTAL = 144000
"""What one seat costs for a year, with tax."""


def by_transfer(company: Organisation, *, now: datetime = START) -> UUID:
    """An order of one seat that waits for its transfer."""
    cart = fill_cart(company, ("designer-business", 1), now=now)
    purchase = Purchase(cart.cart.id, cart.cart.version, company.id, TransferPayment())
    return buy(purchase=purchase, now=now, by="test").order


def transfer_for(order: UUID, amount: int = TOTAL, **more: object) -> Movement:
    """Money for an order, under its reference."""
    return Movement(amount, structured=reference_of(order), **more)  # type: ignore[arg-type]  # a test's words


def read_in(source: bytes, name: str = "statement.xml") -> Imported:
    """A file is imported."""
    return import_statement(source=io.BytesIO(source), name=name, now=machine_now(), by="test")


def imported(*movements: Movement) -> Imported:
    """Movements are imported as a camt.053."""
    return read_in(camt(movements))


def all_holds() -> None:
    """Everything that is always true."""
    found = {each.check.name: each.tally for each in verify(now=START) if each.tally.failed}
    assert found == {}, found
