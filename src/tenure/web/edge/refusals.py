"""A no as a page of its own: what it is, by which rule, and what to do instead.

Where a form can show it, the page does so itself (``Form.refusals``); what is left comes here.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from datetime import date
from http import HTTPStatus
from typing import Any, Final

import structlog
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import translation

from tenure.base.errors import Forbidden, Invalid, NotFound, Refused, Stale, TenureError
from tenure.base.wording import sentence
from tenure.web.edge.visitor import accepted_language, visitor_of
from tenure.web.edge.words import told as in_words

_log = structlog.get_logger("tenure.web")

_STATUS_OF_KIND: Final[tuple[tuple[type[TenureError], HTTPStatus], ...]] = (
    (NotFound, HTTPStatus.NOT_FOUND),
    (Refused, HTTPStatus.CONFLICT),
    (Invalid, HTTPStatus.UNPROCESSABLE_ENTITY),
    (Stale, HTTPStatus.CONFLICT),
    (Forbidden, HTTPStatus.FORBIDDEN),
)
_TEMPLATE: Final = "edge/refusal.html"
_PLAIN_TEMPLATE: Final = "edge/error.html"


def status_of(error: TenureError) -> int:
    """The status in which a page tells an error."""
    return next(status for kind, status in _STATUS_OF_KIND if isinstance(error, kind)).value


@dataclass(frozen=True, slots=True)
class Said:
    """A rule's no in the reader's language, for ``edge/verdict.html``."""

    code: str
    text: str
    rule: str
    deadline: date | None


def said(error: TenureError, language: str) -> Said:
    """What an error says to a reader of ``language``."""
    deadline = error.figures.get("deadline")
    return Said(
        code=error.code.code,
        text=in_words(error.code, error.figures, language),
        rule=error.code.rule or "",
        deadline=deadline if isinstance(deadline, date) else None,
    )


def refusal(request: HttpRequest, error: TenureError, *, status: int | None = None) -> HttpResponse:
    """The page that tells ``error`` in the reader's language."""
    language = visitor_of(request).language
    fields = error.field_errors if isinstance(error, Invalid) else ()
    context = {
        "status": status or status_of(error),
        "code": error.code.code,
        "said": said(error, language),
        "wrong": [sentence(each.code, each.figures, language) for each in fields],
    }
    return _page(request, context)


def told(request: HttpRequest, kind: str, status: int) -> HttpResponse:
    """The page of what no rule says: ``kind`` chooses the words of the template."""
    return _page(request, {"status": status, "code": kind})


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Whatever nobody answers to (Django's ``handler404``)."""
    del exception
    return refusal(request, NotFound())


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """What Django or a library forbids (its ``handler403``)."""
    del exception
    return refusal(request, Forbidden())


def form_expired(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that was not ours, or too old (Django's ``CSRF_FAILURE_VIEW``)."""
    _log.info("request.forged", reason=reason)
    return told(request, "form_expired", HTTPStatus.FORBIDDEN)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """What Django itself finds unreadable or suspicious (its ``handler400``)."""
    _log.info("request.suspicious", error=str(exception))
    return _plain(request, "bad_request", HTTPStatus.BAD_REQUEST)


def method_not_allowed(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """A page that is looked at where there is only a button, or the other way round."""
    page = told(request, "method_not_allowed", HTTPStatus.METHOD_NOT_ALLOWED)
    page.headers["Allow"] = response.get("Allow", "")
    return page


def too_many(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Tried too often (allauth's ``handler429``)."""
    del exception
    page = told(request, "too_many", HTTPStatus.TOO_MANY_REQUESTS)
    page.headers["Retry-After"] = "60"
    return page


def server_error(request: HttpRequest) -> HttpResponse:
    """What nobody foresaw (Django's ``handler500``); works without the database."""
    error = sys.exception()
    if isinstance(error, OperationalError):
        return unavailable(request, error)
    return _plain(request, "server_error", HTTPStatus.INTERNAL_SERVER_ERROR)


def unavailable(request: HttpRequest, error: Exception) -> HttpResponse:
    """The database is away, or gave this one up for another's sake: worth another try."""
    _log.warning("database.unavailable", error=str(error).strip())
    page = _plain(request, "unavailable", HTTPStatus.SERVICE_UNAVAILABLE)
    page.headers["Retry-After"] = "2"
    return page


def _page(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    """A page in the site's look; what htmx asked for in part replaces the whole."""
    page = render(request, _TEMPLATE, context, status=context["status"])
    if request.headers.get("HX-Request"):
        page.headers["HX-Retarget"] = "body"
        page.headers["HX-Reswap"] = "innerHTML"
    return page


def _plain(request: HttpRequest, kind: str, status: int) -> HttpResponse:
    """A page that asks nobody anything: not who looks, not the database."""
    language = accepted_language(request)
    with translation.override(language):
        text = render_to_string(
            _PLAIN_TEMPLATE,
            {
                "code": kind,
                "status": int(status),
                "language": language,
                "request_id": getattr(request, "request_id", ""),
            },
        )
    headers = {"Cache-Control": "no-store", "X-Robots-Tag": "noindex", "Content-Language": language}
    return HttpResponse(text, status=status, headers=headers)
