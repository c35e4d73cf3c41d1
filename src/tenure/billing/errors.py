"""The refusals of money, each with its stable code and rule."""

from __future__ import annotations

from tenure.base.verdicts import declare

# Cards.

CARD_NEEDED = declare(
    "card_needed",
    rule="R13",
    en="No card is on file; give one, by its token or on the payment page.",
    fr="Aucune carte n’est enregistrée ; donnez-en une, par son jeton ou sur la page de paiement.",
)
CARD_NOT_SAVED = declare(
    "card_not_saved",
    rule="R24",
    en="The card was not accepted ({reason}); try another one.",
    fr="La carte n’a pas été acceptée ({reason}) ; essayez-en une autre.",
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
    fr="Un abonnement se renouvelle par cette carte le {on} ; ajoutez d’abord une autre carte, ou "
    "désactivez son renouvellement.",
)
WEBHOOK_UNSIGNED = declare(
    "webhook_signature_invalid",
    en="The message is not signed by the gateway, or its signature is too old.",
    fr="Le message n’est pas signé par la passerelle, ou sa signature est trop ancienne.",
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
REFUND_GATEWAY_GONE = declare(
    "refund_gateway_gone",
    rule="R30",
    en="This was paid at {gateway}, which is not set up here; set it up again, or give the money "
    "back there and by hand.",
    fr="Le paiement a été fait chez {gateway}, qui n’est pas configuré ici ; configurez-le à "
    "nouveau, ou remboursez là-bas et à la main.",
)
REFUND_NOTHING_PAID = declare(
    "refund_nothing_paid",
    rule="R48",
    en="Nothing was paid for this order, so there is nothing to give back.",
    fr="Rien n’a été payé pour cette commande : il n’y a rien à rendre.",
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
    fr="Dites pourquoi l’argent est rendu, en {most} caractères au plus.",
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

# Money on bank statements.

LINE_SETTLED = declare(
    "bank_line_settled",
    rule="R15",
    en="Nothing of this money is open any more; look at the line again.",
    fr="Plus rien de cet argent n’est en attente ; regardez la ligne de nouveau.",
)
LINE_OUT = declare(
    "bank_line_out",
    rule="R15",
    en="The bank took this money: it can be looked after, and given to nobody.",
    fr="La banque a prélevé cet argent : il se régularise, et n’est à donner à personne.",
)
ORDER_NOT_WAITING = declare(
    "bank_order_not_waiting",
    rule="R15",
    en="This order does not wait for a transfer; choose another, or give the money back.",
    fr="Cette commande n’attend pas de virement ; choisissez-en une autre ou rendez l’argent.",
)
ORDER_NEEDS_WHOLE = declare(
    "bank_order_needs_whole",
    rule="R15",
    en="This order expired: only its whole amount revives it, and {missing} is missing.",
    fr="Cette commande a expiré : seul son montant entier la ranime, et il manque {missing}.",
)
OTHER_CURRENCY = declare(
    "bank_other_currency",
    rule="R15",
    en="This money is in {currency}, and the order in {expected}; choose another order, or give "
    "the money back.",
    fr="Cet argent est en {currency}, et la commande en {expected} ; choisissez une autre commande "
    "ou rendez l’argent.",
)
NOT_AN_IBAN = declare(
    "bank_not_an_iban",
    rule="R30",
    en="{given} is not an IBAN; copy it again, with its check digits.",
    fr="{given} n’est pas un IBAN ; recopiez-le avec ses chiffres de contrôle.",
)
SENDER_UNKNOWN = declare(
    "bank_sender_unknown",
    rule="R15",
    en="The statement does not say which account sent this money; name the IBAN to pay it to.",
    fr="Le relevé ne dit pas quel compte a envoyé cet argent ; indiquez l’IBAN où le verser.",
)
NOTHING_TO_UNDO = declare(
    "bank_nothing_to_undo",
    rule="R15",
    en="What was done with this money has had consequences already and stays.",
    fr="Ce qui a été fait de cet argent a déjà eu des suites et demeure.",
)
NOTE_NEEDED = declare(
    "bank_note_needed",
    rule="R15",
    en="Say why, in up to {most} characters.",
    fr="Dites pourquoi, en {most} caractères au plus.",
)
NOTHING_TO_SEND = declare(
    "payout_nothing_to_send",
    rule="R30",
    en="No refund in euros waits to be sent.",
    fr="Aucun remboursement en euros n’attend d’être envoyé.",
)
REFUND_NOT_WAITING = declare(
    "refund_not_waiting_for_account",
    rule="R30",
    en="This refund does not wait for an account.",
    fr="Ce remboursement n’attend pas de compte.",
)
