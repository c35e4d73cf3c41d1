"""The data inside: judged by the XSD and the official Schematrons, and by our own sums."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from tenure.billing.documents.content import (
    Content,
    Mention,
    MentionCode,
    Operation,
    TaxCategory,
    TaxLine,
    contradictions,
)
from tenure.billing.documents.facturx import render_xml
from tenure.orders.rules.tax import TaxKind, TaxSituation, price_document
from tenure.policy.words import Audience
from tests.billing.official import EN_16931, FRANCE, objections
from tests.billing.papers import (
    BUYER,
    BY_TRANSFER,
    FRENCH_BUSINESS,
    GERMAN,
    PERSON,
    SELLER,
    changed,
    consumer,
    credit_note,
    in_dollars,
    invoice,
    line,
    quote,
    untaxed,
)

EXEMPT = untaxed(
    TaxCategory.EXEMPT,
    mentions=(Mention(code=MentionCode.EXEMPT, text="art. 261-4-4° du CGI"),),
    taxes=(
        TaxLine(
            category=TaxCategory.EXEMPT, rate=0, net=144000, tax=0, exemption_code="VATEX-EU-132"
        ),
    ),
)
SITUATIONS = {
    "by card": invoice(),
    "card known by its end": invoice(
        payment=changed(invoice().payment, card_last4="4242")  # type: ignore[arg-type]
    ),
    "ahead of a transfer": invoice(paid=0, payment=BY_TRANSFER, due_on=date(2026, 12, 27)),
    "on receipt": invoice(paid=0, payment=BY_TRANSFER, due_on=None, language="en"),
    "partly paid": invoice(paid=72800, payment=BY_TRANSFER, due_on=date(2026, 12, 27)),
    "credit note": credit_note(),
    "credit note in English": credit_note(language="en", buyer=GERMAN, payment=None),
    "purchase order": invoice(purchase_order="PO-4711", buyer_reference="Direction technique"),
    "reverse charge": untaxed(TaxCategory.REVERSE_CHARGE),
    "outside the scope": untaxed(TaxCategory.OUTSIDE),
    "export": untaxed(TaxCategory.EXPORT, seller=changed(SELLER, electronic_address=None)),
    "exempt": EXEMPT,
    "consumer": consumer(),
    "dollars": in_dollars(),
    "yen": invoice(currency="JPY"),
    "goods": invoice(operation=Operation.GOODS, vat_on_debits=True),
    "both": invoice(operation=Operation.MIXED, supplied_on=date(2026, 11, 30)),
    "prorated": invoice(
        lines=(line(net=144000, tax=28800, quantity=7, unit_price=48000),),
    ),
    "a vendor with little": invoice(
        seller=changed(SELLER, siren="", siret="", legal_form="", registration="", phone="")
    ),
    "strange letters": invoice(reason="", buyer=changed(BUYER, name='A<&>"B\x07 山田')),
}


@pytest.mark.parametrize("name", SITUATIONS)
def test_passes_the_official_judges(name: str) -> None:
    assert contradictions(SITUATIONS[name]) == []
    assert objections(render_xml(SITUATIONS[name])) == []


@pytest.mark.parametrize(
    "name", ["by card", "ahead of a transfer", "partly paid", "credit note", "goods", "both"]
)
def test_passes_the_judge_of_the_french_reform(name: str) -> None:
    assert objections(render_xml(SITUATIONS[name]), FRANCE) == []


def test_a_quote_has_no_such_data() -> None:
    with pytest.raises(ValueError, match="quote"):
        render_xml(quote())


def found(content: Content, name: str) -> list[str]:
    """The texts of every element called ``name``."""
    return [e.text or "" for e in etree.fromstring(render_xml(content)).iter(f"{{*}}{name}")]


class TestSays:
    def test_a_consumers_price_is_the_net_for_them_all(self) -> None:
        """2 × 19.99 € with tax: the net 33.32 € is the price of two."""
        assert found(consumer(), "ChargeAmount") == ["33.32"]
        assert found(consumer(), "BasisQuantity") == ["2"]
        assert found(invoice(), "ChargeAmount") == ["480.00"]
        assert found(invoice(), "BasisQuantity") == ["1"]

    def test_how_it_was_paid(self) -> None:
        assert found(invoice(), "TypeCode")[-2:] == ["48", "VAT"]
        by_transfer = invoice(paid=0, payment=BY_TRANSFER)
        assert "58" in found(by_transfer, "TypeCode")
        assert found(by_transfer, "IBANID") == [BY_TRANSFER.iban]
        assert found(by_transfer, "PaymentReference") == [BY_TRANSFER.reference]
        assert "30" in found(changed(by_transfer, currency="CHF"), "TypeCode")

    def test_why_no_tax_is_charged(self) -> None:
        reverse = untaxed(TaxCategory.REVERSE_CHARGE)
        assert found(reverse, "ExemptionReasonCode") == ["VATEX-EU-AE"]
        assert found(reverse, "ExemptionReason")[0].startswith("Reverse charge")
        assert found(untaxed(TaxCategory.OUTSIDE), "RateApplicablePercent") == []
        assert "art. 261-4-4° du CGI" in found(EXEMPT, "ExemptionReason")[0]

    def test_the_notes_by_their_codes(self) -> None:
        codes = ["PMD", "PMT", "AAB", "REG", "ABL", "BAR"]
        assert found(invoice(), "SubjectCode") == codes
        assert found(untaxed(TaxCategory.EXPORT), "Content")[-1] == "B2BINT"
        assert found(consumer(), "Content")[-1] == "B2C"
        assert "Annulation de la commande" in found(credit_note(), "Content")

    def test_when_the_tax_is_due(self) -> None:
        assert found(invoice(), "DueDateTypeCode") == ["72"]
        assert found(invoice(vat_on_debits=True), "DueDateTypeCode") == ["5"]

    def test_what_it_corrects(self) -> None:
        assert found(credit_note(), "IssuerAssignedID")[-1] == "INV-2026-000001"
        assert found(credit_note(), "Description")[-1] == "À rembourser ou à déduire"

    def test_the_tax_in_the_accounting_currency(self) -> None:
        assert found(in_dollars(), "TaxCurrencyCode") == ["EUR"]
        assert found(in_dollars(), "TaxTotalAmount") == ["288.00", "265.83"]

    def test_where_a_company_is_reached(self) -> None:
        assert found(invoice(), "URIID")[-2:] == ["732829320", "552100554"][-2:]
        without = changed(BUYER, electronic_address=None)
        assert found(invoice(buyer=without), "URIID")[-1] == "552100554"
        assert found(consumer(), "URIID")[-1] == PERSON.email

    def test_a_dollar_amount_has_two_decimals_and_a_yen_none(self) -> None:
        assert found(invoice(currency="JPY"), "GrandTotalAmount") == ["172800"]
        assert found(invoice(), "GrandTotalAmount") == ["1728.00"]


@settings(max_examples=12, deadline=None)
@given(
    prices=st.lists(st.tuples(st.integers(1, 10**6), st.integers(1, 40)), min_size=1, max_size=8),
    rate=st.sampled_from([2000, 1900, 2550, 550, 210, 810, 2100]),
    is_consumer=st.booleans(),
)
def test_any_cart_adds_up_for_the_judges(
    prices: list[tuple[int, int]], rate: int, is_consumer: bool
) -> None:
    """R44's rounding, with tax inside or on top, stays within EN 16931's sums (BR-CO-10 to 17)."""
    situation = TaxSituation(TaxKind.BUYER_COUNTRY, "FR", rate)
    audience = Audience.CREATOR if is_consumer else Audience.BUSINESS
    amounts = price_document([price * count for price, count in prices], audience, situation)
    content = invoice(
        consumer=is_consumer,
        prices_include_tax=is_consumer,
        lines=tuple(
            line(net=sums.net, tax=sums.tax, quantity=count, unit_price=price, rate=rate)
            for (price, count), sums in zip(prices, amounts.lines, strict=True)
        ),
        taxes=(
            TaxLine(
                category=TaxCategory.STANDARD,
                rate=rate,
                net=amounts.total_net,
                tax=amounts.total_tax,
            ),
        ),
        net=amounts.total_net,
        tax=amounts.total_tax,
        total=amounts.total,
        paid=amounts.total,
        mentions=FRENCH_BUSINESS,
    )
    assert contradictions(content) == []
    assert objections(render_xml(content), EN_16931) == []
