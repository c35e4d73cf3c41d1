"""Problem details (RFC 9457) as Django's answers, in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec
import structlog
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers

from tenure.api.documents import MEDIA_TYPE, preferred_language, problem_document, status_of
from tenure.api.errors import BAD_REQUEST, METHOD_NOT_ALLOWED, SERVER_ERROR, CallRefused
from tenure.base.errors import NotFound, TenureError

_log = structlog.get_logger("tenure.api")


def language_of(request: HttpRequest) -> str:
    """``en`` or ``fr``, whichever the caller would rather read (RFC 9110, Accept-Language)."""
    return preferred_language(request.META.get("HTTP_ACCEPT_LANGUAGE", ""))


def speak(response: HttpResponse, language: str) -> HttpResponse:
    """Say of an answer in which language it is, and that another reader may get another."""
    response["Content-Language"] = language
    patch_vary_headers(response, ["Accept-Language"])
    return response


def problem_of(
    request: HttpRequest, error: TenureError, headers: Mapping[str, str] | None = None
) -> HttpResponse:
    """The answer to an error that an area raised, or the edge itself."""
    language, status = language_of(request), status_of(error)
    content = msgspec.json.encode(problem_document(error, language))
    response = HttpResponse(content, status=status, content_type=MEDIA_TYPE, headers=headers)
    if status == 401:
        response["WWW-Authenticate"] = "Bearer"
    if status == 503:
        response["Retry-After"] = "1"
    return speak(response, language)


def method_not_allowed(request: HttpRequest, allowed: Iterable[str]) -> HttpResponse:
    """The answer to a method that an address does not know."""
    methods = tuple(sorted(allowed))
    error = CallRefused(METHOD_NOT_ALLOWED, method=request.method, allowed=methods)
    return problem_of(request, error, headers={"Allow": ", ".join(methods)})


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Whatever nobody answers to (Django's ``handler404``)."""
    del exception
    return problem_of(request, NotFound())


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """What Django itself finds unreadable or suspicious (its ``handler400``)."""
    _log.info("request.suspicious", error=str(exception))
    return problem_of(request, CallRefused(BAD_REQUEST))


def server_error(request: HttpRequest) -> HttpResponse:
    """What nobody foresaw (Django's ``handler500``): it is logged with the request's id."""
    named = str(getattr(request, "request_id", ""))
    return problem_of(request, CallRefused(SERVER_ERROR, request=named))
