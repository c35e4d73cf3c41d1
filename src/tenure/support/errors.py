"""The refusals about requests, each with its stable code and rule."""

from __future__ import annotations

from tenure.base.verdicts import declare

ANSWERABLE = declare(
    "request_answerable",
    rule="R29",
    en="This request can be answered.",
    fr="Cette demande peut recevoir une réponse.",
)
REQUEST_CLOSED = declare(
    "request_closed",
    rule="R29",
    en="This request is closed; whoever asked can write again.",
    fr="Cette demande est close ; la personne qui l’a faite peut écrire à nouveau.",
)
REPLY_ADDRESS_NEEDED = declare(
    "reply_address_needed",
    rule="R4",
    en="Give an e-mail address to which the answer can be sent.",
    fr="Indiquez une adresse électronique à laquelle la réponse peut être envoyée.",
)
ORDER_NEEDED = declare(
    "order_needed",
    rule="R29",
    en="Say which order is to be cancelled.",
    fr="Indiquez quelle commande doit être annulée.",
)
MESSAGE_NEEDED = declare(
    "message_needed",
    rule="R29",
    en="Write what it is about.",
    fr="Écrivez de quoi il s’agit.",
)
MESSAGE_TOO_LONG = declare(
    "message_too_long",
    rule="R29",
    en="A message may have {most} characters at most.",
    fr="Un message ne peut pas dépasser {most} caractères.",
)
NOT_TO_BE_DECIDED = declare(
    "request_not_a_cancellation",
    rule="R29",
    en="Only a request to cancel an order can be granted or declined; answer this one.",
    fr="Seule une demande d’annulation de commande peut être acceptée ou refusée ; répondez à "
    "celle-ci.",
)
REQUEST_GRANTED = declare(
    "request_granted",
    rule="R30",
    en="This request is granted already, and its money is on its way back.",
    fr="Cette demande est déjà acceptée, et son argent est en cours de remboursement.",
)
