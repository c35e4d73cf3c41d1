"""Connections over real sockets: kept, named, refused, and never kept waiting for."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from http import HTTPStatus

import pytest

from tenure.api.wire import connection as wire
from tenure.api.wire.connection import Connection, Door, Listening
from tenure.api.wire.heads import Head

GET = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"
POST = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\n"
SWALLOWED = POST.replace(b"3", b"3000") + b"x" * 3000
Reader, Writer = asyncio.StreamReader, asyncio.StreamWriter


class Echo:
    """Says what was sent; at /later only when ``release`` is called."""

    most_bytes = 1000

    def __init__(self) -> None:
        self.held: list[Connection] = []

    def begin(self, loop: asyncio.AbstractEventLoop) -> None:
        """Nothing."""

    async def end(self) -> None:
        """Nothing."""

    def door(self, head: Head) -> Door:
        return self._hold if head.path == "/later" else self._say

    def too_long(self, connection: Connection) -> None:
        connection.answer(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, b"", b"long")

    def overloaded(self, connection: Connection) -> None:
        connection.answer(HTTPStatus.SERVICE_UNAVAILABLE, b"", b"much")

    def malformed(self, connection: Connection, status: HTTPStatus) -> None:
        connection.answer(status, b"", b"what?")

    def _say(self, connection: Connection, body: bytes) -> None:
        connection.answer(HTTPStatus.OK, b"x: y\r\n", body)

    def _hold(self, connection: Connection, _body: bytes) -> None:
        self.held.append(connection)


Work = Callable[[Listening, Reader, Writer], Awaitable[None]]


def connected(work: Work) -> None:
    """Do ``work`` on one connection."""

    async def do() -> None:
        loop = asyncio.get_running_loop()
        listening = Listening(Echo(), loop)
        listening.tick()
        server = await loop.create_server(listening.connection, "127.0.0.1", 0)
        reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
        async with asyncio.timeout(20):
            await work(listening, reader, writer)
        listening.stop()
        writer.close()
        server.close()

    asyncio.run(do())


async def answer(reader: Reader) -> tuple[int, dict[str, str], bytes]:
    """One answer; to HEAD none has a body."""
    first, *lines = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")[:-2]
    fields = dict(line.split(": ", 1) for line in lines)
    return int(first.split()[1]), fields, await reader.readexactly(int(fields["content-length"]))


def test_one_request_after_the_other() -> None:
    async def work(_listening: Listening, reader: Reader, writer: Writer) -> None:
        for _ in range(3):
            for pieces in ([POST + b"abc"], [POST[:20], POST[20:] + b"ab", b"c"]):
                for piece in pieces:
                    writer.write(piece)
                    await asyncio.sleep(0)
                status, fields, body = await answer(reader)
                assert (status, fields["x"], body) == (200, "y", b"abc")
                assert "GMT" in fields["date"]
        writer.write(b"\r\n" + GET + POST + b"abc" + GET)
        assert [(await answer(reader))[2] for _ in range(3)] == [b"", b"abc", b""]
        writer.write(GET.replace(b"GET", b"HEAD"))
        assert b"content-length: 0" in await reader.readuntil(b"\r\n\r\n")

    connected(work)


def test_what_comes_before_the_answer_waits() -> None:
    async def work(listening: Listening, reader: Reader, writer: Writer) -> None:
        held = listening.application.held  # type: ignore[attr-defined]  # it is an Echo
        writer.write(b"GET /later HTTP/1.1\r\nHost: a\r\n\r\n" + POST + b"abc")
        while not held:
            await asyncio.sleep(0)
        writer.write(POST + b"def" + b"GET" + b"x" * 200_000)
        await asyncio.sleep(0.01)
        held[0].answer(HTTPStatus.OK, b"", b"late")
        assert [(await answer(reader))[2] for _ in range(3)] == [b"late", b"abc", b"def"]
        assert (await answer(reader))[0] == 431

    connected(work)


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"nonsense\r\n\r\n", 400),
        (SWALLOWED, 413),
        (POST.replace(b"3", b"30000"), 413),
        (b"GET / HTTP/1.1\r\nA: " + b"x" * 40_000, 431),
        (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n", 400),
        (GET.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"), 200),
        (GET.replace(b"1.1", b"1.0"), 200),
    ],
)
def test_what_is_refused_or_the_last(sent: bytes, status: int) -> None:
    async def work(_listening: Listening, reader: Reader, writer: Writer) -> None:
        writer.write(sent)
        found, fields, _ = await answer(reader)
        assert found == status
        if sent == SWALLOWED:
            assert "connection" not in fields, "it was swallowed, and another may follow"
        else:
            assert fields["connection"] == "close"
            assert await reader.read() == b""

    connected(work)


def test_an_old_client_may_ask_to_be_kept() -> None:
    async def work(_listening: Listening, reader: Reader, writer: Writer) -> None:
        for _ in range(2):
            writer.write(b"GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
            assert (await answer(reader))[1]["connection"] == "keep-alive"

    connected(work)


def test_a_body_that_is_asked_for() -> None:
    async def work(_listening: Listening, reader: Reader, writer: Writer) -> None:
        writer.write(POST.replace(b"Host", b"Expect: 100-continue\r\nHost"))
        assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 100 ")
        writer.write(b"abc")
        assert (await answer(reader))[2] == b"abc"

    connected(work)


def test_who_says_nothing_more_is_still_answered() -> None:
    async def work(listening: Listening, reader: Reader, writer: Writer) -> None:
        held = listening.application.held  # type: ignore[attr-defined]  # it is an Echo
        writer.write(b"GET /later HTTP/1.1\r\nHost: a\r\n\r\n")
        writer.write_eof()
        while not held:
            await asyncio.sleep(0)
        await asyncio.sleep(0.01)
        held[0].answer(HTTPStatus.OK, b"", b"late")
        assert (await answer(reader))[2] == b"late"
        assert await reader.read() == b""

    connected(work)


def test_of_too_many_bodies_at_once_what_comes_last_is_given_up() -> None:
    first, rest = POST.replace(b"3", b"900") + b"x" * 450, b"y" * 450

    async def work(listening: Listening, reader: Reader, writer: Writer) -> None:
        (asking,) = listening.connections
        listening.kept = wire.MOST_KEPT  # by others
        writer.write(first)
        while asking.head is None:
            await asyncio.sleep(0)
        writer.write(rest)
        status, _, body = await answer(reader)
        assert (status, body, listening.kept) == (503, b"much", wire.MOST_KEPT)
        listening.kept -= 450
        for _ in range(2):
            writer.write(first)
            while listening.kept != wire.MOST_KEPT:
                await asyncio.sleep(0)
            writer.write(rest)
            status, _, body = await answer(reader)
            assert (status, len(body), listening.kept) == (200, 900, wire.MOST_KEPT - 450)
        writer.write(first)
        while listening.kept != wire.MOST_KEPT:
            await asyncio.sleep(0)
        writer.transport.abort()
        while listening.connections:
            await asyncio.sleep(0)
        assert listening.kept == wire.MOST_KEPT - 450

    connected(work)


def test_who_is_gone_needs_no_answer() -> None:
    async def work(listening: Listening, _reader: Reader, writer: Writer) -> None:
        held = listening.application.held  # type: ignore[attr-defined]  # it is an Echo
        writer.write(b"GET /later HTTP/1.1\r\nHost: a\r\n\r\n")
        while not held:
            await asyncio.sleep(0)
        writer.transport.abort()
        await asyncio.sleep(0.01)
        held[0].answer(HTTPStatus.OK, b"", b"late")
        while listening.connections:
            await asyncio.sleep(0)
        held[0].answer(HTTPStatus.OK, b"", b"later still")
        held[0].drop()

    connected(work)


@pytest.mark.parametrize(
    ("sent", "seconds"),
    [
        (b"", wire.IDLE_SECONDS),
        (GET[:10], wire.REQUEST_SECONDS),
        (POST, wire.REQUEST_SECONDS),
        (POST + b"a", wire.REQUEST_SECONDS),
    ],
)
def test_who_lets_wait_is_let_go(sent: bytes, seconds: int) -> None:
    async def work(listening: Listening, reader: Reader, writer: Writer) -> None:
        writer.write(GET + sent)
        await answer(reader)
        await asyncio.sleep(0.01)
        (connection,) = listening.connections
        connection.look(listening.seconds + seconds)
        await asyncio.sleep(0)
        assert listening.connections
        connection.look(listening.seconds + seconds + 1)
        try:
            assert await reader.read() == b""
        except ConnectionResetError:
            assert sent

    connected(work)


def test_an_end_waits_for_the_answer_alone() -> None:
    async def work(listening: Listening, reader: Reader, writer: Writer) -> None:
        held = listening.application.held  # type: ignore[attr-defined]  # it is an Echo
        writer.write(b"GET /later HTTP/1.1\r\nHost: a\r\n\r\n")
        while not held:
            await asyncio.sleep(0)
        listening.stop()
        held[0].answer(HTTPStatus.OK, b"", b"last")
        assert (await answer(reader))[1]["connection"] == "close"
        assert await reader.read() == b""

    connected(work)


def test_heads_are_remembered_unless_they_name_their_one_request() -> None:
    async def work(listening: Listening, reader: Reader, writer: Writer) -> None:
        for number in range(1100):
            writer.write(GET.replace(b"Host", b"A: %d\r\nHost" % number))
            await answer(reader)
        assert 0 < len(listening.known) <= 1024
        known = dict(listening.known)
        for sent in (
            GET.replace(b"Host", b"X-Request-ID: 1\r\nHost"),
            GET.replace(b"Host", b"A: " + b"x" * 3000 + b"\r\nHost"),
        ):
            writer.write(sent)
            await answer(reader)
        assert listening.known == known

    connected(work)


def test_who_fetches_no_answers_is_not_answered_further() -> None:
    async def work(listening: Listening, reader: Reader, writer: Writer) -> None:
        request = POST.replace(b"3", b"900") + b"x" * 900
        count = 40_000
        writer.write(request * count)
        (connection,) = listening.connections
        for _ in range(100):
            await asyncio.sleep(0.001)
        transport = connection._transport
        assert transport is not None
        assert transport.get_write_buffer_size() < 200_000
        for _ in range(count):
            assert (await answer(reader))[2] == b"x" * 900

    connected(work)
