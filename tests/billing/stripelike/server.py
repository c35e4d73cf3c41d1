"""The account behind a real port: keys, faults, signatures."""

from __future__ import annotations

import json
import threading
from collections import deque
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import stripe

from tenure.base.clock import machine_now
from tests.billing.stripelike.account import VERSION, Account, Json, Refusal
from tests.patience import PATIENCE

KEY = "sk_test_stripelike"
SECRET = "whsec_stripelike"  # signs what this server sends, nothing else


@dataclass
class Fault:
    """Something that goes wrong at the next call to a path that begins so.

    ``lost``: done, and the connection is dropped; ``unreached``: dropped before anything is done;
    ``error``: done, and answered by a 500; ``failed``: not done, a 500; ``busy``: not done, a 429;
    ``slow``: done, and answered once ``StripeLike.hurry`` is set.
    """

    path: str
    kind: str


@dataclass
class Kept:
    """The first answer under an idempotency key; none while it is still being worked out."""

    asked: tuple[str, str]
    answer: tuple[int, Json] | None = None


@dataclass
class StripeLike:
    """The server. ``calls`` are the paths that were asked, in order."""

    account: Account = field(default_factory=Account)
    faults: deque[Fault] = field(default_factory=deque)
    calls: list[str] = field(default_factory=list)
    hurry: threading.Event = field(default_factory=threading.Event)
    down: bool = False

    def __post_init__(self) -> None:
        self._kept: dict[str, Kept] = {}
        self._lock = threading.Lock()
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._http.daemon_threads = True
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.01,))

    @property
    def address(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self._http.server_address[1]}"

    def __enter__(self) -> StripeLike:
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.hurry.set()
        self._http.shutdown()
        self._thread.join()
        self._http.server_close()

    def forget_keys(self) -> None:
        """A day passes: keys are remembered no longer."""
        self._kept.clear()

    def fail(self, *kinds: str, path: str = "/v1/payment_intents") -> None:
        """The next calls to a path go wrong in these ways, in order."""
        self.faults.extend(Fault(path, kind) for kind in kinds)

    def signed(self, event: Json, *, secret: str = SECRET, age: int = 0) -> tuple[str, str]:
        """A message as it is sent, and its signature; ``age`` in seconds."""
        body = json.dumps(event)
        at = int(machine_now().timestamp()) - age
        return body, stripe.WebhookSignature.generate_signature_header(body, secret, at)

    def fault_at(self, path: str) -> str:
        """What goes wrong at this call, if anything does."""
        if self.down:
            return "failed"
        if self.faults and path.startswith(self.faults[0].path):
            return self.faults.popleft().kind
        return ""

    def answer(self, method: str, path: str, body: str, key: str | None) -> tuple[int, Json, bool]:
        """The answer to a call, and whether it was given before."""
        asked = (path, body)
        with self._lock:
            self.calls.append(f"{method} {path}")
            kept = self._kept.get(key) if key else None
            if kept is not None:
                return self._again(kept, asked)
            if key:
                self._kept[key] = Kept(asked)
            answer, remembered = self._work_out(method, path, body)
            if key and remembered:
                self._kept[key].answer = answer
            elif key:
                del self._kept[key]
            return *answer, False

    def remember(self, key: str, path: str, body: str, answer: tuple[int, Json]) -> None:
        """An answer that went wrong is what is given again under its key."""
        self._kept[key] = Kept((path, body), answer)

    @staticmethod
    def _again(kept: Kept, asked: tuple[str, str]) -> tuple[int, Json, bool]:
        if kept.asked != asked:
            return 400, {"error": {"type": "idempotency_error", "message": "other body"}}, False
        assert kept.answer is not None
        return *kept.answer, True

    def _work_out(self, method: str, path: str, body: str) -> tuple[tuple[int, Json], bool]:
        """The answer, as a copy of what is now; and whether it is remembered."""
        parts = path.removeprefix("/v1/").split("/")
        try:
            made = self.account.route(method, parts, nested(body))
        except Refusal as refusal:
            return (refusal.status, refusal.body), refusal.status == 402
        return (200, json.loads(json.dumps(made))), True


def nested(body: str) -> Json:
    """A form with brackets in its names, as Stripe reads it: numbers are places in a list."""
    found: Json = {}
    for name, value in parse_qsl(body):
        first, *rest = name.replace("]", "").split("[")
        at: Any = found
        for here, following in zip([first, *rest], [*rest, None], strict=True):
            if following is None:
                at[here] = value
            else:
                at = at.setdefault(here, {})
    return _lists(found)


def _lists(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    if value and all(name.isdigit() for name in value):
        return [_lists(value[name]) for name in sorted(value, key=int)]
    return {name: _lists(each) for name, each in value.items()}


def _handler(server: StripeLike) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        """One call a connection (HTTP/1.0): a child that is forked shares none with its parent."""

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            self._do("GET", parts.path, parts.query)

        def do_POST(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            self._do("POST", self.path, self.rfile.read(length).decode())

        def _do(self, method: str, path: str, body: str) -> None:
            if self.headers.get("Authorization") != f"Bearer {KEY}":
                self._answer(401, {"error": {"type": "invalid_request_error"}})
                return
            assert self.headers.get("Stripe-Version") == VERSION
            fault = server.fault_at(path)
            key = self.headers.get("Idempotency-Key")
            if fault == "unreached":
                self._drop()
            elif fault == "busy":
                self._answer(
                    429, {"error": {"type": "invalid_request_error", "code": "rate_limit"}}
                )
            elif fault == "failed":
                self._answer(500, {"error": {"type": "api_error"}})
            else:
                self._work(method, path, body, key, fault)

        def _work(self, method: str, path: str, body: str, key: str | None, fault: str) -> None:
            status, answer, again = server.answer(method, path, body, key)
            if fault == "error":
                status, answer = 500, {"error": {"type": "api_error"}}
                if key:
                    server.remember(key, path, body, (status, answer))
            if fault == "slow":
                server.hurry.wait(PATIENCE)
            if fault == "lost":
                self._drop()
            else:
                self._answer(status, answer, again=again)

        def _drop(self) -> None:
            self.close_connection = True
            self.connection.close()

        def _answer(self, status: int, answer: Json, *, again: bool = False) -> None:
            body = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Request-Id", "req_stripelike")
            if again:
                self.send_header("Idempotent-Replayed", "true")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_said: object) -> None:
            """Nothing is logged."""

    return Handler
