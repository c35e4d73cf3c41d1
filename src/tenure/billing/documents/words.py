"""The words of the page in both languages: English first, French second."""

from __future__ import annotations

from typing import Final

from tenure.billing.documents.content import DocumentKind
from tenure.billing.documents.figures import unbroken

TITLES: Final = {
    DocumentKind.INVOICE: ("Invoice", "Facture"),
    DocumentKind.CREDIT_NOTE: ("Credit note", "Avoir"),
    DocumentKind.PRO_FORMA: ("Pro-forma invoice", "Facture pro forma"),
    DocumentKind.QUOTE: ("Quote", "Devis"),
    DocumentKind.RECEIPT: ("Receipt", "Reçu"),
}

SUMS: Final = {
    DocumentKind.INVOICE: ("To be paid", "Net à payer"),
    DocumentKind.CREDIT_NOTE: ("In your favour", "En votre faveur"),
    DocumentKind.PRO_FORMA: ("To be paid", "Net à payer"),
    DocumentKind.QUOTE: ("Total", "Total"),
    DocumentKind.RECEIPT: ("Received", "Reçu"),
}
"""What the one sum is that stands out."""

WORDS: Final = {
    "page": ("Page", "Page"),
    "void": (
        "Made by a test clock: this paper has no value.",
        "Établi par une horloge d’essai : ce document est sans valeur.",
    ),
    "seller": ("From", "De"),
    "buyer": ("To", "À"),
    "siren": ("SIREN {0}", "SIREN {0}"),
    "siret": ("SIRET {0}", "SIRET {0}"),
    "vat": ("VAT no. {0}", "N° TVA {0}"),
    "issued": ("Date of issue", "Date d’émission"),
    "supplied": ("Date of supply", "Date de la prestation"),
    "period": ("Period", "Période"),
    "due": ("Due date", "Échéance"),
    "valid": ("Valid until", "Valable jusqu’au"),
    "received_on": ("Received on", "Reçu le"),
    "customer": ("Customer", "Client"),
    "order": ("Order", "Commande"),
    "purchase_order": ("Your order no.", "N° de bon de commande"),
    "buyer_reference": ("Your reference", "Votre référence"),
    "corrects": ("Corrects", "Rectifie"),
    "about": ("About", "Concerne"),
    "corrects_of": ("{0} of {1}", "{0} du {1}"),
    "description": ("Description", "Désignation"),
    "quantity": ("Quantity", "Quantité"),
    "unit_net": ("Unit price excl. VAT", "Prix unitaire HT"),
    "unit_gross": ("Unit price incl. VAT", "Prix unitaire TTC"),
    "rate": ("VAT", "TVA"),
    "net": ("Net {0}", "Montant HT {0}"),
    "gross": ("Total {0}", "Montant TTC {0}"),
    "from_to": ("From {0} to {1}", "Du {0} au {1}"),
    "tax_rate": ("VAT rate", "Taux de TVA"),
    "tax_base": ("Taxable amount", "Base HT"),
    "tax_amount": ("VAT", "TVA"),
    "reverse_charge": ("Reverse charge", "Autoliquidation"),
    "no_tax": ("No VAT", "Sans TVA"),
    "exempt": ("Exempt", "Exonéré"),
    "total_net": ("Total excl. VAT", "Total HT"),
    "total_tax": ("VAT", "TVA"),
    "total": ("Total incl. VAT", "Total TTC"),
    "paid": ("Already paid", "Déjà réglé"),
    "missing": ("Still missing", "Reste à payer"),
    "settled": ("Paid in full", "Soldé"),
    "in_currency": (
        "In {0}: net {1}, VAT {2}, total {3}.",
        "En {0} : HT {1}, TVA {2}, TTC {3}.",
    ),
    "exchange": ("1 {0} = {1} {2} on {3}.", "1 {0} = {1} {2} le {3}."),
    "payment": ("Payment", "Paiement"),
    "acceptance": ("Acceptance", "Acceptation"),
    "by_card": ("Paid by card on {0}.", "Réglé par carte le {0}."),
    "by_card_ending": ("Paid by card •••• {1} on {0}.", "Réglé par carte •••• {1} le {0}."),
    "card": ("By card.", "Par carte."),
    "by_transfer": ("Paid by bank transfer on {0}.", "Réglé par virement le {0}."),
    "pay_transfer": ("Please pay by bank transfer", "À régler par virement"),
    "holder": ("Beneficiary", "Bénéficiaire"),
    "bank": ("Bank", "Banque"),
    "iban": ("IBAN", "IBAN"),
    "bic": ("BIC", "BIC"),
    "reference": ("Reference", "Référence"),
    "amount": ("Amount", "Montant"),
    "scan": ("Scan to pay", "Scanner pour payer"),
    "qr": (
        "Code for a SEPA transfer of {0} under the reference {1}",
        "Code d’un virement SEPA de {0} sous la référence {1}",
    ),
    "accept": ("Accept this quote", "Accepter ce devis"),
    "pay_online": ("See and pay this order", "Voir et régler cette commande"),
    "how_to_accept": (
        "This quote can be accepted until {0}.",
        "Ce devis peut être accepté jusqu’au {0}.",
    ),
    "reason": ("Reason: {0}", "Motif : {0}"),
    "receipt": (
        "We received {0} on {1}. Thank you.",
        "Nous avons bien reçu {0} le {1}. Merci.",
    ),
    "no_invoice": (
        "A pro-forma is no invoice: the invoice follows once it is paid.",
        "Une facture pro forma n’est pas une facture : celle-ci suit le paiement.",
    ),
    "phone": ("Phone {0}", "Tél. {0}"),
}


def word(key: str, language: str, *figures: str) -> str:
    """The words called ``key`` in ``language``, with their figures."""
    text = unbroken(WORDS[key][language == "fr"])
    return text.format(*figures) if figures else text
