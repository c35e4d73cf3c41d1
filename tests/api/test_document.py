"""The OpenAPI document holds together, and says of errors what the code says."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from tenure.api.openapi import DECLARED
from tenure.base.verdicts import declared_codes
from tests.api.talking import PROBLEM, document

CODES = {code.code for code in declared_codes()}


def operations() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Every operation with its path and method."""
    for path, methods in document()["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


def test_every_reference_leads_somewhere() -> None:
    def references(node: Any) -> Iterator[str]:
        if isinstance(node, dict):
            if isinstance(node.get("$ref"), str):
                yield node["$ref"]
            for inner in node.values():
                yield from references(inner)
        elif isinstance(node, list):
            for inner in node:
                yield from references(inner)

    for reference in set(references(document())):
        found: Any = document()
        for step in reference.removeprefix("#/").split("/"):
            found = found[step]
        assert found


def test_every_operation_has_a_name_of_its_own() -> None:
    names = [operation["operationId"] for _, _, operation in operations()]
    assert len(set(names)) == len(names)
    assert set(DECLARED) <= set(names)


def test_nothing_of_the_making_is_left() -> None:
    text = json.dumps(document())
    assert "x-named" not in text
    assert "NinjaResponseSchema" not in text


def test_every_error_is_a_problem_with_declared_codes() -> None:
    for path, method, operation in operations():
        for status, answer in operation["responses"].items():
            if int(status) < 400:
                continue
            assert list(answer["content"]) == [PROBLEM], (path, method, status)
            told = answer["content"][PROBLEM]["schema"]["allOf"][1]["properties"]["code"]["enum"]
            assert set(told) <= CODES, (path, method, status)


SIGNED = {"/api/v1/gateways/{gateway}/webhook"}
"""What needs no key, since it is signed."""


def test_what_needs_a_key_says_so() -> None:
    assert document()["components"]["securitySchemes"]["BearerKey"]["scheme"] == "bearer"
    for path, _, operation in operations():
        if path.startswith("/api/v1") and path not in SIGNED:
            assert operation["security"] == [{"BearerKey": []}]
            assert "401" in operation["responses"]


def test_writes_tell_of_their_headers() -> None:
    for path, method, operation in operations():
        if not path.startswith("/api/v1") or path in SIGNED:
            continue
        names = {each["name"]: each for each in operation["parameters"] if each["in"] == "header"}
        assert ("Idempotency-Key" in names) == (method == "post")
        for status, answer in operation["responses"].items():
            if int(status) < 300:
                assert ("Tenure-Revision" in answer["headers"]) == (method != "get")
                assert ("Location" in answer["headers"]) == (status == "201")
    required = {
        path
        for path, _, operation in operations()
        for each in operation.get("parameters", [])
        if each["name"] == "Idempotency-Key" and each["required"]
    }
    assert required == {
        "/api/v1/orders",
        "/api/v1/orders/{order}/cancellation",
        "/api/v1/orders/{order}/payments",
        "/api/v1/requests/{case}/grant",
        "/api/v1/quotes/{quote}/accept",
        "/api/v1/subscriptions/{subscription}/pay",
        "/api/v1/subscriptions/{subscription}/seats",
    }
