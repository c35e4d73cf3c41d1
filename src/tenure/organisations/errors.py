"""The refusals about organisations and their people, each with its stable code and rule."""

from __future__ import annotations

from tenure.base.verdicts import declare

ACADEMIC_ADDRESS = declare(
    "academic_address",
    rule="R8",
    en="{email} belongs to {domain}, which is a listed academic domain.",
    fr="{email} relève de {domain}, un domaine universitaire répertorié.",
)
NOT_ACADEMIC = declare(
    "not_academic",
    rule="R8",
    en="{email} is not at a listed academic domain; send us another proof that you are a student.",
    fr="{email} ne relève d'aucun domaine universitaire répertorié ; envoyez-nous un autre "
    "justificatif de votre statut d'étudiant.",
)
MEMBER_MAY_LEAVE = declare(
    "member_may_leave",
    rule="R37",
    en="Another owner stays, or this member is none.",
    fr="Un autre propriétaire reste, ou ce membre ne l'est pas.",
)
LAST_OWNER = declare(
    "last_owner",
    rule="R37",
    en="The last active owner can be neither removed, suspended nor demoted; give the ownership "
    "to somebody else first.",
    fr="Le dernier propriétaire actif ne peut être ni retiré, ni suspendu, ni rétrogradé ; "
    "transmettez d'abord la propriété à quelqu'un d'autre.",
)
STANDING_ALLOWS = declare(
    "standing_allows",
    rule="R35",
    en="The standing {standing} includes {ability}.",
    fr="La qualité {standing} comprend {ability}.",
)
STANDING_FORBIDS = declare(
    "standing_forbids",
    rule="R35",
    en="The standing {standing} does not include {ability}; ask an administrator.",
    fr="La qualité {standing} ne comprend pas {ability} ; adressez-vous à un administrateur.",
)
