"""What the JSON edge itself refuses, and what it finds wrong with a field."""

from __future__ import annotations

from typing import Final

from tenure.base.errors import NOT_FOUND, TenureError
from tenure.base.verdicts import Code, Figure, declare

# Refusals of the whole call.

UNAUTHENTICATED = declare(
    "unauthenticated",
    en="This needs a valid API key, sent as: Authorization: Bearer KEY.",
    fr="Une clé d’API valable est nécessaire, envoyée ainsi : Authorization: Bearer CLÉ.",
)
METHOD_NOT_ALLOWED = declare(
    "method_not_allowed",
    en="{method} is not possible at this address; possible are: {allowed}.",
    fr="{method} n’est pas possible à cette adresse ; sont possibles : {allowed}.",
)
BAD_REQUEST = declare(
    "bad_request",
    en="This request cannot be read; check its address and headers.",
    fr="Cette requête est illisible ; vérifiez son adresse et ses en-têtes.",
)
TOO_LARGE = declare(
    "too_large",
    en="The body is larger than {limit} bytes; send less at once.",
    fr="Le corps dépasse {limit} octets ; envoyez-en moins à la fois.",
)
UNSUPPORTED_MEDIA_TYPE = declare(
    "unsupported_media_type",
    en="The body must be JSON; send it with Content-Type: application/json.",
    fr="Le corps doit être du JSON ; envoyez-le avec Content-Type: application/json.",
)
SERVER_ERROR = declare(
    "server_error",
    en="Something went wrong on our side; try again, and name {request} if you write to us.",
    fr="Une erreur est survenue de notre côté ; réessayez, et citez {request} si vous nous "
    "écrivez.",
)
UNAVAILABLE = declare(
    "unavailable",
    en="The database cannot be reached at the moment; try again shortly.",
    fr="La base de données est injoignable pour le moment ; réessayez sous peu.",
)
OVERLOADED = declare(
    "overloaded",
    en="Too much is being sent at this moment; try again shortly.",
    fr="Trop de données arrivent en ce moment ; réessayez sous peu.",
)
IDEMPOTENCY_KEY_REQUIRED = declare(
    "idempotency_key_required",
    rule="R16",
    en="This moves money: send an Idempotency-Key of your own, and the same one when you try "
    "again.",
    fr="Cet appel déplace de l’argent : envoyez une Idempotency-Key de votre choix, et la même si "
    "vous réessayez.",
)
IDEMPOTENCY_KEY_IN_USE = declare(
    "idempotency_key_in_use",
    rule="R16",
    en="The first call with this Idempotency-Key is still at work; ask again shortly.",
    fr="Le premier appel portant cette Idempotency-Key est encore en cours ; redemandez sous peu.",
)
IDEMPOTENCY_KEY_REUSED = declare(
    "idempotency_key_reused",
    rule="R16",
    en="This Idempotency-Key was used for another call; take a new key for a new call.",
    fr="Cette Idempotency-Key a servi à un autre appel ; prenez une nouvelle clé pour un nouvel "
    "appel.",
)

# What is wrong with one field.

FIELD_MISSING = declare(
    "field_missing",
    en="This is missing.",
    fr="Cette valeur manque.",
)
FIELD_UNKNOWN = declare(
    "field_unknown",
    en="There is no such field here.",
    fr="Ce champ n’existe pas ici.",
)
FIELD_TWICE = declare(
    "field_twice",
    en="This is given more than once.",
    fr="Cette valeur est donnée plusieurs fois.",
)
FIELD_NOT_JSON = declare(
    "field_not_json",
    en="This is not JSON in UTF-8.",
    fr="Ceci n’est pas du JSON en UTF-8.",
)
FIELD_TOO_DEEP = declare(
    "field_too_deep",
    en="This is nested too deeply.",
    fr="L’imbrication est trop profonde.",
)
FIELD_NOT_OBJECT = declare(
    "field_not_object",
    en="This must be an object.",
    fr="Un objet est attendu.",
)
FIELD_NOT_LIST = declare(
    "field_not_list",
    en="This must be a list.",
    fr="Une liste est attendue.",
)
FIELD_NOT_TEXT = declare(
    "field_not_text",
    en="This must be text.",
    fr="Du texte est attendu.",
)
FIELD_NOT_WHOLE_NUMBER = declare(
    "field_not_whole_number",
    en="This must be a whole number.",
    fr="Un nombre entier est attendu.",
)
FIELD_NOT_TRUE_OR_FALSE = declare(
    "field_not_true_or_false",
    en="This must be true or false.",
    fr="La valeur true ou false est attendue.",
)
FIELD_NOT_ONE_OF = declare(
    "field_not_one_of",
    en="This must be one of: {expected}.",
    fr="Une de ces valeurs est attendue : {expected}.",
)
FIELD_NOT_DATE = declare(
    "field_not_date",
    en="This is not a date; write it as 2027-03-31.",
    fr="Ce n’est pas une date ; écrivez-la comme 2027-03-31.",
)
FIELD_NOT_MOMENT = declare(
    "field_not_moment",
    en="This must be a moment with its zone, such as 2027-01-31T12:00:00Z, between 1970 and 2999.",
    fr="Un instant avec son fuseau est attendu, par exemple 2027-01-31T12:00:00Z, entre 1970 et "
    "2999.",
)
FIELD_NOT_EMAIL = declare(
    "field_not_email",
    en="This must be an e-mail address.",
    fr="Une adresse électronique est attendue.",
)
FIELD_NOT_COUNTRY = declare(
    "field_not_country",
    rule="R5",
    en="This must be a country of ISO 3166 in two capitals, such as FR.",
    fr="Un pays de l’ISO 3166 en deux majuscules est attendu, par exemple FR.",
)
FIELD_NOT_CURRENCY = declare(
    "field_not_currency",
    en="This must be a currency of ISO 4217 in three capitals, such as EUR.",
    fr="Une monnaie de l’ISO 4217 en trois majuscules est attendue, par exemple EUR.",
)
FIELD_NOT_TIME_ZONE = declare(
    "field_not_time_zone",
    en="This must be the name of a time zone, such as Europe/Paris.",
    fr="Le nom d’un fuseau horaire est attendu, par exemple Europe/Paris.",
)
FIELD_UNPRINTABLE = declare(
    "field_unprintable",
    en="This is blank, or holds characters that cannot be printed.",
    fr="Cette valeur est vide ou contient des caractères non imprimables.",
)
FIELD_TOO_SHORT = declare(
    "field_too_short",
    en="This needs a length of {least} at least.",
    fr="La longueur doit être de {least} au moins.",
)
FIELD_TOO_LONG = declare(
    "field_too_long",
    en="This may have a length of {most} at most.",
    fr="La longueur ne peut pas dépasser {most}.",
)
FIELD_TOO_SMALL = declare(
    "field_too_small",
    en="This must be {least} or more.",
    fr="Cette valeur doit être de {least} au moins.",
)
FIELD_TOO_GREAT = declare(
    "field_too_great",
    en="This must be {most} or less.",
    fr="Cette valeur doit être de {most} au plus.",
)
FIELD_UNUSABLE = declare(
    "field_unusable",
    en="This value cannot be used.",
    fr="Cette valeur est inutilisable.",
)
CURSOR_UNREADABLE = declare(
    "cursor_unreadable",
    en="This cursor is not one of this list; take the next_cursor of the page before.",
    fr="Ce curseur n’est pas de cette liste ; prenez le next_cursor de la page précédente.",
)

STATUS: Final = {
    UNAUTHENTICATED: 401,
    METHOD_NOT_ALLOWED: 405,
    BAD_REQUEST: 400,
    TOO_LARGE: 413,
    UNSUPPORTED_MEDIA_TYPE: 415,
    SERVER_ERROR: 500,
    UNAVAILABLE: 503,
    OVERLOADED: 503,
    IDEMPOTENCY_KEY_REQUIRED: 400,
    IDEMPOTENCY_KEY_IN_USE: 409,
    IDEMPOTENCY_KEY_REUSED: 422,
    NOT_FOUND: 404,
}
"""The status of what the edge itself refuses."""


class CallRefused(TenureError):
    """The edge refuses a call before anything looks at what it asks for."""

    def __init__(self, code: Code, **figures: Figure) -> None:
        super().__init__(code, **figures)
        self.status = STATUS[code]
