"""The API object: how bodies are read, how errors are told, and what the document says."""

from __future__ import annotations

from typing import Any, Final

import msgspec
import structlog
from django.conf import settings
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError
from ninja.parser import Parser

from tenure.api.errors import (
    BAD_REQUEST,
    FIELD_NOT_JSON,
    FIELD_TOO_DEEP,
    FIELD_TWICE,
    TOO_LARGE,
    UNAVAILABLE,
    UNSUPPORTED_MEDIA_TYPE,
    CallRefused,
)
from tenure.api.fields import invalid
from tenure.api.openapi import complete
from tenure.api.problems import problem_of
from tenure.api.root import ROOT_PATHS
from tenure.base.errors import FieldError, Invalid, TenureError

_log = structlog.get_logger("tenure.api")

PREFIX: Final = "/api/v1"


class JsonParser(Parser):
    """Strict JSON in UTF-8; what was read is kept on the request for the idempotency key."""

    def parse_body(self, request: HttpRequest) -> Any:
        """The body as plain data; raises ``CallRefused`` or ``Invalid``."""
        kind = (request.content_type or "").lower()
        if kind and kind != "application/json" and not kind.endswith("+json"):
            raise CallRefused(UNSUPPORTED_MEDIA_TYPE)
        try:
            parsed = msgspec.json.decode(request.body)
        except RecursionError:
            raise Invalid([FieldError("", FIELD_TOO_DEEP)]) from None
        except (msgspec.DecodeError, UnicodeDecodeError):
            raise Invalid([FieldError("", FIELD_NOT_JSON)]) from None
        request.parsed_body = parsed  # type: ignore[attr-defined]  # read by calls.py
        return parsed

    def parse_querydict(self, data: Any, list_fields: list[str], request: HttpRequest) -> Any:
        """Query parameters, each given once; ``Invalid`` otherwise."""
        twice = [name for name in data if name not in list_fields and len(data.getlist(name)) > 1]
        if twice:
            raise Invalid([FieldError(name[:40], FIELD_TWICE) for name in twice[:20]])
        return super().parse_querydict(data, list_fields, request)


class Edge(NinjaAPI):
    """django-ninja with our problems, our parser, and a document that tells all."""

    _document: dict[str, Any] | None = None
    _unused = HttpResponse()

    def create_temporal_response(self, _request: HttpRequest) -> HttpResponse:
        """What a view could put headers on, if ours did not answer with responses of their own."""
        return self._unused

    def get_openapi_schema(self, **options: Any) -> Any:
        """The document as django-ninja makes it, completed from the calls' declarations, once."""
        if self._document is None:
            self._document = complete(super().get_openapi_schema(**options), ROOT_PATHS)
        return self._document


def make_edge() -> Edge:
    """The API with its error handlers; routers are added where addresses are (``urls.py``)."""
    edge = Edge(
        title="Tenure",
        version="1",
        description="Sells roles for a term, and knows who may do what today.",
        docs_url=None,
        openapi_url="/openapi.json",
        parser=JsonParser(),
        urls_namespace="api",
    )
    edge.add_exception_handler(TenureError, _tenure_error)
    edge.add_exception_handler(ValidationError, _not_valid)
    edge.add_exception_handler(HttpError, _http_error)
    edge.add_exception_handler(RequestDataTooBig, _too_large)
    edge.add_exception_handler(SuspiciousOperation, _unreadable)
    edge.add_exception_handler(UnreadablePostError, _unreadable)
    edge.add_exception_handler(OperationalError, _unavailable)
    return edge


def _tenure_error(request: HttpRequest, error: Any) -> HttpResponse:
    return problem_of(request, error)


def _not_valid(request: HttpRequest, error: Any) -> HttpResponse:
    return problem_of(request, invalid(error.errors))


def _http_error(request: HttpRequest, error: Any) -> HttpResponse:
    """django-ninja wraps what the parser raised."""
    if isinstance(error.__cause__, TenureError):
        return problem_of(request, error.__cause__)
    return _unreadable(request, error)


def _too_large(request: HttpRequest, _error: Any) -> HttpResponse:
    return problem_of(request, CallRefused(TOO_LARGE, limit=settings.DATA_UPLOAD_MAX_MEMORY_SIZE))


def _unreadable(request: HttpRequest, _error: Any) -> HttpResponse:
    return problem_of(request, CallRefused(BAD_REQUEST))


def _unavailable(request: HttpRequest, error: Any) -> HttpResponse:
    """The database is away, or gave this one up for another's sake: worth another try."""
    _log.warning("database.unavailable", error=str(error).strip())
    return problem_of(request, CallRefused(UNAVAILABLE))
