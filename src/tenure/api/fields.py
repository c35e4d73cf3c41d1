"""What the fields of a body can hold, and what is said of those that cannot be used.

Every type is as strict as its JSON Schema says: nothing is coerced, so that the published
document is true of what is accepted.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Annotated, Any, Final, Self, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetJsonSchemaHandler,
    WithJsonSchema,
    model_validator,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError

from tenure.api import errors
from tenure.base.calendar import zone_names
from tenure.base.countries import iso_countries
from tenure.base.errors import FieldError, Invalid, NotFound
from tenure.base.money import currencies
from tenure.base.verdicts import Code, Figure

Item = TypeVar("Item")

NAMED: Final = "x-named"
"""Stands in a schema for one of ``NAMED_SCHEMAS``, until the document refers to that."""

MOST_MINOR_UNITS: Final = 2**63 - 1
MOST_SEATS: Final = 10_000
"""How many seats one line can hold; more is a slip of the pen or a matter for a quote."""

_UNPRINTABLE: Final = r"\x00-\x1F\x7F-\x9F\u2028-\u202E\u2066-\u2069"
"""Control characters, ends of lines, and what turns the direction of others' words."""
_PRINTABLE: Final = rf"^[^{_UNPRINTABLE}]*[^{_UNPRINTABLE}\s][^{_UNPRINTABLE}]*$"
_PRINTABLE_OR_NONE: Final = rf"^[^{_UNPRINTABLE}]*$"
_EMAIL: Final = (
    r"^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]{1,64}(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]{1,64})*@"
    r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
    r"(\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)+$"
)
_MOMENT: Final = re.compile(
    r"(19[7-9]\d|2\d{3})-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])"
    r"[Tt]([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,9})?([Zz]|[+-]([01]\d|2[0-3]):[0-5]\d)",
    re.ASCII,
)


_DAY: Final = re.compile(r"(19[7-9]\d|2[01]\d\d)-\d\d-\d\d", re.ASCII)


def _custom(code: Code) -> PydanticCustomError:
    return PydanticCustomError(code.code, code.en)


class Body(BaseModel):
    """A JSON object from outside; a key that it does not know is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Change(Body):
    """A PATCH: what is left out stays as it is, and something has to be there."""

    model_config = ConfigDict(extra="forbid", frozen=True, json_schema_extra={"minProperties": 1})

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not self.model_fields_set:
            raise _custom(errors.FIELD_MISSING)
        return self


def _one_of(known: Iterable[str], code: Code) -> AfterValidator:
    allowed = frozenset(known)

    def check(value: str) -> str:
        if value not in allowed:
            raise _custom(code)
        return value

    return AfterValidator(check)


def _given(value: object) -> object:
    if value is None:
        raise _custom(errors.FIELD_MISSING)
    return value


def _integral(value: object) -> object:
    """To JSON, 3.0 is the whole number 3."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _moment(value: object) -> object:
    if not isinstance(value, str):
        return value
    if not _MOMENT.fullmatch(value):
        raise _custom(errors.FIELD_NOT_MOMENT)
    try:
        at = datetime.fromisoformat(value.upper()).astimezone(UTC)
    except ValueError:
        raise _custom(errors.FIELD_NOT_MOMENT) from None
    if not 1970 <= at.year <= 2999:
        raise _custom(errors.FIELD_NOT_MOMENT)
    return at


def _need_moment(value: object) -> object:
    if not isinstance(value, datetime):
        raise _custom(errors.FIELD_NOT_MOMENT)
    return value


def _day(value: object) -> object:
    if not isinstance(value, str) or not _DAY.fullmatch(value):
        raise _custom(errors.FIELD_NOT_DATE)
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise _custom(errors.FIELD_NOT_DATE) from None


Country = Annotated[
    str,
    _one_of(iso_countries(), errors.FIELD_NOT_COUNTRY),
    WithJsonSchema({NAMED: "Country"}),
]
Currency = Annotated[
    str,
    _one_of(currencies(), errors.FIELD_NOT_CURRENCY),
    WithJsonSchema({NAMED: "Currency"}),
]
TimeZone = Annotated[
    str,
    _one_of(zone_names(), errors.FIELD_NOT_TIME_ZONE),
    WithJsonSchema({NAMED: "TimeZone"}),
]
Email = Annotated[
    str,
    Field(max_length=254, pattern=_EMAIL),
    AfterValidator(str.lower),
]
Moment = Annotated[
    Any,
    BeforeValidator(_moment),
    AfterValidator(_need_moment),
    WithJsonSchema({NAMED: "Moment"}),
]
Date = Annotated[
    Any,
    BeforeValidator(_day),
    WithJsonSchema({"type": "string", "format": "date"}),
]
"""A local date, as YYYY-MM-DD."""
_strip = AfterValidator(str.strip)

Text200 = Annotated[str, Field(min_length=1, max_length=200, pattern=_PRINTABLE), _strip]
"""Printable text of one line, with something to read in it; blanks around it go."""
Text100 = Annotated[str, Field(min_length=1, max_length=100, pattern=_PRINTABLE), _strip]
Text20 = Annotated[str, Field(min_length=1, max_length=20, pattern=_PRINTABLE), _strip]
Maybe200 = Annotated[str, Field(max_length=200, pattern=_PRINTABLE_OR_NONE), _strip] | None
"""The same, or nothing: null and an empty text say so."""
Maybe100 = Annotated[str, Field(max_length=100, pattern=_PRINTABLE_OR_NONE), _strip] | None
Maybe20 = Annotated[str, Field(max_length=20, pattern=_PRINTABLE_OR_NONE), _strip] | None


class _NotSaid:
    """Takes null out of the schema of what can be absent and never null."""

    def __get_pydantic_json_schema__(
        self, core: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        told = handler(core)
        values = [each for each in told.get("anyOf", []) if each != {"type": "null"}]
        return values[0] if len(values) == 1 else told


NOT_SAID: Final = _NotSaid()

Filter = Annotated[Item | None, NOT_SAID]
"""A query parameter that may be left out."""

Given = Annotated[Item | None, BeforeValidator(_given), NOT_SAID]
"""A field of a change: absent (None to us), or a value; null is not one."""


def _without_default(schema: dict[str, Any]) -> None:
    schema.pop("default", None)


ABSENT: Final[Any] = Field(default=None, json_schema_extra=_without_default)

_whole = BeforeValidator(_integral)

Quantity = Annotated[int, Field(strict=True, ge=1, le=MOST_SEATS), _whole]
Amount = Annotated[int, Field(strict=True, ge=0, le=MOST_MINOR_UNITS), _whole]
Version = Annotated[int, Field(strict=True, ge=1, le=2**31 - 1), _whole]
Identifier = Annotated[str, Field(max_length=200)]
"""An identifier in a body; one that does not exist, however malformed, is a 404."""

NAMED_SCHEMAS: Final[Mapping[str, Any]] = {
    "Country": {
        "type": "string",
        "enum": sorted(iso_countries()),
        "description": "A country of ISO 3166.",
    },
    "Currency": {
        "type": "string",
        "enum": sorted(currencies()),
        "description": "A currency of ISO 4217.",
    },
    "TimeZone": {
        "type": "string",
        "enum": sorted(zone_names()),
        "description": "A zone of the IANA database.",
    },
    "Moment": {
        "type": "string",
        "format": "date-time",
        "description": "An instant with its zone (RFC 3339), between 1970 and 2999.",
    },
}
"""The schemas to which the types above refer."""


class Nothing(Body):
    """The body of a call that asks for nothing more: none, or an empty object."""


NOTHING: Final = Nothing()


class MoneyIn(Body):
    """An amount in minor units, with its currency."""

    amount: Amount
    currency: Currency


def catalogue_id(text: str) -> str:
    """An id of the catalogue file; ``NotFound`` for what no file can hold."""
    if not text.isprintable():
        raise NotFound
    return text


_PLAIN: Final = {
    "missing": errors.FIELD_MISSING,
    "extra_forbidden": errors.FIELD_UNKNOWN,
    "model_type": errors.FIELD_NOT_OBJECT,
    "model_attributes_type": errors.FIELD_NOT_OBJECT,
    "dict_type": errors.FIELD_NOT_OBJECT,
    "list_type": errors.FIELD_NOT_LIST,
    "tuple_type": errors.FIELD_NOT_LIST,
    "string_type": errors.FIELD_NOT_TEXT,
    "int_type": errors.FIELD_NOT_WHOLE_NUMBER,
    "int_parsing": errors.FIELD_NOT_WHOLE_NUMBER,
    "int_parsing_size": errors.FIELD_NOT_WHOLE_NUMBER,
    "int_from_float": errors.FIELD_NOT_WHOLE_NUMBER,
    "bool_type": errors.FIELD_NOT_TRUE_OR_FALSE,
    "union_tag_not_found": errors.FIELD_MISSING,
}
_CUSTOM: Final = {
    code.code: code
    for code in (
        errors.FIELD_NOT_MOMENT,
        errors.FIELD_NOT_DATE,
        errors.FIELD_NOT_COUNTRY,
        errors.FIELD_NOT_CURRENCY,
        errors.FIELD_NOT_TIME_ZONE,
        errors.FIELD_NOT_WHOLE_NUMBER,
        errors.FIELD_MISSING,
        errors.CURSOR_UNREADABLE,
    )
}


_UNION_TAGS: Final = frozenset({"card", "bank_transfer"})
"""What pydantic puts into a path to say which kind of payment it read; nobody sent it."""


def invalid(found: Sequence[Mapping[str, Any]]) -> Invalid:
    """What django-ninja found wrong with a call, as the product says it."""
    return Invalid([_field_error(each) for each in found])


def field_name(steps: Sequence[str | int]) -> str:
    """A path as people read it: ``billing.country``, ``roles[0]``."""
    parts: list[str] = []
    for step in steps:
        if isinstance(step, int):
            parts.append(f"[{step}]")
        else:
            shown = step if len(step) <= 40 else step[:39] + "…"
            parts.append(f".{shown}" if parts else shown)
    return "".join(parts)


def _field_error(error: Mapping[str, Any]) -> FieldError:
    """``loc`` begins with where it stands, and in a body with the parameter's name."""
    where, *steps = error["loc"]
    steps = [step for step in steps if step not in _UNION_TAGS or step in steps[-1:]]
    named = field_name(steps[1:] if where == "body" else steps)
    code, figures = _judge(error["type"], error.get("ctx", {}))
    return FieldError(named, code, figures)


def _judge(kind: str, context: Mapping[str, Any]) -> tuple[Code, dict[str, Figure]]:
    if kind in _PLAIN:
        return _PLAIN[kind], {}
    if kind in _CUSTOM:
        return _CUSTOM[kind], {}
    if kind == "string_pattern_mismatch":
        is_email = context["pattern"] == _EMAIL
        return (errors.FIELD_NOT_EMAIL if is_email else errors.FIELD_UNPRINTABLE), {}
    if kind in {"enum", "literal_error"}:
        return errors.FIELD_NOT_ONE_OF, {"expected": str(context["expected"]).replace("'", "")}
    if kind == "union_tag_invalid":
        return errors.FIELD_NOT_ONE_OF, {"expected": str(context["expected_tags"]).replace("'", "")}
    return _bounds(kind, context)


def _bounds(kind: str, context: Mapping[str, Any]) -> tuple[Code, dict[str, Figure]]:
    if kind == "greater_than_equal":
        return errors.FIELD_TOO_SMALL, {"least": int(context["ge"])}
    if kind == "less_than_equal":
        return errors.FIELD_TOO_GREAT, {"most": int(context["le"])}
    if kind in {"string_too_long", "too_long"}:
        return errors.FIELD_TOO_LONG, {"most": int(context["max_length"])}
    if kind in {"string_too_short", "too_short"}:
        return errors.FIELD_TOO_SHORT, {"least": int(context["min_length"])}
    return errors.FIELD_UNUSABLE, {}
