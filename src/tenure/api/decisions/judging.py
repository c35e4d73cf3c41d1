"""One question against what is known: the same on a decision node and on the main port."""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping
from hashlib import sha256
from typing import Final, NamedTuple
from uuid import UUID

import msgspec
from msgspec import UNSET

from tenure.access.queries.decisions import KnownMember, KnownOrganisation
from tenure.access.rules.decision import NOT_A_MEMBER, UNKNOWN_SUBJECT, Decision, weigh
from tenure.api.decisions.errors import REVISION_NOT_REACHED
from tenure.api.decisions.questions import Question, Thing
from tenure.api.errors import FIELD_MISSING
from tenure.base.errors import FieldError, Invalid, NotFound, Refused
from tenure.base.ids import parse_public_id
from tenure.events.streams import KEYS_STREAM

MEMBER: Final = "member"
APPLICATION: Final = "application"
_LONGEST_ADDRESS: Final = 254

Note = Callable[[KnownOrganisation, KnownMember, str, int, int], None]
"""Told of every seat used: its organisation, the member and their outside id, which of their
seats it is, and the time."""


class Key(NamedTuple):
    """A valid key: an organisation's, or the vendor's, which has none."""

    organisation: UUID | None

    @property
    def stream(self) -> UUID:
        """The stream that tells whether it was revoked."""
        return KEYS_STREAM if self.organisation is None else self.organisation


class Circumstances(NamedTuple):
    """Who asks, when (microseconds since 1970), and what is known of the organisations named.

    ``home`` is the organisation whose key it is; it need not be named.
    """

    key: Key
    at: int
    known: Mapping[str, KnownOrganisation]
    home: str | None = None


def key_hash(authorization: str | None) -> bytes | None:
    """What is kept of the key that this header brings; None if it brings none."""
    if authorization is None or authorization[:7].lower() != "bearer ":
        return None
    text = authorization[7:].strip()
    return sha256(text.encode("utf-8", "surrogateescape")).digest() if text else None


def named_organisation(question: Question) -> str | None:
    """The outside id of the organisation that a question names."""
    named = question.context.organisation
    return None if named is UNSET else named


class Stranger(NamedTuple):
    """Who is no member of the organisation asked about, but may be known elsewhere."""

    member: UUID | None = None
    address: str | None = None


class Outcome(msgspec.Struct, frozen=True, gc=False):
    """A decision as of ``revision``; final unless it must be known whether ``who`` exists."""

    decision: Decision
    revision: int
    who: Stranger | None

    def settled(self, existing: Container[Stranger]) -> Outcome:
        """The final outcome, given which strangers exist anywhere."""
        decision = NOT_A_MEMBER if self.who in existing else self.decision
        return Outcome(decision, self.revision, None)


def judge(question: Question, given: Circumstances, note: Note) -> Outcome:
    """The outcome of one question.

    Raises ``Invalid`` if no organisation is named and the key is no organisation's, ``NotFound``
    if it does not exist for the key, ``Refused`` if it has not reached the revision that the
    client saw (R42).
    """
    named = question.context.organisation
    name = given.home if named is UNSET else named
    if name is None:
        raise Invalid([FieldError("context.organisation", FIELD_MISSING)])
    known = given.known.get(name)
    if known is None:
        raise NotFound
    return judge_in(known, question, given.key, given.at, note)


def judge_in(
    known: KnownOrganisation, question: Question, key: Key, at: int, note: Note
) -> Outcome:
    """As ``judge``, when it was found what is known of the organisation that is named."""
    owner = key.organisation
    if owner is not None and owner != known.id:
        raise NotFound
    subject, resource, context = question.subject, question.resource, question.context
    if context.at_least is not UNSET and context.at_least > known.revision:
        raise Refused(REVISION_NOT_REACHED, revision=known.revision)
    name = subject.id if subject.type == MEMBER else ""
    if "@" in name:
        name = known.addresses.get(name.lower(), "")
    member = known.members.get(name)
    if member is None:
        return Outcome(UNKNOWN_SUBJECT, known.revision, _stranger(subject))
    application = resource.id if resource.type == APPLICATION else ""
    at = _time_for(known, at)
    decision, seat = weigh(known, member, (application, question.action.name), at)
    if seat >= 0:
        note(known, member, name, seat, at if known.test_clock is None else known.test_clock)
    return Outcome(decision, known.revision, None)


def _time_for(known: KnownOrganisation, at: int) -> int:
    """The time of the question, which never lies before the one at which the facts were read.

    Once it does not, it is not asked again: the next question is later still.
    """
    if known.read_at:
        if at < known.read_at:
            return known.read_at
        known.read_at = 0
    return at


def _stranger(subject: Thing) -> Stranger | None:
    """Whom to look for everywhere before the answer is final; None if that cannot be anybody."""
    if subject.type != MEMBER:
        return None
    name = subject.id
    if "@" in name:
        usable = len(name) <= _LONGEST_ADDRESS and name.isprintable()
        return Stranger(address=name.lower()) if usable else None
    try:
        return Stranger(member=parse_public_id("mem", name))
    except NotFound:
        return None
