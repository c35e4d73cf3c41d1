"""Asked once, done once: a caller's key, the first answer, and whoever asks again (R16).

A session-level lock on the key is held while the first call is at work, so that another is told
to wait. The flow writes the key's row with what it made, in its first transaction; the answer is
kept beside it afterwards. What has a row and no answer was cut short, and is taken up again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final
from uuid import UUID

import msgspec
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse

from tenure.api.errors import (
    FIELD_TOO_LONG,
    FIELD_UNPRINTABLE,
    IDEMPOTENCY_KEY_IN_USE,
    IDEMPOTENCY_KEY_REQUIRED,
    IDEMPOTENCY_KEY_REUSED,
    CallRefused,
)
from tenure.api.problems import problem_of
from tenure.base.clock import machine_now
from tenure.base.errors import FieldError, Forbidden, Invalid, Refused
from tenure.base.ids import new_id
from tenure.events.asked import Asked
from tenure.events.rows import run_apart

HEADER: Final = "Idempotency-Key"
MOST_CHARACTERS: Final = 255

_KEPT_HEADERS: Final = (
    "Content-Type",
    "Content-Language",
    "Vary",
    "Location",
    "ETag",
    "Tenure-Revision",
)
_LOCK: Final = "SELECT pg_try_advisory_lock(%s::bigint)"
_UNLOCK: Final = "SELECT pg_advisory_unlock(%s::bigint)"
_FIND: Final = """
    SELECT call, body_hash, made, status, answer, headers::text
    FROM events_idempotencykey WHERE scope = %s AND key = %s
"""
_KEEP: Final = """
    INSERT INTO events_idempotencykey AS kept
        (id, scope, key, call, body_hash, created_at, status, answer, headers)
    SELECT %s::uuid, %s::uuid, %s, %s, %s::bytea, %s::timestamptz, %s::int, %s::bytea, %s::jsonb
    FROM (SELECT set_config('synchronous_commit', 'off', true)) AS not_waited_for
    ON CONFLICT (scope, key) DO UPDATE
    SET status = excluded.status, answer = excluded.answer, headers = excluded.headers
"""


@dataclass(frozen=True, slots=True)
class _Row:
    """What is known under a key: the first call, what it made, and its answer if it got one."""

    call: str
    body_hash: bytes
    made: UUID | None
    status: int | None
    answer: bytes | None
    headers: Mapping[str, str]


def key_of(request: HttpRequest, *, required: bool) -> str | None:
    """The key that was sent; an empty one is none.

    Raises ``CallRefused`` (``idempotency_key_required``) where one is ``required``, ``Invalid``
    if it is too long or cannot be printed.
    """
    text = str(request.META.get("HTTP_IDEMPOTENCY_KEY", "")).strip()
    if not text:
        if required:
            raise CallRefused(IDEMPOTENCY_KEY_REQUIRED)
        return None
    if len(text) > MOST_CHARACTERS:
        raise Invalid([FieldError(HEADER, FIELD_TOO_LONG, {"most": MOST_CHARACTERS})])
    if not text.isascii() or not text.isprintable():
        raise Invalid([FieldError(HEADER, FIELD_UNPRINTABLE)])
    return text


def asked(request: HttpRequest, *, scope: UUID, key: str, body: Any) -> Asked:
    """What is asked under ``key``: the call, and the body's hash however it is spaced."""
    canonical = msgspec.json.encode(body, order="sorted")
    return Asked(
        scope=scope,
        key=key,
        call=f"{request.method} {request.path}"[:300],
        body_hash=sha256(canonical).digest(),
    )


def once(
    asked: Asked,
    request: HttpRequest,
    *,
    work: Callable[[Asked | None], HttpResponse],
    resume: Callable[[UUID], HttpResponse] | None,
) -> HttpResponse:
    """The first answer to what was asked: by ``work``, or kept, or by taking it up again.

    ``work`` gets what its flow is to write down, or None if that stands there already. Two
    statements beside the work's. Raises ``CallRefused`` with ``idempotency_key_in_use`` or
    ``idempotency_key_reused``; what ``work`` raises is raised, but for a rule's no, which is the
    answer and is kept.
    """
    lock = _lock_number(asked)
    row = _claim(asked, lock)
    held = True
    try:
        if row is not None and (row.call, row.body_hash) != (asked.call, asked.body_hash):
            raise CallRefused(IDEMPOTENCY_KEY_REUSED)
        if row is not None and row.status is not None:
            answer = row.answer or b""
            return HttpResponse(answer, status=row.status, headers=dict(row.headers))
        try:
            if row is None:
                response = work(asked)
            elif row.made is not None and resume is not None:
                response = resume(row.made)
            else:
                response = work(None)
        except (Refused, Forbidden) as refusal:
            response = problem_of(request, refusal)
        _keep(asked, lock, response)
        held = False
        return response
    finally:
        if held:
            _release(lock)


def _lock_number(asked: Asked) -> int:
    digest = sha256(asked.scope.bytes + asked.key.encode()).digest()
    return int.from_bytes(digest[:8], signed=True)


def _claim(asked: Asked, lock: int) -> _Row | None:
    """Take the key's lock, then read its row: two queries on one way, in this order, so that the
    row is read as it stands once the lock is ours."""
    locked, found = run_apart([(_LOCK, [lock]), (_FIND, [asked.scope, asked.key])])
    if locked != [(True,)]:
        raise CallRefused(IDEMPOTENCY_KEY_IN_USE)
    if not found:
        return None
    call, body_hash, made, status, answer, headers = found[0]
    return _Row(
        call=call,
        body_hash=bytes(body_hash),
        made=made,
        status=status,
        answer=None if answer is None else bytes(answer),
        headers=msgspec.json.decode(headers),
    )


def _keep(asked: Asked, lock: int, response: HttpResponse) -> None:
    """Keep the answer, and give the lock back only once that is committed."""
    headers = {name: response[name] for name in _KEPT_HEADERS if name in response}
    values = [
        new_id(),
        asked.scope,
        asked.key,
        asked.call,
        asked.body_hash,
        machine_now(),
        response.status_code,
        response.content,
        msgspec.json.encode(headers).decode(),
    ]
    run_apart([(_KEEP, values), (_UNLOCK, [lock])])


def _release(lock: int) -> None:
    """Give the lock back; a connection that cannot say so is closed, which gives it back too."""
    try:
        run_apart([(_UNLOCK, [lock])])
    except DatabaseError:
        connection.close()
