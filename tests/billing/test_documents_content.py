"""The frozen content of a document: written in one way, read back as it was."""

from __future__ import annotations

import json

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenure.billing.documents.content import (
    DocumentKind,
    TaxCategory,
    canonical,
    contradictions,
    parse,
    sha256,
)
from tests.billing.papers import (
    changed,
    credit_note,
    invoice,
    line,
    pro_forma,
    quote,
    receipt,
)

ALL = [invoice(), credit_note(), pro_forma(), quote(), receipt()]


@pytest.mark.parametrize("content", ALL, ids=[content.kind for content in ALL])
class TestEveryKind:
    def test_is_read_back_as_it_was(self, content: object) -> None:
        data = canonical(content)  # type: ignore[arg-type]  # one of ours
        assert parse(data) == content
        assert canonical(parse(data)) == data

    def test_adds_up(self, content: object) -> None:
        assert contradictions(content) == []  # type: ignore[arg-type]  # one of ours

    def test_holds_sorted_keys_integers_and_text_alone(self, content: object) -> None:
        data = canonical(content)  # type: ignore[arg-type]  # one of ours

        def sorted_pairs(pairs: list[tuple[str, object]]) -> dict[str, object]:
            assert [key for key, _ in pairs] == sorted(key for key, _ in pairs)
            return dict(pairs)

        def no_float(text: str) -> float:
            raise AssertionError(text)

        json.loads(data, object_pairs_hook=sorted_pairs, parse_float=no_float)
        assert b'": ' not in data


def test_says_which_kinds_are_for_the_tax_office() -> None:
    assert [kind for kind in DocumentKind if kind.is_fiscal] == ["invoice", "credit_note"]


def test_hash_is_that_of_the_canonical_form() -> None:
    assert len(sha256(canonical(invoice()))) == 64
    assert sha256(canonical(invoice())) != sha256(canonical(invoice(previous_sha256="a" * 64)))


def test_due_is_what_is_not_paid() -> None:
    assert receipt().due == 72800
    assert invoice().due == 0
    assert line().gross == 57600


@given(st.text(max_size=40).filter(lambda text: text.isprintable() or "\n" in text))
def test_any_text_comes_back(text: str) -> None:
    content = invoice(reason=text)
    assert parse(canonical(content)) == content


@pytest.mark.parametrize("data", [b"", b"{}", b"[]", b'{"kind":"bill"}', b"\xff"])
def test_what_is_no_document_is_not_read(data: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - its words are the parser's
        parse(data)


def test_an_unknown_field_is_not_read() -> None:
    data = canonical(invoice()).replace(b"{", b'{"colour":"red",', 1)
    with pytest.raises(ValueError, match="colour"):
        parse(data)


def test_a_number_that_others_read_otherwise_is_refused() -> None:
    with pytest.raises(ValueError, match="beyond"):
        canonical(invoice(lines=(line(net=2**53),)))


def test_it_never_changes() -> None:
    with pytest.raises(AttributeError):
        invoice().number = "other"  # type: ignore[misc]  # that is the point


class TestContradictions:
    def test_names_sums_that_do_not_hold(self) -> None:
        assert contradictions(invoice(net=1)) == [
            "the lines' nets are not the net: 144000 ≠ 1",
            "the taxes' nets are not the net: 144000 ≠ 1",
            "net and tax are not the total: 28801 ≠ 172800",
        ]

    def test_names_taxes_that_are_not_those_of_the_lines(self) -> None:
        content = invoice()
        tax = msgspec.structs.replace(content.taxes[0], rate=550, category=TaxCategory.STANDARD)
        found = contradictions(changed(content, taxes=(tax,)))
        assert found == [
            "the lines of S at 550 are not its net 144000",
            "28800 is not 550 basis points of 144000",
        ]

    def test_names_more_paid_than_asked(self) -> None:
        assert contradictions(invoice(paid=172801)) == ["paid is 172801 of 172800"]
