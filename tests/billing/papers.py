"""Documents to try things with: one of each kind and tax situation."""

from __future__ import annotations

from datetime import date
from typing import Final

import msgspec

from tenure.billing.documents.content import (
    Accounting,
    Address,
    Content,
    DocumentKind,
    ElectronicAddress,
    Line,
    Mention,
    MentionCode,
    Party,
    Payment,
    PaymentMeans,
    Preceding,
    Received,
    TaxCategory,
    TaxLine,
)

SELLER: Final = Party(
    name="Atelier du Pont",
    legal_form="SAS au capital de 10 000 €",
    registration="RCS Bordeaux 732 829 320",
    address=Address(line1="3 quai du Pont", postal_code="33000", city="Bordeaux", country="FR"),
    siren="732829320",
    siret="73282932000074",
    vat_number="FR44732829320",
    electronic_address=ElectronicAddress(scheme="0225", value="732829320"),
    email="factures@atelier.example",
    phone="+33 5 56 00 00 00",
    website="https://atelier.example",
)
BUYER: Final = Party(
    name="Ateliers Rhône SARL",
    address=Address(
        line1="12 rue de la République",
        line2="Bâtiment B",
        postal_code="69002",
        city="Lyon",
        country="FR",
    ),
    siren="552100554",
    vat_number="FR83552100554",
    electronic_address=ElectronicAddress(scheme="0225", value="552100554"),
)
FRENCH_BUSINESS: Final = (
    Mention(code=MentionCode.LATE_PAYMENT, figure=1215),
    Mention(code=MentionCode.RECOVERY_INDEMNITY, figure=4000),
    Mention(code=MentionCode.NO_DISCOUNT),
)


def line(net: int = 48000, tax: int = 9600, **other: object) -> Line:
    """A year of one seat, at 20 %."""
    given = {
        "name": "Dessinateur",
        "description": "Abonnement annuel",
        "reference": "drafter-business",
        "quantity": 1,
        "unit_price": net,
        "net": net,
        "tax": tax,
        "category": TaxCategory.STANDARD,
        "rate": 2000,
        "starts_on": date(2026, 11, 27),
        "ends_on": date(2027, 11, 26),
    }
    return Line(**(given | other))  # type: ignore[arg-type]  # any field may be given


def invoice(**other: object) -> Content:
    """What a French company paid by card: three seats at 20 %."""
    given = {
        "kind": DocumentKind.INVOICE,
        "number": "INV-2026-000001",
        "series": "INV",
        "year": 2026,
        "sequence": 1,
        "language": "fr",
        "currency": "EUR",
        "issued_on": date(2026, 11, 27),
        "due_on": date(2026, 11, 27),
        "seller": SELLER,
        "buyer": BUYER,
        "lines": (line(net=144000, tax=28800, quantity=3, unit_price=48000),),
        "taxes": (
            TaxLine(category=TaxCategory.STANDARD, rate=2000, net=144000, tax=28800, country="FR"),
        ),
        "net": 144000,
        "tax": 28800,
        "total": 172800,
        "paid": 172800,
        "payment": Payment(means=PaymentMeans.CARD, paid_on=date(2026, 11, 27)),
        "order": "ord_01kb3qv5s2e6hsf4r0f2gk5g8x",
        "customer_number": "org_01kb3qv5s2e6hsf4r0f2gk5g8y",
        "mentions": FRENCH_BUSINESS,
    }
    return Content(**(given | other))  # type: ignore[arg-type]  # any field may be given


def changed(content: Content, **other: object) -> Content:
    """``content`` with other values in some fields."""
    return msgspec.structs.replace(content, **other)


BY_TRANSFER: Final = Payment(
    means=PaymentMeans.BANK_TRANSFER,
    account_holder="Atelier du Pont",
    bank="Banque de Bordeaux",
    iban="FR7630006000011234567890189",
    bic="AGRIFRPP",
    reference="RF18539007547034",
)


def pro_forma(**other: object) -> Content:
    """What is sent to a company that pays by transfer."""
    given = {
        "kind": DocumentKind.PRO_FORMA,
        "number": "PF-2026-000001",
        "series": "PF",
        "paid": 0,
        "payment": BY_TRANSFER,
        "due_on": None,
        "valid_until": date(2026, 12, 27),
    }
    return invoice(**(given | other))


def credit_note(**other: object) -> Content:
    """What takes the invoice back."""
    given = {
        "kind": DocumentKind.CREDIT_NOTE,
        "number": "CN-2026-000001",
        "series": "CN",
        "about": Preceding(number="INV-2026-000001", issued_on=date(2026, 11, 27)),
        "issued_on": date(2026, 12, 3),
        "reason": "Annulation de la commande",
        "due_on": None,
        "paid": 0,
    }
    return invoice(**(given | other))


def receipt(**other: object) -> Content:
    """Part of a transfer came."""
    given = {
        "kind": DocumentKind.RECEIPT,
        "number": "REC-2026-000001",
        "series": "REC",
        "received": Received(amount=100000, on=date(2026, 12, 1)),
        "paid": 100000,
        "about": Preceding(number="PF-2026-000001", issued_on=date(2026, 11, 27)),
    }
    return pro_forma(**(given | other))


def quote(**other: object) -> Content:
    """A promise with a purchase order number."""
    given = {
        "kind": DocumentKind.QUOTE,
        "number": "QUO-2026-000001",
        "series": "QUO",
        "payment": None,
        "purchase_order": "PO-4711",
        "link": "https://tenure.example/quotes/quo_01kb3qv5s2e6hsf4r0f2gk5g8x",
    }
    return pro_forma(**(given | other))


GERMAN: Final = Party(
    name="Werkstatt GmbH",
    address=Address(line1="Hauptstraße 1", postal_code="10115", city="Berlin", country="DE"),
    vat_number="DE136695976",
    email="rechnung@werkstatt.example",
)
JAPANESE: Final = Party(
    name="山田製作所 株式会社",
    address=Address(line1="1-1 Chiyoda", postal_code="100-0001", city="東京", country="JP"),
    email="billing@yamada.example",
)
PERSON: Final = Party(
    name="Zoé Lefèvre",
    address=Address(line1="4 place du Marché", postal_code="33000", city="Bordeaux", country="FR"),
    email="zoe@lefevre.example",
)


def untaxed(category: TaxCategory, **other: object) -> Content:
    """An invoice without tax, of one category, for a company elsewhere."""
    given = {
        "buyer": GERMAN if category is TaxCategory.REVERSE_CHARGE else JAPANESE,
        "language": "en",
        "lines": (line(net=144000, tax=0, quantity=3, rate=0, category=category),),
        "taxes": (TaxLine(category=category, rate=0, net=144000, tax=0),),
        "tax": 0,
        "total": 144000,
        "paid": 144000,
        "mentions": (),
    }
    return invoice(**(given | other))


def consumer(**other: object) -> Content:
    """What a maker in Bordeaux paid: two seats at 19.99 € with 20 % inside."""
    given = {
        "buyer": PERSON,
        "consumer": True,
        "prices_include_tax": True,
        "lines": (line(net=3332, tax=666, quantity=2, unit_price=1999),),
        "taxes": (TaxLine(category=TaxCategory.STANDARD, rate=2000, net=3332, tax=666),),
        "net": 3332,
        "tax": 666,
        "total": 3998,
        "paid": 3998,
        "mentions": (),
    }
    return invoice(**(given | other))


def in_dollars(**other: object) -> Content:
    """Tax is told in euros too, where the document is not."""
    given = {
        "currency": "USD",
        "language": "en",
        "accounting": Accounting(
            currency="EUR",
            net=132915,
            tax=26583,
            total=159498,
            rate="1.0834",
            rate_on=date(2026, 11, 26),
        ),
    }
    return invoice(**(given | other))
