"""Messages of gateways, by which they tell of what happened at their place."""

from __future__ import annotations

from typing import Any, Final

from django.http import HttpRequest, HttpResponse

from tenure.api.openapi import problem_answer
from tenure.api.problems import method_not_allowed, problem_of
from tenure.base.clock import machine_now
from tenure.base.errors import NOT_FOUND, TenureError
from tenure.billing.errors import WEBHOOK_UNSIGNED
from tenure.flows.steps import hear


def webhook(request: HttpRequest, gateway: str) -> HttpResponse:
    """Take a message; whoever sent it needs no key, since it is signed.

    Taken twice, late or out of order it does no harm: what it is about is asked for.
    """
    if request.method != "POST":
        return method_not_allowed(request, ["POST"])
    signature = request.META.get("HTTP_STRIPE_SIGNATURE", "")
    try:
        hear(name=gateway, body=request.body, signature=signature, at=machine_now())
    except TenureError as error:
        return problem_of(request, error)
    return HttpResponse(status=204)


WEBHOOK_PATHS: Final[dict[str, Any]] = {
    "/api/v1/gateways/{gateway}/webhook": {
        "post": {
            "operationId": "take_gateway_message",
            "tags": ["Operating"],
            "summary": "Take a message of a card gateway, which is signed",
            "security": [],
            "parameters": [
                {
                    "name": "gateway",
                    "in": "path",
                    "required": True,
                    "schema": {"type": "string"},
                    "description": "stripe",
                },
                {
                    "name": "Stripe-Signature",
                    "in": "header",
                    "required": False,
                    "schema": {"type": "string"},
                },
            ],
            "requestBody": {"content": {"application/json": {"schema": {"type": "object"}}}},
            "responses": {
                "204": {"description": "Taken"},
                "404": problem_answer(404, [NOT_FOUND.code]),
                "409": problem_answer(409, [WEBHOOK_UNSIGNED.code]),
            },
        }
    }
}
