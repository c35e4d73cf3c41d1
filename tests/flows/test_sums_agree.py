"""Whoever buys what, and pays in whichever parts: papers, books and money agree (R48)."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tenure.base.calendar import Term
from tenure.billing.documents.content import parse
from tenure.billing.ledger.rules.accounts import Account
from tenure.billing.models import Document, Entry, Payment, SandboxCharge
from tenure.flows.purchase import CardPayment, Purchase, TransferPayment, buy
from tenure.orders.models import Order
from tenure.organisations.models import Organisation
from tenure.policy.words import Audience
from tests.flows.transfers import all_holds, imported, transfer_for
from tests.shop import START, customer, fill_cart, open_shop

pytestmark = pytest.mark.django_db(transaction=True)


@dataclass(frozen=True)
class Situation:
    """Who buys, where from, and what they can be sold."""

    audience: Audience
    country: str
    offers: tuple[str, ...]
    terms: tuple[Term, ...]
    vat_number: str = ""
    transfers: bool = False


COMPANY = ("designer-business", "analyst-business")
BOTH = (Term.YEAR, Term.QUARTER)
SITUATIONS = (
    Situation(Audience.BUSINESS, "FR", COMPANY, BOTH, transfers=True),
    Situation(Audience.BUSINESS, "DE", COMPANY, BOTH, transfers=True),
    Situation(Audience.BUSINESS, "DE", COMPANY, BOTH, vat_number="DE136695976", transfers=True),
    Situation(Audience.BUSINESS, "US", ("designer-business",), (Term.YEAR,)),
    Situation(Audience.CREATOR, "FR", ("designer-creator",), (Term.YEAR, Term.MONTH)),
    Situation(Audience.CREATOR, "JP", ("designer-creator",), (Term.MONTH,)),
)


@st.composite
def sales(draw: st.DrawFn) -> tuple[Situation, Term, dict[str, int], list[int] | None]:
    """A sale: lines with quantities, and by card (None) or in parts of the whole, per mille.

    The last part brings what is missing; a surplus of so many cents is said as a negative part.
    """
    situation = draw(st.sampled_from(SITUATIONS))
    offers = draw(st.lists(st.sampled_from(situation.offers), min_size=1, unique=True))
    lines = {offer: draw(st.integers(1, 97)) for offer in offers}
    parts = st.lists(st.integers(1, 300), max_size=3)
    surplus = st.integers(0, 5000)
    by_transfer = situation.transfers and draw(st.booleans())
    paid = [*draw(parts), -draw(surplus)] if by_transfer else None
    return situation, draw(st.sampled_from(situation.terms)), lines, paid


def moved(order: UUID | None, account: Account) -> int:
    """Debits less credits of an account that concern an order; None: all that there ever was."""
    entries = Entry.objects.filter(order=order) if order else Entry.objects.all()
    sums: Counter[str] = Counter()
    for entry in entries:
        sums[entry.debit] += entry.amount
        sums[entry.credit] -= entry.amount
    return sums[account]


def buyer(situation: Situation, number: int) -> Organisation:
    """A new customer."""
    made = customer(situation.audience, situation.country, email=f"buyer{number}@atelier.example")
    if situation.vat_number:
        Organisation.objects.filter(id=made.id).update(
            vat_number=situation.vat_number, vat_validated_at=START
        )
        made.refresh_from_db()
    return made


def test_documents_ledger_gateway_and_bank_agree() -> None:
    open_shop()
    numbers = iter(range(1000))

    @settings(max_examples=12, suppress_health_check=[HealthCheck.too_slow])
    @given(sale=sales())
    def agree(sale: tuple[Situation, Term, dict[str, int], list[int] | None]) -> None:
        situation, term, lines, parts = sale
        company = buyer(situation, next(numbers))
        cart = fill_cart(company, *lines.items(), term=term).cart
        way = CardPayment("tok_ok") if parts is None else TransferPayment()
        bought = buy(
            purchase=Purchase(cart.id, cart.version, company.id, way), now=START, by="test"
        )
        order = Order.objects.get(id=bought.order)
        surplus, waits = 0, moved(None, Account.SUSPENSE)
        if parts is not None:
            *some, over = parts
            sums = [max(order.total * each // 1000, 1) for each in some]
            surplus = -over
            for amount in [*sums, order.total - sum(sums) + surplus]:
                assert Order.objects.get(id=order.id).status == "awaiting_transfer"
                imported(transfer_for(order.id, amount, bank=f"B{next(numbers)}"))
        order.refresh_from_db()
        assert order.status == "paid"
        paper = Document.objects.get(order=order, kind="invoice")
        said = parse(paper.content)
        assert (paper.total_net, paper.total_tax, paper.total) == (
            order.total_net,
            order.total_tax,
            order.total,
        )
        assert sum(line.net for line in said.lines) == order.total_net
        assert sum(line.tax for line in said.lines) == order.total_tax
        payment = Payment.objects.get(order=order)
        assert (payment.status, payment.amount) == ("captured", order.total)
        if parts is None:
            assert SandboxCharge.objects.get(key=payment.id).amount == order.total
            assert moved(order.id, Account.CARD_CLEARING) == order.total
        else:
            assert moved(order.id, Account.SUSPENSE) == order.total
            assert moved(None, Account.SUSPENSE) == waits - surplus
        assert moved(order.id, Account.RECEIVABLE) == 0
        assert moved(order.id, Account.TAX_DUE) == -order.total_tax
        assert moved(order.id, Account.DEFERRED_REVENUE) == -order.total_net

    agree()
    all_holds()
