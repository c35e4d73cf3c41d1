"""What a document says, out of what is known when it is issued (R19, R44, R45, R47).

Pure functions on facts; ``issued_on`` is a day of the vendor's zone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import msgspec

from tenure.base.countries import in_eu
from tenure.billing.documents.content import (
    Address,
    ElectronicAddress,
    Line,
    Mention,
    MentionCode,
    Party,
    Payment,
    PaymentMeans,
    TaxCategory,
    TaxLine,
)
from tenure.policy.model import Documents

_EXEMPTION: Final[Mapping[TaxCategory, str]] = {
    TaxCategory.REVERSE_CHARGE: "VATEX-EU-AE",
    TaxCategory.OUTSIDE: "VATEX-EU-O",
}
_TERMS: Final[Mapping[str, Mapping[str, str]]] = {
    "en": {
        "year": "Yearly subscription",
        "quarter": "Quarterly subscription",
        "month": "Monthly subscription",
        "trial": "Trial",
    },
    "fr": {
        "year": "Abonnement annuel",
        "quarter": "Abonnement trimestriel",
        "month": "Abonnement mensuel",
        "trial": "Essai",
    },
}
_TO_A: Final[Mapping[str, Mapping[str, str]]] = {
    "en": {
        "year": "to a yearly subscription",
        "quarter": "to a quarterly subscription",
        "month": "to a monthly subscription",
    },
    "fr": {
        "year": "à un abonnement annuel",
        "quarter": "à un abonnement trimestriel",
        "month": "à un abonnement mensuel",
    },
}
_ADDED: Final[Mapping[str, str]] = {
    "en": "Seats added {to}: {sum} days, counted from {day}",
    "fr": "Places ajoutées {to}\N{NO-BREAK SPACE}: {sum} jours, comptés depuis le {day}",
}
_ADDED_FOR_NEXT: Final[Mapping[str, str]] = {
    "en": "Seats added {to}, for its next period",
    "fr": "Places ajoutées {to}, pour sa période suivante",
}
_FRENCH_DIRECTORY: Final = "0225"
_E_MAIL: Final = "EM"


@dataclass(frozen=True, slots=True)
class Taxed:
    """Whose tax a document carries, and why: one rate for all of it, in basis points (R44).

    ``country`` is empty where no tax is owed to anybody.
    """

    basis_points: int
    country: str
    reverse_charge: bool

    @property
    def category(self) -> TaxCategory:
        """The category that the law knows it by."""
        if self.reverse_charge:
            return TaxCategory.REVERSE_CHARGE
        if not self.country:
            return TaxCategory.OUTSIDE
        return TaxCategory.STANDARD if self.basis_points else TaxCategory.ZERO

    def line(self, net: int, tax: int) -> TaxLine:
        """The one line of tax that such a document has."""
        return TaxLine(
            category=self.category,
            rate=self.basis_points,
            net=net,
            tax=tax,
            country=self.country,
            exemption_code=_EXEMPTION.get(self.category, ""),
        )


def seller_party(vendor: Mapping[str, str], language: str) -> Party:
    """The vendor, by the keys of the catalogue file; what it does not give is left open."""
    siren, email = vendor.get("siren", ""), vendor.get("email", "")
    return Party(
        name=vendor.get("name", ""),
        address=Address(
            line1=vendor.get("line1", ""),
            line2=vendor.get("line2", ""),
            postal_code=vendor.get("postal_code", ""),
            city=vendor.get("city", ""),
            region=vendor.get("region", ""),
            country=vendor.get("country", ""),
        ),
        legal_form=_legal_form(vendor, language),
        registration=vendor.get("registration", ""),
        siren=siren,
        siret=vendor.get("siret", ""),
        vat_number=vendor.get("vat_number", ""),
        electronic_address=electronic_address(siren, email),
        email=email,
        phone=vendor.get("phone", ""),
        website=vendor.get("website", ""),
    )


def _legal_form(vendor: Mapping[str, str], language: str) -> str:
    """The form with its capital, as the law wants both printed: «SAS au capital de 1 000 €»."""
    form, capital = vendor.get("legal_form", ""), vendor.get("share_capital", "")
    if not capital:
        return form
    return f"{form} au capital de {capital}" if language == "fr" else f"{form}, capital {capital}"


def electronic_address(siren: str, email: str) -> ElectronicAddress | None:
    """Where electronic invoices reach a party: by the French directory, or by mail."""
    if siren:
        return ElectronicAddress(scheme=_FRENCH_DIRECTORY, value=siren[:9])
    return ElectronicAddress(scheme=_E_MAIL, value=email) if email else None


def term_words(term: str, language: str) -> str:
    """What a term is called on paper."""
    return _TERMS[language].get(term, term)


def added_words(term: str, language: str, arithmetic: str, counted: str) -> str:
    """What seats added in mid-period are on paper: how their price comes about, ``arithmetic``
    in days, and from which day on they are ``counted`` (R27)."""
    return _ADDED[language].format(to=_TO_A[language][term], sum=arithmetic, day=counted)


def added_for_next_words(term: str, language: str) -> str:
    """What those seats are on paper in the period after it, which was ordered before (R27)."""
    return _ADDED_FOR_NEXT[language].format(to=_TO_A[language][term])


def transfer_to(vendor: Mapping[str, str], reference: str) -> Payment:
    """How to pay the vendor by transfer, under an ISO 11649 ``reference`` (R15)."""
    return Payment(
        means=PaymentMeans.BANK_TRANSFER,
        account_holder=vendor.get("account_holder") or vendor.get("name", ""),
        bank=vendor.get("bank", ""),
        iban=vendor.get("iban", ""),
        bic=vendor.get("bic", ""),
        reference=reference,
    )


def mentions(
    taxed: Taxed,
    *,
    consumer: bool,
    vendor_country: str,
    policy: Documents,
    renews_until: date | None,
) -> tuple[Mention, ...]:
    """What the law wants said on an invoice (R33, R45, R47)."""
    said: list[Mention] = []
    if not consumer:
        said += [
            Mention(code=MentionCode.LATE_PAYMENT, figure=policy.late_payment_basis_points),
            Mention(code=MentionCode.RECOVERY_INDEMNITY, figure=policy.recovery_indemnity_cents),
            Mention(code=MentionCode.NO_DISCOUNT),
        ]
    if taxed.category is TaxCategory.REVERSE_CHARGE:
        said.append(Mention(code=MentionCode.REVERSE_CHARGE))
    elif taxed.category is TaxCategory.OUTSIDE:
        said.append(Mention(code=MentionCode.OUTSIDE_SCOPE))
    elif consumer and taxed.country != vendor_country and in_eu(taxed.country):
        said.append(Mention(code=MentionCode.OSS))
    if policy.vat_on_debits:
        said.append(Mention(code=MentionCode.VAT_ON_DEBITS))
    if renews_until is not None:
        said.append(Mention(code=MentionCode.RENEWS, text=renews_until.isoformat()))
    return tuple(said)


def totals(lines: Iterable[Line]) -> tuple[int, int]:
    """The net and the tax of some lines, in minor units."""
    listed = list(lines)
    return sum(line.net for line in listed), sum(line.tax for line in listed)


def tax_lines(lines: Sequence[Line], taxes: Iterable[TaxLine]) -> tuple[TaxLine, ...]:
    """The taxes of some ``lines`` of a document, whose own ``taxes`` say whose they are."""
    found: dict[tuple[TaxCategory, int], list[Line]] = {}
    for line in lines:
        found.setdefault((line.category, line.rate), []).append(line)
    return tuple(
        msgspec.structs.replace(
            tax,
            net=sum(line.net for line in found[tax.category, tax.rate]),
            tax=sum(line.tax for line in found[tax.category, tax.rate]),
        )
        for tax in taxes
        if (tax.category, tax.rate) in found
    )
