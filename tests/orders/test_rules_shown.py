"""R10, R16: what differs from what was shown, each thing by itself."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tenure.orders.rules.shown import (
    Change,
    Difference,
    ShownCart,
    ShownLine,
    differences,
    read,
    written,
)

DESIGNER = ShownLine("designer", 2, 120000)
ANALYST = ShownLine("analyst", 1, 99999)
CART = ShownCart(3, 407999, "20", (DESIGNER, ANALYST))


def test_what_is_the_same_does_not_differ() -> None:
    assert differences(CART, CART) == ()
    assert differences(CART, replace(CART, version=4)) == ()
    assert differences(None, CART) == ()


def test_a_price_a_rate_and_the_total_differ() -> None:
    now = ShownCart(3, 420000, "21", (replace(DESIGNER, unit=125000), ANALYST))
    expected = (
        Difference(Change.PRICE, "designer", 120000, 125000),
        Difference(Change.TAX, "", "20", "21"),
        Difference(Change.TOTAL, "", 407999, 420000),
    )
    assert differences(CART, now) == expected
    assert differences(CART, now, contents=False) == expected


def test_what_can_no_longer_be_bought_and_what_can_again() -> None:
    closed = replace(CART, lines=(replace(DESIGNER, unit=0, code="offer_not_online"), ANALYST))
    assert [each.change for each in differences(CART, closed)] == [Change.UNAVAILABLE]
    assert [each.change for each in differences(closed, CART)] == [Change.AVAILABLE]
    other = replace(closed, lines=(replace(closed.lines[0], code="not_priced"), ANALYST))
    assert differences(closed, other) == ()


def test_the_contents_differ_only_where_they_are_asked_for() -> None:
    now = ShownCart(5, 500, "20", (replace(DESIGNER, quantity=3), ShownLine("maker", 4, 100)))
    assert differences(CART, now) == (
        Difference(Change.QUANTITY, "designer", 2, 3),
        Difference(Change.ADDED, "maker", 0, 4),
        Difference(Change.REMOVED, "analyst", 1, 0),
        Difference(Change.TOTAL, "", 407999, 500),
    )
    assert differences(CART, now, contents=False) == ()


def test_what_was_kept_is_read_again() -> None:
    assert read(written(CART)) == CART


@pytest.mark.parametrize("text", ["", "{", "[]", '{"version": "x"}'])
def test_what_cannot_be_read_is_nothing(text: str) -> None:
    assert read(text) is None
