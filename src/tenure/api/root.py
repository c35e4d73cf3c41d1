"""The OpenAPI description of what stands at the root, and of what takes no key."""

from __future__ import annotations

from typing import Any, Final

from tenure.api.decisions.openapi import DECISION_PATHS
from tenure.api.errors import UNAVAILABLE
from tenure.api.gateways import WEBHOOK_PATHS
from tenure.api.openapi import problem_answer


def _plain(operation: str, summary: str, media_type: str = "text/plain") -> dict[str, Any]:
    return {
        "operationId": operation,
        "tags": ["Operating"],
        "summary": summary,
        "security": [],
        "responses": {
            "200": {
                "description": "OK",
                "content": {media_type: {"schema": {"type": "string"}}},
            }
        },
    }


def _ready() -> dict[str, Any]:
    operation = _plain("ready", "Whether the process can serve")
    operation["responses"]["503"] = problem_answer(503, [UNAVAILABLE.code])
    return operation


ROOT_PATHS: Final[dict[str, Any]] = {
    "/healthz": {"get": _plain("health", "Whether the process lives")},
    "/readyz": {"get": _ready()},
    "/metrics": {"get": _plain("metrics", "What this process counted, for Prometheus")},
    **WEBHOOK_PATHS,
    **DECISION_PATHS,
}
