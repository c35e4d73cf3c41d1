"""R41 to R43: what decisions answer, beside R41 read aloud over plain rows.

Every member is asked about everything that is sold to the organisation, and one thing that is
not, now and around each instant at which a period begins or ends. A small installation is looked
at whole, a large one by another sample each day.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import islice
from typing import Final
from uuid import UUID

from django.db import connection

from tenure.access.queries.decisions import (
    CATALOGUE,
    ORGANISATIONS,
    Catalogue,
    KnownOrganisation,
    organisation_row,
)
from tenure.access.rules.decision import Grant, decide
from tenure.base.calendar import microseconds
from tenure.base.ids import public_id
from tenure.events.streams import CATALOGUE_STREAM
from tenure.flows.verify.checks import Tally, rows
from tenure.flows.verify.oracle import Answer, Books, answer, books_of

MOST_ASKED: Final = 40_000
"""About so many questions are asked in one run: the last organisation is asked to its end."""

_AT_A_TIME: Final = 50
_MOST_INSTANTS: Final = 12
_INSTANT: Final = timedelta(microseconds=1)

_NOBODY_SELLS: Final = ("no-such-application", "no-such-permission")


def decisions(now: datetime, most: int = MOST_ASKED) -> Tally:
    """R41: decisions equal what the oracle says; about ``most`` are compared."""
    tally = Tally()
    catalogue = _catalogue()
    order = _in_the_days_order(now)
    while tally.looked_at < most and (ids := list(islice(order, _AT_A_TIME))):
        known = _known(ids, catalogue)
        for books in books_of(ids):
            if tally.looked_at < most:
                _compare(books, known[books.organisation.id], now, tally)
    return tally


def _compare(books: Books, known: KnownOrganisation, now: datetime, tally: Tally) -> None:
    grants = sorted({grant for of in books.grants.values() for grant in of})
    clock = books.organisation.test_clock
    instants = _instants(books, clock or now)
    for member in books.members:
        subject = public_id("mem", member.id)
        for at in instants:
            for grant in (*grants, _NOBODY_SELLS):
                tally.looked_at += 1
                said, decided = (
                    answer(books, member, grant, at),
                    _decided(known, subject, grant, at),
                )
                if said != decided:
                    asked = f"{':'.join(grant)}@{at.isoformat()}"
                    tally.fail(subject, f"{asked} {decided.reason}<>{said.reason}")


def _decided(known: KnownOrganisation, subject: str, grant: Grant, at: datetime) -> Answer:
    """What is answered when the clock stands at ``at``: a test clock is but one of the facts."""
    clock = None if known.test_clock is None else microseconds(at)
    facts = replace(known, test_clock=clock)
    found = decide(facts, subject, grant, microseconds(at))
    return Answer(found.allowed, found.reason.code, found.valid_until, found.data_available_until)


def _instants(books: Books, now: datetime) -> Sequence[datetime]:
    """Now, and the instants around which an answer may change."""
    edges = {now}
    for period in books.periods:
        edges |= {period.starts_at, period.ends_at - _INSTANT, period.ends_at, period.data_until}
    return [*sorted(edges - {now})[: _MOST_INSTANTS - 1], now]


def _catalogue() -> Catalogue:
    known = Catalogue()
    with connection.cursor() as cursor:
        cursor.execute(CATALOGUE.format("%s"), [CATALOGUE_STREAM])
        known.read(cursor.fetchone())
    return known


def _known(ids: Sequence[UUID], catalogue: Catalogue) -> dict[UUID, KnownOrganisation]:
    with connection.cursor() as cursor:
        cursor.execute(ORGANISATIONS.format("%s"), [list(ids)])
        found = [organisation_row(row, catalogue) for row in cursor.fetchall()]
    return {known.id: known for known in found}


def _in_the_days_order(now: datetime) -> Iterator[UUID]:
    """All organisations, in an order that is the same all day and another one tomorrow."""
    found = rows(
        "SELECT id FROM organisations_organisation ORDER BY md5(id::text || %(day)s), id",
        {"day": now.date().isoformat()},
    )
    return (id_ for (id_,) in found)
