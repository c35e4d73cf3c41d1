"""The decision node: an RSGI application that answers nothing but decisions.

It knows no Django and no session: a request is read, joins the next statement that asks the
database what has changed, and is answered from memory.
"""

from __future__ import annotations

import asyncio
import gc
import os
from collections.abc import AsyncIterator, Awaitable, Mapping
from contextlib import suppress
from typing import Final, Protocol

import msgspec
from granian._granian import RSGIProtocolClosed

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
from tenure.api.decisions.usage import FLUSH_SECONDS
from tenure.api.documents import MEDIA_TYPE as PROBLEM_TYPE
from tenure.api.documents import preferred_language, problem_document, status_of
from tenure.api.errors import (
    METHOD_NOT_ALLOWED,
    TOO_LARGE,
    UNAUTHENTICATED,
    UNSUPPORTED_MEDIA_TYPE,
    CallRefused,
)
from tenure.base.errors import NotFound, TenureError
from tenure.host.settings import read_settings

Fields = list[tuple[str, str]]

_MOST_SWALLOWED: Final = 16 * MOST_BYTES
_JSON: Final = ("content-type", "application/json")
_NAME: Final = "x-request-id"
_DECIDED: Final = [_JSON]
_PLAIN: Final = ("content-type", "text/plain; charset=utf-8")
_METRICS: Final = ("content-type", "text/plain; version=0.0.4; charset=utf-8")


class Headers(Protocol):
    """The header fields of a request, as granian gives them."""

    def get(self, name: str) -> str | None:
        """The first value of a field, or None."""

    def __contains__(self, name: str) -> bool: ...


class Scope(Protocol):
    """What granian tells of a request."""

    method: str
    path: str
    headers: Headers


class Exchange(Protocol):
    """A request's body, and where its answer goes."""

    def __call__(self) -> Awaitable[bytes]: ...

    def __aiter__(self) -> AsyncIterator[bytes]: ...

    def response_bytes(self, status: int, headers: Fields, body: bytes) -> None:
        """Answer with a body."""

    def response_empty(self, status: int, headers: Fields) -> None:
        """Answer without."""


class Node:
    """The application over the database at ``url``, itself reached at ``address``."""

    def __init__(self, url: str, address: str, *, links: int) -> None:
        self._url = url
        self._links = links
        self._configuration = configuration(address)
        self._desk: Desk
        self._looking_after: asyncio.Task[None]

    def __rsgi_init__(self, loop: asyncio.AbstractEventLoop) -> None:
        """A worker begins."""
        self._desk = Desk(self._url, loop, links=self._links)
        self._looking_after = loop.create_task(self._look_after())
        gc.set_threshold(50_000, 50, 1_000)

    def __rsgi_del__(self, loop: asyncio.AbstractEventLoop) -> None:
        """A worker ends: what was used is written down."""
        loop.run_until_complete(self._end())

    async def __rsgi__(self, scope: Scope, exchange: Exchange) -> None:
        """One request. Its body is read before anything is refused: who is cut off while sending
        reads no answer."""
        path, headers = scope.path, scope.headers  # each look at the scope crosses into the server
        try:
            if path == EVALUATION_PATH:
                body = await _body(headers, exchange)
                answer = await self._desk.answer_one(_posted(scope.method, headers), body)
                _answer(headers, exchange, answer)
            elif path == EVALUATIONS_PATH:
                body = await _body(headers, exchange)
                key = _posted(scope.method, headers)
                answer = await self._desk.answer_many(key, body, _language(scope))
                _answer(headers, exchange, answer)
            else:
                await self._tell(path, scope, exchange)
        except TenureError as error:
            _refuse(scope, exchange, error)
        except RSGIProtocolClosed:
            # Hung up before the end of the question: nobody is left to answer.
            return

    async def _tell(self, path: str, scope: Scope, exchange: Exchange) -> None:
        """What anybody may ask about the node itself."""
        if path == CONFIGURATION_PATH:
            field, text = _JSON, self._configuration
        elif path == "/healthz":
            field, text = _PLAIN, b"ok\n"
        elif path == "/readyz":
            await self._desk.check()
            field, text = _PLAIN, b"ready\n"
        elif path == "/metrics":
            field, text = _METRICS, metrics(self._desk)
        else:
            raise NotFound
        if scope.method not in {"GET", "HEAD"}:
            raise CallRefused(METHOD_NOT_ALLOWED, method=scope.method, allowed=("GET", "HEAD"))
        _respond(scope, exchange, 200, [field], text)

    async def _look_after(self) -> None:
        """Write down what was used, now and then, and keep pauses short.

        What is remembered lives long and holds no cycles: it is taken out of the collector's
        sight, which would otherwise walk through all of it again and again.
        """
        while True:
            await asyncio.sleep(FLUSH_SECONDS)
            await self._desk.flush()
            gc.collect()
            gc.freeze()

    async def _end(self) -> None:
        self._looking_after.cancel()
        with suppress(asyncio.CancelledError):
            await self._looking_after
        await self._desk.close()


def _posted(method: str, headers: Headers) -> bytes:
    """The hash of the key of a question; raises ``CallRefused`` if it cannot be one."""
    if method != "POST":
        raise CallRefused(METHOD_NOT_ALLOWED, method=method, allowed=("POST",))
    key = key_hash(headers.get("authorization"))
    if key is None:
        raise CallRefused(UNAUTHENTICATED)
    kind = headers.get("content-type")
    if kind is not None and kind != "application/json":
        kind = kind.partition(";")[0].strip().lower()
        if kind and kind != "application/json" and not kind.endswith("+json"):
            raise CallRefused(UNSUPPORTED_MEDIA_TYPE)
    return key


def _body(headers: Headers, exchange: Exchange) -> Awaitable[bytes]:
    """The body, never more of it than is allowed; raises ``CallRefused``."""
    length = headers.get("content-length")
    if length is not None and "transfer-encoding" not in headers:
        if int(length) <= MOST_BYTES:
            return exchange()
        if int(length) > _MOST_SWALLOWED:
            raise CallRefused(TOO_LARGE, limit=MOST_BYTES)
    return _collected(exchange)


async def _collected(exchange: Exchange) -> bytes:
    """A body whose length nobody told, or that is too long.

    Of the latter a good deal is swallowed: who is cut off while sending reads no answer.
    """
    parts, length = bytearray(), 0
    async for part in exchange:
        length += len(part)
        if length <= MOST_BYTES:
            parts += part
        elif length > _MOST_SWALLOWED:
            break
    if length > MOST_BYTES:
        raise CallRefused(TOO_LARGE, limit=MOST_BYTES)
    return bytes(parts)


def _answer(headers: Headers, exchange: Exchange, body: bytes) -> None:
    """Answer a question, naming the request as its caller did."""
    name = headers.get(_NAME)
    exchange.response_bytes(200, _DECIDED if name is None else [_JSON, (_NAME, name)], body)


def _respond(scope: Scope, exchange: Exchange, status: int, fields: Fields, body: bytes) -> None:
    """Answer, naming the request as its caller did."""
    name = scope.headers.get(_NAME)
    if name is not None:
        fields.append((_NAME, name))
    if scope.method == "HEAD":
        exchange.response_empty(status, fields)
    else:
        exchange.response_bytes(status, fields, body)


def _refuse(scope: Scope, exchange: Exchange, error: TenureError) -> None:
    """Say why there is no answer, in the reader's language."""
    language = _language(scope)
    status = status_of(error)
    fields = [
        ("content-type", PROBLEM_TYPE),
        ("content-language", language),
        ("vary", "Accept-Language"),
        *_FIELDS_OF_STATUS.get(status, ()),
    ]
    if status == 405:
        allowed = error.figures["allowed"]
        fields.append(("allow", ", ".join(allowed if isinstance(allowed, tuple) else ())))
    body = msgspec.json.encode(problem_document(error, language))
    _respond(scope, exchange, status, fields, body)


_FIELDS_OF_STATUS: Final[Mapping[int, tuple[tuple[str, str], ...]]] = {
    401: (("www-authenticate", "Bearer"),),
    503: (("retry-after", "1"),),
}


def _language(scope: Scope) -> str:
    return preferred_language(scope.headers.get("accept-language") or "")


def _node() -> Node:
    """The application that granian serves, by the settings in the environment."""
    settings = read_settings(os.environ)
    return Node(
        settings.database_url or "postgresql://tenure@/tenure",
        settings.decide_url or settings.public_url,
        links=settings.decide_pool,
    )


application: Final = _node()
