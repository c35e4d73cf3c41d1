"""A connection of HTTP/1.1: one request after the other, each answered before the next is read.

Callers mostly say the same head again and again. A head that was read is remembered with what is
to be done with its body, so that the next one like it costs a look-up.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from http import HTTPStatus
from typing import Final, Protocol, cast

from tenure.api.wire.bodies import Body
from tenure.api.wire.heads import END, MOST_HEAD_BYTES, Head, Malformed, read_head
from tenure.base.clock import machine_now

REQUEST_SECONDS: Final = 30
"""How long a request may take to come, and an answer to be fetched."""
IDLE_SECONDS: Final = 75
"""How long a connection is kept on which nothing is asked."""
MOST_CONNECTIONS: Final = 8192
MOST_KEPT: Final = 134_217_728
"""So many bytes are kept of bodies that have not come whole, by all connections of a process."""
_MOST_HEADS: Final = 1024
_MOST_HEAD_KEPT: Final = 2048
_MOST_AHEAD: Final = 65_536
_CONTINUE: Final = b"HTTP/1.1 100 Continue\r\n\r\n"

Door = Callable[["Connection", bytes], None]
"""Takes a request's body; the connection is answered then or later, once."""


class Application(Protocol):
    """What answers requests."""

    most_bytes: int
    """How long a body may be."""

    def begin(self, loop: asyncio.AbstractEventLoop) -> None:
        """A process begins to serve."""

    async def end(self) -> None:
        """It ends: everything was answered."""

    def door(self, head: Head) -> Door:
        """What takes the bodies of requests with this head."""

    def too_long(self, connection: Connection) -> None:
        """Answer a request whose body was too long to be kept."""

    def overloaded(self, connection: Connection) -> None:
        """Answer a request whose body was given up, since too many came at the same time."""

    def malformed(self, connection: Connection, status: HTTPStatus) -> None:
        """Answer what was no request; nothing more can be read after it."""


class Listening:
    """What the connections of a process have in common."""

    def __init__(self, application: Application, loop: asyncio.AbstractEventLoop) -> None:
        self.application = application
        self.loop = loop
        self.known: dict[bytes, tuple[Head, Door]] = {}
        """What callers keep saying, and what takes its bodies."""
        self.connections: set[Connection] = set()
        self.kept = 0
        """How many bytes of bodies that have not come whole they keep."""
        self.is_stopping = False
        self.seconds = 0
        """How long it has been listening."""
        self.date = b""
        """The field that every answer carries."""
        self._timer: asyncio.TimerHandle | None = None

    def connection(self) -> Connection:
        """Somebody connects."""
        return Connection(self)

    def tick(self) -> None:
        """Once a second: say what time it is, and let go of those who let wait."""
        self.seconds += 1
        self.date = machine_now().strftime("date: %a, %d %b %Y %H:%M:%S GMT\r\n").encode()
        for connection in tuple(self.connections):
            connection.look(self.seconds)
        self._timer = self.loop.call_later(1, self.tick)

    def read(self, text: bytes) -> tuple[Head, Door]:
        """Read a head, and remember it unless it is long or names its one request."""
        head = read_head(text)
        door = self.application.door(head)
        if (
            len(text) <= _MOST_HEAD_KEPT
            and head.length is not None
            and not head.expects
            and "x-request-id" not in head.fields
        ):
            if len(self.known) >= _MOST_HEADS:
                self.known.clear()
            self.known[text] = head, door
        return head, door

    def stop(self) -> None:
        """No further request is taken: connections end when theirs is answered."""
        self.is_stopping = True
        if self._timer is not None:
            self._timer.cancel()
        for connection in tuple(self.connections):
            connection.look(self.seconds)


class Connection(asyncio.Protocol):
    """One caller. Whoever answers calls ``answer``, once for each request."""

    __slots__ = (
        "_body",
        "_buffer",
        "_door",
        "_is_answering",
        "_is_full",
        "_is_last",
        "_kept",
        "_listening",
        "_since",
        "_transport",
        "head",
    )

    def __init__(self, listening: Listening) -> None:
        self.head: Head | None = None
        """That of the request at hand."""
        self._listening = listening
        self._transport: asyncio.Transport | None = None
        self._buffer = bytearray()
        self._door: Door | None = None
        self._body: Body | None = None
        self._is_answering = False
        self._is_full = False
        self._is_last = False
        self._kept = 0
        self._since = listening.seconds

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """It begins."""
        self._transport = cast(asyncio.Transport, transport)  # as TCP has it
        self._listening.connections.add(self)
        if len(self._listening.connections) > MOST_CONNECTIONS or self._listening.is_stopping:
            transport.close()

    def connection_lost(self, _error: Exception | None) -> None:
        """It ended; what is still answered goes nowhere."""
        self._listening.connections.discard(self)
        self._keep(0)
        self._transport = None

    def eof_received(self) -> bool:
        """The caller sends nothing more; says whether they still wait for an answer."""
        self._is_last = True
        return self._is_answering

    def data_received(self, data: bytes) -> None:
        """Something came: mostly a whole request, with a head that came before."""
        if not self._buffer and self.head is None and not (self._is_last or self._is_full):
            end = data.find(END) + len(END)
            found = self._listening.known.get(data[:end])
            if found is not None and found[0].length == len(data) - end:
                self.head = found[0]
                self._is_answering = True
                found[1](self, data[end:])
                return
            self._since = self._listening.seconds
        self._buffer += data
        if not (self._is_answering or self._is_full):
            self._go_on()
        elif len(self._buffer) > _MOST_AHEAD and self._transport is not None:
            self._transport.pause_reading()

    def pause_writing(self) -> None:
        """The caller asks and does not fetch: no more is answered before they do."""
        self._is_full = True

    def resume_writing(self) -> None:
        """They fetched their answers."""
        self._is_full = False
        if self._transport is not None and not self._transport.is_closing():
            self._transport.resume_reading()
            self._go_on()

    def answer(self, status: HTTPStatus, fields: bytes, body: bytes) -> None:
        """Answer the request at hand; each of the ``fields`` is a line with its end."""
        head, transport, listening = self.head, self._transport, self._listening
        self.head = None
        self._is_answering = False
        if transport is None or transport.is_closing():
            return
        first = _STATUS_LINES[status]
        self._since = listening.seconds
        if head is None or not head.keeps or self._is_last or listening.is_stopping:
            self._is_last = True
            fields += b"connection: close\r\n"
        elif head.is_old:
            fields += b"connection: keep-alive\r\n"
        start = b"%b%b%bcontent-length: %d\r\n\r\n" % (first, fields, listening.date, len(body))
        transport.write(start if head is not None and head.method == "HEAD" else start + body)
        if self._is_last:
            transport.close()
        elif self._buffer:
            transport.resume_reading()
            listening.loop.call_soon(self._go_on)

    def drop(self) -> None:
        """End it without an answer."""
        if self._transport is not None:
            self._transport.abort()

    def look(self, seconds: int) -> None:
        """Let go of a caller who lets wait, or of whom nothing more is taken."""
        transport = self._transport
        if transport is None or self._is_answering:
            return
        waits = seconds - self._since
        if transport.get_write_buffer_size() or self._buffer or self.head is not None:
            if waits > REQUEST_SECONDS:
                transport.abort()
        elif waits > IDLE_SECONDS or self._listening.is_stopping:
            transport.close()

    def _go_on(self) -> None:
        """Take what came as far as it goes."""
        try:
            while not (self._is_answering or self._is_last or self._is_full) and self._take():
                pass
        except Malformed:
            self._refuse(HTTPStatus.BAD_REQUEST)

    def _take(self) -> bool:
        """Take a head or a body out of what came; says whether there was a whole one."""
        if self._body is None:
            return self._take_head()
        if not self._body.take(self._buffer):
            self._keep(len(self._body.content))
            if self._listening.kept > MOST_KEPT:
                self._body.give_up()
                self._keep(0)
            return False
        self._keep(0)
        body, self._body, self._is_answering = self._body, None, True
        self._is_last = self._is_last or body.is_hopeless
        if body.is_too_long:
            self._listening.application.too_long(self)
        elif body.is_given_up:
            self._listening.application.overloaded(self)
        elif self._door is not None:
            self._door(self, bytes(body.content))
        return True

    def _keep(self, count: int) -> None:
        """So many bytes of a body are kept here now."""
        self._listening.kept += count - self._kept
        self._kept = count

    def _take_head(self) -> bool:
        while self._buffer.startswith(b"\r\n"):  # some send one too many after a body
            del self._buffer[:2]
        end = self._buffer.find(END) + len(END)
        if end < len(END):
            if len(self._buffer) > MOST_HEAD_BYTES:
                self._refuse(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)
            return False
        self.head, self._door = self._listening.read(bytes(self._buffer[:end]))
        del self._buffer[:end]
        self._body = Body(self.head.length, self._listening.application.most_bytes)
        if self.head.expects and not self._buffer and self._transport is not None:
            self._transport.write(_CONTINUE)
        return True

    def _refuse(self, status: HTTPStatus) -> None:
        self._is_last = self._is_answering = True
        self._listening.application.malformed(self, status)


_STATUS_LINES: Final = {
    status: f"HTTP/1.1 {status.value} {status.phrase}\r\n".encode() for status in HTTPStatus
}
