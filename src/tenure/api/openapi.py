"""Completes the OpenAPI document that django-ninja makes, so that it tells everything.

What a call can say beside its shapes follows from its declaration: its errors with their codes,
its headers, its key. Addresses at the root are described here by hand.
"""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from tenure.api import errors
from tenure.api.documents import MEDIA_TYPE
from tenure.api.fields import NAMED, NAMED_SCHEMAS
from tenure.base.errors import INVALID, NOT_FOUND, STALE
from tenure.base.verdicts import Code

if TYPE_CHECKING:
    from tenure.api.calls import Declared

DECLARED: Final[dict[str, Declared]] = {}
"""Every declared call, by its operation's id."""

_TEXT: Final = {"type": "string"}
_PROBLEM: Final = {
    "type": "object",
    "description": "Why not: a code, its rule, a text for the reader, and the figures behind it.",
    "required": ["type", "title", "status", "detail", "code"],
    "properties": {
        "type": {"type": "string", "format": "uri"},
        "title": _TEXT,
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "In the language of Accept-Language."},
        "code": {"type": "string", "description": "Stable; see the table of codes."},
        "rule": {"type": "string", "pattern": r"^R\d{1,3}$"},
        "field_errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "code", "detail"],
                "properties": {"field": _TEXT, "code": _TEXT, "detail": _TEXT},
            },
        },
    },
    "additionalProperties": True,
}
_BYTES: Final = {"type": "string", "format": "binary"}
_HEADERS: Final = {
    "X-Request-ID": {"schema": _TEXT, "description": "By which the logs know this request."},
    "Tenure-Revision": {
        "schema": {"type": "string", "pattern": r"^\d+$"},
        "description": "The organisation's revision after this write; a decision can be asked for "
        "at least that. 0 where there is no organisation.",
    },
    "Location": {"schema": _TEXT, "description": "Where to read what was made."},
    "ETag": {"schema": _TEXT, "description": "The version, for If-Match."},
    "Content-Disposition": {"schema": _TEXT, "description": "What the file is called."},
    "Content-Language": {"schema": {"type": "string", "enum": ["en", "fr"]}},
    "WWW-Authenticate": {"schema": _TEXT},
    "Retry-After": {"schema": {"type": "string", "pattern": r"^\d+$"}},
}
_IDEMPOTENCY_KEY: Final = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "schema": {"type": "string", "maxLength": 255, "pattern": "^[ -~]*$"},
    "description": "A key of the caller's: the same key with the same body gives the first answer "
    "again. An empty one is none.",
}
_REQUIRED_KEY: Final = {
    **_IDEMPOTENCY_KEY,
    "schema": {"type": "string", "maxLength": 255, "pattern": "^[ -~]*[!-~][ -~]*$"},
    "required": True,
}
_IF_MATCH: Final = {
    "name": "If-Match",
    "in": "header",
    "required": False,
    "schema": _TEXT,
    "description": "The ETag of what was read: the change is refused if it is no longer so.",
}
_ACCEPT_LANGUAGE: Final = {
    "name": "Accept-Language",
    "in": "header",
    "required": False,
    "schema": _TEXT,
    "description": "English (en) or French (fr).",
}


def complete(document: dict[str, Any], extra_paths: Mapping[str, Any]) -> dict[str, Any]:
    """The whole document: what django-ninja says, errors, headers, and the root's addresses."""
    document["servers"] = [{"url": "/"}]
    components = document["components"]
    components["schemas"] |= {**NAMED_SCHEMAS, "Problem": _PROBLEM}
    components["headers"] = dict(_HEADERS)
    components["securitySchemes"] = {
        "BearerKey": {"type": "http", "scheme": "bearer", "description": "An API key: tenure_…"}
    }
    for methods in document["paths"].values():
        for operation in methods.values():
            _complete_operation(operation, DECLARED[operation["operationId"]])
    document["paths"] |= extra_paths
    _refer(document)
    return document


def _refer(node: Any) -> None:
    """Put references where a named schema is meant."""
    if isinstance(node, dict):
        if NAMED in node:
            node["$ref"] = f"#/components/schemas/{node.pop(NAMED)}"
        for inner in node.values():
            _refer(inner)
    elif isinstance(node, list):
        for inner in node:
            _refer(inner)


def problem_answer(status: int, codes: list[str]) -> dict[str, Any]:
    """How the document describes an error of ``status`` with one of ``codes``."""
    headers = ["X-Request-ID", "Content-Language"]
    headers += {401: ["WWW-Authenticate"], 503: ["Retry-After"]}.get(status, [])
    schema = {
        "allOf": [
            {"$ref": "#/components/schemas/Problem"},
            {"properties": {"code": {"enum": sorted(set(codes))}, "status": {"const": status}}},
        ]
    }
    return {
        "description": f"{HTTPStatus(status).phrase}: " + ", ".join(sorted(set(codes))),
        "headers": {name: _header(name) for name in headers},
        "content": {MEDIA_TYPE: {"schema": schema}},
    }


def _header(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/headers/{name}"}


def _complete_operation(operation: dict[str, Any], declared: Declared) -> None:
    parameters = operation.setdefault("parameters", [])
    if declared.door.keyed:
        parameters.append(_REQUIRED_KEY if declared.door.moves_money else _IDEMPOTENCY_KEY)
    if declared.edits:
        parameters.append(_IF_MATCH)
    if declared.speaks:
        parameters.append(_ACCEPT_LANGUAGE)
    responses = operation["responses"]
    for status, answer in responses.items():
        if declared.file is not None:
            answer["content"] = {declared.file: {"schema": dict(_BYTES)}}
        names = _success_headers(int(status), declared)
        answer["headers"] = {name: _header(name) for name in names}
    for status, codes in _errors(operation, declared).items():
        responses[str(status)] = problem_answer(status, [code.code for code in codes])
    operation["responses"] = {str(status): answer for status, answer in responses.items()}


def _success_headers(status: int, declared: Declared) -> list[str]:
    names = ["X-Request-ID"]
    if declared.writes:
        names.append("Tenure-Revision")
    if status == 201:
        names.append("Location")
    if declared.file is not None:
        names.append("Content-Disposition")
    if declared.shows_version:
        names.append("ETag")
    if declared.speaks:
        names.append("Content-Language")
    return names


def _errors(operation: Mapping[str, Any], declared: Declared) -> dict[int, list[Code]]:
    """Every error that the call can answer, by status."""
    has_body = "requestBody" in operation
    found: dict[int, list[Code]] = {
        401: [errors.UNAUTHENTICATED],
        404: [NOT_FOUND, *declared.misses],
        422: [INVALID],
        503: [errors.UNAVAILABLE],
    }
    if declared.refuses or declared.door.keyed:
        found[409] = list(declared.refuses)
    if has_body:
        found[400] = [errors.BAD_REQUEST]
        found[413] = [errors.TOO_LARGE]
        found[415] = [errors.UNSUPPORTED_MEDIA_TYPE]
    if declared.edits:
        found[412] = [STALE]
    if declared.door.keyed:
        found[409].append(errors.IDEMPOTENCY_KEY_IN_USE)
        found[422].append(errors.IDEMPOTENCY_KEY_REUSED)
    if declared.door.moves_money:
        found.setdefault(400, []).append(errors.IDEMPOTENCY_KEY_REQUIRED)
    return found
