"""What identity providers send, brought to the form of the RFC.

Entra sends ``active`` as text or in a list, addresses in another case, names by their parts, and
paths to what is not kept; Okta sends in one ``replace`` all that it knows. What is not kept here
is read past (RFC 7644, 3.5.2), so that it costs nobody the rest of a change.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

import msgspec

from tenure.api.errors import FIELD_NOT_JSON
from tenure.api.scim.errors import SCIM_EXPRESSION_LONG, SCIM_MANY_OPERATIONS, ScimRefusal

MOST_OPERATIONS: Final = 1_000
"""How many operations one PATCH may hold."""
LONGEST_EXPRESSION: Final = 2_000
"""How many characters a path or a filter may have."""

Json = dict[str, Any]

_CORE: Final = "urn:ietf:params:scim:schemas:core:2.0:"
_HEAD: Final = re.compile(r"[.\[\s]")
_MEMBER: Final = re.compile(r"""members\[value eq ["']([^"'\\]+)["']\]""", re.IGNORECASE)
_NOT_TAKEN: Final = {
    "user": frozenset({"emails", "name", "groups", "meta", "id", "schemas"}),
    "group": frozenset({"displayname", "externalid", "meta", "id", "schemas"}),
}
_NOTHING: Final[Json] = {"op": "add", "path": "nothingThatIsKept", "value": "-"}
"""Stands for what was read past, since a PATCH has one operation at least."""


def read_json(body: bytes) -> Any:
    """The body as plain data. Raises ``ScimRefusal``."""
    try:
        return msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise ScimRefusal(FIELD_NOT_JSON, 400, "invalidSyntax") from None


def whole(body: bytes, kind: str, defaults: Mapping[str, Any]) -> bytes:
    """A resource as POST and PUT send it; ``defaults`` stand for what is left out.

    ``kind`` is ``user`` or ``group``; keys of ``defaults`` are names of attributes.
    """
    given = read_json(body)
    if not isinstance(given, dict):
        return body
    named = {key.lower(): key for key in given}
    if kind == "user":
        for key in list(given):
            given[key] = _value(key, given[key])
        called = _called(given.get(named.get("name", "name")))
        if called and not given.get(named.get("displayname", "displayName")):
            given[named.setdefault("displayname", "displayName")] = called
    for name, value in defaults.items():
        if name.lower() not in named:
            given[name] = value
    return msgspec.json.encode(given)


def changes(body: bytes, kind: str) -> bytes:
    """A PATCH without what is not kept. Raises ``ScimRefusal`` beyond the bounds."""
    given = read_json(body)
    if not isinstance(given, dict):
        return body
    key = next((key for key in given if key.lower() == "operations"), "Operations")
    operations = given.get(key)
    if not isinstance(operations, list) or not operations:
        return body
    if len(operations) > MOST_OPERATIONS:
        raise ScimRefusal(SCIM_MANY_OPERATIONS, 413, most=MOST_OPERATIONS)
    parts: Json = {}
    kept: list[Any] = []
    for one in operations:
        read = _operation(one, kind, parts)
        if kind == "group" and isinstance(read, dict):
            _of_members(read)
        if read is not None:
            kept.append(read)
    if kind == "user" and not any(_sets_name(each) for each in kept):
        called = _called(parts)
        if called:
            kept.append({"op": "replace", "path": "displayName", "value": called})
    given[key] = kept or [_NOTHING]
    return msgspec.json.encode(given)


def check_expression(text: str, kind: str) -> None:
    """Raise ``ScimRefusal`` of that ``scimType`` if a path or a filter is too long to be read."""
    if len(text) > LONGEST_EXPRESSION:
        raise ScimRefusal(SCIM_EXPRESSION_LONG, 400, kind, most=LONGEST_EXPRESSION)


def _operation(given: Any, kind: str, parts: Json) -> Any:
    """The operation as it is to be read; None if nothing of it is kept.

    ``parts`` collects the parts of a name. What is no operation is left for whoever reads it.
    """
    if not isinstance(given, dict):
        return given
    one = {key.lower(): value for key, value in given.items()}
    path, value = one.get("path"), one.get("value")
    if isinstance(path, str) and path:
        check_expression(path, "invalidPath")
        if _is_past(path, kind):
            _note_name(path, value, parts)
            return None
        if kind == "user" and "value" in one:
            one["value"] = _value(path, value)
    elif isinstance(value, dict):
        for key in [key for key in value if _is_past(key, kind)]:
            _note_name(key, value[key], parts)
        taken = {key: each for key, each in value.items() if not _is_past(key, kind)}
        if kind == "user":
            taken = {key: _value(key, each) for key, each in taken.items()}
        if not taken:
            return None
        one["value"] = taken
    return one


def _of_members(read: Json) -> None:
    """Bring the ways in which members of a group are named to one: a list at the path members."""
    path, value = read.get("path"), read.get("value")
    if isinstance(path, str):
        one = _MEMBER.fullmatch(path.strip())
        if one is not None and "value" not in read:
            read |= {"path": "members", "value": [{"value": one[1]}]}
    elif isinstance(value, dict) and [key.lower() for key in value] == ["members"]:
        read |= {"path": "members", "value": next(iter(value.values()))}
    if read.get("path") == "members" and isinstance(read.get("value"), dict):
        read["value"] = [read["value"]]


def _bare(path: str, kind: str) -> str:
    """The path in lower case, without the schema that every path here has."""
    return path.strip().lower().removeprefix(f"{_CORE}{kind}:".lower())


def _is_past(path: str, kind: str) -> bool:
    return _HEAD.split(_bare(path, kind), maxsplit=1)[0] in _NOT_TAKEN[kind]


def _sets_name(operation: Any) -> bool:
    if not isinstance(operation, dict):
        return False
    value = operation.get("value")
    named = [str(operation.get("path") or ""), *(value if isinstance(value, dict) else ())]
    return any(_bare(each, "user") == "displayname" for each in named)


def _note_name(path: str, value: Any, parts: Json) -> None:
    head, _, part = _bare(path, "user").partition(".")
    if head != "name":
        return
    if part:
        parts[part] = value
    elif isinstance(value, dict):
        parts.update({key.lower(): each for key, each in value.items()})


def _called(name: Any) -> str:
    """How somebody is called by a name in parts; empty if too little of it is there."""
    if not isinstance(name, dict):
        return ""
    told = {key.lower(): each.strip() for key, each in name.items() if isinstance(each, str)}
    given, family = told.get("givenname", ""), told.get("familyname", "")
    return told.get("formatted") or (f"{given} {family}" if given and family else "")


def _value(path: str, value: Any) -> Any:
    """The value of an attribute of a user: addresses in lower case, ``active`` alone."""
    attribute = _bare(path, "user")
    if attribute == "username" and isinstance(value, str):
        return value.strip().lower()
    if attribute == "active":
        if isinstance(value, list) and len(value) == 1:
            value = value[0]
        if isinstance(value, dict) and value.keys() == {"value"}:
            value = value["value"]
    return value
