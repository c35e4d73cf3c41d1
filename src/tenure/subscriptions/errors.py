"""The refusals about subscriptions, each with its stable code and rule."""

from __future__ import annotations

from tenure.base.verdicts import declare

# Auto-renewal.

OPT_OUT_OPEN = declare(
    "opt_out_open",
    rule="R21",
    en="Auto-renewal can be switched off until the end of {deadline}.",
    fr="Le renouvellement automatique peut être désactivé jusqu’à la fin du {deadline}.",
)
OPT_OUT_CLOSED = declare(
    "opt_out_closed",
    rule="R21",
    en="The last day to switch auto-renewal off for this period was {deadline}; you can switch it "
    "off from the next period on.",
    fr="Le dernier jour pour désactiver le renouvellement automatique de cette période était le "
    "{deadline} ; vous pouvez le désactiver à partir de la période suivante.",
)
OPT_IN_OPEN = declare(
    "opt_in_open",
    rule="R21",
    en="Auto-renewal can be switched on again until the end of {deadline}.",
    fr="Le renouvellement automatique peut être réactivé jusqu’à la fin du {deadline}.",
)
OPT_IN_CHARGES = declare(
    "opt_in_charges",
    rule="R21",
    en="Auto-renewal can be switched on again until the end of {deadline}; {price} is charged at "
    "once.",
    fr="Le renouvellement automatique peut être réactivé jusqu’à la fin du {deadline} ; {price} "
    "sont débités immédiatement.",
)
OPT_IN_CLOSED = declare(
    "opt_in_closed",
    rule="R21",
    en="The period was over at the end of {deadline}; buy the offer again, or pay the renewal if "
    "one is due.",
    fr="La période s’est achevée à la fin du {deadline} ; achetez l’offre à nouveau, ou payez le "
    "renouvellement s’il est dû.",
)
TRIAL_DOES_NOT_RENEW = declare(
    "trial_does_not_renew",
    rule="R9",
    en="A trial does not renew: this one is over on {ends_on}. Buy the offer to go on.",
    fr="Un essai ne se renouvelle pas : celui-ci prend fin le {ends_on}. Achetez l’offre pour "
    "continuer.",
)
NOT_RENEWED_HERE = declare(
    "not_renewed_here",
    rule="R35",
    en="This was not bought in the store, so it is not renewed here; contact us.",
    fr="Ceci n’a pas été acheté dans la boutique et ne s’y renouvelle pas ; contactez-nous.",
)
TERMINABLE = declare(
    "terminable",
    rule="R33",
    en="You were not told of the renewal in time: you can end it now and get {refund} back.",
    fr="Vous n’avez pas été averti à temps du renouvellement : vous pouvez y mettre fin maintenant "
    "et récupérer {refund}.",
)
NOTICE_WAS_GIVEN = declare(
    "notice_was_given",
    rule="R33",
    en="The renewal was announced as the law asks; it runs to its end.",
    fr="Le renouvellement a été annoncé comme la loi le demande ; il court jusqu’à son terme.",
)

# What the papers of a renewal by transfer say when nothing comes of them.

RENEWAL_NOT_PAID = declare(
    "renewal_not_paid",
    rule="R24",
    en="The renewal was not paid in time.",
    fr="Le renouvellement n’a pas été payé à temps.",
)
RENEWAL_STOPPED = declare(
    "renewal_stopped",
    rule="R24",
    en="The renewal was switched off.",
    fr="Le renouvellement a été désactivé.",
)
RENEWAL_REPLACED = declare(
    "renewal_replaced",
    rule="R24",
    en="The quantity of the next period changed; a new invoice replaces this one.",
    fr="La quantité de la période suivante a changé ; une nouvelle facture remplace celle-ci.",
)
NEXT_SEATS_RELEASED = declare(
    "next_seats_released",
    rule="R27",
    en="The next period was ordered anew or does not come; what was paid for more seats in it goes "
    "back.",
    fr="La période suivante a été recommandée ou n’a pas lieu ; ce qui a été payé pour des places "
    "supplémentaires est rendu.",
)
RENEWAL_STANDS = declare(
    "renewal_stands",
    rule="R24",
    en="A renewal is not withdrawn; switch auto-renewal off, or leave it unpaid.",
    fr="Un renouvellement ne se retire pas ; désactivez le renouvellement automatique, ou "
    "laissez-le impayé.",
)
NOTHING_DUE = declare(
    "nothing_due",
    rule="R24",
    en="Nothing is to be paid for this subscription now.",
    fr="Rien n’est à payer pour cet abonnement en ce moment.",
)

ENDED_UNANNOUNCED = declare(
    "ended_without_notice",
    rule="R33",
    en="The contract was ended, for want of a notice of its renewal.",
    fr="Le contrat a pris fin, faute d’avis de son renouvellement.",
)

# Quantity.

QUANTITY_OPEN = declare(
    "quantity_open",
    rule="R26",
    en="The quantity for the next period can be set until the end of {deadline}.",
    fr="La quantité de la période suivante peut être fixée jusqu’à la fin du {deadline}.",
)
QUANTITY_CLOSED = declare(
    "quantity_closed",
    rule="R26",
    en="The last day to set the quantity for the next period was {deadline}; you can add seats "
    "now, or set the quantity once that period has begun.",
    fr="Le dernier jour pour fixer la quantité de la période suivante était le {deadline} ; vous "
    "pouvez ajouter des places dès maintenant, ou fixer la quantité quand elle aura commencé.",
)

# Data after the end.

PURGE_DUE = declare(
    "purge_due",
    rule="R31",
    en="Data were kept until the end of {data_available_until} and are now due to be deleted.",
    fr="Les données ont été conservées jusqu’à la fin du {data_available_until} et doivent "
    "maintenant être supprimées.",
)
PURGE_WAITS_FOR_SUBSCRIPTION = declare(
    "purge_waits_for_subscription",
    rule="R31",
    en="A subscription is not gone yet, so nothing is deleted.",
    fr="Un abonnement n’est pas encore achevé : rien n’est supprimé.",
)
PURGE_WAITS_FOR_MONEY = declare(
    "purge_waits_for_money",
    rule="R31",
    en="Money is awaited, unmatched or not yet paid back, so nothing is deleted.",
    fr="De l’argent est attendu, non rapproché ou pas encore remboursé : rien n’est supprimé.",
)
PURGE_WAITS_FOR_REQUEST = declare(
    "purge_waits_for_request",
    rule="R31",
    en="A request is open, so nothing is deleted.",
    fr="Une demande est en cours : rien n’est supprimé.",
)
PURGE_WAITS_FOR_DATA = declare(
    "purge_waits_for_data",
    rule="R31",
    en="Data are kept until the end of {data_available_until}.",
    fr="Les données sont conservées jusqu’à la fin du {data_available_until}.",
)

NOTHING_KEPT = declare(
    "nothing_kept",
    rule="R31",
    en="This organisation never had a subscription, so there is nothing whose deletion could be "
    "confirmed; erase its people one by one.",
    fr="Cette organisation n’a jamais eu d’abonnement : il n’y a rien dont la suppression puisse "
    "être confirmée ; effacez ses personnes une à une.",
)

SUBSCRIPTION_OVER = declare(
    "subscription_over",
    rule="R26",
    en="There is no next period: this subscription ends on {ends_on}.",
    fr="Il n’y a pas de période suivante : cet abonnement se termine le {ends_on}.",
)

# What was bought elsewhere.

NOT_RECORDED_HERE = declare(
    "not_recorded_here",
    rule="R35",
    en="This subscription was bought in the store, which continues it; only what was bought "
    "elsewhere is recorded.",
    fr="Cet abonnement a été acheté dans la boutique, qui le prolonge ; seul ce qui a été acheté "
    "ailleurs s’enregistre.",
)
RECORD_DATE = declare(
    "record_date",
    rule="R35",
    en="What was bought elsewhere begins between {first} and {last}; correct the day.",
    fr="Ce qui a été acheté ailleurs commence entre le {first} et le {last} ; corrigez la date.",
)
RECORD_TRIAL = declare(
    "record_trial",
    rule="R35",
    en="{offer} is a trial, which is had in the store; record a paid offer.",
    fr="{offer} est un essai, qui s’obtient dans la boutique ; enregistrez une offre payante.",
)
