"""The reasons of decisions and the refusals about seats, each with its stable code and rule."""

from __future__ import annotations

from tenure.base.verdicts import declare

# Decisions, in the order in which they are given.

UNKNOWN_SUBJECT = declare(
    "unknown_subject",
    rule="R41",
    en="Nobody of this name is known here.",
    fr="Personne n’est connu ici sous ce nom.",
)
NOT_A_MEMBER = declare(
    "not_a_member",
    rule="R41",
    en="This person is no member of the organisation; an administrator can invite them.",
    fr="Cette personne n’est pas membre de l’organisation ; un administrateur peut l’inviter.",
)
MEMBER_NOT_ACTIVE = declare(
    "member_not_active",
    rule="R41",
    en="The member is not active: invited and yet to accept, suspended, or removed.",
    fr="Le membre n’est pas actif : invité sans avoir encore accepté, suspendu ou retiré.",
)
ORGANISATION_SUSPENDED = declare(
    "organisation_suspended",
    rule="R41",
    en="The vendor has suspended the organisation; its owner should contact us.",
    fr="Le vendeur a suspendu l’organisation ; son propriétaire doit nous contacter.",
)
NO_SEAT = declare(
    "no_seat",
    rule="R41",
    en="The member holds no seat; an administrator can assign one.",
    fr="Le membre n’occupe aucune place ; un administrateur peut lui en attribuer une.",
)
NO_ROLE_WITH_PERMISSION = declare(
    "no_role_with_permission",
    rule="R41",
    en="None of the member's roles has this permission; ask an administrator for a role that does.",
    fr="Aucun des rôles du membre ne comporte cette permission ; demandez à un administrateur un "
    "rôle qui la comporte.",
)
GRANTED = declare(
    "granted",
    rule="R41",
    en="The member may do this now.",
    fr="Le membre peut le faire maintenant.",
)
RETENTION = declare(
    "retention",
    rule="R31",
    en="Access is over; data can be read and exported until the end of {data_available_until}.",
    fr="L’accès a pris fin ; les données peuvent être consultées et exportées jusqu’à la fin du "
    "{data_available_until}.",
)
NO_CURRENT_PERIOD = declare(
    "no_current_period",
    rule="R41",
    en="The member has the role, but no paid period covers today; the subscription must be paid.",
    fr="Le membre a le rôle, mais aucune période payée ne couvre ce jour ; l’abonnement doit être "
    "payé.",
)

# Seats.

SEAT_ASSIGNABLE = declare(
    "seat_assignable",
    rule="R38",
    en="A seat is free: {available}.",
    fr="Il reste des places libres : {available}.",
)
SEATS_FOUND = declare(
    "seats_found",
    rule="R36",
    en="Every role has a free seat.",
    fr="Chaque rôle dispose d’une place libre.",
)
SUBSCRIPTION_NOT_ACTIVE = declare(
    "subscription_not_active",
    rule="R38",
    en="The subscription is not active, so no seat of it can be assigned, and none added; pay what "
    "is due for it, or buy the offer again.",
    fr="L’abonnement n’est pas actif : aucune de ses places ne peut être attribuée, ni ajoutée ; "
    "payez ce qui est dû, ou achetez l’offre à nouveau.",
)
ALREADY_ASSIGNED = declare(
    "already_assigned",
    rule="R38",
    en="The member already holds a seat of this subscription; choose somebody else.",
    fr="Le membre occupe déjà une place de cet abonnement ; choisissez quelqu’un d’autre.",
)
HOLDS_NO_SEAT = declare(
    "holds_no_seat",
    rule="R26",
    en="Somebody you chose holds no seat of this subscription any more; choose among those who do.",
    fr="Une personne choisie n’occupe plus de place de cet abonnement ; choisissez parmi celles "
    "qui en occupent une.",
)
NO_FREE_SEAT = declare(
    "no_free_seat",
    rule="R38",
    en="No seat is free; buy one, or free one that is assigned or reserved.",
    fr="Aucune place n’est libre ; achetez-en une, ou libérez une place attribuée ou réservée.",
)
SEAT_RELEASABLE = declare(
    "seat_releasable",
    rule="R38",
    en="The seat can be freed.",
    fr="La place peut être libérée.",
)
SEAT_LOCKED = declare(
    "seat_locked",
    rule="R38",
    en="The seat stays with its member until it is free on {until}.",
    fr="La place reste à son membre jusqu’à ce qu’elle se libère le {until}.",
)

# More seats in mid-period.

SEATS_ADDABLE = declare(
    "seats_addable",
    rule="R27",
    en="Seats can be added for the rest of the period.",
    fr="Des places peuvent être ajoutées pour le reste de la période.",
)
SEATS_NOT_FOR_TRIAL = declare(
    "seats_not_for_trial",
    rule="R9",
    en="A trial keeps the seats that it began with; buy the offer for more.",
    fr="Un essai garde les places avec lesquelles il a commencé ; achetez l’offre pour en avoir "
    "plus.",
)
SEATS_NOT_SOLD_HERE = declare(
    "seats_not_sold_here",
    rule="R35",
    en="This was not bought in the store, so no seats can be added to it here; contact us.",
    fr="Ceci n’a pas été acheté dans la boutique : aucune place ne peut y être ajoutée ici ; "
    "contactez-nous.",
)
SUBSCRIPTION_FULL = declare(
    "subscription_full",
    rule="R27",
    en="A subscription has at most {most} seats, and this one would have {quantity}; contact us "
    "for more.",
    fr="Un abonnement a au plus {most} places, et celui-ci en aurait {quantity} ; contactez-nous "
    "pour davantage.",
)
SEATS_CHANGED = declare(
    "seats_changed",
    rule="R16",
    en="This is no longer what was shown: there are {seats} seats, and adding these costs {total} "
    "with tax; look at it again and confirm.",
    fr="Ce n’est plus ce qui a été montré : il y a {seats} places, et l’ajout coûte {total} taxe "
    "comprise ; relisez puis confirmez.",
)
SEATS_TOO_LATE = declare(
    "seats_too_late",
    rule="R27",
    en="These seats were for a period that is over; add them anew.",
    fr="Ces places étaient pour une période achevée ; ajoutez-les à nouveau.",
)

# Requests for roles.

ROLE_REQUESTABLE = declare(
    "role_requestable",
    rule="R40",
    en="This role can be asked for.",
    fr="Ce rôle peut être demandé.",
)
ROLE_NOT_OFFERED = declare(
    "role_not_offered",
    rule="R40",
    en="No offer for your organisation has this role; choose another.",
    fr="Aucune offre destinée à votre organisation ne comporte ce rôle ; choisissez-en un autre.",
)
ROLE_HELD = declare(
    "role_held",
    rule="R40",
    en="You hold this role already.",
    fr="Vous avez déjà ce rôle.",
)
ROLE_REQUESTED = declare(
    "role_requested",
    rule="R40",
    en="You have asked for this role on {asked_on}; the administrators still see it.",
    fr="Vous avez demandé ce rôle le {asked_on} ; les administrateurs voient toujours la demande.",
)
ROLE_REQUEST_ANSWERABLE = declare(
    "role_request_answerable",
    rule="R40",
    en="This request waits for an answer.",
    fr="Cette demande attend une réponse.",
)
ROLE_REQUEST_CLOSED = declare(
    "role_request_closed",
    rule="R40",
    en="This request is {request_status}, so there is nothing left to answer.",
    fr="Cette demande a l’état {request_status} : il n’y a plus rien à répondre.",
)
WORD_NEEDED = declare(
    "word_needed",
    rule="R40",
    en="Say why not, in a word: whoever asked reads it.",
    fr="Dites en un mot pourquoi : la personne qui a demandé le lira.",
)
WORD_TOO_LONG = declare(
    "word_too_long",
    rule="R40",
    en="This may have {most} characters at most.",
    fr="Ce texte ne peut pas dépasser {most} caractères.",
)
FORECAST_OF_THE_PAST = declare(
    "forecast_of_the_past",
    en="This day is over; give one from {today} on.",
    fr="Ce jour est passé ; donnez-en un à partir du {today}.",
)
FORECAST_TOO_FAR = declare(
    "forecast_too_far",
    en="This is too far ahead; give a day up to {last}.",
    fr="C’est trop loin ; donnez un jour jusqu’au {last}.",
)
