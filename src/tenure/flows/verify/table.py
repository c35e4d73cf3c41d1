"""The table of all checks, in the order in which they are made."""

from __future__ import annotations

from typing import Final

from tenure.flows.verify import (
    asking,
    boundaries,
    cancellations,
    decisions,
    journal,
    orders,
    people,
    reminders,
    renewals,
    retention,
    seats,
    subscriptions,
    tax,
    transfers,
)
from tenure.flows.verify.checks import Check
from tenure.flows.verify.money import MONEY

CHECKS: Final = (
    Check(
        "periods_follow_anchor",
        "R1",
        (
            "Every period is where its anchor puts it, with the days of the policy of then.",
            "Chaque période est là où la place son ancre, aux jours de la politique d’alors.",
        ),
        subscriptions.chains,
    ),
    Check(
        "periods_paid",
        "R13",
        (
            "Every period was paid by an order of its organisation.",
            "Chaque période a été payée par une commande de son organisation.",
        ),
        subscriptions.periods_paid,
    ),
    Check(
        "renewals_once",
        "R24",
        (
            "A renewal is owed and ordered once, and is there exactly if it is paid.",
            "Un renouvellement est dû et commandé une fois, et n’est là que s’il est payé.",
        ),
        renewals.renewals_once,
    ),
    Check(
        "renewals_ordered",
        "R24",
        (
            "Whatever is paid for a renewal is for one, and each renewal was ordered.",
            "Ce qui est payé pour un renouvellement en est un, et chacun a été commandé.",
        ),
        renewals.renewals_ordered,
    ),
    Check(
        "reminders_sent",
        "R25",
        (
            "Reminders went out on their days, once each, with the price that was then charged.",
            "Les rappels sont partis à leurs jours, une fois chacun, au prix ensuite débité.",
        ),
        reminders.reminders_sent,
    ),
    Check(
        "periods_begun",
        "R26",
        (
            "A subscription has the seats of the period that began last.",
            "Un abonnement a les places de la période commencée en dernier.",
        ),
        renewals.periods_begun,
    ),
    Check(
        "boundaries_as_chosen",
        "R26",
        (
            "A new period has the seats chosen for it, and those chosen to lose theirs lost them.",
            "Une période a les places choisies ; qui devait perdre la sienne l’a perdue d’abord.",
        ),
        boundaries.boundaries_as_chosen,
    ),
    Check(
        "seats_as_paid",
        "R38",
        (
            "A subscription has as many seats as were paid for.",
            "Un abonnement a autant de places que payées.",
        ),
        seats.seats_as_paid,
    ),
    Check(
        "seats_added",
        "R27",
        (
            "Seats added in mid-period were paid by the day, and came or went back.",
            "Les places ajoutées en cours de période sont payées au jour, venues ou rendues.",
        ),
        seats.seats_added,
    ),
    Check(
        "seats_once",
        "R38",
        (
            "A member holds one seat of a subscription at the most.",
            "Un membre occupe au plus une place d’un abonnement.",
        ),
        seats.seats_once,
    ),
    Check(
        "seat_holders",
        "R37",
        (
            "Only members who joined and did not leave hold seats.",
            "Seuls des membres arrivés et non partis occupent des places.",
        ),
        seats.seat_holders,
    ),
    Check(
        "reservations",
        "R36",
        (
            "Only a pending invitation keeps a seat.",
            "Seule une invitation en attente garde une place.",
        ),
        seats.reservations,
    ),
    Check(
        "decisions",
        "R41",
        (
            "Decisions are what the rule says, read aloud over the books.",
            "Les décisions sont ce que dit la règle, lue à la lettre sur les livres.",
        ),
        decisions.decisions,
    ),
    Check(
        "orders_cancelled",
        "R30",
        (
            "What was taken back is credited and paid back, to the cent.",
            "Ce qui est annulé est crédité et remboursé, au centime près.",
        ),
        cancellations.orders_cancelled,
    ),
    Check(
        "subscriptions_cancelled",
        "R30",
        (
            "What was cancelled has its order cancelled, and keeps no seat.",
            "Ce qui est annulé a sa commande annulée, et ne garde aucune place.",
        ),
        cancellations.subscriptions_cancelled,
    ),
    *MONEY,
    Check(
        "lines_placed",
        "R15",
        (
            "Money on a bank statement is for an order, resolved, or open, to the cent.",
            "L’argent d’un relevé est à une commande, réglé ou en attente, au centime près.",
        ),
        transfers.lines_placed,
    ),
    Check(
        "transfers_captured",
        "R15",
        (
            "A transfer counts as paid once all of its money is there, and not before.",
            "Un virement compte comme payé une fois tout son argent arrivé, pas avant.",
        ),
        transfers.transfers_captured,
    ),
    Check(
        "transfers_booked",
        "R48",
        (
            "Each line of a statement, and what it was for, stands in the ledger, to the cent.",
            "Chaque ligne d’un relevé, et sa destination, est au grand livre, au centime près.",
        ),
        transfers.transfers_booked,
    ),
    Check(
        "tax_corrected",
        "R45",
        (
            "What a VAT number spares that was validated later is credited and invoiced anew.",
            "Ce qu’épargne un numéro de TVA validé plus tard est crédité et facturé à nouveau.",
        ),
        tax.tax_corrected,
    ),
    Check(
        "order_totals",
        "R44",
        (
            "An order is the sum of its lines, a line its seats at the price as sold.",
            "Une commande est la somme de ses lignes, une ligne celle de ses places au prix vendu.",
        ),
        orders.order_totals,
    ),
    Check(
        "order_tax",
        "R44",
        (
            "Tax is that of the rate, computed once for an order.",
            "La taxe est celle du taux, calculée une fois par commande.",
        ),
        orders.order_tax,
    ),
    Check(
        "orders_fulfilled",
        "R19",
        (
            "Every paid line is one subscription; no order is both paid and forgotten.",
            "Chaque ligne payée est un abonnement ; aucune commande n’est payée puis oubliée.",
        ),
        orders.orders_fulfilled,
    ),
    Check(
        "carts_ordered_once",
        "R16",
        ("A cart became one order at the most.", "Un panier est devenu au plus une commande."),
        orders.carts_ordered_once,
    ),
    Check(
        "policies",
        "R32",
        (
            "Every version of the policy can be read, and is what was applied.",
            "Chaque version de la politique se lit, et est celle qui a été appliquée.",
        ),
        orders.policies,
    ),
    Check(
        "owners",
        "R34",
        (
            "Every organisation has an active owner.",
            "Chaque organisation a un propriétaire actif.",
        ),
        people.owners,
    ),
    Check(
        "invitations",
        "R36",
        (
            "Who is invited has one pending invitation, and who has one is invited.",
            "Qui est invité a une invitation en attente, et qui en a une est invité.",
        ),
        people.invitations,
    ),
    Check(
        "streams",
        "R42",
        (
            "Events are numbered without a gap, and each stream stands at its last.",
            "Les événements se suivent sans trou, et chaque flux en est au dernier.",
        ),
        journal.streams,
    ),
    Check(
        "orders_told",
        "R16",
        (
            "The journal tells each order once as placed, and once as what became of it.",
            "Le journal dit chaque commande une fois passée, et une fois ce qu’elle est devenue.",
        ),
        journal.orders_told,
    ),
    Check(
        "payments_told",
        "R17",
        (
            "The journal tells each payment once as captured or declined.",
            "Le journal dit chaque paiement une fois, encaissé ou refusé.",
        ),
        journal.payments_told,
    ),
    Check(
        "refunds_told",
        "R48",
        (
            "The journal tells each refund once as intended, and once as what became of it.",
            "Le journal dit chaque remboursement une fois prévu, et une fois ce qu’il est devenu.",
        ),
        journal.refunds_told,
    ),
    Check(
        "subscriptions_told",
        "R19",
        (
            "The journal tells each subscription once as started.",
            "Le journal dit une fois le début de chaque abonnement.",
        ),
        journal.subscriptions_told,
    ),
    Check(
        "people_told",
        "R36",
        (
            "The journal tells each organisation once as created, each invitation as it went.",
            "Le journal dit chaque organisation créée, et le sort de chaque invitation.",
        ),
        journal.people_told,
    ),
    Check(
        "requests_told",
        "R40",
        (
            "The journal tells each request once as made, and once as what became of it.",
            "Le journal dit chaque demande une fois faite, et une fois ce qu’elle est devenue.",
        ),
        asking.requests_told,
    ),
    Check(
        "staff_told",
        "R34",
        (
            "The journal tells once of each offer of ownership and of what staff did.",
            "Le journal dit une fois chaque proposition de propriété et chaque intervention.",
        ),
        asking.staff_told,
    ),
    Check(
        "seats_told",
        "R38",
        (
            "The journal's last word on a seat is who holds it, or that it is free.",
            "Le dernier mot du journal sur une place est qui l’occupe, ou qu’elle est libre.",
        ),
        journal.seats_told,
    ),
    Check(
        "members_told",
        "R37",
        (
            "The journal's last word on a member is where they stand.",
            "Le dernier mot du journal sur un membre est là où il en est.",
        ),
        journal.members_told,
    ),
    Check(
        "purges",
        "R31",
        (
            "Nothing is to be deleted while data last, and whose data run out is watched.",
            "Rien n’est à supprimer tant que durent les données, et leur fin est surveillée.",
        ),
        retention.purges,
    ),
    Check(
        "purged",
        "R31",
        (
            "An organisation whose data are gone names nobody, and lets nobody in.",
            "Une organisation dont les données sont parties ne nomme ni ne laisse entrer personne.",
        ),
        retention.purged,
    ),
    Check(
        "data_told",
        "R31",
        (
            "The journal tells once of each archive, each purge and each person erased.",
            "Le journal dit une fois chaque archive, chaque purge et chaque personne effacée.",
        ),
        retention.data_told,
    ),
    Check(
        "idempotency_keys",
        "R16",
        (
            "A caller's key has its answer whole, or not yet.",
            "La clé d’un appelant a sa réponse entière, ou pas encore.",
        ),
        journal.idempotency_keys,
    ),
)
