"""The table of all checks, in the order in which they are made."""

from __future__ import annotations

from typing import Final

from tenure.flows.verify import (
    asking,
    decisions,
    documents,
    journal,
    ledger,
    orders,
    payments,
    people,
    refunds,
    seats,
    subscriptions,
    transfers,
)
from tenure.flows.verify.checks import Check

CHECKS: Final = (
    Check(
        "periods_follow_anchor",
        "R1",
        (
            "Every period is where its anchor puts it, with the days of the policy of then.",
            "Chaque période est là où la place son ancre, aux jours de la politique d'alors.",
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
        "seats_as_paid",
        "R38",
        (
            "A subscription has as many seats as were paid for.",
            "Un abonnement a autant de places que payées.",
        ),
        seats.seats_as_paid,
    ),
    Check(
        "seats_once",
        "R38",
        (
            "A member holds one seat of a subscription at the most.",
            "Un membre occupe au plus une place d'un abonnement.",
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
        "gateway_agrees",
        "R17",
        (
            "What is captured here was charged there, to the cent, and the reverse.",
            "Ce qui est encaissé ici a été débité là-bas, au centime près, et inversement.",
        ),
        payments.gateway_agrees,
    ),
    Check(
        "charged_once",
        "R16",
        ("No order was charged twice.", "Aucune commande n'a été débitée deux fois."),
        payments.charged_once,
    ),
    Check(
        "payments_settled",
        "R17",
        (
            "No charge stays without its answer.",
            "Aucun débit ne reste sans réponse.",
        ),
        payments.payments_settled,
    ),
    Check(
        "orders_paid",
        "R13",
        (
            "An order is where its payments are: paid by its whole amount, or not paid.",
            "Une commande en est là où en sont ses paiements : payée en entier, ou non payée.",
        ),
        payments.orders_paid,
    ),
    Check(
        "refunds_within_payments",
        "R48",
        (
            "Nothing is given back beyond what was paid, payment by payment.",
            "Rien n'est rendu au-delà de ce qui a été payé, paiement par paiement.",
        ),
        refunds.within_payments,
    ),
    Check(
        "refunds_agree",
        "R48",
        (
            "What was given back here was given back there, to the cent, and the reverse.",
            "Ce qui est rendu ici a été rendu là-bas, au centime près, et inversement.",
        ),
        refunds.refunds_agree,
    ),
    Check(
        "refunds_settled",
        "R30",
        (
            "No refund by card stays without its answer.",
            "Aucun remboursement par carte ne reste sans réponse.",
        ),
        refunds.refunds_settled,
    ),
    Check(
        "lines_placed",
        "R15",
        (
            "Money on a bank statement is for an order, resolved, or open, to the cent.",
            "L'argent d'un relevé est à une commande, réglé ou en attente, au centime près.",
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
            "Chaque ligne payée est un abonnement ; aucune commande n'est payée puis oubliée.",
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
        "orders_invoiced",
        "R46",
        (
            "Every paid order has one invoice of its sum that is not taken back.",
            "Chaque commande payée a une facture de son montant qui n'est pas annulée.",
        ),
        documents.orders_invoiced,
    ),
    Check(
        "documents_numbered",
        "R46",
        (
            "Documents are numbered without a gap in each series and year.",
            "Les documents se suivent sans trou dans chaque série et année.",
        ),
        documents.documents_numbered,
    ),
    Check(
        "documents_chained",
        "R46",
        (
            "Each document has its hash, and carries that of the one before.",
            "Chaque document a son empreinte et porte celle du précédent.",
        ),
        documents.documents_chained,
    ),
    Check(
        "documents_say_so",
        "R46",
        (
            "Each document says what is known of it, and adds up.",
            "Chaque document dit ce qu'on sait de lui, et ses sommes tombent juste.",
        ),
        documents.documents_say_so,
    ),
    Check(
        "files_unchanged",
        "R46",
        (
            "Each file that was made is still what it was.",
            "Chaque fichier produit est resté ce qu'il était.",
        ),
        documents.files_unchanged,
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
            "Le journal dit chaque commande une fois passée, et une fois ce qu'elle est devenue.",
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
            "Le journal dit chaque remboursement une fois prévu, et une fois ce qu'il est devenu.",
        ),
        journal.refunds_told,
    ),
    Check(
        "documents_told",
        "R46",
        (
            "The journal tells each document once as issued.",
            "Le journal dit une fois l'émission de chaque document.",
        ),
        documents.documents_told,
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
            "Le journal dit chaque demande une fois faite, et une fois ce qu'elle est devenue.",
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
        "papers_booked",
        "R48",
        (
            "Each invoice and credit note is booked once, its tax apart, to the cent.",
            "Chaque facture et avoir est passé une fois en écriture, taxe à part, au centime.",
        ),
        ledger.papers_booked,
    ),
    Check(
        "cards_booked",
        "R48",
        (
            "What cards paid and what went back to them is booked once, to the cent.",
            "Ce que les cartes ont payé ou reçu est passé une fois en écriture, au centime.",
        ),
        ledger.cards_booked,
    ),
    Check(
        "customers_even",
        "R48",
        (
            "For what is settled, paid less refunded is invoiced less credited.",
            "Pour ce qui est soldé, payé moins remboursé égale facturé moins crédité.",
        ),
        ledger.customers_even,
    ),
    Check(
        "revenue_earned",
        "R48",
        (
            "What was posted as earned is what the days say, and never more than was sold.",
            "Le produit constaté est celui des jours écoulés, jamais plus que le vendu.",
        ),
        ledger.revenue_earned,
    ),
    Check(
        "seats_told",
        "R38",
        (
            "The journal's last word on a seat is who holds it, or that it is free.",
            "Le dernier mot du journal sur une place est qui l'occupe, ou qu'elle est libre.",
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
        "idempotency_keys",
        "R16",
        (
            "A caller's key has its answer whole, or not yet.",
            "La clé d'un appelant a sa réponse entière, ou pas encore.",
        ),
        journal.idempotency_keys,
    ),
)
