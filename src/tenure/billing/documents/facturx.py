"""The data of an invoice or a credit note as EN 16931 in UN/CEFACT CII: Factur-X (R47).

Which of our fields is which term is told in docs/en16931.md. Written as text: a document is a
few hundred elements in a fixed order, and thousands are made at a time.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Final

from tenure.billing.documents.content import (
    Content,
    DocumentKind,
    ElectronicAddress,
    Line,
    Operation,
    Party,
    Payment,
    PaymentMeans,
    TaxCategory,
    TaxLine,
)
from tenure.billing.documents.figures import compact_day, percent, plain
from tenure.billing.documents.mentions import VATEX, exemption_reason, notes

FILE_NAME: Final = "factur-x.xml"
PROFILE: Final = "urn:cen.eu:en16931:2017"

_UNIT: Final = "C62"
"""One, by UN/ECE recommendation 20: seats are counted."""
_TYPE: Final = {DocumentKind.INVOICE: "380", DocumentKind.CREDIT_NOTE: "381"}
_BUSINESS: Final = {Operation.SERVICES: "S", Operation.GOODS: "B", Operation.MIXED: "M"}
_ON_INVOICE, _WHEN_PAID = "5", "72"

_UNSAFE: Final = dict.fromkeys((*range(32), 65534, 65535), " ") | {
    ord("&"): "&amp;",
    ord("<"): "&lt;",
    ord(">"): "&gt;",
    ord('"'): "&quot;",
}
"""What XML gives a meaning to, and what it cannot hold at all."""

_HEAD: Final = (
    "<?xml version='1.0' encoding='UTF-8'?>\n"
    "<rsm:CrossIndustryInvoice"
    ' xmlns:rsm="urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100"'
    ' xmlns:ram="urn:un:unece:uncefact:data:standard'
    ':ReusableAggregateBusinessInformationEntity:100"'
    ' xmlns:qdt="urn:un:unece:uncefact:data:standard:QualifiedDataType:100"'
    ' xmlns:udt="urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100">\n'
)


def render_xml(content: Content) -> bytes:
    """The Factur-X file of an invoice or a credit note, profile EN 16931.

    Raises ``ValueError`` for the kinds that are none.
    """
    if not content.kind.is_fiscal:
        raise ValueError(f"A {content.kind} has no EN 16931 data.")
    parts = [_HEAD, *_context(content), *_document(content)]
    parts.append("<rsm:SupplyChainTradeTransaction>\n")
    for number, line in enumerate(content.lines, 1):
        parts += _line(content, number, line)
    parts += _agreement(content)
    parts += _delivery(content)
    parts += _settlement(content)
    parts.append("</rsm:SupplyChainTradeTransaction>\n</rsm:CrossIndustryInvoice>\n")
    return "".join(parts).encode()


def _e(name: str, text: str, attribute: str = "") -> str:
    """One element with text; nothing where there is none."""
    return f"<ram:{name}{attribute}>{text.translate(_UNSAFE)}</ram:{name}>" if text else ""


def _scheme(scheme: str) -> str:
    return f' schemeID="{scheme.translate(_UNSAFE)}"'


def _day(name: str, on: date | None) -> str:
    if on is None:
        return ""
    text = f'<udt:DateTimeString format="102">{compact_day(on)}</udt:DateTimeString>'
    return f"<ram:{name}>{text}</ram:{name}>"


def _context(content: Content) -> Iterator[str]:
    paid = content.kind is DocumentKind.INVOICE and content.due == 0
    process = _BUSINESS[content.operation] + ("2" if paid else "1")
    yield "<rsm:ExchangedDocumentContext><ram:BusinessProcessSpecifiedDocumentContextParameter>"
    yield _e("ID", process)
    yield "</ram:BusinessProcessSpecifiedDocumentContextParameter>"
    yield "<ram:GuidelineSpecifiedDocumentContextParameter>"
    yield _e("ID", PROFILE)
    yield "</ram:GuidelineSpecifiedDocumentContextParameter></rsm:ExchangedDocumentContext>\n"


def _document(content: Content) -> Iterator[str]:
    yield "<rsm:ExchangedDocument>"
    yield _e("ID", content.number) + _e("TypeCode", _TYPE[content.kind])
    yield _day("IssueDateTime", content.issued_on)
    for note in notes(content):
        yield f"<ram:IncludedNote>{_e('Content', note.text)}"
        yield f"{_e('SubjectCode', note.subject)}</ram:IncludedNote>"
    yield "</rsm:ExchangedDocument>\n"


def _line(content: Content, number: int, line: Line) -> Iterator[str]:
    yield "<ram:IncludedSupplyChainTradeLineItem><ram:AssociatedDocumentLineDocument>"
    yield _e("LineID", str(number)) + "</ram:AssociatedDocumentLineDocument>"
    yield "<ram:SpecifiedTradeProduct>" + _e("SellerAssignedID", line.reference)
    yield _e("Name", line.name) + _e("Description", line.description)
    yield "</ram:SpecifiedTradeProduct>"
    yield "<ram:SpecifiedLineTradeAgreement><ram:NetPriceProductTradePrice>"
    price, base = _price(content, line)
    yield _e("ChargeAmount", plain(price, content.currency))
    yield _e("BasisQuantity", str(base), f' unitCode="{_UNIT}"')
    yield "</ram:NetPriceProductTradePrice></ram:SpecifiedLineTradeAgreement>"
    yield "<ram:SpecifiedLineTradeDelivery>"
    yield _e("BilledQuantity", str(line.quantity), f' unitCode="{_UNIT}"')
    yield "</ram:SpecifiedLineTradeDelivery><ram:SpecifiedLineTradeSettlement>"
    yield "<ram:ApplicableTradeTax><ram:TypeCode>VAT</ram:TypeCode>"
    yield _e("CategoryCode", line.category) + _rate(line)
    yield "</ram:ApplicableTradeTax>"
    yield _period(line.starts_on, line.ends_on)
    yield "<ram:SpecifiedTradeSettlementLineMonetarySummation>"
    yield _e("LineTotalAmount", plain(line.net, content.currency))
    yield "</ram:SpecifiedTradeSettlementLineMonetarySummation>"
    yield "</ram:SpecifiedLineTradeSettlement></ram:IncludedSupplyChainTradeLineItem>\n"


def _price(content: Content, line: Line) -> tuple[int, int]:
    """A net price and for how many it is, so that price × quantity is the net exactly.

    A price with tax, or one for a part of the period, says nothing of what one costs net: then
    it is the net for them all.
    """
    exact = line.unit_price * line.quantity == line.net
    if exact and not (content.prices_include_tax and line.tax):
        return line.unit_price, 1
    return line.net, line.quantity


def _rate(row: Line | TaxLine) -> str:
    """What is outside the scope of VAT has no rate, not even zero (BR-O-05)."""
    if row.category is TaxCategory.OUTSIDE:
        return ""
    return _e("RateApplicablePercent", percent(row.rate))


def _period(starts_on: date | None, ends_on: date | None) -> str:
    if starts_on is None and ends_on is None:
        return ""
    days = _day("StartDateTime", starts_on) + _day("EndDateTime", ends_on)
    return f"<ram:BillingSpecifiedPeriod>{days}</ram:BillingSpecifiedPeriod>"


def _agreement(content: Content) -> Iterator[str]:
    named = not any(tax.category is TaxCategory.OUTSIDE for tax in content.taxes)
    yield "<ram:ApplicableHeaderTradeAgreement>" + _e("BuyerReference", content.buyer_reference)
    yield f"<ram:SellerTradeParty>{_party(content.seller, named, True)}</ram:SellerTradeParty>"
    yield f"<ram:BuyerTradeParty>{_party(content.buyer, named, False)}</ram:BuyerTradeParty>"
    for name, number in (
        ("SellerOrderReferencedDocument", content.order),
        ("BuyerOrderReferencedDocument", content.purchase_order),
    ):
        if number:
            yield f"<ram:{name}>{_e('IssuerAssignedID', number)}</ram:{name}>"
    yield "</ram:ApplicableHeaderTradeAgreement>\n"


def _party(party: Party, named: bool, seller: bool) -> str:
    """One side; ``named`` says whether it may name VAT numbers: BR-O-02 to 04 forbid them."""
    address = party.address
    parts = [
        _e("GlobalID", party.siret, _scheme("0009")),
        _e("Name", party.name),
        _e("Description", _legal(party) if seller else ""),
    ]
    if party.siren:
        legal = _e("ID", party.siren, _scheme("0002"))
        parts.append(f"<ram:SpecifiedLegalOrganization>{legal}</ram:SpecifiedLegalOrganization>")
    parts += _contact(party)
    parts.append("<ram:PostalTradeAddress>")
    parts.append(_e("PostcodeCode", address.postal_code) + _e("LineOne", address.line1))
    parts.append(_e("LineTwo", address.line2) + _e("CityName", address.city))
    parts.append(_e("CountryID", address.country) + _e("CountrySubDivisionName", address.region))
    parts.append("</ram:PostalTradeAddress>")
    if electronic := _electronic(party):
        uri = _e("URIID", electronic.value, _scheme(electronic.scheme))
        parts.append(f"<ram:URIUniversalCommunication>{uri}</ram:URIUniversalCommunication>")
    if named and party.vat_number:
        number = _e("ID", party.vat_number, _scheme("VA"))
        parts.append(f"<ram:SpecifiedTaxRegistration>{number}</ram:SpecifiedTaxRegistration>")
    return "".join(parts)


def _legal(party: Party) -> str:
    return ", ".join(filter(None, (party.legal_form, party.registration)))


def _contact(party: Party) -> Iterator[str]:
    if not (party.contact or party.phone or party.email):
        return
    yield "<ram:DefinedTradeContact>" + _e("PersonName", party.contact)
    if party.phone:
        number = _e("CompleteNumber", party.phone)
        yield (
            f"<ram:TelephoneUniversalCommunication>{number}</ram:TelephoneUniversalCommunication>"
        )
    if party.email:
        address = _e("URIID", party.email)
        yield f"<ram:EmailURIUniversalCommunication>{address}</ram:EmailURIUniversalCommunication>"
    yield "</ram:DefinedTradeContact>"


def _electronic(party: Party) -> ElectronicAddress | None:
    """Where invoices reach a party: as given, else by its SIREN, else by e-mail."""
    if party.electronic_address is not None:
        return party.electronic_address
    if party.siren and party.address.country == "FR":
        return ElectronicAddress(scheme="0225", value=party.siren)
    return ElectronicAddress(scheme="EM", value=party.email) if party.email else None


def _delivery(content: Content) -> Iterator[str]:
    """The day of supply (BT-72): as said, else when the first period begins."""
    starts = [line.starts_on for line in content.lines if line.starts_on]
    supplied_on = content.supplied_on or min(starts, default=content.issued_on)
    yield "<ram:ApplicableHeaderTradeDelivery><ram:ActualDeliverySupplyChainEvent>"
    yield _day("OccurrenceDateTime", supplied_on)
    yield "</ram:ActualDeliverySupplyChainEvent></ram:ApplicableHeaderTradeDelivery>\n"


def _settlement(content: Content) -> Iterator[str]:
    payment, accounting = content.payment, content.accounting
    foreign = accounting if accounting and accounting.currency != content.currency else None
    yield "<ram:ApplicableHeaderTradeSettlement>"
    yield _e("PaymentReference", payment.reference if payment else "")
    yield _e("TaxCurrencyCode", foreign.currency if foreign else "")
    yield _e("InvoiceCurrencyCode", content.currency)
    if payment:
        yield from _means(content, payment)
    for tax in content.taxes:
        yield from _tax(content, tax)
    starts = [line.starts_on for line in content.lines if line.starts_on]
    ends = [line.ends_on for line in content.lines if line.ends_on]
    yield _period(min(starts, default=None), max(ends, default=None))
    yield from _terms(content)
    yield "<ram:SpecifiedTradeSettlementHeaderMonetarySummation>"
    currency = content.currency
    yield _e("LineTotalAmount", plain(content.net, currency))
    yield _e("TaxBasisTotalAmount", plain(content.net, currency))
    yield _e("TaxTotalAmount", plain(content.tax, currency), f' currencyID="{currency}"')
    if foreign:
        told = plain(foreign.tax, foreign.currency)
        yield _e("TaxTotalAmount", told, f' currencyID="{foreign.currency}"')
    yield _e("GrandTotalAmount", plain(content.total, currency))
    yield _e("TotalPrepaidAmount", plain(content.paid, currency) if content.paid else "")
    yield _e("DuePayableAmount", plain(content.due, currency))
    yield "</ram:SpecifiedTradeSettlementHeaderMonetarySummation>"
    if content.about:
        yield "<ram:InvoiceReferencedDocument>" + _e("IssuerAssignedID", content.about.number)
        yield '<ram:FormattedIssueDateTime><qdt:DateTimeString format="102">'
        yield compact_day(content.about.issued_on)
        yield "</qdt:DateTimeString></ram:FormattedIssueDateTime></ram:InvoiceReferencedDocument>"
    yield "</ram:ApplicableHeaderTradeSettlement>\n"


def _means(content: Content, payment: Payment) -> Iterator[str]:
    """BG-16: card (48), SEPA credit transfer (58) or another (30), which need the account."""
    if payment.means is PaymentMeans.BANK_TRANSFER and not payment.iban:
        return
    yield "<ram:SpecifiedTradeSettlementPaymentMeans>"
    if payment.means is PaymentMeans.CARD:
        yield _e("TypeCode", "48")
        if payment.card_last4:
            card = _e("ID", payment.card_last4)
            yield f"<ram:ApplicableTradeSettlementFinancialCard>{card}"
            yield "</ram:ApplicableTradeSettlementFinancialCard>"
    else:
        yield _e("TypeCode", "58" if content.currency == "EUR" else "30")
        yield "<ram:PayeePartyCreditorFinancialAccount>" + _e("IBANID", payment.iban)
        yield _e("AccountName", payment.account_holder)
        yield "</ram:PayeePartyCreditorFinancialAccount>"
        if payment.bic:
            bank = _e("BICID", payment.bic)
            yield f"<ram:PayeeSpecifiedCreditorFinancialInstitution>{bank}"
            yield "</ram:PayeeSpecifiedCreditorFinancialInstitution>"
    yield "</ram:SpecifiedTradeSettlementPaymentMeans>"


def _tax(content: Content, tax: TaxLine) -> Iterator[str]:
    yield "<ram:ApplicableTradeTax>" + _e("CalculatedAmount", plain(tax.tax, content.currency))
    yield "<ram:TypeCode>VAT</ram:TypeCode>"
    yield _e("ExemptionReason", exemption_reason(content, tax.category))
    yield _e("BasisAmount", plain(tax.net, content.currency))
    yield _e("CategoryCode", tax.category)
    yield _e("ExemptionReasonCode", tax.exemption_code or VATEX.get(tax.category, ""))
    if tax.category is TaxCategory.STANDARD and content.seller.address.country == "FR":
        yield _e("DueDateTypeCode", _ON_INVOICE if content.vat_on_debits else _WHEN_PAID)
    yield _rate(tax) + "</ram:ApplicableTradeTax>"


def _terms(content: Content) -> Iterator[str]:
    """When it is to be paid (BT-9), or in words (BT-20), where anything is (BR-CO-25)."""
    if content.due_on is None and content.due <= 0:
        return
    yield "<ram:SpecifiedTradePaymentTerms>"
    if content.due_on is None:
        french = content.language == "fr"
        if content.kind is DocumentKind.CREDIT_NOTE:
            words = "À rembourser ou à déduire" if french else "To be paid back or set off"
        else:
            words = "À réception" if french else "On receipt"
        yield _e("Description", words)
    yield _day("DueDateDateTime", content.due_on) + "</ram:SpecifiedTradePaymentTerms>"
