"""Sending one message to one address: signed, with patience that ends, following nothing."""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import timedelta
from functools import partial
from time import perf_counter
from typing import Final
from urllib.parse import urlsplit

from tenure.notices.webhooks.addresses import Permissions, port_of, reach
from tenure.notices.webhooks.rules import Answered

SILENCE: Final = 5.0
"""Seconds that an endpoint may be silent."""
PATIENCE: Final = 15.0
"""Seconds that one attempt may last in all, however slowly an answer drips."""
MOST_READ: Final = 4096
MOST_KEPT: Final = 300
_SECURE: Final = ssl.create_default_context()


class Connection:
    """A connection to one endpoint, for as many messages as it lasts."""

    def __init__(self, url: str, permissions: Permissions, *, patience: float = PATIENCE) -> None:
        parts = urlsplit(url)
        self._target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        host, port = parts.hostname or "", port_of(parts)
        secure = parts.scheme == "https"
        self._most = patience
        self._line = http.client.HTTPConnection(host, port, timeout=SILENCE)
        self._line.default_port = 443 if secure else 80  # so that Host names no usual port
        self._reach = partial(reach, host, port, permissions, SILENCE)
        self._secure = partial(_secured, host) if secure else _plain

    def post(self, body: bytes, headers: Mapping[str, str]) -> Answered:
        """Send one message; never raises for what the other side does."""
        began = perf_counter()
        reused = self._line.sock is not None
        try:
            with self._patience():
                return self._post(body, headers, began)
        except ConnectionError as trouble:
            self.close()
            if reused:  # the other side hung up after the message before
                return self.post(body, headers)
            return _failed(trouble, began)
        except (OSError, http.client.HTTPException, UnicodeError) as trouble:
            self.close()
            return _failed(trouble, began)

    def _post(self, body: bytes, headers: Mapping[str, str], began: float) -> Answered:
        if self._line.sock is None:
            self._line.sock = self._secure(self._reach())  # patience hangs up from here on
            if isinstance(self._line.sock, ssl.SSLSocket):
                self._line.sock.do_handshake()
        self._line.request("POST", self._target, body, dict(headers))
        answer = self._line.getresponse()
        read = answer.read(MOST_READ)
        wish = answer.getheader("Retry-After", "")
        if not answer.isclosed():  # there is more than anybody wants to know
            self.close()
        return Answered(
            code=answer.status,
            text=_kept(read),
            took=_since(began),
            wish=timedelta(seconds=int(wish)) if _is_seconds(wish) else timedelta(),
        )

    @contextmanager
    def _patience(self) -> Iterator[None]:
        watch = threading.Timer(self._most, self._give_up)
        watch.daemon = True
        watch.start()
        try:
            yield
        finally:
            watch.cancel()

    def _give_up(self) -> None:
        line = self._line.sock
        if line is not None:
            with suppress(OSError):  # it was over just now
                line.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Hang up; what is sent afterwards opens another connection."""
        self._line.close()


def _secured(host: str, line: socket.socket) -> socket.socket:
    return _SECURE.wrap_socket(line, server_hostname=host, do_handshake_on_connect=False)


def _plain(line: socket.socket) -> socket.socket:
    return line


def _is_seconds(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 8


def _kept(read: bytes) -> str:
    """The first words of an answer, as a line that can be shown and stored."""
    words = " ".join(read.decode("utf-8", "replace").split())
    return "".join(letter for letter in words if letter.isprintable())[:MOST_KEPT]


def _failed(trouble: Exception, began: float) -> Answered:
    words = f"{type(trouble).__name__}: {trouble}"
    return Answered(problem=_kept(words.encode()), took=_since(began))


def _since(began: float) -> timedelta:
    return timedelta(seconds=perf_counter() - began)
