"""A program that is told by webhooks, as it may be met: it takes them, refuses them, hangs up."""

from __future__ import annotations

import json
import threading
from base64 import b64decode, b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from hmac import new
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tenure.notices.webhooks.lanes import Courier


@dataclass(frozen=True)
class Got:
    """One message as it arrived."""

    headers: dict[str, str]
    body: bytes

    @property
    def said(self) -> Any:
        """The body's JSON."""
        return json.loads(self.body)

    @property
    def id(self) -> str:
        """By which the reader knows it again."""
        return self.headers["webhook-id"]

    def is_signed_by(self, secret: str) -> bool:
        """Whether one of its signatures is that of a secret, as readers are told to check it."""
        key = b64decode(secret.removeprefix("whsec_"))
        signed = f"{self.id}.{self.headers['webhook-timestamp']}.".encode() + self.body
        expected = "v1," + b64encode(new(key, signed, sha256).digest()).decode()
        return expected in self.headers["webhook-signature"].split()


class Receiver:
    """What arrived, and what is answered: the next of ``replies``, or 204.

    A reply is a status, or a status with headers; 0 hangs up without a word.
    """

    def __init__(self) -> None:
        self.got: list[Got] = []
        self.replies: list[int | tuple[int, dict[str, str]]] = []
        self.always: int = 204
        self.never_takes: set[str] = set()
        """What no reply but 422 is given for, by what the message is known by."""
        self.busy = threading.Event()
        self.lets_go = threading.Event()
        """What arrives is ``busy`` until it is let go; at once, unless somebody clears it."""
        self.lets_go.set()
        self.url = ""

    def numbers(self) -> list[int]:
        """The numbers in the journal of what arrived, in order."""
        return [got.said["data"]["sequence"] for got in self.got]


def send_webhooks(*, now: datetime) -> int:
    """Send once what is due, and wait for it; returns how many feeds and deliveries."""
    courier = Courier(gathering=20)
    taken = courier.take_up(now)
    while courier.settle(now):
        pass
    courier.finish(now)
    return taken


@contextmanager
def receiver() -> Iterator[Receiver]:
    """A program on a free port for as long as the block lasts."""
    program = Receiver()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            """Take a message."""
            body = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            program.got.append(Got(headers, body))
            program.busy.set()
            program.lets_go.wait(10)
            reply = program.replies.pop(0) if program.replies else program.always
            reply = 422 if program.got[-1].id in program.never_takes else reply
            status, more = reply if isinstance(reply, tuple) else (reply, {})
            if not status:
                self.close_connection = True
                return
            words = b"" if status == 204 else b"what I think of it"
            self.send_response(status)
            for name, value in more.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(words)))
            self.end_headers()
            self.wfile.write(words)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    program.url = f"http://127.0.0.1:{server.server_address[1]}/hooks?from=tenure"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield program
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
