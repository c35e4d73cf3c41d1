"""Who calls, and what of theirs a path names: everything else looks as if it did not exist."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from typing import Final
from uuid import UUID

from django.conf import settings
from django.db.models import Model
from django.http import HttpRequest
from ninja.security import HttpBearer
from psycopg import sql

from tenure.api.errors import UNAUTHENTICATED, CallRefused
from tenure.api.idempotency import key_of
from tenure.api.problems import language_of
from tenure.base.calendar import local_date, zone_named
from tenure.base.clock import machine_now
from tenure.base.errors import NotFound
from tenure.base.ids import parse_public_id, public_id
from tenure.billing.models import Document, Payment, PaymentMethod
from tenure.events.asked import Asked
from tenure.events.rows import read_values, run_apart
from tenure.events.sending import Question, Values
from tenure.notices.models import Webhook
from tenure.orders.models import Cart, Order, Quote
from tenure.organisations.models import Invitation, Member, Organisation
from tenure.organisations.queries import (
    KeyFacts,
    invitation_of_token,
    to_find_key,
)
from tenure.subscriptions.models import Subscription
from tenure.support.models import Request

_UTC: Final = "UTC"
_PREFIXES: Final = {
    "organisation": "org",
    "cart": "cart",
    "line": "line",
    "order": "ord",
    "payment": "pay",
    "payment_method": "pm",
    "subscription": "sub",
    "member": "mem",
    "invitation": "inv",
    "case": "req",
    "document": "doc",
    "quote": "quo",
    "webhook": "hook",
    "delivery": "dlv",
    "export": "exp",
}
_KNOWN: Final = frozenset({*_PREFIXES, "token"})
_MODELS: Final[Mapping[str, type[Model]]] = {
    "organisation": Organisation,
    "cart": Cart,
    "order": Order,
    "payment": Payment,
    "payment_method": PaymentMethod,
    "subscription": Subscription,
    "member": Member,
    "invitation": Invitation,
    "token": Invitation,
    "case": Request,
    "document": Document,
    "quote": Quote,
    "webhook": Webhook,
}


@dataclass(frozen=True, slots=True)
class Door:
    """Who may come in by a path: what it names, and what the call is about.

    ``after_purge``: it may be written also to an organisation whose data are gone (R31).
    """

    path_names: tuple[str, ...] = ()
    vendor_only: bool = False
    sandbox_only: bool = False
    keyed: bool = False
    moves_money: bool = False
    after_purge: bool = False


@dataclass(frozen=True, slots=True)
class Caller:
    """A valid key; ``organisation`` is None for the vendor's, who may do all."""

    key: UUID
    organisation: UUID | None

    @property
    def by(self) -> str:
        """How the journal names who acted."""
        return "key:" + public_id("key", self.key)

    @property
    def is_vendor(self) -> bool:
        """Whether the key is the vendor's."""
        return self.organisation is None


@dataclass(frozen=True, slots=True)
class Reached:
    """The organisation to which what is named belongs: its clock, its zone, its revision."""

    id: UUID
    test_clock: datetime | None
    timezone: str
    revision: int


@dataclass(slots=True)
class Call:
    """A call that was let in: who calls, what the path names, and when it is for them.

    ``words`` are the path's parts as sent, ``ids`` those that are identifiers. ``key`` is the
    caller's ``Idempotency-Key``, and ``asked`` what a flow is to write down of it.
    """

    request: HttpRequest
    caller: Caller
    arrived_at: datetime
    words: Mapping[str, str] = field(default_factory=dict)
    ids: Mapping[str, UUID] = field(default_factory=dict)
    reached: Reached | None = None
    key: str | None = None
    asked: Asked | None = None

    @property
    def by(self) -> str:
        """How the journal names who acted."""
        return self.caller.by

    @property
    def language(self) -> str:
        """``en`` or ``fr``."""
        return language_of(self.request)

    @property
    def organisation(self) -> UUID:
        """The organisation of what the path names; ``NotFound`` if that has none."""
        if self.reached is None:
            raise NotFound
        return self.reached.id

    @property
    def now(self) -> datetime:
        """This instant, by the clock of the organisation that is reached (R2)."""
        if self.reached is not None and self.reached.test_clock is not None:
            return self.reached.test_clock
        return self.arrived_at

    @property
    def today(self) -> date:
        """The local day of ``now``; in UTC where no organisation is reached."""
        zone = self.reached.timezone if self.reached is not None else _UTC
        return local_date(self.now, zone_named(zone))

    def reach(self, organisation: str) -> None:
        """Take the organisation that a body names; ``NotFound`` if it is not the caller's."""
        id_ = parse_public_id("org", organisation)
        found = read_values(_reaching(Organisation), [id_])
        self.reached = _reached(found, self.caller, reads=False)


class BearerKey(HttpBearer):
    """Lets a call in: its key (401), then what its path names (404), before its body is read."""

    def __init__(self, door: Door) -> None:
        super().__init__()
        self._door = door

    def __call__(self, request: HttpRequest) -> Call:
        scheme, _, token = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
        if scheme.lower() != self.openapi_scheme:
            raise CallRefused(UNAUTHENTICATED)
        return self.authenticate(request, token.strip())

    def authenticate(self, request: HttpRequest, token: str) -> Call:
        """The call of the key ``token``; ``CallRefused`` or ``NotFound``."""
        door, match = self._door, request.resolver_match
        words: Mapping[str, str] = match.kwargs if match else {}
        key, named = _looked_up(token, door, words)
        if key is None:
            raise CallRefused(UNAUTHENTICATED)
        caller = Caller(key.id, key.organisation)
        if (door.vendor_only and not caller.is_vendor) or (
            door.sandbox_only and not settings.SANDBOX
        ):
            raise NotFound
        ids = {name: _identified(name, words[name]) for name in door.path_names if name in _KNOWN}
        call = Call(request, caller, machine_now(), words, ids)
        first = door.path_names[0] if door.path_names else ""
        if first in _MODELS:
            reads = request.method == "GET" or door.after_purge
            call.reached = _reached(named, caller, reads=reads)
        if door.keyed:
            call.key = key_of(request, required=door.moves_money)
        return call


def _identified(name: str, word: str) -> UUID:
    if name == "token":
        return invitation_of_token(word)
    return parse_public_id(_PREFIXES[name], word)


def _looked_up(
    token: str, door: Door, words: Mapping[str, str]
) -> tuple[KeyFacts | None, Sequence[Values]]:
    """The key, and what is found of what the path names first: both asked on one way.

    A word that names nothing finds nothing; whether it may be told is decided by the key.
    """
    if not token:
        return None, []
    questions: list[Question] = [to_find_key(token)]
    first = door.path_names[0] if door.path_names else ""
    if first in _MODELS:
        with suppress(NotFound):
            questions.append((_reaching(_MODELS[first]), [_identified(first, words[first])]))
    keys, *named = run_apart(questions)
    return KeyFacts(*keys[0]) if keys else None, named[0] if named else []


def _reached(found: Sequence[Values], caller: Caller, *, reads: bool) -> Reached | None:
    """The organisation of what is named; ``NotFound`` unless it was found and is the caller's.

    One whose data are gone is only read any more (R31): ``reads``, or nothing is there.
    """
    if not found:
        raise NotFound
    organisation, test_clock, timezone, revision, purged_at = found[0]
    if caller.organisation not in (None, organisation):
        raise NotFound
    if purged_at is not None and not reads:
        raise NotFound
    return Reached(organisation, test_clock, timezone, revision or 0) if organisation else None


@cache
def _reaching(model: type[Model]) -> str:
    """One statement from a row to its organisation's clock, zone and revision."""
    via = "id" if model is Organisation else "organisation_id"
    return (
        sql.SQL(
            "SELECT o.id, o.test_clock, o.timezone, stream.revision, o.purged_at FROM {} AS named "
            "LEFT JOIN organisations_organisation AS o ON o.id = named.{} "
            "LEFT JOIN events_stream AS stream ON stream.organisation_id = o.id "
            "WHERE named.id = %s"
        )
        .format(sql.Identifier(model._meta.db_table), sql.Identifier(via))
        .as_string()
    )
