"""Problem details (RFC 9457) as plain data, for every server of the JSON edge, Django or not."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from functools import lru_cache
from typing import Any, Final

from tenure.api.errors import CallRefused
from tenure.base.errors import Forbidden, Invalid, NotFound, Refused, Stale, TenureError
from tenure.base.money import Money
from tenure.base.verdicts import Figure
from tenure.base.wording import LANGUAGES, sentence

MEDIA_TYPE: Final = "application/problem+json"
TYPE_PREFIX: Final = "urn:tenure:problem:"

_STATUS_OF_KIND: Final[tuple[tuple[type[TenureError], int], ...]] = (
    (NotFound, 404),
    (Refused, 409),
    (Invalid, 422),
    (Stale, 412),
    (Forbidden, 403),
)
_TITLES: Final = {
    400: ("The request cannot be read", "Requête illisible"),
    401: ("A key is needed", "Une clé est nécessaire"),
    403: ("Not allowed", "Non autorisé"),
    404: ("Not found", "Introuvable"),
    405: ("Method not possible here", "Méthode impossible ici"),
    409: ("Refused by a rule", "Refusé par une règle"),
    412: ("Changed in the meantime", "Modifié entre-temps"),
    413: ("Too large", "Trop volumineux"),
    415: ("Not JSON", "Pas du JSON"),
    422: ("Not usable", "Inutilisable"),
    500: ("An error of ours", "Une erreur de notre côté"),
    503: ("Not available", "Indisponible"),
}


def status_of(error: TenureError) -> int:
    """The status in which an error is told."""
    if isinstance(error, CallRefused):
        return error.status
    return next(status for kind, status in _STATUS_OF_KIND if isinstance(error, kind))


def problem_document(error: TenureError, language: str) -> dict[str, Any]:
    """What an error says to a reader of ``language``: its code, rule, figures and text."""
    code, status = error.code, status_of(error)
    document: dict[str, Any] = {name: plain(figure) for name, figure in error.figures.items()}
    document |= {
        "type": TYPE_PREFIX + code.code,
        "title": _TITLES[status][language == "fr"],
        "status": status,
        "detail": sentence(code, error.figures, language),
        "code": code.code,
    }
    if code.rule:
        document["rule"] = code.rule
    if isinstance(error, Invalid):
        document["field_errors"] = [
            {
                "field": wrong.field,
                "code": wrong.code.code,
                "detail": sentence(wrong.code, wrong.figures, language),
            }
            for wrong in error.field_errors
        ]
    return document


def plain(figure: Figure) -> Any:
    """A figure as JSON: dates and instants as text (RFC 3339), money as an object."""
    if isinstance(figure, Money):
        return {"amount": figure.amount, "currency": figure.currency}
    if isinstance(figure, datetime):
        return moment(figure)
    if isinstance(figure, date):
        return figure.isoformat()
    if isinstance(figure, tuple):
        return list(figure)
    return figure


def moment(at: datetime) -> str:
    """A UTC instant in the form of RFC 3339, with a fraction only if it has one."""
    return at.replace(tzinfo=None).isoformat() + "Z"


@lru_cache(maxsize=256)
def preferred_language(accepted: str) -> str:
    """``en`` or ``fr``, whichever the reader of that ``Accept-Language`` would rather have."""
    wishes = sorted(_wishes(accepted[:500].lower()), key=lambda wish: -wish[1])
    unwanted = {tag for tag, weight in wishes if not weight}
    for tag, weight in wishes:
        language = tag.partition("-")[0]
        if weight and language in LANGUAGES:
            return language
        if weight and tag == "*":
            return next((each for each in LANGUAGES if each not in unwanted), LANGUAGES[0])
    return LANGUAGES[0]


def _wishes(accepted: str) -> Iterator[tuple[str, float]]:
    """Each tag with its weight (RFC 9110); what cannot be read is left out."""
    for wish in accepted.split(","):
        tag, _, rest = wish.partition(";")
        name, _, value = rest.partition("=")
        try:
            yield tag.strip(), float(value) if name.strip() == "q" else 1.0
        except ValueError:
            continue
