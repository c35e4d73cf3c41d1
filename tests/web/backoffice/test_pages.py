"""The back office: who finds which page, what is done there, and in how many statements."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tenure.base.ids import public_id
from tenure.flows.requests import answer_request
from tenure.notices.models import Mail
from tenure.orders.models import Order
from tenure.organisations.models import Intervention, Member, StaffMember, User
from tenure.support.models import Request
from tests.shop import START, customer
from tests.web.backoffice.world import Office, ask, office, student
from tests.web.console.test_settings import once_of
from tests.web.people import Company, browser, join

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def desk(company: Company) -> Office:
    return office(company)


def status(user: User | None, path: str) -> int:
    return browser(user).get(path).status_code


def ability_of(path: str) -> str:
    """The first part of an address, which says who looks after it."""
    return path.removeprefix("/backoffice/").partition("?")[0].partition("/")[0]


OWN = {
    "support": {"", "customers", "requests", "proofs"},
    "finance": {"", "orders"},
    "cataloguer": {"", "catalogue"},
    "admin": {"", "customers", "orders", "requests", "proofs", "catalogue", "journal", "staff"},
}


@pytest.mark.parametrize("who", OWN)
def test_staff_find_what_they_look_after_and_nothing_else(desk: Office, who: str) -> None:
    user: User = getattr(desk, who)
    for path in desk.paths():
        allowed = ability_of(path) in OWN[who]
        allowed |= who == "support" and path.endswith(desk.order)
        assert status(user, path) == (200 if allowed else 404), path


def test_a_customer_s_people_find_nothing_there(desk: Office) -> None:
    for path in desk.paths():
        for user in (desk.company.owner, desk.company.teammate, desk.company.stranger):
            assert status(user, path) == 404, path
        assert status(None, path) == 302, path


def test_who_left_the_staff_finds_nothing(desk: Office) -> None:
    StaffMember.objects.filter(user=desk.support).update(ended_at=START)
    assert status(desk.support, "/backoffice/") == 404


@pytest.mark.parametrize("language", ["en", "fr"])
def test_pages_are_in_both_languages(desk: Office, language: str) -> None:
    client = browser(desk.admin)
    for path in desk.paths():
        joint = "&" if "?" in path else "?"
        answer = client.get(f"{path}{joint}language={language}")
        assert answer["Content-Language"] == language
        assert f'<html lang="{language}"' in answer.content.decode()


@pytest.mark.parametrize(
    "word",
    [
        "customers/org_x",
        "customers?from=org_x",
        "orders/ord_x",
        "orders?from=x",
        "requests/req_x",
        "proofs/prf_x",
        "catalogue/offers/nothing",
        "catalogue/offers?from=x",
        "staff/usr_x",
    ],
)
def test_what_is_not_there_is_not_found(desk: Office, word: str) -> None:
    assert status(desk.admin, f"/backoffice/{word}") == 404


def statements(client: Client, path: str) -> int:
    client.get(path)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(path).status_code == 200
    return len(captured)


def test_as_many_statements_for_many_rows_as_for_few(desk: Office) -> None:
    client = browser(desk.admin)
    few = {path: statements(client, path) for path in desk.paths()}
    for number in range(30):
        customer(email=f"c{number}@many.example")
        join(desk.company.organisation, f"m{number}@many.example")
        ask(f"Question {number}", desk.company.organisation)
        student(number + 1)
    last = ask("The last question.", desk.company.organisation)
    answer_request(request=last.id, user=desk.admin.id, message="So.", now=START)
    many = {path: statements(client, path) for path in desk.paths()}
    assert many == few
    assert {path: count for path, count in many.items() if count >= 15} == {}


def text(client: Client, path: str) -> str:
    return client.get(path).content.decode()


def test_customers_are_found_by_name_address_and_identifier(desk: Office) -> None:
    client = browser(desk.support)
    org, order = desk.company.id, desk.order
    for words in ("associés", "TOM@atelier", org, order):
        found = text(client, f"/backoffice/customers?q={words}")
        assert f"/backoffice/customers/{org}" in found, words
    for words in ("nobody at all", "org_01h455vb4pex5vsknk084sn02q", "ord_x"):
        assert "Nobody found" in text(client, f"/backoffice/customers?q={words}")


def test_long_lists_go_on_and_keep_their_filters(desk: Office) -> None:
    client = browser(desk.admin)
    for number in range(55):
        customer(email=f"c{number}@many.example")
    first = text(client, "/backoffice/customers?q=many.example")
    assert "from=org_" in first
    following = first.partition('rel="next"')[0].rpartition('href="')[2].partition('"')[0]
    second = text(client, following.replace("&amp;", "&"))
    assert "c0@many.example" in second
    assert "c54@many.example" not in second
    assert 'href="/backoffice/customers?q=many.example"' in second


def test_the_first_page_says_what_waits_to_whom_it_concerns(desk: Office) -> None:
    Mail.objects.create(
        key="k",
        kind="x",
        to="lost@plan.example",
        language="en",
        subject="Hello",
        happened_at=START,
        created_at=START,
        due_at=START,
        settled_at=START,
        status="given_up",
    )
    seen = text(browser(desk.support), "/backoffice/")
    assert "1 request to answer" in seen
    assert "1 student" in seen
    assert "lost@plan.example" in seen
    assert "payment" not in seen.partition("<main")[2]
    money = text(browser(desk.finance), "/backoffice/")
    assert "1 payment whose outcome is not known yet" in money
    assert "request to answer" not in money
    assert "Nothing waits" in text(browser(desk.cataloguer), "/backoffice/")


def test_a_request_is_answered_and_closed(desk: Office) -> None:
    client = browser(desk.support)
    path = f"/backoffice/requests/{desk.case}"
    empty = client.post(path, {"message": " "})
    assert empty.status_code == 422
    answer = {"message": "Douze mille euros.", "once": once_of(client, path)}
    client.post(path, answer)
    done = client.post(path, answer, follow=True)  # a second click
    assert "on its way" in done.content.decode()
    row = Request.objects.get(kind="sales")
    assert (row.status, row.messages.get().staff) == ("answered", desk.support)
    client.post(f"{path}/close")
    row.refresh_from_db()
    assert row.status == "closed"
    late = client.post(path, {"message": "Encore ?", "once": once_of(client, path)})
    assert late.status_code == 409


def test_a_proof_is_accepted(desk: Office) -> None:
    done = browser(desk.support).post(f"/backoffice/proofs/{desk.proof}/accept", follow=True)
    assert "No proof waits" in done.content.decode()
    assert Order.objects.get(organisation__audience="student").status == "paid"


def test_a_proof_is_declined_with_a_reason(desk: Office) -> None:
    client = browser(desk.support)
    path = f"/backoffice/proofs/{desk.proof}"
    assert client.post(path, {"reason": ""}).status_code == 422
    client.post(path, {"reason": "It ran out."})
    assert "It ran out." in text(client, path)
    assert Order.objects.get(organisation__audience="student").status == "awaiting_verification"


def test_a_lost_owner_is_recovered(desk: Office) -> None:
    client = browser(desk.support)
    owner = Member.objects.get(user=desk.company.owner)
    path = f"/backoffice/customers/{desk.company.id}/owner"
    lost = public_id("mem", owner.id)
    told = {"email": "Tom@atelier.example", "instead_of": lost, "reason": ""}
    assert client.post(path, told).status_code == 422
    wrong = client.post(path, told | {"email": "new@atelier.example", "reason": "Gone."})
    assert wrong.status_code == 409
    assert "last active owner" in wrong.content.decode()
    client.post(path, told | {"reason": "She left."})
    owner.refresh_from_db()
    assert owner.standing == "member"
    assert Member.objects.get(user=desk.company.teammate).standing == "owner"
    assert "She left." in text(client, f"/backoffice/customers/{desk.company.id}")


def test_acting_begins_with_a_reason_and_ends(desk: Office) -> None:
    client = browser(desk.support)
    path = f"/backoffice/customers/{desk.company.id}"
    assert client.post(f"{path}/act", {"reason": ""}).status_code == 422
    begun = client.post(f"{path}/act", {"reason": "She asked."})
    assert begun["Location"] == f"/console/{desk.company.id}/"
    assert client.session["acting_for"]
    assert "Staff act for this customer now" in text(client, path)
    client.post(f"{path}/stop-acting")
    assert "acting_for" not in client.session
    assert not Intervention.objects.filter(ended_at__isnull=True).exists()
    assert browser(desk.finance).post(f"{path}/act", {"reason": "x"}).status_code == 404


def test_staff_are_added_changed_and_ended_by_an_admin(desk: Office) -> None:
    client = browser(desk.admin)
    empty = client.post("/backoffice/staff", {"email": "x@vendor.example", "name": "X"})
    assert empty.status_code == 422
    told = {"email": "New@vendor.example", "name": "New", "roles": ["finance", "support"]}
    client.post("/backoffice/staff", told)
    row = StaffMember.objects.get(user__email="new@vendor.example")
    assert row.roles == ["support", "finance"]
    path = f"/backoffice/staff/{public_id('usr', row.user_id)}"
    client.post(path, {"roles": ["catalogue"]})
    row.refresh_from_db()
    assert row.roles == ["catalogue"]
    client.post(f"{path}/end")
    row.refresh_from_db()
    assert row.ended_at is not None
    own = f"/backoffice/staff/{public_id('usr', desk.admin.id)}"
    for refused in (client.post(f"{own}/end"), client.post(own, {"roles": ["support"]})):
        assert refused.status_code == 409
        assert "last admin" in refused.content.decode()


def test_the_journal_is_filtered(desk: Office) -> None:
    client = browser(desk.admin)
    assert "request.answered" in text(client, "/backoffice/journal")
    orders = text(client, "/backoffice/journal?type=order")
    assert "order.paid" in orders
    assert "request.answered" not in orders
    one = text(client, f"/backoffice/journal?organisation={desk.company.id}&type=acting.begun")
    assert "acting.begun" in one
    assert "Nothing of that kind" in text(client, "/backoffice/journal?day=1999-01-01")
    assert client.get("/backoffice/journal?day=x").status_code == 422
    assert client.get("/backoffice/journal?organisation=org_x").status_code == 422


def test_prices_are_shown_over_time(desk: Office) -> None:
    seen = text(browser(desk.cataloguer), "/backoffice/catalogue/offers/designer-business")
    assert "€1,200.00" in seen
    assert "version 1" in seen
