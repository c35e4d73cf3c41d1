"""What a document says adds up, for whatever was bought and whoever's tax it is (R44, R45)."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenure.billing.documents.composing import (
    Taxed,
    mentions,
    seller_party,
    tax_lines,
    term_words,
    totals,
    transfer_to,
)
from tenure.billing.documents.content import (
    Address,
    Content,
    DocumentKind,
    Line,
    MentionCode,
    Party,
    TaxCategory,
    canonical,
    contradictions,
    parse,
)
from tenure.billing.documents.numbering import series_of
from tenure.orders.rules.tax import TaxKind, TaxSituation, price_document
from tenure.policy.loading import default_policy
from tenure.policy.words import Audience

NOBODY = Party(name="N", address=Address(line1="1", city="C", country="FR"))
SITUATIONS = st.one_of(
    st.builds(
        TaxSituation,
        kind=st.just(TaxKind.BUYER_COUNTRY),
        country=st.sampled_from(["FR", "HU", "LU"]),
        basis_points=st.integers(0, 2700),
    ),
    st.just(TaxSituation(TaxKind.REVERSE_CHARGE, "DE", 0)),
    st.just(TaxSituation(TaxKind.NO_TAX, None, 0)),
)


@given(
    sums=st.lists(st.integers(0, 10**9), min_size=1, max_size=12),
    audience=st.sampled_from(list(Audience)),
    situation=SITUATIONS,
    data=st.data(),
)
def test_whatever_was_bought_adds_up_whole_and_in_part(
    sums: list[int], audience: Audience, situation: TaxSituation, data: st.DataObject
) -> None:
    priced = price_document(sums, audience, situation)
    taxed = Taxed(situation.basis_points, situation.country or "", situation.reverse_charge)
    lines = tuple(
        Line(
            name="L",
            quantity=1,
            unit_price=given,
            net=line.net,
            tax=line.tax,
            category=taxed.category,
            rate=taxed.basis_points,
        )
        for given, line in zip(sums, priced.lines, strict=True)
    )
    whole = Content(
        kind=DocumentKind.INVOICE,
        number="INV-2027-000001",
        series="INV",
        year=2027,
        sequence=1,
        language="en",
        currency="EUR",
        issued_on=date(2027, 3, 1),
        seller=NOBODY,
        buyer=NOBODY,
        lines=lines,
        taxes=(taxed.line(priced.total_net, priced.total_tax),),
        net=priced.total_net,
        tax=priced.total_tax,
        total=priced.total,
    )
    assert contradictions(whole) == []
    assert parse(canonical(whole)) == whole
    assert totals(lines) == (whole.net, whole.tax)
    part = data.draw(st.lists(st.sampled_from(lines), unique_by=id, min_size=1))
    (of_it,) = tax_lines(part, whole.taxes)
    assert (of_it.net, of_it.tax) == totals(part)
    assert (of_it.country, of_it.exemption_code) == (
        whole.taxes[0].country,
        whole.taxes[0].exemption_code,
    )


@pytest.mark.parametrize(
    ("taxed", "category", "code"),
    [
        (Taxed(2000, "FR", reverse_charge=False), TaxCategory.STANDARD, None),
        (Taxed(0, "FR", reverse_charge=False), TaxCategory.ZERO, None),
        (Taxed(0, "DE", reverse_charge=True), TaxCategory.REVERSE_CHARGE, "reverse_charge"),
        (Taxed(0, "", reverse_charge=False), TaxCategory.OUTSIDE, "outside_scope"),
        (Taxed(2700, "HU", reverse_charge=False), TaxCategory.STANDARD, "oss"),
    ],
)
def test_a_tax_is_named_as_the_law_knows_it(
    taxed: Taxed, category: TaxCategory, code: str | None
) -> None:
    assert taxed.category is category
    policy = default_policy().documents.model_copy(update={"vat_on_debits": True})
    said = mentions(
        taxed, consumer=True, vendor_country="FR", policy=policy, renews_until=date(2028, 2, 25)
    )
    assert [each.code for each in said] == [
        *([MentionCode(code)] if code else []),
        MentionCode.VAT_ON_DEBITS,
        MentionCode.RENEWS,
    ]


def test_a_vendor_is_said_as_far_as_its_file_says_it() -> None:
    facts = {"name": "Atelier", "legal_form": "SAS", "share_capital": "1 000 €", "email": "a@b.eu"}
    assert seller_party(facts, "fr").legal_form == "SAS au capital de 1 000 €"
    english = seller_party(facts, "en")
    assert english.legal_form == "SAS, capital 1 000 €"
    assert english.electronic_address is not None
    assert english.electronic_address.scheme == "EM"
    bare = seller_party({"legal_form": "SARL"}, "fr")
    assert (bare.legal_form, bare.electronic_address) == ("SARL", None)
    assert transfer_to({"name": "Atelier"}, "RF18").account_holder == "Atelier"


def test_series_and_terms() -> None:
    invoice, note = DocumentKind.INVOICE, DocumentKind.CREDIT_NOTE
    assert series_of(invoice, renewal=True) == "REN"
    assert series_of(invoice, renewal=True, test_clock=True) == "TREN"
    assert series_of(note, renewal=True) == "CN"
    assert term_words("quarter", "fr") == "Abonnement trimestriel"
    assert term_words("decade", "en") == "decade"
