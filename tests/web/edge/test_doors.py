"""Who may come in, tried by everybody."""

from __future__ import annotations

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from tenure.flows.acting import begin_acting, end_acting
from tenure.organisations.models import Member, Organisation, StaffMember, User
from tenure.organisations.rules import MemberStatus, Standing
from tenure.web.edge.visitor import ACTING
from tests.shop import START
from tests.web.people import Company, browser, join

pytestmark = pytest.mark.urls("tests.web.edge.pages")


def status(user: User | None, path: str) -> int:
    return browser(user).get(path).status_code


def test_everybody_sees_what_is_public(company: Company) -> None:
    for user in (None, company.owner, company.stranger):
        assert status(user, "/everybody") == 200


def test_who_is_not_logged_in_is_led_to_log_in_and_back(company: Company) -> None:
    answer = browser().get("/person?a=1")
    assert (answer.status_code, answer["Location"]) == (
        302,
        "/account/login?next=%2Fperson%3Fa%3D1",
    )


def test_htmx_is_led_to_log_in_too(company: Company) -> None:
    answer = browser().get("/person", headers={"HX-Request": "true"})
    assert (answer.status_code, answer["HX-Redirect"]) == (200, "/account/login?next=%2Fperson")


def test_after_a_button_one_comes_back_to_its_page(company: Company) -> None:
    path = f"/console/{company.id}/button"
    answer = browser().post(
        path, headers={"Referer": f"http://testserver/console/{company.id}/members"}
    )
    assert answer["Location"].endswith(f"next=%2Fconsole%2F{company.id}%2Fmembers")
    answer = browser().post(path, headers={"Referer": "https://elsewhere.example/x"})
    assert answer["Location"].endswith("next=%2F")


def test_owners_and_administrators_see_the_console(company: Company) -> None:
    administrator = join(company.organisation, "ann@atelier.example", Standing.ADMINISTRATOR)
    for user in (company.owner, administrator.user):
        assert status(user, f"/console/{company.id}/members") == 200


@pytest.mark.parametrize("standing", [Standing.BILLING, Standing.MEMBER, Standing.EXTERNAL])
def test_other_standings_find_nothing_there(company: Company, standing: Standing) -> None:
    other = join(company.organisation, "bob@atelier.example", standing)
    assert status(other.user, f"/console/{company.id}/members") == 404
    assert status(other.user, f"/home/{company.id}/") == 200


@pytest.mark.parametrize("state", [MemberStatus.SUSPENDED, MemberStatus.REMOVED])
def test_who_is_suspended_or_removed_finds_nothing_there(
    company: Company, state: MemberStatus
) -> None:
    client = browser(company.owner)
    assert client.get(f"/console/{company.id}/members").status_code == 200
    Member.objects.filter(user=company.owner).update(status=state)
    assert client.get(f"/console/{company.id}/members").status_code == 404
    assert client.get(f"/home/{company.id}/").status_code == 404


def test_strangers_and_what_does_not_exist_look_alike(company: Company) -> None:
    strange = browser(company.stranger).get(f"/console/{company.id}/members")
    nowhere = browser(company.stranger).get("/console/org_nothing/members")
    assert (strange.status_code, nowhere.status_code) == (404, 404)
    assert status(company.staff, f"/console/{company.id}/members") == 404


def test_the_page_knows_who_and_when(company: Company) -> None:
    text = browser(company.owner).get(f"/console/{company.id}/members").content.decode()
    by, today, standing = text.split()
    assert by.startswith("member:mem_")
    assert (today, standing) == (START.date().isoformat(), "owner")


def test_other_parts_of_the_address_are_given_by_name(company: Company) -> None:
    page = browser(company.owner).get(f"/console/{company.id}/members/mem_x")
    assert page.content == b"mem_x"


def test_only_those_staff_who_look_after_it_see_the_back_office(company: Company) -> None:
    assert status(company.staff, "/backoffice/customers") == 200
    assert status(company.staff, "/backoffice/catalogue") == 404
    assert status(company.owner, "/backoffice/customers") == 404
    assert status(None, "/backoffice/customers") == 302
    StaffMember.objects.update(ended_at=START)
    assert status(company.staff, "/backoffice/customers") == 404


def acting(user: User, company: Company, since: str = "2999-01-01T00:00:00+00:00") -> Client:
    """A browser of somebody whose session says that they act for the company."""
    client = browser(user)
    session = client.session
    session[ACTING] = {"organisation": str(company.organisation.id), "since": since}
    session.save()
    return client


def test_staff_act_for_a_customer_for_an_hour(company: Company) -> None:
    members = f"/console/{company.id}/members"
    assert acting(company.staff, company).get(members).status_code == 404
    begin_acting(
        organisation=company.organisation.id, user=company.staff.id, reason="Asked to", now=START
    )
    client = acting(company.staff, company)
    text = client.get(members).content.decode()
    assert text.startswith("staff:usr_")
    assert text.endswith("administrator")
    assert client.get(f"/home/{company.id}/").status_code == 404
    late = acting(company.staff, company, "2026-01-01T00:00:00+00:00")
    assert late.get(members).status_code == 404
    end_acting(organisation=company.organisation.id, user=company.staff.id, now=START)
    assert client.get(members).status_code == 404


def test_customers_cannot_act_for_others(company: Company) -> None:
    client = acting(company.stranger, company)
    assert client.get(f"/console/{company.id}/members").status_code == 404


def test_administrators_can_be_required_to_have_a_second_factor(company: Company) -> None:
    Organisation.objects.filter(id=company.organisation.id).update(second_factor_required=True)
    answer = browser(company.owner).get(f"/console/{company.id}/members")
    assert answer.status_code == 302
    assert answer["Location"].startswith("/account/factors")
    assert status(company.teammate, f"/home/{company.id}/") == 200


def test_toys_are_for_the_sandbox(company: Company, settings: Settings) -> None:
    assert status(None, "/toys") == 200
    settings.SANDBOX = False
    assert status(None, "/toys") == 404


def test_a_button_is_no_page(company: Company) -> None:
    answer = browser(company.owner).get(f"/console/{company.id}/button")
    assert (answer.status_code, answer["Allow"]) == (405, "POST")
    assert b"<h1" in answer.content


def test_a_rules_no_is_a_page_of_its_own(company: Company) -> None:
    client = browser(company.owner, **{"accept-language": "fr"})
    answer = client.post(f"/console/{company.id}/button")
    assert answer.status_code == 409
    assert "Cette adresse est déjà celle d" in answer.content.decode()
    assert "R36" in answer.content.decode()


def test_a_door_needs_three_statements(
    company: Company, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    """The session, the person, their organisations."""
    client = browser(company.owner)
    client.get(f"/console/{company.id}/members")
    with django_assert_max_num_queries(3):
        client.get(f"/console/{company.id}/members")


def test_who_only_looks_needs_none(
    company: Company, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_max_num_queries(0):
        answer = browser().get("/everybody")
    assert dict(answer.cookies) == {}
