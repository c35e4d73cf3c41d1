"""Policy files: read, checked key by key, and shown again.

A file need only hold what differs from ``default.toml``; what it becomes is always whole.
"""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
from collections.abc import Collection, Iterator, Mapping
from enum import Enum
from functools import cache
from importlib.resources import files
from typing import Any, Final, cast

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from tenure.base.countries import in_eu
from tenure.base.errors import FieldError, Invalid
from tenure.base.verdicts import Code, Figure, Verdict, refuse
from tenure.policy import errors
from tenure.policy.errors import PolicyProblem
from tenure.policy.model import Policy, Section

_PLAIN: Final = {
    "int_type": errors.NOT_WHOLE_NUMBER,
    "bool_type": errors.NOT_TRUE_OR_FALSE,
    "string_type": errors.NOT_TEXT,
    "string_pattern_mismatch": errors.NOT_A_DOMAIN,
    "tuple_type": errors.NOT_A_LIST,
    "model_type": errors.NOT_A_SECTION,
}
_HEADER: Final = re.compile(r"\s*\[\s*([A-Za-z0-9_.\s-]+?)\s*\]\s*(#.*)?")
_KEY: Final = re.compile(r"\s*([A-Za-z0-9_-]+(?:\s*\.\s*[A-Za-z0-9_-]+)*)\s*=")


class PolicyInvalid(Invalid):
    """A policy file that cannot be used: every wrong key with its path and its ``line``."""


@cache
def default_policy() -> Policy:
    """The policy that reproduces the published rules to the letter."""
    return Policy.model_validate(_default_values())


@cache
def academic_domains() -> frozenset[str]:
    """The domains by which an address proves a student (R8), as they come with Tenure."""
    text = files(__package__).joinpath("academic_domains.txt").read_text(encoding="utf-8")
    lines = (line.split("#", 1)[0].strip() for line in text.splitlines())
    return frozenset(line for line in lines if line)


def parse_policy(text: str) -> Policy:
    """The policy in ``text``; what it leaves out is as in the default.

    Raises ``PolicyInvalid``, which names every wrong key and, where it can be found, its line.
    """
    values = _parsed(text)
    try:
        return Policy.model_validate(_merged(_default_values(), values))
    except ValidationError as problem:
        lines = _lines(text)
        told = problem.errors(include_url=False)
        found = [_field_error(error, lines) for error in told if not _follows(error)]
        raise PolicyInvalid(sorted(found, key=_by_line)) from problem


def render(policy: Policy) -> str:
    """``policy`` as the text of a file, every key with its rule; parsing it gives the same."""
    return "\n".join(_rendered(policy, ())).lstrip("\n") + "\n"


def fingerprint(policy: Policy) -> str:
    """The SHA-256 of what ``policy`` says, in hexadecimal: the same for the same rules (R32)."""
    canonical = json.dumps(policy.model_dump(mode="json"), sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def policy_warnings(policy: Policy, *, consumer_countries: Collection[str]) -> tuple[Verdict, ...]:
    """What a vendor should know before going live.

    ``consumer_countries`` are those in which anything is offered to makers or students: in the
    EU they have statutory rights, whether the policy says so or not (R33).
    """
    countries = tuple(sorted(country for country in consumer_countries if in_eu(country)))
    if countries and not policy.statutory_eu.enabled:
        return (refuse(errors.CONSUMERS_WITHOUT_STATUTORY_RIGHTS, countries=countries),)
    return ()


@cache
def _default_values() -> dict[str, Any]:
    text = files(__package__).joinpath("default.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def _parsed(text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as problem:
        found = re.search(r"line (\d+)", str(problem))
        line = int(found[1]) if found else text.count("\n") + 1
        figures: dict[str, Figure] = {"detail": str(problem), "line": line}
        raise PolicyInvalid([FieldError("", errors.NOT_TOML, figures)]) from problem


def _merged(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(below)
    for key, value in above.items():
        under = merged.get(key)
        if isinstance(value, dict) and isinstance(under, dict):
            value = _merged(under, value)
        merged[key] = value
    return merged


def _field_error(error: ErrorDetails, lines: Mapping[str, int]) -> FieldError:
    code, figures, further = _reason(error)
    path = _dotted((*error["loc"], *further))
    line = _line_of(path, lines)
    if line is not None:
        figures["line"] = line
    return FieldError(path, code, figures)


def _follows(error: ErrorDetails) -> bool:
    """Whether a list only counts as short because of items that are complained of themselves."""
    return error["type"] == "too_short" and len(error["input"]) >= error["ctx"]["min_length"]


def _reason(error: ErrorDetails) -> tuple[Code, dict[str, Figure], tuple[str, ...]]:
    """The code for what pydantic found, its figures, and the rest of the path to the key."""
    kind, context = error["type"], error.get("ctx", {})
    if kind in _PLAIN:
        return _PLAIN[kind], {}, ()
    match kind:
        case "value_error" if isinstance(context["error"], PolicyProblem):
            problem = context["error"]
            return problem.code, dict(problem.figures), (problem.key,)
        case "extra_forbidden":
            return errors.KEY_UNKNOWN, {"known": _siblings(error["loc"])}, ()
        case "enum":
            return errors.NOT_ONE_OF, {"expected": _members(context["expected"])}, ()
        case "greater_than_equal":
            return errors.TOO_SMALL, {"least": context["ge"]}, ()
        case "less_than_equal":
            return errors.TOO_GREAT, {"most": context["le"]}, ()
        case "too_short":
            return errors.TOO_SHORT, {"least": context["min_length"]}, ()
        case "too_long":
            return errors.TOO_LONG, {"most": context["max_length"]}, ()
    return errors.UNUSABLE, {}, ()


def _members(expected: str) -> tuple[str, ...]:
    """The values out of pydantic's list: ``'month', 'year' or 'trial'``."""
    return tuple(re.findall(r"'([^']*)'", expected))


def _siblings(path: tuple[int | str, ...]) -> tuple[str, ...]:
    """The keys that may stand where the last step of ``path`` stands."""
    section: type[Section] = Policy
    for step in path[:-1]:
        section = cast(type[Section], section.model_fields[str(step)].annotation)
    return tuple(section.model_fields)


def _dotted(path: tuple[int | str, ...]) -> str:
    parts = (f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
    return "".join(parts).lstrip(".")


def _by_line(error: FieldError) -> tuple[int, str]:
    line = error.figures.get("line")
    return (line if isinstance(line, int) else 0), error.field


def _lines(text: str) -> dict[str, int]:
    """The line of every key and section header, by dotted path, as far as plain TOML goes."""
    lines: dict[str, int] = {}
    section = ""
    for number, line in enumerate(text.splitlines(), start=1):
        header, key = _HEADER.fullmatch(line), _KEY.match(line)
        if header:
            section = _squeezed(header[1])
            lines[section] = number
        elif key:
            name = _squeezed(key[1])
            lines[f"{section}.{name}" if section else name] = number
    return lines


def _squeezed(path: str) -> str:
    return re.sub(r"\s+", "", path)


def _line_of(path: str, lines: Mapping[str, int]) -> int | None:
    """The line of ``path``, or of the nearest thing around it that is written down."""
    while path:
        if path in lines:
            return lines[path]
        path = re.sub(r"(\.|\[)?[^.\[]*$", "", path)
    return None


def _rendered(section: Section, path: tuple[str, ...]) -> Iterator[str]:
    if path:
        yield ""
        yield from (f"# {line}" for line in (type(section).__doc__ or "").strip().splitlines())
        yield f"[{'.'.join(path)}]"
    inner: list[tuple[str, Section]] = []
    for name, field in type(section).model_fields.items():
        value = getattr(section, name)
        if isinstance(value, Section):
            inner.append((name, value))
            continue
        yield f"# {field.description}"
        yield f"{name} = {_literal(value)}"
    for name, value in inner:
        yield from _rendered(value, (*path, name))


def _literal(value: object) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case Enum():
            return json.dumps(str(value.value))
        case tuple():
            return f"[{', '.join(_literal(item) for item in value)}]"
    return json.dumps(value)
