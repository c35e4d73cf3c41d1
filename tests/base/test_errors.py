"""Errors carry a declared code with its figures; verdicts answer yes or no."""

from datetime import UTC, date

import pytest

from tenure.base.clock import machine_now
from tenure.base.errors import (
    FORBIDDEN,
    INVALID,
    NOT_FOUND,
    STALE,
    UNKNOWN_TIME_ZONE,
    FieldError,
    Forbidden,
    Invalid,
    NotFound,
    Refused,
    Stale,
    TenureError,
)
from tenure.base.verdicts import Code, allow, refuse

CLOSED = Code("closed", "R21", en="Closed: {on}.", fr="Fermé depuis le {on}.")


def test_a_verdict_is_a_yes_or_a_no() -> None:
    assert allow(CLOSED)
    assert not refuse(CLOSED)
    assert refuse(CLOSED, on=date(2027, 1, 1)).figures == {"on": date(2027, 1, 1)}


def test_a_refusal_is_what_a_verdict_amounts_to() -> None:
    refused = Refused.by(refuse(CLOSED, on=date(2027, 1, 1)))
    assert refused.code is CLOSED
    assert refused.figures == {"on": date(2027, 1, 1)}
    assert "closed" in str(refused)
    assert "2027" in str(refused)


@pytest.mark.parametrize(
    ("error", "code"),
    [(NotFound(), NOT_FOUND), (Forbidden(), FORBIDDEN), (Stale(), STALE)],
)
def test_kinds_have_codes_of_their_own(error: TenureError, code: object) -> None:
    assert error.code is code
    assert error.figures == {}
    assert str(error) == str(code)


def test_what_is_invalid_is_told_field_by_field() -> None:
    error = Invalid([FieldError("a.b", CLOSED, {"on": 3}), FieldError("c", CLOSED)])
    assert error.code is INVALID
    assert [wrong.field for wrong in error.field_errors] == ["a.b", "c"]
    assert str(error) == "a.b: closed {'on': 3}; c: closed {}"


def test_texts_in_the_reader_s_language() -> None:
    assert CLOSED.text("en") == "Closed: {on}."
    assert CLOSED.text("fr") == "Fermé depuis le {on}."
    assert "horaire\N{NO-BREAK SPACE};" in UNKNOWN_TIME_ZONE.text("fr")
    assert CLOSED.text("ja") == CLOSED.text("en")


def test_the_machine_s_clock_speaks_utc() -> None:
    assert machine_now().tzinfo is UTC
    assert machine_now() <= machine_now()
