"""What can be bought where, at which price, in which currency."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenure.base.calendar import Term
from tenure.catalogue.rules import (
    Channel,
    CurrencyFacts,
    OfferFacts,
    PriceFacts,
    currency_of,
    price_in_force,
    purchasable,
    terms_priced,
)
from tenure.policy.words import Audience


def offer(**facts: object) -> OfferFacts:
    given: dict[str, object] = {
        "id": "designer",
        "audience": Audience.BUSINESS,
        "channel": Channel.ONLINE,
        "countries": frozenset({"FR", "DE"}),
        "roles": frozenset({"designer"}),
    }
    return OfferFacts(**(given | facts))  # type: ignore[arg-type]  # facts are those of OfferFacts


class TestPurchasable:
    @pytest.mark.parametrize(
        ("facts", "country", "code"),
        [
            ({}, "FR", "purchasable"),
            ({}, "JP", "offer_not_in_country"),
            ({"channel": Channel.CONTACT}, "FR", "offer_not_online"),
            ({"channel": Channel.CONTACT}, "JP", "offer_not_online"),
            ({"countries": frozenset()}, "FR", "offer_not_in_country"),
            ({"withdrawn": True}, "FR", "offer_withdrawn"),
            ({"withdrawn": True, "channel": Channel.CONTACT}, "JP", "offer_withdrawn"),
        ],
    )
    def test_by_channel_and_country(
        self, facts: dict[str, object], country: str, code: str
    ) -> None:
        verdict = purchasable(offer(**facts), country)
        assert verdict.code.code == code
        assert verdict.allowed == (code == "purchasable")
        assert verdict.figures["offer"] == "designer"


class TestPrices:
    PRICES = (
        PriceFacts(Term.YEAR, "EUR", 100),
        PriceFacts(Term.YEAR, "EUR", 120, date(2027, 1, 1)),
        PriceFacts(Term.YEAR, "EUR", 130, date(2028, 1, 1)),
        PriceFacts(Term.MONTH, "EUR", 12, date(2027, 6, 1)),
        PriceFacts(Term.YEAR, "JPY", 15000),
    )

    @pytest.mark.parametrize(
        ("term", "currency", "on", "amount"),
        [
            (Term.YEAR, "EUR", date(1999, 1, 1), 100),
            (Term.YEAR, "EUR", date(2026, 12, 31), 100),
            (Term.YEAR, "EUR", date(2027, 1, 1), 120),
            (Term.YEAR, "EUR", date(2027, 12, 31), 120),
            (Term.YEAR, "EUR", date(2030, 1, 1), 130),
            (Term.YEAR, "JPY", date(2030, 1, 1), 15000),
            (Term.MONTH, "EUR", date(2027, 5, 31), None),
            (Term.MONTH, "EUR", date(2027, 6, 1), 12),
            (Term.QUARTER, "EUR", date(2027, 6, 1), None),
            (Term.MONTH, "JPY", date(2027, 6, 1), None),
        ],
    )
    def test_the_latest_that_began(
        self, term: Term, currency: str, on: date, amount: int | None
    ) -> None:
        price = price_in_force(self.PRICES, term, currency, on)
        assert (price and price.amount) == amount

    @given(st.permutations(PRICES), st.dates(date(2026, 1, 1), date(2029, 1, 1)))
    def test_the_order_of_the_file_does_not_matter(
        self, prices: list[PriceFacts], on: date
    ) -> None:
        expected = price_in_force(self.PRICES, Term.YEAR, "EUR", on)
        assert price_in_force(prices, Term.YEAR, "EUR", on) == expected

    def test_terms_that_have_a_price(self) -> None:
        assert terms_priced(self.PRICES, "EUR", date(2027, 1, 1)) == (Term.YEAR,)
        assert terms_priced(self.PRICES, "EUR", date(2028, 1, 1)) == (Term.YEAR, Term.MONTH)
        assert terms_priced(self.PRICES, "USD", date(2028, 1, 1)) == ()


class TestCurrencies:
    FILE = (
        CurrencyFacts("EUR", frozenset({"FR", "DE"})),
        CurrencyFacts("USD", frozenset()),
        CurrencyFacts("JPY", frozenset({"JP"})),
        CurrencyFacts("GBP", frozenset()),
        CurrencyFacts("CHF", frozenset({"CH", "JP"})),
    )

    @pytest.mark.parametrize(
        ("country", "currency"),
        [("FR", "EUR"), ("JP", "JPY"), ("CH", "CHF"), ("US", "USD"), ("BR", "USD")],
    )
    def test_of_a_country(self, country: str, currency: str) -> None:
        """The first that names it, else the first that names none."""
        assert currency_of(country, self.FILE) == currency

    def test_none(self) -> None:
        assert currency_of("US", self.FILE[:1]) is None


def test_a_trial_is_an_offer_with_days() -> None:
    assert offer(trial_days=14).is_trial
    assert not offer().is_trial
