"""Papers of orders: numbered, chained, issued when the money is there."""

from __future__ import annotations

import pytest

from tenure.base.calendar import Term
from tenure.billing.documents.content import contradictions, parse
from tenure.billing.models import Document
from tests.shop import customer, fill_cart, open_shop, order_cart, subscribe

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _shop() -> None:
    open_shop()


def test_a_paid_order_has_its_invoice() -> None:
    company = customer()
    order = order_cart(company, fill_cart(company, ("designer-business", 3))).order
    invoice = Document.objects.get(order=order)
    content = parse(invoice.content)
    assert contradictions(content) == []
    assert (invoice.number, invoice.kind, invoice.total) == (
        "TINV-2027-000001",
        "invoice",
        432000,
    )
    subscribe(customer(email="b@atelier.example"), "designer-trial", term=Term.TRIAL)
    assert Document.objects.count() == 1
