"""The decision node: an application that answers nothing but decisions.

It knows no Django and no session: a question is read, joins the next statement that asks the
database what has changed, and is answered from memory.
"""

from __future__ import annotations

import asyncio
import gc
import os
from functools import partial
from http import HTTPStatus
from typing import Final

import msgspec

from tenure.api.decisions.answers import (
    CONFIGURATION_PATH,
    EVALUATION_PATH,
    EVALUATIONS_PATH,
    configuration,
)
from tenure.api.decisions.asking import Desk
from tenure.api.decisions.judging import key_hash
from tenure.api.decisions.metrics import metrics
from tenure.api.decisions.questions import MOST_BYTES
from tenure.api.documents import MEDIA_TYPE as PROBLEM_TYPE
from tenure.api.documents import preferred_language, problem_document, status_of
from tenure.api.errors import (
    BAD_REQUEST,
    METHOD_NOT_ALLOWED,
    OVERLOADED,
    TOO_LARGE,
    UNAUTHENTICATED,
    UNSUPPORTED_MEDIA_TYPE,
    CallRefused,
)
from tenure.api.wire.connection import Connection, Door
from tenure.api.wire.heads import Head
from tenure.api.wire.serving import serve
from tenure.base.errors import NotFound, TenureError
from tenure.host.large_pages import use_large_pages
from tenure.host.settings import read_settings

TIDY_SECONDS: Final = 20
_NAME: Final = "x-request-id"
_JSON: Final = b"content-type: application/json\r\n"
_PLAIN: Final = b"content-type: text/plain; charset=utf-8\r\n"
_METRICS: Final = b"content-type: text/plain; version=0.0.4; charset=utf-8\r\n"
_READING: Final = ("GET", "HEAD")


class Caller:
    """Who asked on a connection, and is told there."""

    __slots__ = ("_connection",)

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def decided(self, answer: bytes) -> None:
        """There is an answer."""
        _respond(self._connection, HTTPStatus.OK, _JSON, answer)

    def refused(self, error: TenureError) -> None:
        """There is none."""
        _refuse(self._connection, error)

    def forsaken(self) -> None:
        """Something went wrong that should not."""
        self._connection.drop()


class Node:
    """The application over the database at ``url``, itself reached at ``address``."""

    most_bytes = MOST_BYTES

    def __init__(self, url: str, address: str, *, links: int) -> None:
        self._url = url
        self._links = links
        self._configuration = configuration(address)
        self._desk: Desk
        self._loop: asyncio.AbstractEventLoop
        self._tasks: set[asyncio.Task[None]] = set()

    def begin(self, loop: asyncio.AbstractEventLoop) -> None:
        """A process begins to serve."""
        self._loop = loop
        self._desk = Desk(self._url, loop, links=self._links)
        self._own = [loop.create_task(each) for each in (self._look_after(), self._write_down())]
        gc.set_threshold(50_000, 50, 1_000)

    async def end(self) -> None:
        """It ends: what was used is written down."""
        for own in self._own:
            own.cancel()
        await asyncio.wait(self._own)
        await self._desk.close()

    def door(self, head: Head) -> Door:
        """What takes the bodies of requests with this head."""
        try:
            if head.path == EVALUATION_PATH:
                return partial(self._one, _posted(head))
            if head.path == EVALUATIONS_PATH:
                return partial(self._many, _posted(head), _language(head))
            return self._told(head)
        except TenureError as error:
            # Said only when the body was read: who is cut off while sending reads no answer.
            return partial(_refused, error)

    def too_long(self, connection: Connection) -> None:
        """Answer a request whose body was too long to be kept."""
        _refuse(connection, CallRefused(TOO_LARGE, limit=MOST_BYTES))

    def overloaded(self, connection: Connection) -> None:
        """Answer a request whose body was given up for want of room."""
        _refuse(connection, CallRefused(OVERLOADED))

    def malformed(self, connection: Connection, status: HTTPStatus) -> None:
        """Answer what was no request."""
        del status
        _refuse(connection, CallRefused(BAD_REQUEST))

    def _one(self, key: bytes, connection: Connection, body: bytes) -> None:
        self._desk.ask_one(key, body, Caller(connection))

    def _many(self, key: bytes, language: str, connection: Connection, body: bytes) -> None:
        self._desk.ask_many(key, body, language, Caller(connection))

    def _told(self, head: Head) -> Door:
        """What anybody may ask about the node itself; raises ``TenureError``."""
        doors: dict[str, Door] = {
            CONFIGURATION_PATH: partial(_say, _JSON, self._configuration),
            "/healthz": partial(_say, _PLAIN, b"ok\n"),
            "/readyz": self._ready,
            "/metrics": self._metrics,
        }
        door = doors.get(head.path)
        if door is None:
            raise NotFound
        if head.method not in _READING:
            raise CallRefused(METHOD_NOT_ALLOWED, method=head.method, allowed=_READING)
        return door

    def _metrics(self, connection: Connection, _body: bytes) -> None:
        _respond(connection, HTTPStatus.OK, _METRICS, metrics(self._desk))

    def _ready(self, connection: Connection, _body: bytes) -> None:
        task = self._loop.create_task(self._check(connection))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _check(self, connection: Connection) -> None:
        try:
            await self._desk.check()
        except CallRefused as error:
            _refuse(connection, error)
        else:
            _respond(connection, HTTPStatus.OK, _PLAIN, b"ready\n")

    async def _look_after(self) -> None:
        """Keep pauses short.

        What is remembered lives long and holds no cycles: it is taken out of the collector's
        sight, which would otherwise walk through all of it again and again; and it is held in
        large pages, since every question looks at some other place of it.
        """
        while True:
            await asyncio.sleep(TIDY_SECONDS)
            gc.collect()
            gc.freeze()
            await self._loop.run_in_executor(None, use_large_pages)

    async def _write_down(self) -> None:
        """Write down what was used, as often as the policy asks."""
        while True:
            await asyncio.sleep(await self._desk.flush_interval())
            await self._desk.flush()


def _posted(head: Head) -> bytes:
    """The hash of the key of a question; raises ``CallRefused`` if it cannot be one."""
    if head.method != "POST":
        raise CallRefused(METHOD_NOT_ALLOWED, method=head.method, allowed=("POST",))
    key = key_hash(head.fields.get("authorization"))
    if key is None:
        raise CallRefused(UNAUTHENTICATED)
    kind = head.fields.get("content-type", "").partition(";")[0].strip().lower()
    if kind and kind != "application/json" and not kind.endswith("+json"):
        raise CallRefused(UNSUPPORTED_MEDIA_TYPE)
    return key


def _say(fields: bytes, text: bytes, connection: Connection, _body: bytes) -> None:
    _respond(connection, HTTPStatus.OK, fields, text)


def _refused(error: TenureError, connection: Connection, _body: bytes) -> None:
    _refuse(connection, error)


def _respond(connection: Connection, status: HTTPStatus, fields: bytes, body: bytes) -> None:
    """Answer, naming the request as its caller did."""
    head = connection.head
    if head is not None and _NAME in head.fields:
        fields += f"{_NAME}: {head.fields[_NAME]}\r\n".encode("latin-1")
    connection.answer(status, fields, body)


def _refuse(connection: Connection, error: TenureError) -> None:
    """Say why there is no answer, in the reader's language."""
    head = connection.head
    language = preferred_language("") if head is None else _language(head)
    status = status_of(error)
    lines = [
        f"content-type: {PROBLEM_TYPE}",
        f"content-language: {language}",
        "vary: Accept-Language",
    ]
    if status in _LINE_OF_STATUS:
        lines.append(_LINE_OF_STATUS[status])
    if status == HTTPStatus.METHOD_NOT_ALLOWED:
        allowed = error.figures["allowed"]
        lines.append(f"allow: {', '.join(allowed if isinstance(allowed, tuple) else ())}")
    fields = "".join(f"{line}\r\n" for line in lines).encode()
    body = msgspec.json.encode(problem_document(error, language))
    _respond(connection, HTTPStatus(status), fields, body)


_LINE_OF_STATUS: Final = {401: "www-authenticate: Bearer", 503: "retry-after: 1"}


def _language(head: Head) -> str:
    return preferred_language(head.fields.get("accept-language", ""))


def serve_node(*, host: str, port: int, workers: int) -> None:
    """Answer decisions until told to end; raises ``OSError`` if the address cannot be had."""
    serve(_make_node, host=host, port=port, workers=workers)


def _make_node() -> Node:
    """The application, by the settings in the environment."""
    settings = read_settings(os.environ)
    return Node(
        settings.database_url or "postgresql://tenure@/tenure",
        settings.decide_url or settings.public_url,
        links=settings.decide_pool,
    )
