"""What is said of addresses and choices of webhooks that cannot be used."""

from __future__ import annotations

from tenure.base.verdicts import declare

WEBHOOK_ADDRESS_MALFORMED = declare(
    "webhook_address_malformed",
    en="This is no address of a program; give one like https://example.com/hooks, without a user, "
    "a password or a fragment (#).",
    fr="Ce n’est pas l’adresse d’un programme ; donnez-en une comme https://exemple.fr/hooks, sans "
    "utilisateur, mot de passe ni fragment (#).",
)
WEBHOOK_ADDRESS_UNSAFE = declare(
    "webhook_address_unsafe",
    en="Give an address that begins with https://, so that nobody reads along.",
    fr="Donnez une adresse qui commence par https://, afin que personne ne lise en chemin.",
)
WEBHOOK_ADDRESS_PRIVATE = declare(
    "webhook_address_private",
    en="This address is inside a private network, where webhooks are not sent; give one that the "
    "internet reaches, or have the operator set TENURE_WEBHOOK_PRIVATE.",
    fr="Cette adresse est dans un réseau privé, où aucun webhook n’est envoyé ; donnez-en une que "
    "l’internet atteint, ou faites régler TENURE_WEBHOOK_PRIVATE par l’exploitant.",
)
EVENT_TYPE_UNKNOWN = declare(
    "event_type_unknown",
    en="{type} is no type of event; give one like order.paid, or a family like order.*.",
    fr="{type} n’est pas un type d’événement ; donnez-en un comme order.paid, ou une famille comme "
    "order.*.",
)
TOO_MANY_WEBHOOKS = declare(
    "too_many_webhooks",
    en="There are {most} webhooks already; remove one that is not needed any more.",
    fr="Il y a déjà {most} webhooks ; retirez-en un dont vous n’avez plus besoin.",
)
WEBHOOK_DISABLED = declare(
    "webhook_disabled",
    en="Nothing is sent to this webhook while it is disabled; enable it first.",
    fr="Rien n’est envoyé à ce webhook tant qu’il est désactivé ; activez-le d’abord.",
)
