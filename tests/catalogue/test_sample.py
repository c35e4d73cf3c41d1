"""The sample catalogue holds what makes every road of the product walkable."""

from __future__ import annotations

from collections import Counter

from tenure.base.calendar import Term
from tenure.catalogue.file import sample_catalogue
from tenure.catalogue.file.shape import OfferEntry
from tenure.policy.loading import default_policy
from tenure.policy.words import Audience

SAMPLE = sample_catalogue()


def test_it_is_large_enough() -> None:
    assert len(SAMPLE.solutions) >= 8
    assert len(SAMPLE.roles) >= 40
    assert len(SAMPLE.applications) >= 25
    assert len(SAMPLE.offers) >= 120
    assert len(SAMPLE.currencies) >= 6
    assert len({country for offer in SAMPLE.offers for country in offer.countries}) >= 30
    assert {offer.audience for offer in SAMPLE.offers} == {"business", "creator", "student"}


def test_it_has_one_of_everything() -> None:
    offers = SAMPLE.offers
    assert sum(offer.channel == "contact" for offer in offers) >= 5
    assert sum(offer.trial_days is not None for offer in offers) >= 5
    assert sum(len(offer.roles) > 1 for offer in offers) >= 5
    assert sum(bool(role.requires) for role in SAMPLE.roles) >= 5
    assert any(price.valid_from for offer in offers for price in offer.prices)
    assert "JPY" in {currency.code for currency in SAMPLE.currencies}


def test_each_role_and_application_is_used() -> None:
    sold = {role for offer in SAMPLE.offers for role in offer.roles}
    granted = {application for role in SAMPLE.roles for application in role.grants}
    assert sold == {role.id for role in SAMPLE.roles}
    assert granted == {application.id for application in SAMPLE.applications}
    assert {role.solution for role in SAMPLE.roles} == {each.id for each in SAMPLE.solutions}


def test_terms_are_those_of_the_audience() -> None:
    """R6."""
    terms = default_policy().terms
    for offer in SAMPLE.offers:
        allowed = terms.of(Audience(offer.audience))
        assert {Term(price.term) for price in offer.prices} <= set(allowed)
        assert bool(offer.prices) == (offer.channel == "online" and offer.trial_days is None)


def prices_of(offer: OfferEntry, currency: str) -> dict[str, int]:
    return {
        price.term: price.amount
        for price in offer.prices
        if price.currency == currency and price.valid_from is None
    }


def test_prices_are_coherent() -> None:
    """A year costs less than four quarters or twelve months, and every currency has a price."""
    for offer in SAMPLE.offers:
        if not offer.prices:
            continue
        for currency in SAMPLE.currencies:
            prices = prices_of(offer, currency.code)
            year = prices["year"]
            assert year <= 4 * prices.get("quarter", year)
            assert year <= 12 * prices.get("month", year)
        assert prices_of(offer, "JPY")["year"] > prices_of(offer, "EUR")["year"]


def test_names_are_written_in_both_languages_once() -> None:
    for language in ("en", "fr"):
        names = Counter(getattr(role.name, language) for role in SAMPLE.roles)
        assert max(names.values()) == 1
    assert all(role.description is not None for role in SAMPLE.roles)


def digits_of(text: str) -> int:
    return int("".join(str(int(letter, 36)) for letter in text))


def test_the_vendor_is_a_specimen_whose_numbers_add_up() -> None:
    vendor = SAMPLE.vendor
    assert vendor.iban is not None
    assert vendor.siren is not None
    assert "SAMPLE" in vendor.iban
    assert digits_of(vendor.iban[4:] + vendor.iban[:4]) % 97 == 1
    doubled = [int(d) * (1 + place % 2) for place, d in enumerate(reversed(vendor.siren))]
    assert sum(each - 9 if each > 9 else each for each in doubled) % 10 == 0
    key = (12 + 3 * (int(vendor.siren) % 97)) % 97
    assert vendor.vat_number == f"FR{key:02d}{vendor.siren}"
