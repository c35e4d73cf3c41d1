"""What is sold, to whom, at which price: read in a number of statements that does not grow."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tenure.base.calendar import Term
from tenure.base.countries import iso_countries
from tenure.catalogue.queries import (
    OfferPage,
    Place,
    currencies,
    currency_of_country,
    grants_by_role,
    offer_facts,
    offers_for,
    roles_by_offer,
    roles_of,
)
from tenure.catalogue.rules import Channel, PriceFacts
from tenure.policy.words import Audience
from tests.catalogue.files import SMALL, large
from tests.catalogue.importing import bring_in

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 23)


def listed(
    audience: Audience = Audience.BUSINESS,
    *,
    country: str = "FR",
    on: date = TODAY,
    language: str = "en",
    limit: int = 50,
    after: Place | None = None,
    term: Term | None = None,
    solution: str | None = None,
    query: str = "",
) -> OfferPage:
    return offers_for(
        audience=audience,
        country=country,
        on=on,
        language=language,
        limit=limit,
        after=after,
        term=term,
        solution=solution,
        query=query,
    )


def ids(page: OfferPage) -> list[str]:
    return [offer.facts.id for offer in page.offers]


BUSINESS = ["designer-business", "both-business", "machinist-trial"]


class TestListing:
    def test_all_offers_of_the_audience_in_the_order_of_the_file(self) -> None:
        bring_in(SMALL)
        assert ids(listed()) == BUSINESS
        assert ids(listed(country="BR")) == BUSINESS
        assert ids(listed(Audience.CREATOR)) == ["designer-creator"]
        assert ids(listed(Audience.STUDENT)) == []

    def test_names_are_those_of_the_roles(self) -> None:
        bring_in(SMALL)
        assert [offer.name for offer in listed().offers] == [
            "Designer",
            "Designer + Machinist",
            "Machinist",
        ]
        french = listed(language="fr").offers[1]
        assert french.name == "Concepteur + Usineur"
        assert [role.solution_name for role in french.roles] == ["Conception", "Fabrication"]

    def test_prices_are_of_the_country_and_day(self) -> None:
        bring_in(SMALL)
        offer = listed().offers[0]
        assert offer.terms == (Term.YEAR, Term.QUARTER)
        assert [price.amount for price in offer.prices] == [120000, 33000]
        assert [p.amount for p in listed(on=date(2027, 1, 1)).offers[0].prices] == [130000, 33000]
        american = listed(country="US")
        assert american.currency == "USD"
        assert american.offers[0].terms == (Term.YEAR,)
        assert american.offers[0].prices == (PriceFacts(Term.YEAR, "USD", 140000),)
        assert listed(Audience.CREATOR, country="JP").offers[0].terms == (Term.MONTH,)
        assert listed(country="JP").offers[0].prices == ()

    def test_trials_have_their_own_term(self) -> None:
        bring_in(SMALL)
        trial = listed().offers[2]
        assert trial.terms == (Term.TRIAL,)
        assert trial.prices == ()
        assert trial.facts.trial_days == 30

    def test_by_term(self) -> None:
        """What has no price at all is sold by contact, for any term."""
        bring_in(SMALL)
        assert ids(listed(term=Term.QUARTER)) == ["designer-business", "both-business"]
        assert ids(listed(term=Term.MONTH)) == ["both-business"]
        assert ids(listed(term=Term.TRIAL)) == ["machinist-trial"]

    def test_by_solution(self) -> None:
        bring_in(SMALL)
        assert ids(listed(solution="making")) == ["both-business", "machinist-trial"]
        assert ids(listed(solution="nothing")) == []

    @pytest.mark.parametrize(
        ("query", "found"),
        [
            ("", BUSINESS),
            ("USINEUR", ["both-business", "machinist-trial"]),
            ("machinist designer", ["both-business"]),
            ("pieces", ["designer-business", "both-business"]),
            ("PIÈCES dessine", ["designer-business", "both-business"]),
            ("fabri", ["both-business", "machinist-trial"]),
            ("machinist-trial", ["machinist-trial"]),
            ("%", BUSINESS),
            ("100%_", []),
            ("nowhere", []),
            ("'; --", BUSINESS),
            ("a\x00b", BUSINESS),
        ],
    )
    def test_search(self, query: str, found: list[str]) -> None:
        bring_in(SMALL)
        assert ids(listed(query=query)) == found

    def test_withdrawn_offers_are_not_listed(self) -> None:
        bring_in(SMALL)
        bring_in(SMALL[: SMALL.index("  - id: machinist-trial")])
        assert ids(listed()) == BUSINESS[:2]

    def test_pages(self) -> None:
        bring_in(large(25))
        seen: list[str] = []
        after: Place | None = None
        while True:
            page = listed(limit=10, after=after)
            seen += ids(page)
            after = page.next_place
            if after is None:
                break
        assert seen == [f"offer-{n}" for n in range(25)]

    def test_as_many_statements_for_300_as_for_3(self) -> None:
        bring_in(large(300))
        counts = []
        for limit in (3, 300):
            with CaptureQueriesContext(connection) as asked:
                page = listed(limit=limit, query="role", solution="one", term=Term.YEAR)
            assert len(page.offers) == limit
            counts.append(len(asked))
        assert counts == [5, 5]


class TestFacts:
    def test_of_offers(self) -> None:
        bring_in(SMALL)
        facts = offer_facts(["designer-business", "both-business", "nothing"])
        assert set(facts) == {"designer-business", "both-business"}
        one, both = facts["designer-business"], facts["both-business"]
        assert one.countries == {"FR", "DE", "NO", "US"}
        assert one.prices[1] == PriceFacts(Term.YEAR, "EUR", 130000, date(2027, 1, 1))
        assert one.roles == {"designer"}
        assert not one.withdrawn
        assert both.channel is Channel.CONTACT
        assert both.countries == iso_countries()
        assert both.roles == {"designer", "machinist"}

    def test_of_withdrawn_offers(self) -> None:
        bring_in(SMALL)
        bring_in(SMALL[: SMALL.index("  - id: both-business")])
        facts = offer_facts(["machinist-trial"])["machinist-trial"]
        assert facts.withdrawn
        assert facts.roles == {"machinist"}

    def test_in_a_constant_number_of_statements(self) -> None:
        bring_in(large(100))
        for count in (1, 100):
            with CaptureQueriesContext(connection) as asked:
                offer_facts(f"offer-{n}" for n in range(count))
            assert len(asked) == 3

    def test_of_roles(self) -> None:
        bring_in(SMALL)
        roles = roles_of(["machinist"], "fr")
        assert roles["machinist"].name == "Usineur"
        assert roles["machinist"].description == "Mills."
        assert roles["machinist"].requires == ("designer",)
        assert roles["machinist"].grants == {"cad": {"open"}, "cam": {"open", "post"}}
        by_offer = roles_by_offer(["both-business", "nothing"], "en")
        assert [role.id for role in by_offer["both-business"]] == ["designer", "machinist"]
        assert by_offer["nothing"] == ()

    def test_of_grants(self) -> None:
        bring_in(SMALL)
        assert grants_by_role() == {
            "designer": {"cad": {"open", "save"}},
            "machinist": {"cad": {"open"}, "cam": {"open", "post"}},
        }
        assert grants_by_role(["designer"]).keys() == {"designer"}


class TestCurrencies:
    def test_in_the_order_of_the_file(self) -> None:
        bring_in(SMALL)
        assert [currency.code for currency in currencies()] == ["EUR", "USD", "JPY"]
        assert [currency_of_country(c) for c in ("US", "JP", "FR", "BR")] == [
            "USD",
            "JPY",
            "EUR",
            "EUR",
        ]

    def test_without_one_for_everybody_else_the_first_serves(self) -> None:
        bring_in(SMALL.replace("- code: EUR", "- {code: EUR, countries: [FR]}"))
        assert currency_of_country("BR") == "EUR"

    def test_without_a_catalogue(self) -> None:
        assert currency_of_country("FR") is None
        assert currencies() == ()
