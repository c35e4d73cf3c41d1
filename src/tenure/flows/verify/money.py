"""The checks of money: payments, refunds, papers and the books, in their order."""

from __future__ import annotations

from typing import Final

from tenure.flows.verify import (
    cards,
    documents,
    ledger,
    payments,
    refunds,
)
from tenure.flows.verify.checks import Check

MONEY: Final = (
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
        ("No order was charged twice.", "Aucune commande n’a été débitée deux fois."),
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
            "Rien n’est rendu au-delà de ce qui a été payé, paiement par paiement.",
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
        "cards_default",
        "R35",
        (
            "Who has cards on file has one that is charged where no other is named.",
            "Qui a des cartes enregistrées en a une, débitée quand aucune autre n’est nommée.",
        ),
        cards.one_default,
    ),
    Check(
        "cards_told",
        "R35",
        (
            "The journal tells each card on file once as added, and once as removed if it was.",
            "Le journal dit chaque carte une fois ajoutée, et une fois retirée si elle l’a été.",
        ),
        cards.cards_told,
    ),
    Check(
        "orders_invoiced",
        "R46",
        (
            "Every paid order has one invoice of its sum that is not taken back.",
            "Chaque commande payée a une facture de son montant qui n’est pas annulée.",
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
            "Chaque document dit ce qu’on sait de lui, et ses sommes tombent juste.",
        ),
        documents.documents_say_so,
    ),
    Check(
        "files_unchanged",
        "R46",
        (
            "Each file that was made is still what it was.",
            "Chaque fichier produit est resté ce qu’il était.",
        ),
        documents.files_unchanged,
    ),
    Check(
        "documents_told",
        "R46",
        (
            "The journal tells each document once as issued.",
            "Le journal dit une fois l’émission de chaque document.",
        ),
        documents.documents_told,
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
)
