"""Mails about quotes, and the way to what was paid on paper (R12, R46)."""

from __future__ import annotations

import pytest

from tenure.base.ids import public_id
from tenure.billing.models import Document
from tenure.catalogue.models import Vendor
from tenure.flows.purchase import CardPayment
from tenure.flows.quotes import accept, decline, quote_cart
from tenure.notices.models import Mail
from tenure.orders.models import Quote
from tenure.organisations.models import Organisation
from tenure.organisations.rules import Standing
from tests.flows.worlds import joined
from tests.notices.made import kinds, make_all, only
from tests.shop import START, customer, fill_cart, open_shop

pytestmark = pytest.mark.django_db(transaction=True)


def company() -> Organisation:
    """A company with a billing contact, and a vendor that reads mail; nothing left to tell."""
    open_shop()
    vendor = Vendor.objects.get()
    Vendor.objects.update(facts=vendor.facts | {"email": "sales@atelier-vendor.example"})
    made = customer()
    joined(made, "bill@atelier.example", standing=Standing.BILLING)
    joined(made, "tom@atelier.example")
    make_all()
    Mail.objects.all().delete()
    return made


def quoted(organisation: Organisation) -> Quote:
    cart = fill_cart(organisation, ("designer-business", 2))
    made = quote_cart(
        cart=cart.cart.id, organisation=organisation.id, purchase_order="PO 7", now=START, by="test"
    )
    make_all()
    return Quote.objects.get(id=made.ids[0])


def test_a_quote_goes_to_who_pays_with_its_page_and_its_paper() -> None:
    organisation = company()
    quote = quoted(organisation)
    mails = Mail.objects.filter(kind="quote_sent")
    assert set(mails.values_list("to", flat=True)) == {
        "ada@atelier.example",
        "bill@atelier.example",
    }
    letter = str(mails[0].letter)
    paper = Document.objects.get(quote=quote)
    assert f"/billing/quotes/{public_id('quo', quote.id)}" in letter
    assert f"/billing/invoices/{public_id('doc', paper.id)}/pdf" in letter
    assert paper.number in mails[0].subject
    assert "PO 7" in letter


def test_accepted_the_vendor_is_told_and_the_buyer_has_the_invoice() -> None:
    quote = quoted(company())
    accept(quote=quote.id, payment=CardPayment("tok_ok"), now=START, by="test")
    make_all()
    assert only("quote_accepted").to == "sales@atelier-vendor.example"
    invoice = Document.objects.get(kind="invoice")
    paid = Mail.objects.filter(kind="order_paid")[0]
    assert f"/billing/invoices/{public_id('doc', invoice.id)}/pdf" in str(paid.letter)


def test_declined_the_vendor_hears_the_word() -> None:
    quote = quoted(company())
    decline(quote=quote.id, because="Too dear.", now=START, by="test")
    make_all()
    mail = only("quote_declined")
    assert mail.letter is not None
    assert mail.letter["quote"] == "Too dear."


def test_what_is_over_before_it_was_told_is_not_told() -> None:
    organisation = company()
    cart = fill_cart(organisation, ("designer-business", 2))
    made = quote_cart(cart=cart.cart.id, organisation=organisation.id, now=START, by="test")
    decline(quote=made.ids[0], now=START, by="test")
    make_all()
    assert kinds() == ["quote_declined"]
