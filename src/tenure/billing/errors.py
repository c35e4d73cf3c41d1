"""The refusals of money, each with its stable code and rule."""

from __future__ import annotations

from tenure.base.verdicts import declare

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
