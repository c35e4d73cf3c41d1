"""What SCIM itself refuses."""

from __future__ import annotations

from tenure.base.errors import TenureError
from tenure.base.verdicts import Code, Figure, declare

SCIM_KEY_OF_ORGANISATION = declare(
    "scim_key_of_organisation",
    en="SCIM needs a key of the organisation whose members it keeps; the vendor's names none. Make "
    "one in the organisation's console: Settings, API keys.",
    fr="SCIM demande une clé de l’organisation dont il tient les membres ; celle du vendeur n’en "
    "désigne aucune. Créez-en une dans la console de l’organisation : Réglages, Clés d’API.",
)
SCIM_ADDRESS_STAYS = declare(
    "scim_address_stays",
    rule="R36",
    en="A member's address (userName) does not change; remove this user, and create one with the "
    "new address.",
    fr="L’adresse d’un membre (userName) ne change pas ; supprimez cet utilisateur, et créez-en un "
    "avec la nouvelle adresse.",
)
SCIM_GROUPS_ARE_ROLES = declare(
    "scim_groups_are_roles",
    rule="R38",
    en="Groups are the roles that the organisation has seats for: buying makes one, not SCIM. Link "
    "your group to one that is there; possible here are: {allowed}.",
    fr="Les groupes sont les rôles pour lesquels l’organisation a des places : un achat en crée, "
    "SCIM non. Liez votre groupe à un groupe existant ; sont possibles ici : {allowed}.",
)
SCIM_NOT_FILTERED = declare(
    "scim_not_filtered",
    en="Users cannot be filtered or sorted by {attribute} in this way; by eq and ne on userName, "
    "externalId, active, id and groups they can.",
    fr="Les utilisateurs ne peuvent être ni filtrés ni triés ainsi selon {attribute} ; ils peuvent "
    "être filtrés par eq et ne selon userName, externalId, active, id et groups.",
)
SCIM_EXPRESSION_LONG = declare(
    "scim_expression_long",
    en="A filter or a path may have {most} characters at most; ask in several calls.",
    fr="Un filtre ou un chemin compte {most} caractères au plus ; faites plusieurs appels.",
)
SCIM_MANY_OPERATIONS = declare(
    "scim_many_operations",
    en="A change may hold {most} operations at most; send it in several calls.",
    fr="Une modification compte {most} opérations au plus ; envoyez-la en plusieurs appels.",
)
SCIM_NO_SUCH_USER = declare(
    "scim_no_such_user",
    en="There is no user {user}; give the id that creating or finding the user answered.",
    fr="L’utilisateur {user} n’existe pas ; donnez l’id reçu à sa création ou à sa recherche.",
)
SCIM_ONE_KIND_AT_A_TIME = declare(
    "scim_one_kind_at_a_time",
    en="Users and groups are not searched at once; ask for one kind, and then for the other.",
    fr="Utilisateurs et groupes ne se cherchent pas ensemble ; demandez les uns, puis les autres.",
)


class ScimRefusal(TenureError):
    """A refusal with the status and the ``scimType`` that the RFC has for it."""

    def __init__(
        self, code: Code, status: int, scim_type: str | None = None, **figures: Figure
    ) -> None:
        super().__init__(code, **figures)
        self.status = status
        self.scim_type = scim_type


class AddressStays(ScimRefusal):
    """Somebody's address was to change."""

    def __init__(self) -> None:
        super().__init__(SCIM_ADDRESS_STAYS, 400, "mutability")


class GroupsAreRoles(ScimRefusal):
    """A group was to be created or deleted; ``allowed`` methods are possible instead."""

    def __init__(self, *allowed: str) -> None:
        super().__init__(SCIM_GROUPS_ARE_ROLES, 405, allowed=allowed)
        self.allowed = allowed


class VendorsKey(ScimRefusal):
    """The vendor's key names no organisation."""

    def __init__(self) -> None:
        super().__init__(SCIM_KEY_OF_ORGANISATION, 403)


class NotFiltered(ScimRefusal):
    """``attribute`` cannot be asked for like that."""

    def __init__(self, attribute: str) -> None:
        super().__init__(SCIM_NOT_FILTERED, 400, "invalidFilter", attribute=attribute)
