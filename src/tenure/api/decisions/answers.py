"""Answers as AuthZEN 1.0 words them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, Final

import msgspec

from tenure.access.rules.decision import Decision
from tenure.api.decisions.questions import Semantic
from tenure.api.documents import moment, status_of
from tenure.base.errors import Invalid, TenureError
from tenure.base.wording import sentence

MEDIA_TYPE: Final = "application/json"
EVALUATION_PATH: Final = "/access/v1/evaluation"
EVALUATIONS_PATH: Final = "/access/v1/evaluations"
CONFIGURATION_PATH: Final = "/.well-known/authzen-configuration"


def decision_answer(decision: Decision, revision: int) -> bytes:
    """One decision with its reason, as of the organisation's ``revision``."""
    if decision.valid_until is not None:
        return _granted(decision.valid_until, revision)
    reason = decision.reason.code.encode()
    if decision.data_available_until is None:
        return b'{"decision":false,"context":{"reason":"%b","revision":%d,"valid_until":null}}' % (
            reason,
            revision,
        )
    return (
        b'{"decision":false,"context":{"reason":"%b","revision":%d,"valid_until":null,'
        b'"data_available_until":"%b"}}'
        % (reason, revision, decision.data_available_until.isoformat().encode())
    )


@lru_cache(maxsize=8192)
def _granted(until: datetime, revision: int) -> bytes:
    """Kept, since many have paid until the same day and few have changed often."""
    return b'{"decision":true,"context":{"reason":"granted","revision":%d,"valid_until":"%b"}}' % (
        revision,
        moment(until).encode(),
    )


def error_answer(error: TenureError, language: str) -> bytes:
    """What stands in the place of a decision that could not be made: a no, and why."""
    message = sentence(error.code, error.figures, language)
    wrong: dict[str, Any] = {
        "status": status_of(error),
        "message": message,
        "code": error.code.code,
    }
    if isinstance(error, Invalid):
        wrong["field_errors"] = [
            {
                "field": each.field,
                "code": each.code.code,
                "detail": sentence(each.code, each.figures, language),
            }
            for each in error.field_errors
        ]
    return msgspec.json.encode({"decision": False, "context": {"error": wrong}})


def answers(each: Sequence[bytes]) -> bytes:
    """The answers to several questions, in their order."""
    return b'{"evaluations":[%b]}' % b",".join(each)


def is_last(semantic: Semantic, allowed: bool) -> bool:
    """Whether no further question is to be answered after one of this outcome."""
    if semantic == "permit_on_first_permit":
        return allowed
    return semantic == "deny_on_first_deny" and not allowed


def configuration(address: str) -> bytes:
    """The metadata of the decision point at ``address``, which has no slash at its end."""
    return msgspec.json.encode(
        {
            "policy_decision_point": address,
            "access_evaluation_endpoint": address + EVALUATION_PATH,
            "access_evaluations_endpoint": address + EVALUATIONS_PATH,
        }
    )
