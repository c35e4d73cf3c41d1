"""Decisions on the main port: the same rules and the same SQL, in statements of their own."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import date
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, UnreadablePostError

from tenure.access.queries import decisions as sql
from tenure.access.queries.decisions import (
    Catalogue,
    KnownMember,
    KnownOrganisation,
    organisation_row,
)
from tenure.api.decisions.answers import MEDIA_TYPE, configuration, decision_answer
from tenure.api.decisions.assessing import assess_all, named_organisations
from tenure.api.decisions.judging import Circumstances, Key, Stranger, judge, key_hash
from tenure.api.decisions.questions import (
    MOST_BYTES,
    Question,
    Questions,
    read_question,
    read_questions,
)
from tenure.api.decisions.usage import begin_day
from tenure.api.errors import (
    BAD_REQUEST,
    TOO_LARGE,
    UNAUTHENTICATED,
    UNAVAILABLE,
    UNSUPPORTED_MEDIA_TYPE,
    CallRefused,
)
from tenure.api.problems import language_of, method_not_allowed, problem_of
from tenure.base.errors import Invalid, NotFound, TenureError
from tenure.base.ids import parse_public_id, public_id
from tenure.events.streams import CATALOGUE_STREAM

_MOST_NOTED: Final = 100_000
Used = tuple[UUID, UUID, date]
"""A subscription, the member who used a seat of it, and the local day."""


def evaluation(request: HttpRequest) -> HttpResponse:
    """One question (AuthZEN 1.0, access evaluation)."""
    return _answered(request, read_question)


def evaluations(request: HttpRequest) -> HttpResponse:
    """Several questions in one call (AuthZEN 1.0, access evaluations)."""
    return _answered(request, read_questions)


def metadata(request: HttpRequest) -> HttpResponse:
    """What this decision point can do, and where (AuthZEN 1.0, its metadata)."""
    if request.method not in {"GET", "HEAD"}:
        return method_not_allowed(request, ("GET", "HEAD"))
    return HttpResponse(configuration(settings.PUBLIC_URL), content_type=MEDIA_TYPE)


def _answered(request: HttpRequest, read: Callable[[bytes], Question | Questions]) -> HttpResponse:
    if request.method != "POST":
        return method_not_allowed(request, ("POST",))
    try:
        key = key_hash(request.META.get("HTTP_AUTHORIZATION"))
        if key is None:
            raise CallRefused(UNAUTHENTICATED)
        answer = _answer(key, _body(request), read, language_of(request))
    except TenureError as error:
        return problem_of(request, error)
    except DatabaseError:
        connection.close()
        return problem_of(request, CallRefused(UNAVAILABLE))
    return HttpResponse(answer, content_type=MEDIA_TYPE)


def _body(request: HttpRequest) -> bytes:
    kind = (request.content_type or "").lower()
    if kind and kind != "application/json" and not kind.endswith("+json"):
        raise CallRefused(UNSUPPORTED_MEDIA_TYPE)
    try:
        body = request.body
    except RequestDataTooBig:
        raise CallRefused(TOO_LARGE, limit=MOST_BYTES) from None
    except UnreadablePostError:
        raise CallRefused(BAD_REQUEST) from None
    if len(body) > MOST_BYTES:
        raise CallRefused(TOO_LARGE, limit=MOST_BYTES)
    return body


def _answer(
    key: bytes, body: bytes, read: Callable[[bytes], Question | Questions], language: str
) -> bytes:
    try:
        asked = read(body)
    except Invalid:
        _circumstances(key, ())
        raise
    given = _circumstances(key, named_organisations(asked))
    used: list[Used] = []

    def note(known: KnownOrganisation, member: KnownMember, name: str, seat: int, at: int) -> None:
        begin_day(known, at)
        subscription = member.subscriptions[seat]
        used.append((subscription, parse_public_id("mem", name), known.days[subscription]))

    if isinstance(asked, Question):
        outcome = judge(asked, given, note)
        if outcome.who is not None:
            outcome = outcome.settled(_existing([outcome.who]))
        answer = decision_answer(outcome.decision, outcome.revision)
    else:
        assessed = assess_all(asked, given, note, language)
        if assessed.strangers:
            assessed.settle(_existing(assessed.strangers))
        answer = assessed.answer()
    _write_down(used)
    return answer


def _circumstances(key_hash: bytes, names: Collection[str | None]) -> Circumstances:
    """Who asks, and the facts of those named; raises ``CallRefused`` if the key is unknown.

    Facts that were read just now bring their own time along.
    """
    rows = _rows(sql.KEYS, [key_hash])
    if not rows:
        raise CallRefused(UNAUTHENTICATED)
    ((_, owner),) = rows
    key = Key(owner)
    home = None if key.organisation is None else public_id("org", key.organisation)
    known: dict[str, KnownOrganisation] = {}
    wanted = _wanted(key, names)
    if wanted:
        catalogue = _catalogue()
        for row in _rows(sql.ORGANISATIONS, wanted):
            found = organisation_row(row, catalogue)
            known[public_id("org", found.id)] = found
    return Circumstances(key, 0, known, home)


def _wanted(key: Key, names: Collection[str | None]) -> list[UUID]:
    """The organisations to be read: those that the key may ask about."""
    wanted: set[UUID] = set()
    for name in names:
        if name is None:
            if key.organisation is not None:
                wanted.add(key.organisation)
            continue
        try:
            organisation = parse_public_id("org", name)
        except NotFound:
            continue
        if key.organisation in {None, organisation}:
            wanted.add(organisation)
    return list(wanted)


_catalogues: Final[list[Catalogue]] = [Catalogue()]
"""What this process last read of the catalogue: one item, replaced as a whole."""


def _catalogue() -> Catalogue:
    """The catalogue, read anew unless it is known as it is."""
    known = _catalogues[0]
    if known.version is not None and _rows(sql.VERSION, CATALOGUE_STREAM) == [known.version]:
        return known
    fresh = Catalogue()
    (row,) = _rows(sql.CATALOGUE, CATALOGUE_STREAM)
    fresh.read(row)
    _catalogues[0] = fresh
    return fresh


def _existing(strangers: Collection[Stranger]) -> set[Stranger]:
    ((members, addresses),) = _rows(
        sql.SUBJECTS,
        [stranger.member for stranger in strangers if stranger.member is not None],
        [stranger.address for stranger in strangers if stranger.address is not None],
    )
    known = {*members, *addresses}
    return {
        stranger for stranger in strangers if stranger.member in known or stranger.address in known
    }


_noted: Final[set[Used]] = set()
"""What this process has written down, so that it need not try again."""


def _write_down(used: Sequence[Used]) -> None:
    """Write down on which day seats were used (R38), waiting for nobody."""
    new = [each for each in dict.fromkeys(used) if each not in _noted]
    if not new:
        return
    subscriptions, members, days = (list(column) for column in zip(*new, strict=True))
    missed = {tuple(row) for row in _rows(sql.USED, subscriptions, members, days)}
    if len(_noted) > _MOST_NOTED:
        _noted.clear()
    _noted.update(each for each in new if each[:2] not in missed)


def _rows(text: str, *arguments: Any) -> list[Any]:
    """The rows of one of the statements of ``access.queries.decisions``."""
    names = ("first", "second", "third")
    statement = text.format(*(f"%({name})s" for name in names))
    with connection.cursor() as cursor:
        cursor.execute(statement, dict(zip(names, arguments, strict=False)))
        return list(cursor.fetchall())
