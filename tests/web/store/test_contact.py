"""The contact form: it carries along what was looked at, and makes a request (R4)."""

from __future__ import annotations

from secrets import token_urlsafe

import pytest
from django.core.cache import cache
from django.test import Client

from tenure.base.ids import public_id
from tenure.events.models import Event
from tenure.orders.models import Order
from tenure.support.models import Request
from tests.shop import open_shop, subscribe
from tests.web.people import Company, browser
from tests.web.store.stores import english, french, statements, text

pytestmark = pytest.mark.django_db(transaction=True)

ASKED = {
    "name": "Vic",
    "email": "Vic@Elsewhere.example",
    "offer": "bench-business",
    "audience": "business",
    "country": "FR",
    "quantity": "12",
    "message": "How much for twelve?",
}


@pytest.fixture(autouse=True)
def _nobody_wrote_yet() -> None:
    cache.clear()


def send(client: Client, **changed: str) -> object:
    return client.post("/contact", {"once": token_urlsafe(16), **ASKED, **changed})


def test_the_form_knows_what_was_looked_at() -> None:
    open_shop()
    page = text(
        english().get("/contact?offer=bench-business&audience=business&country=DE&quantity=12")
    )
    assert "Designer + Analyst" in page
    assert '<option value="DE" selected>' in page
    assert '<option value="business" selected>' in page
    assert 'value="12"' in page
    assert 'name="offer" value="bench-business"' in page
    assert "What is it about?" not in page


def test_without_an_offer_it_asks_what_it_is_about() -> None:
    open_shop()
    for path in ("/contact", "/contact?offer=nothing", "/contact?offer=%00&quantity=x"):
        page = english().get(path)
        assert page.status_code == 200
        assert "What is it about?" in text(page)


def test_what_is_sent_is_written_down_with_the_offer_and_answered_by_a_number() -> None:
    open_shop()
    client = french()
    once = token_urlsafe(16)
    sent = send(client, once=once)
    assert send(client, once=once)["Location"] == sent["Location"], "a second click"
    request = Request.objects.get()
    assert sent["Location"] == "/contact/" + public_id("req", request.id)
    assert (request.kind, request.email, request.name) == ("sales", "vic@elsewhere.example", "Vic")
    assert (request.offer_id, request.audience, request.country) == (
        "bench-business",
        "business",
        "FR",
    )
    assert (request.quantity, request.language, request.organisation) == (12, "fr", None)
    assert Event.objects.get(type="request.made").by == "visitor"
    page = text(client.get(sent["Location"]))
    assert public_id("req", request.id) in page
    assert "Vic" not in page


def test_the_number_alone_shows_nothing() -> None:
    assert english().get("/contact/req_nonsense").status_code == 404
    assert english().get("/contact/ord_01h455vb4pex5vsknk084sn02q").status_code == 404


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"email": ""}, "id_email_error"),
        ({"email": "nowhere"}, "id_email_error"),
        ({"name": ""}, "id_name_error"),
        ({"message": " "}, "id_message_error"),
        ({"message": "x" * 5001}, "id_message_error"),
        ({"quantity": "0"}, "id_quantity_error"),
        ({"country": "XX"}, "id_country_error"),
        ({"audience": "pirates"}, "id_audience_error"),
        ({"name": "a\0b"}, "id_name_error"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(changed: dict[str, str], field: str) -> None:
    open_shop()
    page = send(english(), **changed)
    assert page.status_code == 422
    assert field in text(page)
    assert "Designer + Analyst" in text(page)
    assert Request.objects.count() == 0


def test_somebody_who_is_logged_in_finds_it_filled_in(company: Company) -> None:
    client = browser(company.owner, **{"Accept-Language": "en"})
    page = text(client.get("/contact?offer=bench-business"))
    assert f'value="{company.owner.email}"' in page
    assert f'<option value="{company.id}" selected>' in page
    send(client, organisation=company.id)
    request = Request.objects.get()
    assert request.organisation_id == company.organisation.id
    assert request.created_at == company.organisation.test_clock
    (event,) = Event.objects.filter(type="request.made")
    assert event.by.startswith("member:mem_")


def test_an_order_comes_along_and_leads_to_where_it_is_cancelled(company: Company) -> None:
    """R29: for who looks after the bill; others learn nothing of the order."""
    subscribe(company.organisation)
    order = public_id("ord", Order.objects.get().id)
    path = f"/contact?kind=billing&order={order}"
    client = browser(company.owner, **{"Accept-Language": "en"})
    page = text(client.get(path))
    assert f"Order {order}" in page
    assert '<option value="billing" selected>' in page
    assert "On behalf of" not in page
    send(client, kind="billing", order=order)
    request = Request.objects.get()
    assert (request.kind, public_id("ord", request.order_id)) == ("billing", order)
    assert request.organisation_id == company.organisation.id
    for other in (company.teammate, company.stranger, None):
        theirs = browser(other, **{"Accept-Language": "en"})
        assert f"Order {order}" not in text(theirs.get(path))
        send(theirs, kind="other", order=order)
        assert Request.objects.latest("id").order_id is None
    for nothing in ("ord_x", public_id("ord", company.organisation.id)):
        assert client.get(f"/contact?order={nothing}").status_code == 200


def test_nobody_writes_for_an_organisation_of_others(company: Company) -> None:
    client = browser(company.stranger, **{"Accept-Language": "en"})
    assert send(client, organisation=company.id).status_code == 422
    assert send(english(), organisation=company.id).status_code == 302
    request = Request.objects.get()
    assert request.organisation_id is None
    send(client, organisation="")
    last = Request.objects.latest("id")
    assert last.organisation_id is None
    told = Event.objects.filter(type="request.made")
    assert sorted(event.by[:7] for event in told) == ["user:us", "visitor"]


def test_whoever_writes_too_often_is_asked_to_wait() -> None:
    open_shop()
    client = english()
    answers = [send(client).status_code for _ in range(6)]
    assert answers == [302] * 5 + [429]
    assert Request.objects.count() == 5


def test_it_is_in_no_index() -> None:
    open_shop()
    page = english().get("/contact")
    assert page.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert statements(lambda: english().get("/contact?offer=bench-business")) < 6
