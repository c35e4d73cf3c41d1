"""The OpenAPI description of decisions, which stand at the root."""

from __future__ import annotations

from typing import Any, Final

from tenure.access import errors as reasons
from tenure.api.decisions.answers import (
    CONFIGURATION_PATH,
    EVALUATION_PATH,
    EVALUATIONS_PATH,
    MEDIA_TYPE,
)
from tenure.api.decisions.errors import REVISION_NOT_REACHED
from tenure.api.decisions.questions import MOST_EVALUATIONS, MOST_REVISIONS, SEMANTICS
from tenure.api.errors import (
    BAD_REQUEST,
    OVERLOADED,
    TOO_LARGE,
    UNAUTHENTICATED,
    UNAVAILABLE,
    UNSUPPORTED_MEDIA_TYPE,
)
from tenure.api.openapi import problem_answer
from tenure.base.errors import INVALID, NOT_FOUND
from tenure.base.verdicts import Code

_REASONS: Final = (
    reasons.UNKNOWN_SUBJECT,
    reasons.NOT_A_MEMBER,
    reasons.MEMBER_NOT_ACTIVE,
    reasons.ORGANISATION_SUSPENDED,
    reasons.NO_SEAT,
    reasons.NO_ROLE_WITH_PERMISSION,
    reasons.GRANTED,
    reasons.RETENTION,
    reasons.NO_CURRENT_PERIOD,
)
_TEXT: Final = {"type": "string"}


def _thing(description: str) -> dict[str, Any]:
    return {
        "type": "object",
        "description": description,
        "required": ["type", "id"],
        "properties": {"type": _TEXT, "id": _TEXT},
    }


_QUESTION: Final[dict[str, Any]] = {
    "subject": _thing("Of type `member`: its id is `mem_…` or an e-mail address."),
    "action": {
        "type": "object",
        "description": "A permission of the application.",
        "required": ["name"],
        "properties": {"name": _TEXT},
    },
    "resource": _thing("Of type `application`: its id is that of the catalogue."),
    "context": {
        "type": "object",
        "description": "The organisation, which a key of an organisation need not name; and the "
        "revision of it that the client has seen, below which no answer is wanted.",
        "properties": {
            "organisation": _TEXT,
            "at_least": {"type": "integer", "minimum": 0, "maximum": MOST_REVISIONS},
        },
    },
}
_ASKED: Final[dict[str, Any]] = {
    "type": "object",
    "required": ["subject", "action", "resource"],
    "properties": _QUESTION,
}
_MANY: Final[dict[str, Any]] = {
    "type": "object",
    "description": "Questions in order; what one leaves out is taken from beside the list. "
    "Without a list, the one question beside it.",
    "properties": {
        **_QUESTION,
        "evaluations": {
            "type": "array",
            "maxItems": MOST_EVALUATIONS,
            "items": {"type": "object", "properties": _QUESTION},
        },
        "options": {
            "type": "object",
            "properties": {"evaluations_semantic": {"type": "string", "enum": list(SEMANTICS)}},
        },
    },
}
_DECIDED: Final[dict[str, Any]] = {
    "type": "object",
    "required": ["decision", "context"],
    "properties": {
        "decision": {"type": "boolean"},
        "context": {
            "type": "object",
            "required": ["reason", "revision", "valid_until"],
            "properties": {
                "reason": {"type": "string", "enum": [reason.code for reason in _REASONS]},
                "revision": {"type": "integer", "description": "The organisation's."},
                "valid_until": {
                    "type": ["string", "null"],
                    "format": "date-time",
                    "description": "Until when a yes is good unless something is changed.",
                },
                "data_available_until": {
                    "type": "string",
                    "format": "date",
                    "description": "With `retention`: the last local day on which data are there.",
                },
            },
        },
    },
}
_NOT_DECIDED: Final[dict[str, Any]] = {
    "type": "object",
    "description": "A question that could not be judged: a no, and why.",
    "required": ["decision", "context"],
    "properties": {
        "decision": {"const": False},
        "context": {
            "type": "object",
            "required": ["error"],
            "properties": {
                "error": {
                    "type": "object",
                    "required": ["status", "message", "code"],
                    "properties": {
                        "status": {"type": "integer"},
                        "message": _TEXT,
                        "code": _TEXT,
                        "field_errors": {"type": "array", "items": {"type": "object"}},
                    },
                }
            },
        },
    },
}
_ALL_DECIDED: Final[dict[str, Any]] = {
    "type": "object",
    "required": ["evaluations"],
    "properties": {"evaluations": {"type": "array", "items": {"anyOf": [_DECIDED, _NOT_DECIDED]}}},
}
_CONFIGURATION: Final[dict[str, Any]] = {
    "type": "object",
    "required": [
        "policy_decision_point",
        "access_evaluation_endpoint",
        "access_evaluations_endpoint",
    ],
    "additionalProperties": {"type": "string", "format": "uri"},
}
_ERRORS: Final[dict[int, tuple[Code, ...]]] = {
    400: (BAD_REQUEST,),
    401: (UNAUTHENTICATED,),
    404: (NOT_FOUND,),
    409: (REVISION_NOT_REACHED,),
    413: (TOO_LARGE,),
    415: (UNSUPPORTED_MEDIA_TYPE,),
    422: (INVALID,),
    503: (UNAVAILABLE, OVERLOADED),
}


def _call(
    operation: str, summary: str, body: dict[str, Any], answer: dict[str, Any]
) -> dict[str, Any]:
    return {
        "post": {
            "operationId": operation,
            "tags": ["Decisions"],
            "summary": summary,
            "security": [{"BearerKey": []}],
            "requestBody": {"required": True, "content": {MEDIA_TYPE: {"schema": body}}},
            "responses": {
                "200": _answer(answer),
                **{
                    str(status): problem_answer(status, [code.code for code in codes])
                    for status, codes in _ERRORS.items()
                },
            },
        }
    }


def _answer(schema: dict[str, Any]) -> dict[str, Any]:
    return {"description": "OK", "content": {MEDIA_TYPE: {"schema": schema}}}


DECISION_PATHS: Final[dict[str, Any]] = {
    EVALUATION_PATH: _call(
        "evaluate", "Whether a member may do something now (R41)", _ASKED, _DECIDED
    ),
    EVALUATIONS_PATH: _call(
        "evaluate_many",
        "The same for several questions at once",
        _MANY,
        {"anyOf": [_ALL_DECIDED, _DECIDED]},
    ),
    CONFIGURATION_PATH: {
        "get": {
            "operationId": "authzen_configuration",
            "tags": ["Decisions"],
            "summary": "Where this decision point answers (AuthZEN 1.0)",
            "security": [],
            "responses": {"200": _answer(_CONFIGURATION)},
        }
    },
}
