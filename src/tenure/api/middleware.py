"""Around every request: its id, one line of log, and a problem where Django has only words."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import Final

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse

from tenure.api.documents import MEDIA_TYPE
from tenure.api.problems import method_not_allowed
from tenure.base.ids import new_id

Handler = Callable[[HttpRequest], HttpResponse]

REQUEST_ID: Final = "X-Request-ID"

_SANE: Final = re.compile(r"[A-Za-z0-9._:+/=-]{1,128}", re.ASCII)
_TOLD: Final = frozenset({MEDIA_TYPE, "application/scim+json"})
"""In what a refusal is told by whoever answers."""
_QUIET: Final = frozenset({"/healthz", "/readyz", "/metrics"})
_log = structlog.get_logger("tenure.request")


def _loggable(request: HttpRequest) -> str:
    """The path, without the word by which an invitation is accepted or a password chosen: logs
    hold no secrets."""
    parts = request.resolver_match.kwargs if request.resolver_match else {}
    secret = parts.get("token") or parts.get("key")
    return request.path.replace(secret, "…") if isinstance(secret, str) else request.path


def request_log(get_response: Handler) -> Handler:
    """Name each request, by its caller's ``X-Request-ID`` if that is sane, and log its end."""

    def handle(request: HttpRequest) -> HttpResponse:
        began = time.perf_counter()
        given = request.META.get("HTTP_X_REQUEST_ID", "")
        request_id = given if _SANE.fullmatch(given) else str(new_id())
        request.request_id = request_id  # type: ignore[attr-defined]  # read by problems.py
        with structlog.contextvars.bound_contextvars(request_id=request_id):
            response = get_response(request)
            ours = request.path_info.startswith(settings.API_PATHS)
            if response.status_code == 405 and ours and response["Content-Type"] not in _TOLD:
                allowed = [word.strip() for word in response.get("Allow", "").split(",")]
                response = method_not_allowed(request, [word for word in allowed if word])
            response[REQUEST_ID] = request_id
            if not response.streaming and "Content-Length" not in response:
                response["Content-Length"] = str(len(response.content))
            if request.path not in _QUIET:
                _log.info(
                    "request",
                    method=request.method,
                    path=_loggable(request),
                    status=response.status_code,
                    milliseconds=round((time.perf_counter() - began) * 1000, 1),
                )
        return response

    return handle
