"""Questions as AuthZEN 1.0 puts them: read fast when they are well formed, judged when not.

What AuthZEN knows beyond this (properties, other context) may be there and is not looked at.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Annotated, Any, Final, Literal, TypeVar

import msgspec
from msgspec import UNSET, UnsetType

from tenure.api.errors import (
    FIELD_MISSING,
    FIELD_NOT_JSON,
    FIELD_NOT_LIST,
    FIELD_NOT_OBJECT,
    FIELD_NOT_ONE_OF,
    FIELD_NOT_TEXT,
    FIELD_NOT_WHOLE_NUMBER,
    FIELD_TOO_DEEP,
    FIELD_TOO_GREAT,
    FIELD_TOO_LONG,
    FIELD_TOO_SMALL,
)
from tenure.base.errors import FieldError, Invalid
from tenure.base.verdicts import Code, Figure

MOST_BYTES: Final = 1024 * 1024
"""How long a body may be."""
MOST_EVALUATIONS: Final = 1000
"""How many questions one call may hold, so that none keeps the others waiting."""
MOST_REVISIONS: Final = 2**63 - 1

Semantic = Literal["execute_all", "deny_on_first_deny", "permit_on_first_permit"]
EXECUTE_ALL: Final = "execute_all"
SEMANTICS: Final = (EXECUTE_ALL, "deny_on_first_deny", "permit_on_first_permit")


class Thing(msgspec.Struct, gc=False, frozen=True):
    """A subject or a resource: its kind, and its name among its kind."""

    type: str
    id: str


class Action(msgspec.Struct, gc=False, frozen=True):
    """What is to be done: a permission of the application."""

    name: str


class Context(msgspec.Struct, gc=False, frozen=True):
    """In which organisation; and at least as of which revision of it (R42)."""

    organisation: str | UnsetType = UNSET
    at_least: Annotated[int, msgspec.Meta(ge=0, le=MOST_REVISIONS)] | UnsetType = UNSET


class Question(msgspec.Struct, frozen=True):
    """May ``subject`` do ``action`` with ``resource``?"""

    subject: Thing
    action: Action
    resource: Thing
    context: Context = Context()


class Asked(msgspec.Struct, frozen=True):
    """A question among others; what it leaves out is the same for all."""

    subject: Thing | UnsetType = UNSET
    action: Action | UnsetType = UNSET
    resource: Thing | UnsetType = UNSET
    context: Context | UnsetType = UNSET


class Plain(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Questions of which each says all of itself: nothing has to be filled in."""

    evaluations: list[Question]


class Options(msgspec.Struct, frozen=True):
    """How many questions are to be answered."""

    evaluations_semantic: Semantic = "execute_all"


class _Many(msgspec.Struct, frozen=True):
    evaluations: list[Asked]
    subject: Thing | UnsetType = UNSET
    action: Action | UnsetType = UNSET
    resource: Thing | UnsetType = UNSET
    context: Context | UnsetType = UNSET
    options: Options = Options()


class Questions(msgspec.Struct, frozen=True):
    """Several questions in order; in the place of one that makes no sense is what is wrong."""

    semantic: Semantic
    items: Sequence[Question | Invalid]


T = TypeVar("T")
_question = msgspec.json.Decoder(Question)
_plain = msgspec.json.Decoder(Plain)
_many = msgspec.json.Decoder(_Many)


def read_question(body: bytes) -> Question:
    """The question in a body; raises ``Invalid``."""
    try:
        return _question.decode(body)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        return _examined(_document(body))


def read_questions(body: bytes) -> Questions | Question:
    """The questions in a body, or its one question if it lists none; raises ``Invalid``."""
    try:
        asked = _plain.decode(body).evaluations
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        return _read_shared(body)
    if not asked or len(asked) > MOST_EVALUATIONS:
        return _read_shared(body)
    return Questions(EXECUTE_ALL, asked)


def _read_shared(body: bytes) -> Questions | Question:
    """Questions that leave to the call what they have in common; raises ``Invalid``."""
    try:
        many = _many.decode(body)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        return _examined_many(_document(body))
    if not many.evaluations:
        return read_question(body)
    if len(many.evaluations) > MOST_EVALUATIONS:
        raise _too_many(len(many.evaluations))
    items: list[Question | Invalid] = []
    for asked in many.evaluations:
        subject = many.subject if asked.subject is UNSET else asked.subject
        action = many.action if asked.action is UNSET else asked.action
        resource = many.resource if asked.resource is UNSET else asked.resource
        context = many.context if asked.context is UNSET else asked.context
        if context is UNSET:
            context = Context()
        if subject is UNSET or action is UNSET or resource is UNSET:
            return _examined_many(_document(body))
        items.append(Question(subject, action, resource, context))
    return Questions(many.options.evaluations_semantic, items)


def _too_many(count: int) -> Invalid:
    del count
    return _wrong("evaluations", FIELD_TOO_LONG, most=MOST_EVALUATIONS)


def _wrong(field: str, code: Code, **figures: Figure) -> Invalid:
    return Invalid([FieldError(field, code, figures)])


def _document(body: bytes) -> Mapping[str, Any]:
    try:
        document = msgspec.json.decode(body)
    except RecursionError:
        raise _wrong("", FIELD_TOO_DEEP) from None
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise _wrong("", FIELD_NOT_JSON) from None
    if not isinstance(document, dict):
        raise _wrong("", FIELD_NOT_OBJECT)
    return document


def _examined(document: Mapping[str, Any]) -> Question:
    """The question in ``document``; raises ``Invalid`` with all that is wrong with it."""
    if wrong := list(_faults(document)):
        raise Invalid(wrong)
    return Question(
        Thing(document["subject"]["type"], document["subject"]["id"]),
        Action(document["action"]["name"]),
        Thing(document["resource"]["type"], document["resource"]["id"]),
        _context(document.get("context", {})),
    )


def _context(given: Mapping[str, Any]) -> Context:
    at_least = given.get("at_least", UNSET)
    return Context(given.get("organisation", UNSET), UNSET if at_least is UNSET else int(at_least))


def _examined_many(document: Mapping[str, Any]) -> Questions | Question:
    asked = document.get("evaluations", [])
    if not isinstance(asked, list):
        raise _wrong("evaluations", FIELD_NOT_LIST)
    options = document.get("options", {})
    if not isinstance(options, dict):
        raise _wrong("options", FIELD_NOT_OBJECT)
    semantic = options.get("evaluations_semantic", "execute_all")
    if semantic not in SEMANTICS:
        raise _wrong(
            "options.evaluations_semantic", FIELD_NOT_ONE_OF, expected=", ".join(SEMANTICS)
        )
    if not asked:
        return _examined(document)
    if len(asked) > MOST_EVALUATIONS:
        raise _too_many(len(asked))
    shared = {
        name: document[name]
        for name in ("subject", "action", "resource", "context")
        if name in document
    }
    return Questions(semantic, [_item(shared, each) for each in asked])


def _item(shared: Mapping[str, Any], asked: object) -> Question | Invalid:
    if not isinstance(asked, dict):
        return _wrong("", FIELD_NOT_OBJECT)
    try:
        return _examined({**shared, **asked})
    except Invalid as error:
        return error


def _faults(document: Mapping[str, Any]) -> Iterator[FieldError]:
    """What is wrong with a question, field by field."""
    for name, fields in _FIELDS.items():
        if name not in document:
            if name != "context":
                yield FieldError(name, FIELD_MISSING)
        elif not isinstance(document[name], dict):
            yield FieldError(name, FIELD_NOT_OBJECT)
        else:
            yield from _field_faults(name, fields, document[name])


def _field_faults(
    name: str, fields: Mapping[str, Callable[[object], Fault | None]], given: Mapping[str, Any]
) -> Iterator[FieldError]:
    for field, fault in fields.items():
        if field in given:
            found = fault(given[field])
            if found is not None:
                yield FieldError(f"{name}.{field}", *found)
        elif name != "context":
            yield FieldError(f"{name}.{field}", FIELD_MISSING)


Fault = tuple[Code, dict[str, Figure]]


def _not_text(value: object) -> Fault | None:
    return None if isinstance(value, str) else (FIELD_NOT_TEXT, {})


def _no_revision(value: object) -> Fault | None:
    """A whole number may be written ``7`` or ``7.0``: JSON knows one kind of number."""
    whole = isinstance(value, int) or (isinstance(value, float) and value.is_integer())
    if not whole or isinstance(value, bool):
        return FIELD_NOT_WHOLE_NUMBER, {}
    assert isinstance(value, int | float)  # noqa: S101 - as just found
    if value < 0:
        return FIELD_TOO_SMALL, {"least": 0}
    if value > MOST_REVISIONS:
        return FIELD_TOO_GREAT, {"most": MOST_REVISIONS}
    return None


_FIELDS: Final[Mapping[str, Mapping[str, Callable[[object], Fault | None]]]] = {
    "subject": {"type": _not_text, "id": _not_text},
    "action": {"name": _not_text},
    "resource": {"type": _not_text, "id": _not_text},
    "context": {"organisation": _not_text, "at_least": _no_revision},
}
