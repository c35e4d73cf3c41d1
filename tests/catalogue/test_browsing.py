"""Finding offers: filters, words with their errors forgiven, a count, as many statements."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tenure.base.calendar import Term
from tenure.catalogue.file.sample import sample_catalogue, sample_source
from tenure.catalogue.queries import Place, known_catalogue
from tenure.catalogue.queries.browsing import (
    Found,
    Wanted,
    find_offers,
    offers_of_role,
    understand,
)
from tenure.catalogue.searching import Vocabulary
from tenure.flows.catalogue_import import import_file
from tenure.policy.words import Audience
from tests.catalogue.files import large
from tests.catalogue.importing import bring_in
from tests.shop import START

TODAY = date(2027, 3, 1)
ON = {"country": "FR", "on": TODAY, "language": "en"}


class TestVocabulary:
    words = Vocabulary(
        ["draft", "drafter", "dessinateur", "mecanique", "mechanical", "designer", "tiny"]
    )

    @pytest.mark.parametrize(
        ("typed", "understood"),
        [
            ("drafter", ("drafter",)),
            ("sign", ("sign",)),
            ("desinger", ("designer",)),
            ("desiner", ("designer",)),
            ("mecanical", ("mechanical",)),
            ("mehcaincal", ("mechanical",)),
            ("mecanic", ("mecanique", "mechanical")),
            ("dessinnateurs", ("dessinateur",)),
            ("draftr", ("draft", "drafter")),
            ("tini", ("tiny",)),
            ("zzz", ()),
            ("ti", ("ti",)),
            ("accountant", ()),
        ],
    )
    def test_what_is_typed_is_understood(self, typed: str, understood: tuple[str, ...]) -> None:
        assert self.words.understand(typed) == understood

    def test_of_equally_near_words_all_are_taken(self) -> None:
        assert Vocabulary(["plane", "plant"]).understand("planz") == ("plane", "plant")

    def test_nothing_is_near_to_nothing(self) -> None:
        assert Vocabulary([]).understand("word") == ()


@pytest.fixture
def _sample(transactional_db: None) -> None:
    import_file(file=sample_catalogue(), source=sample_source(), now=START, by="command")


def found(query: str = "", audience: Audience = Audience.BUSINESS, **filters: object) -> Found:
    known = known_catalogue()
    search = understand(query, known.shelf(audience).vocabulary)
    wanted = Wanted(audience, search=search, **filters)  # type: ignore[arg-type]
    return find_offers(known, wanted, limit=200, **ON)  # type: ignore[arg-type]


def ids(found: Found) -> list[str]:
    return [each.facts.id for each in found.offers]


@pytest.mark.usefixtures("_sample")
def test_words_are_found_without_accents_and_with_errors() -> None:
    for query in ("mécanique", "MECANIQUE concepteur", "mechanicl desinger", "mecanikal"):
        assert "mechanical-designer-business" in ids(found(query)), query
    assert "drafter-business" in ids(found("sketchline"))
    nothing = found("xylophonist")
    assert (nothing.offers, nothing.total) == ((), 0)


@pytest.mark.usefixtures("_sample")
def test_filters_narrow_and_the_count_is_that_of_the_list() -> None:
    for filters in (
        {},
        {"term": Term.QUARTER},
        {"term": Term.TRIAL},
        {"solution": "mechanical-design"},
        {"application": "sketchline"},
        {"application": "sketchline", "term": Term.YEAR, "solution": "mechanical-design"},
        {"solution": "nothing"},
    ):
        some = found(**filters)
        assert some.total == len(some.offers), filters
    opened = found(application="sketchline")
    assert opened.offers
    assert all(any("sketchline" in role.grants for role in each.roles) for each in opened.offers)


@pytest.mark.usefixtures("_sample")
def test_a_shelf_says_what_there_is_to_browse_by() -> None:
    shelf = known_catalogue().shelf(Audience.CREATOR)
    assert shelf.offers == found(audience=Audience.CREATOR).total
    mechanical = next(each for each in shelf.families if each.id == "mechanical-design")
    assert mechanical.name["fr"] == "Conception mécanique"
    assert mechanical.offers == found(audience=Audience.CREATOR, solution="mechanical-design").total
    assert {"en": "Drafter", "fr": "Dessinateur"} in mechanical.roles
    for program in shelf.programs:
        assert found(audience=Audience.CREATOR, application=program.id).total > 0


@pytest.mark.usefixtures("_sample")
def test_the_offers_of_a_role_begin_with_the_role_alone() -> None:
    known = known_catalogue()
    offers = offers_of_role(known, "drafter", Audience.BUSINESS, **ON)  # type: ignore[arg-type]
    assert offers[0].facts.id == "drafter-business"
    assert all("drafter" in each.facts.roles for each in offers)


@pytest.mark.django_db
def test_pages_follow_each_other_by_the_same_statements() -> None:
    bring_in(large(300))
    counts = []
    for limit in (3, 250):
        known = known_catalogue()
        known.shelf(Audience.BUSINESS)
        known.currencies()
        wanted = Wanted(Audience.BUSINESS, term=Term.YEAR)
        with CaptureQueriesContext(
            connection,
        ) as asked:
            page = find_offers(
                known,
                wanted,
                limit=limit,
                after=Place(0, ""),
                **ON,  # type: ignore[arg-type]
            )
        assert len(page.offers) == limit
        assert page.total == 300
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 6
