"""R36: a CSV file of people to invite, with what is wrong line by line."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenure.organisations.rules import Standing
from tenure.organisations.rules.invitation_file import Person, read_invitation_file

ROLES = {"designer", "analyst"}


def errors(text: str | bytes) -> list[tuple[int, str]]:
    source = text.encode() if isinstance(text, str) else text
    return [(e.line, e.code.code) for e in read_invitation_file(source, ROLES).errors]


def test_addresses_alone() -> None:
    read = read_invitation_file(b"email\nBob@Plan.example\n\neve@plan.example\n", ROLES)
    assert read.errors == ()
    assert read.people == (Person(2, "bob@plan.example"), Person(4, "eve@plan.example"))


@pytest.mark.parametrize("parted_by", [",", ";", "\t"])
def test_all_columns_in_any_order_and_language(parted_by: str) -> None:
    lines = [
        ["Nom", "Qualité", "Courriel", "Rôles"],
        ["Bob Lê", "externe", "bob@plan.example", "designer | analyst"],
        ["", "", " eve@plan.example ", ""],
        ["Zoé", "Administrateur", "zoe@plan.example", "analyst analyst"],
    ]
    text = "\r\n".join(parted_by.join(line) for line in lines)
    read = read_invitation_file(b"\xef\xbb\xbf" + text.encode(), ROLES)
    assert read.errors == ()
    assert read.people == (
        Person(2, "bob@plan.example", "Bob Lê", Standing.EXTERNAL, ("designer", "analyst")),
        Person(3, "eve@plan.example"),
        Person(4, "zoe@plan.example", "Zoé", Standing.ADMINISTRATOR, ("analyst",)),
    )


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (b"\xff\xfe", "file_not_text"),
        (b"email\n\x00\n", "file_not_text"),
        (b"", "file_without_lines"),
        (b"\n \n", "file_without_lines"),
        (b"email\n", "file_without_lines"),
        (b"name\nBob\n", "file_without_addresses"),
        (b"email,phone\nbob@plan.example,1\n", "file_column_unknown"),
    ],
)
def test_a_file_that_cannot_be_used(text: bytes, code: str) -> None:
    assert errors(text) == [(1, code)]


def test_every_line_says_what_is_wrong_with_it() -> None:
    text = (
        "email,name,standing,roles\n"
        "bob,,,\n"
        "eve@plan.example,,owner,\n"
        "ann@plan.example,,,designer painter\n"
        "Eve@Plan.example,,,\n"
        f"max@plan.example,{'x' * 201},king,\n"
        ",Nobody,,\n"
        "zoe@plan.example,,,,more\n"
    )
    assert errors(text) == [
        (2, "line_no_address"),
        (3, "line_standing_unknown"),
        (4, "line_role_unknown"),
        (5, "line_twice"),
        (6, "line_name_unusable"),
        (6, "line_standing_unknown"),
        (7, "line_no_address"),
        (8, "line_too_long"),
    ]
    twice = read_invitation_file(text.encode(), ROLES).errors[3]
    assert twice.figures == {"address": "eve@plan.example", "line": 3}


def test_a_quoted_value_may_hold_what_parts_others() -> None:
    read = read_invitation_file(b'email,name\nbob@plan.example,"Lee, Bob"\n', ROLES)
    assert read.people == (Person(2, "bob@plan.example", "Lee, Bob"),)


@given(st.binary(max_size=300))
def test_whatever_is_sent_is_answered(source: bytes) -> None:
    read = read_invitation_file(source, ROLES)
    assert read.people or read.errors


@given(st.lists(st.text(st.characters(categories=("L", "N", "Zs")), max_size=30), max_size=20))
def test_what_a_program_writes_is_read_again(names: list[str]) -> None:
    written = io.StringIO()
    out = csv.writer(written)
    out.writerow(["email", "name"])
    out.writerows((f"p{number}@plan.example", name) for number, name in enumerate(names))
    read = read_invitation_file(written.getvalue().encode(), ROLES)
    if names:
        assert read.errors == ()
        assert [person.name for person in read.people] == [" ".join(name.split()) for name in names]
