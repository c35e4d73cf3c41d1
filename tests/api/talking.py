"""A caller of the API that believes nothing: every answer is held against the document."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import jsonschema_rs
from django.test import Client

from tenure.api.urls import edge

PROBLEM = "application/problem+json"
PREFIX = "/api/v1"
FILES = {"application/pdf", "application/xml", "application/zip"}


@dataclass(frozen=True)
class Reply:
    """An answer: its status, its body as JSON (None if it has none), its headers."""

    status: int
    body: Any
    headers: Mapping[str, str]
    text: str
    content: bytes = b""

    @property
    def code(self) -> str | None:
        """The code of a problem."""
        return self.body.get("code") if isinstance(self.body, dict) else None

    @property
    def revision(self) -> int:
        """The revision that the answer carries."""
        return int(self.headers["Tenure-Revision"])


class Api:
    """The API as the holder of ``key`` sees it (None: nobody's)."""

    def __init__(self, key: str | None, **headers: str) -> None:
        self.key = key
        self.headers = headers
        self._client = Client(raise_request_exception=True)

    def get(self, path: str, **headers: str) -> Reply:
        """GET."""
        return self.send("GET", path, **headers)

    def post(self, path: str, body: Any = None, **headers: str) -> Reply:
        """POST with a JSON body; without one, with none."""
        return self.send("POST", path, body, **headers)

    def patch(self, path: str, body: Any, **headers: str) -> Reply:
        """PATCH with a JSON body."""
        return self.send("PATCH", path, body, **headers)

    def delete(self, path: str, **headers: str) -> Reply:
        """DELETE."""
        return self.send("DELETE", path, **headers)

    def send(self, method: str, path: str, body: Any = None, **headers: str) -> Reply:
        """Any call; ``headers`` in snake case, ``idempotency_key="k"``."""
        data = b"" if body is None else json.dumps(body).encode()
        return self.send_bytes(method, path, data, "application/json", **headers)

    def send_bytes(
        self, method: str, path: str, data: bytes, content_type: str, **headers: str
    ) -> Reply:
        """Any call with a body as it is."""
        named = {name.replace("_", "-"): value for name, value in (self.headers | headers).items()}
        if self.key is not None:
            named["Authorization"] = f"Bearer {self.key}"
        full = path if path.startswith((PREFIX, "//")) else PREFIX + path
        response = self._client.generic(
            method, full, data, content_type=content_type, headers=named
        )
        return held_to_its_word(method, full, response)


def root(method: str, path: str, **headers: str) -> Reply:
    """A call outside of ``/api/v1``, without a key."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    response = Client(raise_request_exception=False).generic(method, path, headers=named)
    return _reply(response)


def held_to_its_word(method: str, path: str, response: Any) -> Reply:
    """The answer, after it was held against what the document says of it."""
    reply = _reply(response)
    assert reply.headers["X-Request-ID"]
    assert reply.status < 500, reply.text
    operation = operation_of(method, path)
    if operation is None:
        assert reply.status in {404, 405}, (method, path, reply.status)
        check_problem(reply)
        return reply
    described = operation["responses"].get(str(reply.status))
    assert described, f"{method} {path} gave {reply.status}, which is not documented: {reply.text}"
    for name in described.get("headers", {}):
        assert name in reply.headers, f"{method} {path} lacks {name}"
    contents = described.get("content")
    if not contents:
        assert reply.text == ""
        return reply
    (kind,) = contents
    assert reply.headers["Content-Type"] == kind
    if kind == PROBLEM:
        check_problem(reply)
    if kind in FILES:
        return reply
    validator(json.dumps(contents[kind]["schema"])).validate(reply.body)
    return reply


def check_problem(reply: Reply) -> None:
    """A problem has all that RFC 9457 and the interface ask for."""
    assert reply.headers["Content-Type"] == PROBLEM
    assert reply.body["status"] == reply.status
    assert reply.body["type"].endswith(reply.body["code"])
    assert reply.body["title"]
    assert reply.body["detail"]
    assert "{" not in reply.body["detail"]
    assert reply.headers["Content-Language"] in {"en", "fr"}
    assert "Accept-Language" in reply.headers["Vary"]


@cache
def document() -> dict[str, Any]:
    """The published document."""
    found: dict[str, Any] = json.loads(json.dumps(edge.get_openapi_schema()))
    return found


def operation_of(method: str, path: str) -> Any:
    """What the document says of a call."""
    bare = path.split("?", 1)[0]
    for template, methods in document()["paths"].items():
        pattern = re.sub(r"\{\w+\}", "[^/]+", template)
        if re.fullmatch(pattern, bare):
            return methods.get(method.lower())
    return None


@cache
def validator(schema: str) -> Any:
    """A validator of answers that also finds what is not described."""
    whole = copy.deepcopy(document()["components"]["schemas"])
    for shape in whole.values():
        if shape.get("type") == "object":
            shape.setdefault("additionalProperties", False)
    refers = json.loads(schema) | {"components": {"schemas": whole}}
    return jsonschema_rs.Draft202012Validator(refers, validate_formats=True)


def _reply(response: Any) -> Reply:
    kind = response.headers.get("Content-Type", "")
    content = b"".join(response.streaming_content) if response.streaming else response.content
    text = "" if kind in FILES else content.decode()
    body = json.loads(text) if text and "json" in kind else None
    return Reply(response.status_code, body, dict(response.headers), text, content)
