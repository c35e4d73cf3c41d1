"""What the law wants said on a document, in both languages, and under which code (BG-1, BT-21)."""

from __future__ import annotations

from datetime import date
from typing import Final, NamedTuple

from tenure.billing.documents.content import (
    Content,
    DocumentKind,
    Mention,
    MentionCode,
    Operation,
    TaxCategory,
)
from tenure.billing.documents.figures import day, money, percent_written, unbroken


class Note(NamedTuple):
    """One sentence and its subject code of UNCL 4451, which may be empty."""

    subject: str
    text: str


_SUBJECTS: Final = {
    MentionCode.LATE_PAYMENT: "PMD",
    MentionCode.RECOVERY_INDEMNITY: "PMT",
    MentionCode.NO_DISCOUNT: "AAB",
}

_WORDS: Final = {
    MentionCode.LATE_PAYMENT: (
        (
            "Late payment bears interest at {figure} a year (art. L441-10 of the French Commercial "
            "Code)."
        ),
        (
            "En cas de retard de paiement, pénalités au taux annuel de {figure} (art. L441-10 du "
            "Code de commerce)."
        ),
    ),
    MentionCode.RECOVERY_INDEMNITY: (
        (
            "Late payment also owes a lump sum of {figure} for the costs of recovery "
            "(art. D441-5 of the French Commercial Code)."
        ),
        (
            "Tout retard de paiement entraîne une indemnité forfaitaire de {figure} pour frais de "
            "recouvrement (art. D441-5 du Code de commerce)."
        ),
    ),
    MentionCode.NO_DISCOUNT: (
        "No discount for early payment.",
        "Pas d’escompte pour paiement anticipé.",
    ),
    MentionCode.REVERSE_CHARGE: (
        (
            "Reverse charge: the customer owes the VAT (art. 196 of Directive 2006/112/EC, art. "
            "283-2 of the French Tax Code)."
        ),
        (
            "Autoliquidation : TVA due par le preneur (art. 283-2 du CGI, art. 196 de la directive "
            "2006/112/CE)."
        ),
    ),
    MentionCode.OUTSIDE_SCOPE: (
        (
            "Not subject to VAT: supplied outside the European Union (art. 44 and 59 of Directive "
            "2006/112/EC, art. 259-1° and 259 B of the French Tax Code)."
        ),
        (
            "TVA non applicable : prestation située hors de l’Union européenne (art. 259-1° et "
            "259 B du CGI, art. 44 et 59 de la directive 2006/112/CE)."
        ),
    ),
    MentionCode.EXEMPT: ("Exempt from VAT: {text}.", "Exonération de TVA : {text}."),
    MentionCode.VAT_ON_DEBITS: (
        "VAT is paid on debits, by option.",
        "Option pour le paiement de la taxe d’après les débits.",
    ),
    MentionCode.OSS: (
        "VAT of the customer’s country, declared through the One Stop Shop.",
        "TVA du pays du client, déclarée au guichet unique (OSS).",
    ),
    MentionCode.RENEWS: (
        "Renews by itself; the last day to stop it is {text}.",
        "Se renouvelle tacitement ; dernier jour pour y mettre fin : {text}.",
    ),
    MentionCode.FREE: ("{text}", "{text}"),
}

_OPERATIONS: Final = {
    Operation.SERVICES: ("Category of operation: services", "Prestation de services"),
    Operation.GOODS: ("Category of operation: delivery of goods", "Livraison de biens"),
    Operation.MIXED: (
        "Category of operation: delivery of goods and services",
        "Livraison de biens et prestation de services",
    ),
}

_EXEMPTIONS: Final = {
    TaxCategory.REVERSE_CHARGE: MentionCode.REVERSE_CHARGE,
    TaxCategory.OUTSIDE: MentionCode.OUTSIDE_SCOPE,
    TaxCategory.EXPORT: MentionCode.OUTSIDE_SCOPE,
}

VATEX: Final = {
    TaxCategory.REVERSE_CHARGE: "VATEX-EU-AE",
    TaxCategory.OUTSIDE: "VATEX-EU-O",
    TaxCategory.EXPORT: "VATEX-EU-G",
}
"""Why a category carries no tax, by the VATEX list, where its line does not say."""


def said(mention: Mention, language: str) -> str:
    """The words of one mention in ``language``."""
    return unbroken(_WORDS[mention.code][language == "fr"]).format(
        figure=_figure(mention, language), text=_text(mention, language)
    )


def operation(content: Content) -> str:
    """The category of operation, which French invoices name since the reform."""
    text = _OPERATIONS[content.operation][content.language == "fr"]
    if content.language != "fr":
        return text
    return unbroken(f"Catégorie de l’opération : {text.lower()}")


def exemption_reason(content: Content, category: TaxCategory) -> str:
    """Why no tax is charged in ``category`` (BT-120); empty where it is."""
    for mention in content.mentions:
        if category is TaxCategory.EXEMPT and mention.code is MentionCode.EXEMPT:
            return said(mention, content.language)
    code = _EXEMPTIONS.get(category)
    return said(Mention(code=code), content.language) if code else ""


def sentences(content: Content) -> list[str]:
    """All that is printed at the foot, each once: what was asked for, and what follows."""
    found = [said(mention, content.language) for mention in content.mentions]
    if content.kind.is_fiscal:
        found += [exemption_reason(content, tax.category) for tax in content.taxes]
        found.append(operation(content) + ".")
        if content.vat_on_debits:
            found.append(said(Mention(code=MentionCode.VAT_ON_DEBITS), content.language))
    return [text for text in dict.fromkeys(found) if text]


def notes(content: Content) -> list[Note]:
    """The notes of the XML (BG-1): each mention under its code, as the French reform expects.

    ``REG`` and ``ABL`` say who the vendor is by law, ``BAR`` how the tax office is told.
    """
    found = [Note(_SUBJECTS.get(m.code, ""), said(m, content.language)) for m in content.mentions]
    if content.vat_on_debits:
        found.append(Note("", said(Mention(code=MentionCode.VAT_ON_DEBITS), content.language)))
    if content.kind is DocumentKind.CREDIT_NOTE and content.reason:
        found.append(Note("", content.reason))
    seller = content.seller
    if seller.legal_form:
        found.append(Note("REG", f"{seller.name}, {seller.legal_form}"))
    if seller.registration:
        found.append(Note("ABL", seller.registration))
    if seller.address.country == "FR":
        found.append(Note("BAR", treatment(content)))
    return list(dict.fromkeys(found))


def treatment(content: Content) -> str:
    """How the French tax office learns of it: ``B2B``, ``B2BINT``, ``B2C`` or ``B2CINT``."""
    who = "B2C" if content.consumer else "B2B"
    return who if content.buyer.address.country == "FR" else f"{who}INT"


def _figure(mention: Mention, language: str) -> str:
    if mention.code is MentionCode.LATE_PAYMENT:
        return percent_written(mention.figure, language)
    return money(mention.figure, "EUR", language)


def _text(mention: Mention, language: str) -> str:
    if mention.code is MentionCode.RENEWS:
        return day(date.fromisoformat(mention.text), language)
    return mention.text
