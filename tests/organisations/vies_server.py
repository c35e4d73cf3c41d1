"""A local server that speaks the protocol of VIES's REST interface, with its troubles.

Written from the answers of the Commission's service: a yes with name and address, a no, errors
wrapped in whatever status, silence, and what a proxy in between may say instead.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final

SILENCE: Final = "silence"
HANG_UP: Final = "hang up"
Reply = tuple[int, Any] | str
"""A status with what is said, as JSON unless it is bytes; or one of the two words above."""


def wrapped(error: str, status: int = 200) -> Reply:
    """An error as VIES says it."""
    return status, {"actionSucceed": False, "errorWrappers": [{"error": error}]}


class ViesServer:
    """What it was asked, in order, and what it will answer: replies first, then by the number."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.asked: list[dict[str, str]] = []
        self.replies: list[Reply] = []
        self.invalid: set[str] = set()
        self.closing = threading.Event()

    def reply(self, body: dict[str, str]) -> Reply:
        """What is said to one question."""
        self.asked.append(body)
        if self.replies:
            return self.replies.pop(0)
        number = body["vatNumber"]
        valid = body["countryCode"] + number not in self.invalid
        return 200, {
            "countryCode": body["countryCode"],
            "vatNumber": number,
            "requestDate": "2027-03-01T09:00:00.000Z",
            "valid": valid,
            "requestIdentifier": "WAPIAAAAaEDkvhHx" if "requesterNumber" in body and valid else "",
            "name": "Beispiel GmbH" if valid else "---",
            "address": "Hauptstraße 1\n10115 BERLIN" if valid else "---",
            "traderName": "",
            "traderNameMatch": "NOT_PROCESSED",
        }


@contextmanager
def vies_server() -> Iterator[ViesServer]:
    """The server, on a port of its own, until the block ends."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            reply = here.reply(json.loads(self.rfile.read(length)))
            if self.path != "/rest-api/check-vat-number":
                reply = (404, b"")
            if reply == SILENCE:
                here.closing.wait(30)
                return
            if isinstance(reply, str):
                return  # the connection is closed without a word
            status, said = reply
            text = said if isinstance(said, bytes) else json.dumps(said).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, *words: Any) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    here = ViesServer(f"http://127.0.0.1:{server.server_port}/rest-api")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield here
    finally:
        here.closing.set()
        server.shutdown()
        server.server_close()
        thread.join()
