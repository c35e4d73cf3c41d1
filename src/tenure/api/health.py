"""What an operator asks: does the process live, can it serve, what does it count?"""

from __future__ import annotations

from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, generate_latest

from tenure.api.errors import UNAVAILABLE, CallRefused
from tenure.api.problems import problem_of

_PLAIN = "text/plain; charset=utf-8"


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """The process lives; nothing else is asked."""
    del request
    return HttpResponse(b"ok\n", content_type=_PLAIN)


@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """The process can serve: the database answers. 503 otherwise."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        connection.close()
        return problem_of(request, CallRefused(UNAVAILABLE))
    return HttpResponse(b"ready\n", content_type=_PLAIN)


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """What this process counted, in the text form of Prometheus."""
    del request
    return HttpResponse(generate_latest(REGISTRY), content_type=CONTENT_TYPE_LATEST)
