"""The first page: who are you, what is there, what can be relied on (R3)."""

from __future__ import annotations

import pytest
from django.test import Client

from tenure.flows.policy import bring_into_force, ensure_policy
from tests.shop import START, open_shop
from tests.web.people import Company, browser
from tests.web.store.stores import english, french, large_shop, statements, text

pytestmark = pytest.mark.django_db(transaction=True)


def test_each_audience_has_its_way_in() -> None:
    open_shop()
    page = text(english().get("/"))
    assert "Atelier" in page
    for audience, offers in (("business", 4), ("creator", 1), ("student", 1)):
        assert f'href="/store/{audience}/"' in page
        assert f"See {offers} offer" in page
    assert "?solution=design" in page
    assert '<option value="FR" selected>' in page


def test_what_can_be_relied_on_is_said_by_the_policy_in_force() -> None:
    open_shop()
    page = text(english().get("/"))
    assert "15 days to change your mind" in page
    assert "until 5 days before the end" in page
    assert 'href="/help/#cancellation"' in page
    bring_into_force(source="[cancellation]\nwindow_days = 21\n", now=START, by="command")
    assert "21 days to change your mind" in text(english().get("/"))


def test_it_reads_in_french() -> None:
    open_shop()
    page = text(french().get("/"))
    assert '<html lang="fr"' in page
    assert "Qui êtes-vous ?" in page
    assert "15 jours pour changer d’avis" in page


def test_country_is_picked_once_and_kept() -> None:
    open_shop()
    client = Client(headers={"Accept-Language": "en"})
    assert '<option value="FR" selected>' in text(client.get("/")), "the vendor's, until picked"
    client.post("/preferences", {"country": "DE", "next": "/"})
    assert '<option value="DE" selected>' in text(client.get("/"))
    assert '<option value="DE" selected>' in text(client.get("/store/business/"))


def test_whoever_was_here_sees_what_is_for_them() -> None:
    open_shop()
    client = english()
    assert client.cookies.get("audience") is None
    client.get("/store/creator/")
    assert client.cookies["audience"].value == "creator"
    assert 'href="/store/creator/?solution=design"' in text(client.get("/"))


def test_there_may_be_nothing_at_all() -> None:
    ensure_policy(now=START)
    for path in ("/", "/store/business/", "/contact", "/sitemap.xml"):
        assert english().get(path).status_code == 200
    assert "Nothing is offered here yet" in text(english().get("/store/business/"))


def test_everybody_sees_it(company: Company) -> None:
    for user in (None, company.owner, company.teammate, company.stranger, company.staff):
        page = browser(user).get("/")
        assert page.status_code == 200
        assert "X-Robots-Tag" not in page.headers


@pytest.mark.parametrize("path", ["/"])
def test_as_many_statements_for_few_offers_as_for_many(path: str) -> None:
    large_shop(3)
    few = statements(lambda: english().get(path))
    large_shop(300)
    assert statements(lambda: english().get(path)) == few < 5
