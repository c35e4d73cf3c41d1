"""What a document says, frozen when it is issued (R46): paper and XML are made of this alone.

Everything printed is decided here already: names, addresses, words in the customer's language,
dates, amounts. Amounts are minor units and never negative; a credit note's kind says the sign.
What is absent or has its default value is left out of the canonical form, so that a field added
later changes no document that was issued before it: a default is never changed.
"""

from __future__ import annotations

import hashlib
from datetime import date
from enum import StrEnum
from typing import Any, Final

import msgspec

MOST: Final = 2**53 - 1
"""The greatest number that RFC 8785 writes exactly."""


class DocumentKind(StrEnum):
    """The five kinds of paper."""

    INVOICE = "invoice"
    CREDIT_NOTE = "credit_note"
    PRO_FORMA = "pro_forma"
    QUOTE = "quote"
    RECEIPT = "receipt"

    @property
    def is_fiscal(self) -> bool:
        """Whether it carries EN 16931 data and goes to the approved platform (R47)."""
        return self in (DocumentKind.INVOICE, DocumentKind.CREDIT_NOTE)


class TaxCategory(StrEnum):
    """Why tax is or is not charged, as UNCL 5305 says it (R45)."""

    STANDARD = "S"
    ZERO = "Z"
    EXEMPT = "E"
    REVERSE_CHARGE = "AE"
    EXPORT = "G"
    """Goods that leave the EU, free of tax."""
    OUTSIDE = "O"
    """Outside the scope of VAT: services whose place is outside the EU."""


class Operation(StrEnum):
    """The category of what is sold, which French invoices name."""

    SERVICES = "services"
    GOODS = "goods"
    MIXED = "mixed"


class PaymentMeans(StrEnum):
    """How a document is or was paid."""

    CARD = "card"
    BANK_TRANSFER = "bank_transfer"


class MentionCode(StrEnum):
    """What the law wants said; each has its words in both languages in ``mentions``.

    ``figure`` of a mention is what is named beside each.
    """

    LATE_PAYMENT = "late_payment"
    """The yearly rate of late-payment penalties; figure: basis points."""
    RECOVERY_INDEMNITY = "recovery_indemnity"
    """The lump sum for recovery; figure: minor units of the euro (4000)."""
    NO_DISCOUNT = "no_discount"
    """No discount for early payment."""
    REVERSE_CHARGE = "reverse_charge"
    """The customer owes the tax (category AE)."""
    OUTSIDE_SCOPE = "outside_scope"
    """Services whose place is outside the EU (category O or G)."""
    EXEMPT = "exempt"
    """Exempt (category E); text: by which article."""
    VAT_ON_DEBITS = "vat_on_debits"
    """The vendor pays tax when it invoices, not when it is paid."""
    OSS = "oss"
    """Tax of the consumer's country, declared by the vendor at the one-stop shop."""
    RENEWS = "renews"
    """The periods renew by themselves; text: the last day to stop that, as a local date."""
    FREE = "free"
    """Words of the vendor's own, in the customer's language; text: those."""


class _Part(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """Immutable, compared by value, written without what has its default."""


class Address(_Part, frozen=True, kw_only=True):
    """A postal address; ``country`` by ISO 3166-1 (BG-5, BG-8)."""

    line1: str
    city: str
    country: str
    line2: str = ""
    postal_code: str = ""
    region: str = ""


class ElectronicAddress(_Part, frozen=True, kw_only=True):
    """Where electronic invoices reach a party (BT-34, BT-49).

    ``scheme`` is of the EAS list: ``0225`` for the French directory (a SIREN, perhaps with a
    suffix), ``0009`` for a SIRET, ``EM`` for e-mail.
    """

    scheme: str
    value: str


class Party(_Part, frozen=True, kw_only=True):
    """A side of the document (BG-4, BG-7).

    ``name`` is the legal name; ``legal_form`` its form with the capital, as printed («SAS au
    capital de 10 000 €»); ``registration`` the register («RCS Bordeaux 123 456 782»).
    """

    name: str
    address: Address
    legal_form: str = ""
    registration: str = ""
    siren: str = ""
    siret: str = ""
    vat_number: str = ""
    electronic_address: ElectronicAddress | None = None
    contact: str = ""
    email: str = ""
    phone: str = ""
    website: str = ""
    logo: str = ""
    """The seller's, as the text of an SVG; without one its name stands there."""


class Line(_Part, frozen=True, kw_only=True):
    """What is sold, for which period (BG-25).

    ``starts_on`` and ``ends_on`` are its first and its last day, both included (R19).
    ``unit_price`` is the price as sold for one: with tax if the document's prices include it
    (R7); it is printed, while ``net`` is what counts. ``rate`` is in basis points.
    """

    name: str
    quantity: int
    unit_price: int
    net: int
    tax: int
    category: TaxCategory
    rate: int
    description: str = ""
    reference: str = ""
    """The vendor's id of the offer (BT-155)."""
    starts_on: date | None = None
    ends_on: date | None = None

    @property
    def gross(self) -> int:
        """With tax."""
        return self.net + self.tax


class TaxLine(_Part, frozen=True, kw_only=True):
    """The tax of one category and rate, in basis points (BG-23).

    ``country`` is whose tax it is; ``exemption_code`` why there is none, of the VATEX list
    (``VATEX-EU-AE``, ``VATEX-EU-O``, ``VATEX-EU-G``), needed for all categories but S and Z.
    """

    category: TaxCategory
    rate: int
    net: int
    tax: int
    country: str = ""
    exemption_code: str = ""


class Payment(_Part, frozen=True, kw_only=True):
    """How it is paid (BG-16): to ``iban`` under the ISO 11649 ``reference``, or by card.

    ``paid_on`` is the local day on which the whole was paid, if it was.
    """

    means: PaymentMeans
    account_holder: str = ""
    bank: str = ""
    iban: str = ""
    bic: str = ""
    reference: str = ""
    card_last4: str = ""
    paid_on: date | None = None


class Accounting(_Part, frozen=True, kw_only=True):
    """The sums in the currency in which the vendor accounts (BT-6, BT-111), in its minor units.

    ``rate`` is a decimal number: so many units of the document's currency are one of the
    accounting currency, as the ECB says it for the euro; ``rate_on`` its day.
    """

    currency: str
    net: int
    tax: int
    total: int
    rate: str
    rate_on: date


class Preceding(_Part, frozen=True, kw_only=True):
    """Another document that this one is about (BT-25, BT-26)."""

    number: str
    issued_on: date


class Received(_Part, frozen=True, kw_only=True):
    """Money that a receipt confirms: what came, and on which local day."""

    amount: int
    on: date


class Mention(_Part, frozen=True, kw_only=True):
    """Something the law or the vendor wants said, with its figure or words (BG-1)."""

    code: MentionCode
    figure: int = 0
    text: str = ""


class Content(_Part, frozen=True, kw_only=True):
    """One whole document.

    ``due`` is what is still to be paid: ``total - paid``; for a credit note, to be given back.
    ``about`` is the document corrected by a credit note, or the one that a receipt is for.
    ``previous_sha256`` is that of the document before in the series, empty for the first of all.
    ``test_clock`` says that it lives by one: it is marked as void. ``prices_include_tax`` holds
    for consumers (R7). ``accepted_by`` and ``link`` are for quotes and pro-formas.
    """

    kind: DocumentKind
    number: str
    series: str
    year: int
    sequence: int
    language: str
    """``en`` or ``fr``."""
    currency: str
    issued_on: date
    """In the vendor's zone (BT-2)."""
    seller: Party
    buyer: Party
    lines: tuple[Line, ...]
    taxes: tuple[TaxLine, ...]
    net: int
    tax: int
    total: int
    paid: int = 0
    previous_sha256: str = ""
    test_clock: bool = False
    consumer: bool = False
    prices_include_tax: bool = False
    operation: Operation = Operation.SERVICES
    vat_on_debits: bool = False
    supplied_on: date | None = None
    """The day of supply (BT-72), where the lines' periods do not say it."""
    due_on: date | None = None
    valid_until: date | None = None
    """The last day of a quote, or for a pro-forma's money."""
    customer_number: str = ""
    order: str = ""
    """Our order's public id (BT-14)."""
    purchase_order: str = ""
    """The customer's own number (BT-13)."""
    buyer_reference: str = ""
    """A word the buyer asked for (BT-10), such as a department."""
    about: Preceding | None = None
    reason: str = ""
    """Why it was corrected, in the customer's language."""
    received: Received | None = None
    payment: Payment | None = None
    accounting: Accounting | None = None
    mentions: tuple[Mention, ...] = ()
    link: str = ""
    """Where a quote is accepted or an order paid."""

    @property
    def due(self) -> int:
        """What is still to be paid (BT-115)."""
        return self.total - self.paid


_ENCODER: Final = msgspec.json.Encoder(order="sorted")
_DIGITS: Final = bytes(48 if each in b"0123456789" else 32 for each in range(256))
_LONG: Final = b"0" * 16
"""Whatever is beyond 2⁵³ has as many digits; so may a text, which is looked at more closely."""


def canonical(content: Content) -> bytes:
    """The one way to write ``content``, after RFC 8785: what is hashed and kept.

    Raises ``ValueError`` for a number beyond 2⁵³, which others would read as another.
    """
    written = _ENCODER.encode(content)
    if _LONG in written.translate(_DIGITS):
        _refuse_inexact(msgspec.to_builtins(content))
    return written


def parse(data: bytes | str) -> Content:
    """What was written by ``canonical``; raises ``ValueError`` for anything else."""
    return msgspec.json.decode(data, type=Content)


def sha256(data: bytes) -> str:
    """The hash of a canonical form, in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def contradictions(content: Content) -> list[str]:
    """What in ``content`` does not add up, for programmers; empty for a document that holds.

    The sums are those of EN 16931 (BR-CO-10 to 17): lines to taxes, taxes to totals.
    """
    said = [
        ("the lines' nets are not the net", sum(line.net for line in content.lines), content.net),
        ("the lines' taxes are not the tax", sum(line.tax for line in content.lines), content.tax),
        ("the taxes' nets are not the net", sum(tax.net for tax in content.taxes), content.net),
        ("the taxes are not the tax", sum(tax.tax for tax in content.taxes), content.tax),
        ("net and tax are not the total", content.net + content.tax, content.total),
    ]
    wrong = [f"{what}: {left} ≠ {right}" for what, left, right in said if left != right]
    for tax in content.taxes:
        lines = [line for line in content.lines if _key(line) == _key(tax)]
        if sum(line.net for line in lines) != tax.net:
            wrong.append(f"the lines of {tax.category} at {tax.rate} are not its net {tax.net}")
        if not abs(tax.net * tax.rate - tax.tax * 10_000) <= 10_000:
            wrong.append(f"{tax.tax} is not {tax.rate} basis points of {tax.net}")
    if not 0 <= content.paid <= content.total:
        wrong.append(f"paid is {content.paid} of {content.total}")
    return wrong


def _key(row: Line | TaxLine) -> tuple[TaxCategory, int]:
    return row.category, row.rate


def _refuse_inexact(written: Any) -> None:
    if isinstance(written, dict):
        for value in written.values():
            _refuse_inexact(value)
    elif isinstance(written, list | tuple):
        for value in written:
            _refuse_inexact(value)
    elif isinstance(written, int) and abs(written) > MOST:
        raise ValueError(f"{written} is beyond what RFC 8785 writes exactly.")
