"""What answers say beside their pages: languages, cookies, caches, indexes; errors; programs."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from tenure.organisations.models import User
from tests.web.people import Company, browser

pytestmark = pytest.mark.urls("tests.web.edge.pages")


@pytest.mark.parametrize(
    ("header", "language"),
    [("", "en"), ("fr-CH, en;q=0.9", "fr"), ("de, fr;q=0.3", "fr"), ("en;q=0.2, fr;q=0.8", "fr")],
)
def test_a_visitor_is_spoken_to_as_their_browser_asks(
    company: Company, header: str, language: str
) -> None:
    answer = browser(**{"accept-language": header}).get("/everybody")
    assert answer.content.decode().split()[0] == language
    assert answer["Content-Language"] == language


def test_a_language_is_chosen_once(company: Company) -> None:
    client = browser(**{"accept-language": "en"})
    client.get("/everybody?language=fr")
    assert client.get("/everybody")["Content-Language"] == "fr"
    cookie = client.cookies["language"]
    assert (cookie["samesite"], cookie["httponly"], cookie["max-age"]) == ("Lax", True, 31536000)
    client.get("/everybody?language=xx")
    assert client.get("/everybody")["Content-Language"] == "fr"


def test_a_persons_language_goes_with_them(company: Company) -> None:
    browser(company.owner).post("/preferences", {"language": "fr", "next": "/everybody"})
    assert User.objects.get(id=company.owner.id).language == "fr"
    assert browser(company.owner).get("/everybody")["Content-Language"] == "fr"
    assert browser(company.stranger).get("/everybody")["Content-Language"] == "en"


def test_country_and_audience_are_picked_once_and_the_country_is_guessed(company: Company) -> None:
    client = browser(**{"accept-language": "fr-CH"})
    assert client.get("/everybody").content == b"fr CH "
    answer = client.post("/preferences", {"country": "BE", "audience": "creator", "next": "/toys"})
    assert (answer.status_code, answer["Location"]) == (302, "/toys")
    assert client.get("/everybody").content == b"fr BE creator"
    client.post("/preferences", {"country": "XX", "audience": "pirate"})
    assert client.get("/everybody").content == b"fr BE creator"


@pytest.mark.parametrize(
    "goal", ["https://elsewhere.example/", "//elsewhere.example", "javascript:x"]
)
def test_nobody_is_led_elsewhere(company: Company, goal: str) -> None:
    answer = browser().post("/preferences", {"next": goal})
    assert answer["Location"] == "/"


def test_only_what_is_public_may_be_found_and_kept(company: Company) -> None:
    client = browser(company.owner)
    public, hidden = browser().get("/everybody"), browser().get("/hidden")
    assert (public["Cache-Control"], public.get("X-Robots-Tag")) == ("no-cache", None)
    assert hidden["X-Robots-Tag"] == "noindex, nofollow"
    assert hidden["Cache-Control"] == "private, no-store"
    assert client.get("/everybody")["Cache-Control"] == "private, no-store"
    assert client.get("/person")["Cache-Control"] == "private, no-store"
    assert browser().get("/console/org_x/members")["X-Robots-Tag"] == "noindex, nofollow"


def test_no_page_is_framed_or_tells_where_it_was(company: Company) -> None:
    answer = browser().get("/everybody")
    assert "frame-ancestors 'none'" in answer["Content-Security-Policy"]
    assert answer["Referrer-Policy"] == "same-origin"
    assert answer["X-Request-ID"]


def test_forms_need_their_token(company: Company) -> None:
    client = Client(enforce_csrf_checks=True)
    answer = client.post("/preferences", {"language": "fr"}, headers={"accept-language": "fr"})
    assert answer.status_code == 403
    assert "Content-Security-Policy" in answer
    assert "<h1" in answer.content.decode()


def test_an_error_of_ours_is_told_without_the_database(company: Company) -> None:
    client = Client(raise_request_exception=False)
    answer = client.get("/broken", headers={"accept-language": "fr", "X-Request-ID": "r-1"})
    assert answer.status_code == 500
    assert "r-1" in answer.content.decode()


def test_who_reads_pages_gets_a_page_where_there_is_nothing(company: Company) -> None:
    page = browser().get("/nothing", headers={"Accept": "text/html,*/*;q=0.8"})
    assert (page.status_code, page["Content-Type"]) == (404, "text/html; charset=utf-8")
    problem = browser().get("/api/v1/nothing", headers={"Accept": "text/html"})
    assert problem["Content-Type"] == "application/problem+json"


def test_calls_of_the_api_have_no_session(company: Company) -> None:
    client = browser(company.owner)
    answer = client.get("/api/v1/nothing?language=fr")
    assert dict(answer.cookies) == {}
    assert "Cookie" not in answer.get("Vary", "")


def test_what_is_sent_twice_is_done_once(company: Company) -> None:
    client = browser(company.owner)
    found = re.search(r'name="once" value="([\w-]+)"', client.get("/buy").content.decode())
    assert found is not None
    sent = {"once": found.group(1), "quantity": "2"}
    first = client.post("/buy", sent).content.decode()
    again = client.post("/buy", sent).content.decode()
    assert first.startswith("made ")
    assert again == first.replace("made", "found")
    again = client.post("/buy", sent | {"quantity": "3"})
    assert (again.status_code, again["Cache-Control"]) == (409, "private, no-cache")
    assert client.post("/buy", {"quantity": "2"}).status_code == 409
    assert browser(company.stranger).post("/buy", sent).content.decode().startswith("made ")


def test_search_engines_are_told_where_not_to_look(company: Company) -> None:
    robots = browser().get("/robots.txt").content.decode()
    assert "Disallow: /console/" in robots
    assert "/sitemap.xml" in robots
    assert b"<urlset" in browser().get("/sitemap.xml").content
    assert browser().get("/favicon.ico")["Location"].endswith(".svg")
