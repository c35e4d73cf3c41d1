"""The refusals of carts and orders, each with its stable code and rule."""

from __future__ import annotations

from tenure.base.verdicts import declare

# What may be in a cart.

LINE_ACCEPTED = declare(
    "line_accepted",
    rule="R11",
    en="This fits into the cart.",
    fr="Cette offre peut rejoindre le panier.",
)
MIXED_AUDIENCES = declare(
    "mixed_audiences",
    rule="R11",
    en="This cart is for the audience {audience}, and the offer for {other}; start a second cart.",
    fr="Ce panier est destiné au public {audience} et l’offre au public {other} ; ouvrez un second "
    "panier.",
)
MIXED_COUNTRIES = declare(
    "mixed_countries",
    rule="R11",
    en="This cart is priced for {country}, and you are looking at the prices of {other}; start a "
    "second cart.",
    fr="Ce panier est établi aux prix du pays {country}, et vous consultez ceux du pays {other} ; "
    "ouvrez un second panier.",
)
TERM_NOT_FOR_AUDIENCE = declare(
    "term_not_for_audience",
    rule="R6",
    en="The term {term} is not sold to {audience}; choose one of: {terms}.",
    fr="La durée {term} n’est pas proposée au public {audience} ; choisissez parmi : {terms}.",
)
MIXED_TERMS = declare(
    "mixed_terms",
    rule="R11",
    en="One cart holds one term, and this one holds {term}; start a second cart for {other}.",
    fr="Un panier ne contient qu’une durée, ici {term} ; ouvrez un second panier pour {other}.",
)
NOT_PRICED = declare(
    "not_priced",
    rule="R7",
    en="There is no price for the term {term} in {currency}; choose another term or contact us.",
    fr="Il n’y a pas de prix pour la durée {term} en {currency} ; choisissez une autre durée ou "
    "contactez-nous.",
)
TRIAL_USED = declare(
    "trial_used",
    rule="R9",
    en="You have already tried or bought what this trial holds ({roles}); buy it instead.",
    fr="Vous avez déjà essayé ou acheté ce que contient cet essai ({roles}) ; achetez-le.",
)

# Whether a cart can be ordered, and how it is paid.

CART_FITS = declare(
    "cart_fits",
    rule="R11",
    en="The cart was made for this organisation.",
    fr="Le panier correspond à cette organisation.",
)
AUDIENCE_MISMATCH = declare(
    "audience_mismatch",
    rule="R11",
    en="The organisation belongs to the audience {audience}, and the cart to {other}; fill a cart "
    "for {audience}.",
    fr="L’organisation relève du public {audience} et le panier du public {other} ; remplissez un "
    "panier pour {audience}.",
)
COUNTRY_MISMATCH = declare(
    "country_mismatch",
    rule="R5",
    en="The organisation is billed in {country}, and the cart was priced for {other}; fill a cart "
    "for {country}.",
    fr="L’organisation est facturée dans le pays {country} et le panier a été établi pour "
    "{other} ; remplissez un panier pour {country}.",
)
METHOD_ACCEPTED = declare(
    "payment_method_accepted",
    rule="R14",
    en="You can pay this way.",
    fr="Vous pouvez payer ainsi.",
)
METHOD_NOT_FOR_AUDIENCE = declare(
    "payment_method_not_for_audience",
    rule="R14",
    en="The audience {audience} cannot pay by {method}; choose one of: {methods}.",
    fr="Le public {audience} ne peut pas payer par {method} ; choisissez parmi : {methods}.",
)
METHOD_UNAVAILABLE = declare(
    "payment_method_unavailable",
    rule="R14",
    en="Paying by {method} is not possible here; choose another way to pay.",
    fr="Le paiement par {method} n’est pas possible ici ; choisissez un autre moyen de paiement.",
)
TAX_RATE_UNKNOWN = declare(
    "tax_rate_unknown",
    rule="R45",
    en="No tax rate is known for {country} on {on}; the vendor has to add it first.",
    fr="Aucun taux de taxe n’est connu pour {country} au {on} ; le vendeur doit d’abord l’ajouter.",
)

# Whether an order can be taken back.

CANCELLABLE = declare(
    "cancellable",
    rule="R28",
    en="You can cancel until the end of {deadline} and get {refund} back.",
    fr="Vous pouvez annuler jusqu’à la fin du {deadline} et récupérer {refund}.",
)
ALREADY_CANCELLED = declare(
    "already_cancelled",
    rule="R28",
    en="This order is already cancelled.",
    fr="Cette commande est déjà annulée.",
)
NOT_PAID = declare(
    "not_paid",
    rule="R28",
    en="This order is not paid, so there is nothing to pay back; you can withdraw it.",
    fr="Cette commande n’est pas payée : il n’y a rien à rembourser. Vous pouvez la retirer.",
)
TRIAL_EXCLUDED = declare(
    "trial_excluded",
    rule="R28",
    en="A trial costs nothing and ends by itself; it cannot be cancelled.",
    fr="Un essai ne coûte rien et se termine de lui-même ; il ne peut pas être annulé.",
)
RENEWAL_EXCLUDED = declare(
    "renewal_excluded",
    rule="R28",
    en="A renewal is not paid back; you can switch auto-renewal off for the period after it.",
    fr="Un renouvellement n’est pas remboursé ; vous pouvez désactiver le renouvellement "
    "automatique pour la période suivante.",
)
MONTHLY_EXCLUDED = declare(
    "monthly_excluded",
    rule="R28",
    en="A monthly purchase is not paid back; you can switch auto-renewal off.",
    fr="Un achat mensuel n’est pas remboursé ; vous pouvez désactiver le renouvellement "
    "automatique.",
)
WINDOW_CLOSED = declare(
    "window_closed",
    rule="R28",
    en="The last day to cancel was {deadline}; you can still write to us.",
    fr="Le dernier jour pour annuler était le {deadline} ; vous pouvez toujours nous écrire.",
)

ORDER_CANCELLED = declare(
    "order_cancelled",
    rule="R30",
    en="The order was cancelled.",
    fr="La commande a été annulée.",
)

# What changed since it was shown, and what came before.

CART_CHANGED = declare(
    "cart_changed",
    rule="R16",
    en="The cart is no longer what was shown: it is at version {version} and costs {total}; look "
    "at it again and confirm.",
    fr="Le panier n’est plus celui qui a été montré : il en est à la version {version} et coûte "
    "{total} ; relisez-le puis confirmez.",
)
CART_ORDERED = declare(
    "cart_ordered",
    rule="R16",
    en="This cart is already ordered ({order}); start another one.",
    fr="Ce panier est déjà commandé ({order}) ; ouvrez-en un autre.",
)
TOO_MANY_SEATS = declare(
    "too_many_seats",
    rule="R11",
    en="A cart holds at most {most} seats, and this one would hold {quantity}; contact us for "
    "more.",
    fr="Un panier contient au plus {most} places, et celui-ci en aurait {quantity} ; "
    "contactez-nous pour davantage.",
)
CART_EMPTY = declare(
    "cart_empty",
    rule="R10",
    en="There is nothing in the cart; add an offer first.",
    fr="Le panier est vide ; ajoutez d’abord une offre.",
)
PAYMENT_NEEDED = declare(
    "payment_required",
    rule="R13",
    en="{total} is to be paid in advance; say how, in payment.",
    fr="{total} est à payer d’avance ; indiquez comment, dans payment.",
)
ORDER_CLOSED = declare(
    "order_closed",
    rule="R16",
    en="This order is {order_status}: it can be neither paid nor withdrawn any more.",
    fr="Cette commande a l’état {order_status} : elle ne peut plus être ni payée ni retirée.",
)
PAYMENT_IN_FLIGHT = declare(
    "payment_in_flight",
    rule="R17",
    en="The outcome of a charge for this order is not known yet; wait until the bank has answered.",
    fr="L’issue d’un prélèvement pour cette commande n’est pas encore connue ; attendez la réponse "
    "de la banque.",
)
VERIFICATION_PENDING = declare(
    "verification_pending",
    rule="R8",
    en="Nothing is charged before the organisation has proved that it is a student's; hand in a "
    "proof first.",
    fr="Rien n’est débité avant que l’organisation ait prouvé sa qualité d’étudiant ; remettez "
    "d’abord un justificatif.",
)
COUNTRY_REASON_NEEDED = declare(
    "country_reason_needed",
    rule="R45",
    en="Say why the country is right, in 1 to {most} characters.",
    fr="Dites pourquoi le pays est le bon, en 1 à {most} caractères.",
)

# Quotes.

QUOTE_EXPIRED = declare(
    "quote_expired",
    rule="R12",
    en="This quote could be accepted until {valid_until}; ask for a new one.",
    fr="Ce devis pouvait être accepté jusqu’au {valid_until} ; demandez-en un nouveau.",
)
QUOTE_DECLINED = declare(
    "quote_declined",
    rule="R12",
    en="This quote was declined; ask for a new one.",
    fr="Ce devis a été décliné ; demandez-en un nouveau.",
)
QUOTE_OUTDATED = declare(
    "quote_outdated",
    rule="R45",
    en="Country or VAT number are no longer those that this quote was taxed by; ask for a new one.",
    fr="Le pays ou le numéro de TVA ne sont plus ceux qui fondaient la taxe de ce devis ; "
    "demandez-en un nouveau.",
)
QUOTE_ACCEPTED = declare(
    "quote_accepted",
    rule="R12",
    en="This quote was accepted already: it is the order {order}.",
    fr="Ce devis a déjà été accepté : c’est la commande {order}.",
)
QUOTE_NOT_SENT = declare(
    "quote_not_sent",
    rule="R12",
    en="This quote is a draft still; send it first.",
    fr="Ce devis n’est encore qu’un brouillon ; envoyez-le d’abord.",
)
QUOTE_SENT = declare(
    "quote_sent",
    rule="R12",
    en="This quote was sent, so it stays; it ends by itself if nobody accepts it.",
    fr="Ce devis a été envoyé, il reste donc ; il prend fin de lui-même si personne ne l’accepte.",
)
QUOTE_REASON_NEEDED = declare(
    "quote_reason_needed",
    rule="R12",
    en="Say in up to {most} characters why this is quoted; the reason stays on record.",
    fr="Dites en {most} caractères au plus pourquoi ce devis est fait ; le motif est conservé.",
)
QUOTE_EMPTY = declare(
    "quote_empty",
    rule="R12",
    en="A quote needs at least one line.",
    fr="Un devis compte au moins une ligne.",
)
QUOTE_TRIAL = declare(
    "quote_trial",
    rule="R9",
    en="The offer {offer} is a trial, which costs nothing and needs no quote.",
    fr="L’offre {offer} est un essai, qui ne coûte rien et se passe de devis.",
)
QUOTE_CURRENCY = declare(
    "quote_currency",
    rule="R5",
    en="This organisation pays in {currency}; give the price in it.",
    fr="Cette organisation paie en {currency} ; donnez le prix dans cette monnaie.",
)
