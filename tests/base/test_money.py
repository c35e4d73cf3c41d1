"""Money, rounding and sharing: exact, symmetrical, nothing lost."""

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from babel.numbers import get_currency_precision as precision
from hypothesis import given
from hypothesis import strategies as st

from tenure.base.countries import EU_COUNTRIES, in_eu, iso_countries
from tenure.base.money import (
    CurrencyMismatch,
    Money,
    currencies,
    divide_half_up,
    minor_digits,
    round_half_up,
    share_by_largest_remainder,
    total,
)

amounts = st.integers(-(10**12), 10**12)
weights = st.lists(st.integers(0, 10**9), min_size=1, max_size=12)


class TestMoney:
    def test_sums(self) -> None:
        assert Money(1200, "EUR") + Money(34, "EUR") - Money(4, "EUR") == Money(1230, "EUR")
        assert -Money(5, "JPY") == Money(-5, "JPY")
        assert 3 * Money(5, "JPY") == Money(5, "JPY") * 3 == Money(15, "JPY")
        assert total([Money(1, "EUR"), Money(2, "EUR")], "EUR") == Money(3, "EUR")
        assert total([], "EUR") == Money(0, "EUR")
        assert Money(1, "EUR")
        assert not Money(0, "EUR")

    def test_comparisons(self) -> None:
        less, more = Money(1, "EUR"), Money(2, "EUR")
        assert less < more
        assert less <= more
        assert more > less
        assert more >= less
        assert max(less, more) == more
        assert less != Money(1, "USD")

    def test_currencies_do_not_mix(self) -> None:
        euro, yen = Money(1, "EUR"), Money(1, "JPY")
        with pytest.raises(CurrencyMismatch):
            _ = euro + yen
        with pytest.raises(CurrencyMismatch):
            _ = euro - yen
        with pytest.raises(CurrencyMismatch):
            _ = euro < yen
        with pytest.raises(CurrencyMismatch):
            total([yen], "EUR")


class TestMinorUnits:
    @pytest.mark.parametrize(
        ("currency", "digits"),
        [("EUR", 2), ("USD", 2), ("JPY", 0), ("KRW", 0), ("KWD", 3), ("TND", 3), ("IQD", 3)],
    )
    def test_by_iso_4217(self, currency: str, digits: int) -> None:
        assert minor_digits(currency) == digits

    def test_where_people_write_fewer_than_there_are(self) -> None:
        written = {code for code in currencies() if minor_digits(code) != precision(code)}
        assert " ".join(sorted(written)) == "AFN ALL IQD IRR KPW LAK LBP MGA MMK RSD SOS SYP YER"

    def test_currencies_in_use(self) -> None:
        assert {"EUR", "USD", "GBP", "JPY", "CHF", "CAD"} <= currencies()
        assert currencies().isdisjoint({"FRF", "DEM", "XXX", "XAU", "XTS", "eur"})


class TestCountries:
    def test_iso_3166(self) -> None:
        assert len(iso_countries()) == 249
        assert iso_countries().isdisjoint({"EU", "UK", "EL", "XK", "ZZ", "fr"})

    def test_the_union(self) -> None:
        assert len(EU_COUNTRIES) == 27
        assert in_eu("GR")
        assert not any(in_eu(country) for country in ("GB", "CH", "NO", "MC", "EL"))


class TestRounding:
    @pytest.mark.parametrize(
        ("value", "rounded"),
        [
            ("0.5", 1),
            ("1.5", 2),
            ("2.5", 3),
            ("2.49", 2),
            ("-0.5", -1),
            ("-2.5", -3),
            ("-2.49", -2),
        ],
    )
    def test_half_goes_away_from_zero(self, value: str, rounded: int) -> None:
        assert round_half_up(Fraction(value)) == rounded

    @given(amounts, st.integers(-10_000, 10_000).filter(bool))
    def test_as_decimal_does(self, numerator: int, denominator: int) -> None:
        exact = Fraction(numerator, denominator)
        assert abs(exact - divide_half_up(numerator, denominator)) <= Fraction(1, 2)
        assert divide_half_up(numerator, denominator) == round_half_up(exact)
        cents = Decimal(numerator) / 8  # exact in decimals
        assert divide_half_up(numerator, 8) == cents.quantize(Decimal(1), ROUND_HALF_UP)

    @given(amounts, st.integers(1, 10_000))
    def test_a_credit_note_mirrors_its_invoice(self, numerator: int, denominator: int) -> None:
        assert divide_half_up(-numerator, denominator) == -divide_half_up(numerator, denominator)


class TestSharing:
    def test_the_largest_remainder_gets_what_is_left(self) -> None:
        assert share_by_largest_remainder(100, [1, 1, 1]) == [34, 33, 33]
        assert share_by_largest_remainder(10, [5, 3, 1]) == [6, 3, 1]
        assert share_by_largest_remainder(0, [0, 0]) == [0, 0]
        assert share_by_largest_remainder(0, []) == []

    def test_nothing_to_share_by(self) -> None:
        for weights in ([], [0, 0], [3, -1]):
            with pytest.raises(ValueError, match="share by"):
                share_by_largest_remainder(1, weights)

    @given(amounts, weights.filter(any))
    def test_nothing_is_lost_and_nobody_wronged(self, total: int, weights: list[int]) -> None:
        shares, whole = share_by_largest_remainder(total, weights), sum(weights)
        assert sum(shares) == total
        for share, weight in zip(shares, weights, strict=True):
            assert abs(share - Fraction(total * weight, whole)) < 1

    @given(amounts, weights.filter(any))
    def test_its_mirror_image(self, total: int, weights: list[int]) -> None:
        mirrored = [-share for share in share_by_largest_remainder(total, weights)]
        assert share_by_largest_remainder(-total, weights) == mirrored
