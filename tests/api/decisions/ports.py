"""Where decisions are asked for: processes of the decision node, and the main port."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import urlsplit, urlunsplit

from django.db import connection
from django.test import Client

from tenure.host.processes import attempts
from tests.patience import PATIENCE

EVALUATION = "/access/v1/evaluation"
EVALUATIONS = "/access/v1/evaluations"
CONFIGURATION = "/.well-known/authzen-configuration"


@dataclass(frozen=True)
class Reply:
    """An answer, its header names in lower case."""

    status: int
    headers: Mapping[str, str]
    content: bytes

    @property
    def body(self) -> Any:
        """The body as JSON."""
        return json.loads(self.content)


class Port(Protocol):
    """Something that can be asked."""

    def send(self, method: str, path: str, data: bytes, headers: Mapping[str, str]) -> Reply:
        """Any request."""


def post(port: Port, path: str, body: object, key: str | None = None, **headers: str) -> Reply:
    """Ask; ``headers`` in snake case."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    named.setdefault("content-type", "application/json")
    if key is not None:
        named["authorization"] = f"Bearer {key}"
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return port.send("POST", path, data, named)


class MainPort:
    """The main port, without a process of its own."""

    def __init__(self) -> None:
        self._client = Client(raise_request_exception=False)

    def send(self, method: str, path: str, data: bytes, headers: Mapping[str, str]) -> Reply:
        """Any request."""
        kind = headers.get("content-type", "")
        others = {name: value for name, value in headers.items() if name != "content-type"}
        response = self._client.generic(method, path, data, content_type=kind, headers=others)
        named = {name.lower(): value for name, value in response.items()}
        return Reply(response.status_code, named, response.content)


class NodeProcess:
    """A process of its own that answers decisions from the database at ``url``."""

    def __init__(self, url: str) -> None:
        self.port = _free_port()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tenure.cli", "decide", "--port", str(self.port)],
            env={**os.environ, "DATABASE_URL": url, "TENURE_DECIDE_WORKERS": "1"},
        )
        self._connection: http.client.HTTPConnection | None = None

    def await_readiness(self, path: str = "/readyz") -> None:
        """Wait until it answers."""
        for _ in attempts(PATIENCE):
            try:
                if self.send("GET", path, b"", {}).status == http.HTTPStatus.OK:
                    return
            except OSError:
                continue
        raise AssertionError("The node does not answer.")

    def send(self, method: str, path: str, data: bytes, headers: Mapping[str, str]) -> Reply:
        """Any request, over one connection."""
        if self._connection is None:
            self._connection = self.connect()
        try:
            try:
                self._connection.request(method, path, data or None, dict(headers))
            except (BrokenPipeError, ConnectionResetError):
                # Idle for long, it was closed at the other end: any client opens another then.
                self._connection.close()
                self._connection.request(method, path, data or None, dict(headers))
            response = self._connection.getresponse()
            content = response.read()
        except (OSError, http.client.HTTPException):
            self._connection.close()
            self._connection = None
            raise
        named = {name.lower(): value for name, value in response.getheaders()}
        return Reply(response.status, named, content)

    def connect(self) -> http.client.HTTPConnection:
        """A connection of one's own."""
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)

    def figure(self, name: str) -> int:
        """One of its metrics."""
        text = self.send("GET", "/metrics", b"", {}).content.decode()
        (line,) = [line for line in text.splitlines() if line.startswith(name + "{")]
        return int(line.rsplit(" ", 1)[1])

    def stop(self) -> None:
        """Ask it to end, and wait until it has."""
        self._process.send_signal(signal.SIGTERM)
        self._process.wait(timeout=PATIENCE)


def database_url() -> str:
    """The URL of the database in which this test works."""
    parts = urlsplit(os.environ["DATABASE_URL"])
    return urlunsplit(parts._replace(path="/" + connection.settings_dict["NAME"]))


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port
