"""How much of a payment can be given back (R48)."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tenure.base.money import Money
from tenure.billing.rules.refunds import refund_verdict

PAID = Money(12000, "EUR")


def test_what_is_left_can_go_back_and_no_cent_more() -> None:
    assert refund_verdict(Money(7000, "EUR"), paid=PAID, given_back=[5000])
    assert refund_verdict(Money(1, "EUR"), paid=PAID, given_back=[11999])
    verdict = refund_verdict(Money(7001, "EUR"), paid=PAID, given_back=[5000])
    assert verdict.code.code == "refund_too_much"
    assert verdict.figures["available"] == Money(7000, "EUR")


def test_nothing_less_than_nothing_and_another_currency_are_refused() -> None:
    for asked in (Money(0, "EUR"), Money(-1, "EUR"), Money(100, "USD")):
        verdict = refund_verdict(asked, paid=PAID, given_back=[])
        assert verdict.code.code == "refund_amount_invalid"


def test_what_went_back_whole_goes_back_no_more() -> None:
    for asked in (Money(0, "EUR"), Money(1, "EUR")):
        verdict = refund_verdict(asked, paid=PAID, given_back=[5000, 7000])
        assert verdict.code.code == "refund_all_back"


@given(st.integers(1, 10**9), st.lists(st.integers(1, 10**9)))
def test_whatever_is_asked_for_never_more_goes_back_than_came(paid: int, asked: list[int]) -> None:
    back: list[int] = []
    for amount in asked:
        if refund_verdict(Money(amount, "EUR"), paid=Money(paid, "EUR"), given_back=back):
            back.append(amount)
    assert sum(back) <= paid
