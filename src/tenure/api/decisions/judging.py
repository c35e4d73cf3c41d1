"""One question against what is known: the same on a decision node and on the main port."""

from __future__ import annotations

from hashlib import sha256
from typing import Final, NamedTuple
from uuid import UUID

from msgspec import UNSET

from tenure.access.queries.decisions import KnownOrganisation
from tenure.access.rules.decision import UNKNOWN_SUBJECT, Decision, decide
from tenure.api.decisions.errors import REVISION_NOT_REACHED
from tenure.api.decisions.questions import Question
from tenure.api.errors import FIELD_MISSING
from tenure.base.errors import FieldError, Invalid, NotFound, Refused
from tenure.base.ids import parse_public_id

MEMBER: Final = "member"
APPLICATION: Final = "application"
_LONGEST_ADDRESS: Final = 254


class Key(NamedTuple):
    """A valid key: an organisation's, or the vendor's, which has none."""

    organisation: UUID | None


class Judged(NamedTuple):
    """A decision, with the member whom it concerns by outside id and the time it was made at."""

    decision: Decision
    member: str
    at: int


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


def unnamed() -> Invalid:
    """What a vendor's key is told that asks about no organisation in particular."""
    return Invalid([FieldError("context.organisation", FIELD_MISSING)])


def judge(question: Question, known: KnownOrganisation | None, key: Key, at: int) -> Judged:
    """The decision by ``known``, which the question names, at ``at`` (microseconds since 1970).

    Whether a stranger exists elsewhere is not known here: the decision is then
    ``UNKNOWN_SUBJECT`` itself. Raises ``NotFound`` if the organisation does not exist for
    ``key``, ``Refused`` if it has not reached the revision that the client saw (R42).
    """
    if known is None or (key.organisation is not None and key.organisation != known.id):
        raise NotFound
    facts = known.facts
    at_least = question.context.at_least
    if at_least is not UNSET and at_least > facts.revision:
        raise Refused(REVISION_NOT_REACHED, revision=facts.revision)
    subject, resource = question.subject, question.resource
    member = subject.id
    if "@" in member:
        member = known.addresses.get(member.lower(), "")
    if subject.type != MEMBER:
        member = ""
    application = resource.id if resource.type == APPLICATION else ""
    at = max(at, known.read_at)
    decision = decide(facts, member, (application, question.action.name), at, known=False)
    return Judged(decision, member, at if facts.test_clock is None else facts.test_clock)


class Stranger(NamedTuple):
    """Who is no member of the organisation asked about, but may be known elsewhere."""

    member: UUID | None = None
    address: str | None = None


def stranger(question: Question, judged: Judged) -> Stranger | None:
    """Whom to look for everywhere before ``judged`` can be answered; None if it can."""
    if judged.decision is not UNKNOWN_SUBJECT or question.subject.type != MEMBER:
        return None
    name = question.subject.id
    if "@" in name:
        usable = len(name) <= _LONGEST_ADDRESS and name.isprintable()
        return Stranger(address=name.lower()) if usable else None
    try:
        return Stranger(member=parse_public_id("mem", name))
    except NotFound:
        return None
