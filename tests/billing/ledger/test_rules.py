"""R48: what is booked from where to where, and how revenue is spread over days."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenure.billing.ledger.rules.accounts import (
    ACCOUNT_NAMES,
    BOOK_NAMES,
    Account,
    Book,
    Cause,
    book_of,
)
from tenure.billing.ledger.rules.exchange import Rate, cross_rate, itself
from tenure.billing.ledger.rules.posting import (
    Balance,
    Move,
    balances,
    moves_of,
    moves_of_credit_note,
    moves_of_invoice,
    moves_of_recognition,
)
from tenure.billing.ledger.rules.recognition import earned_before, next_posting

YEAR = (date(2026, 11, 23), date(2027, 11, 23))


def test_a_year_is_earned_by_the_day() -> None:
    assert earned_before(36500, *YEAR, date(2026, 11, 23)) == 0
    assert earned_before(36500, *YEAR, date(2026, 12, 1)) == 800
    assert earned_before(36500, *YEAR, date(2027, 11, 22)) == 36400
    assert earned_before(36500, *YEAR, date(2028, 1, 1)) == 36500


def test_nothing_is_earned_before_it_begins() -> None:
    assert earned_before(100, *YEAR, date(2020, 1, 1)) == 0


@given(
    st.integers(0, 10**12),
    st.dates(date(2000, 1, 1), date(2150, 1, 1)),
    st.integers(1, 800),
)
def test_months_add_up_to_the_whole(amount: int, starts_on: date, days: int) -> None:
    ends_on = starts_on + timedelta(days=days)
    day, posted, parts = next_posting(starts_on), 0, []
    while True:
        earned = earned_before(amount, starts_on, ends_on, day)
        parts.append(earned - posted)
        posted = earned
        if day >= ends_on:
            break
        day = next_posting(day)
    assert sum(parts) == amount
    assert all(part >= 0 for part in parts)


def test_a_month_is_posted_on_the_first_of_the_next() -> None:
    assert next_posting(date(2027, 1, 31)) == date(2027, 2, 1)
    assert next_posting(date(2027, 12, 1)) == date(2028, 1, 1)


def test_an_invoice_is_owed_and_still_to_be_earned() -> None:
    assert moves_of_invoice(10000, 2000) == [
        Move(Account.RECEIVABLE, Account.DEFERRED_REVENUE, 10000),
        Move(Account.RECEIVABLE, Account.TAX_DUE, 2000),
    ]
    assert moves_of_invoice(10000, 0) == [Move(Account.RECEIVABLE, Account.DEFERRED_REVENUE, 10000)]


@given(st.integers(0, 10**12), st.integers(0, 10**12), st.data())
def test_invoice_and_credit_note_leave_nothing(net: int, tax: int, data: st.DataObject) -> None:
    earned = data.draw(st.integers(0, net))
    moves = [
        *moves_of_invoice(net, tax),
        *moves_of_recognition(earned),
        *moves_of_recognition(-earned),
        *moves_of_credit_note(net, tax),
    ]
    assert all(left.amount == 0 for left in balances([(move, "EUR") for move in moves]))


@given(
    st.sampled_from(
        [
            c
            for c in Cause
            if c not in (Cause.INVOICE, Cause.CREDIT_NOTE, Cause.RECOGNITION, Cause.EXCHANGE)
        ]
    ),
    st.integers(1, 10**9),
)
def test_what_goes_and_comes_back_leaves_nothing(cause: Cause, amount: int) -> None:
    moves = [*moves_of(cause, amount), *moves_of(cause, -amount)]
    assert {left.amount for left in balances([(move, "EUR") for move in moves])} == {0}


def test_a_transfer_is_explained_and_then_paid() -> None:
    moves = [
        *moves_of_invoice(10000, 2000),
        *moves_of(Cause.STATEMENT, 12500),
        *moves_of(Cause.TRANSFER_MATCHED, 12000),
        *moves_of(Cause.SURPLUS, 500),
    ]
    assert [left for left in balances([(move, "EUR") for move in moves]) if left.amount] == [
        Balance(Account.BANK, "EUR", 12500),
        Balance(Account.DEFERRED_REVENUE, "EUR", -10000),
        Balance(Account.SURPLUS, "EUR", -500),
        Balance(Account.TAX_DUE, "EUR", -2000),
    ]


def test_what_is_more_than_a_movement_has_its_own_rule() -> None:
    with pytest.raises(ValueError, match="rules of its own"):
        moves_of(Cause.INVOICE, 1)


def test_every_account_and_book_has_a_name_in_both_languages() -> None:
    assert set(ACCOUNT_NAMES) == set(Account)
    assert set(BOOK_NAMES) == set(Book)
    assert {book_of(cause) for cause in Cause} == set(Book)


def test_yen_become_euros_by_the_days_rate() -> None:
    rate = Rate("JPY", "EUR", Decimal("163.06"), date(2024, 12, 31))
    assert rate.convert(10000) == 6133
    assert itself("EUR", date(2027, 1, 1)).convert(123) == 123


def test_two_currencies_meet_by_way_of_the_euro() -> None:
    per_euro = {
        "USD": (Decimal("1.0389"), date(2024, 12, 31)),
        "CHF": (Decimal("0.9412"), date(2024, 12, 30)),
    }
    rate = cross_rate("USD", "CHF", per_euro)
    assert rate == Rate("USD", "CHF", Decimal("1.103804"), date(2024, 12, 30))
    assert cross_rate("EUR", "CHF", per_euro) == Rate(
        "EUR", "CHF", Decimal("1.062473"), date(2024, 12, 30)
    )
    assert cross_rate("XAU", "EUR", per_euro) is None
