"""The refusals of money, each with its stable code and rule."""

from __future__ import annotations

from tenure.base.verdicts import declare

# Cards.

CARD_NEEDED = declare(
    "card_needed",
    rule="R13",
    en="No card is on file; give one, by its token or on the payment page.",
    fr="Aucune carte n'est enregistrée ; donnez-en une, par son jeton ou sur la page de paiement.",
)
CARD_NOT_SAVED = declare(
    "card_not_saved",
    rule="R24",
    en="The card was not accepted ({reason}); try another one.",
    fr="La carte n'a pas été acceptée ({reason}) ; essayez-en une autre.",
)
METHOD_REMOVABLE = declare(
    "payment_method_removable",
    rule="R35",
    en="This card can be removed.",
    fr="Cette carte peut être retirée.",
)
NEEDED_FOR_RENEWAL = declare(
    "needed_for_renewal",
    rule="R24",
    en="A subscription renews by this card on {on}; add another card first, or switch its renewal "
    "off.",
    fr="Un abonnement se renouvelle par cette carte le {on} ; ajoutez d'abord une autre carte, ou "
    "désactivez son renouvellement.",
)
WEBHOOK_UNSIGNED = declare(
    "webhook_signature_invalid",
    en="The message is not signed by the gateway, or its signature is too old.",
    fr="Le message n'est pas signé par la passerelle, ou sa signature est trop ancienne.",
)

# Giving back.

REFUNDABLE = declare(
    "refundable",
    rule="R48",
    en="{available} of this payment can be given back.",
    fr="{available} de ce paiement peuvent être rendus.",
)
REFUND_TOO_MUCH = declare(
    "refund_too_much",
    rule="R48",
    en="{asked} is more than is left of this payment: {available} can still be given back.",
    fr="{asked} dépasse ce qui reste de ce paiement : {available} peuvent encore être rendus.",
)
REFUND_ALL_BACK = declare(
    "refund_all_back",
    rule="R48",
    en="All of this payment was already given back.",
    fr="Tout ce paiement a déjà été rendu.",
)
REFUND_NOTHING_PAID = declare(
    "refund_nothing_paid",
    rule="R48",
    en="Nothing was paid for this order, so there is nothing to give back.",
    fr="Rien n'a été payé pour cette commande : il n'y a rien à rendre.",
)
REFUND_AMOUNT_INVALID = declare(
    "refund_amount_invalid",
    rule="R44",
    en="Give an amount above zero in {currency}, the currency of the payment.",
    fr="Indiquez un montant supérieur à zéro en {currency}, la devise du paiement.",
)
REFUND_REASON_NEEDED = declare(
    "refund_reason_needed",
    en="Say why the money goes back, in up to {most} characters.",
    fr="Dites pourquoi l'argent est rendu, en {most} caractères au plus.",
)

# Correcting what was invoiced.

CREDIT_EXCEEDS_INVOICE = declare(
    "credit_exceeds_invoice",
    rule="R46",
    en="No more than {left} is left of invoice {number}; credit less.",
    fr="Il ne reste que {left} de la facture {number} ; faites un avoir moindre.",
)
DOCUMENT_WITHOUT_XML = declare(
    "document_without_xml",
    rule="R47",
    en="Only invoices and credit notes come as XML; ask for the PDF of this document.",
    fr="Seuls les factures et les avoirs existent en XML ; demandez le PDF de ce document.",
)
