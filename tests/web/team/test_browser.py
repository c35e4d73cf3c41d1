"""The team's pages and the home in a real browser: sound, by keys alone, pressed twice."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tenure.access.models import Seat
from tenure.base.ids import public_id
from tenure.flows.invitations import invite
from tenure.flows.role_requests import ask_for_role
from tenure.flows.seats import assign_seat
from tenure.organisations.commands.invitations import NewInvitation
from tenure.organisations.models import Member
from tenure.organisations.rules import Standing
from tests.shop import START, subscribe
from tests.web.browser import Site
from tests.web.people import Company
from tests.web.people import browser as client_of
from tests.web.soundness import NARROW
from tests.web.team.world import named


@pytest.fixture
def team(company: Company) -> Company:
    """A company with seats held, reserved, asked for, and none of one role left."""
    organisation = company.organisation
    designer = subscribe(organisation, quantity=4)
    analyst = subscribe(organisation, "analyst-business", 1)
    eloise = named(organisation, "Éloïse Lefèvre", "eloise@atelier.example")
    for subscription in (designer, analyst):
        assign_seat(subscription=subscription.id, member=eloise.id, now=START, by="test")
    invite(
        organisation=organisation.id,
        invitations=[NewInvitation("new@atelier.example", Standing.EXTERNAL, ("designer",))],
        may_give_ownership=False,
        now=START,
        by="test",
    )
    tom = Member.objects.get(user=company.teammate, organisation=organisation)
    ask_for_role(member=tom.id, role="analyst", note="To compute.", now=START, by="member:x")
    return company


def member_page(team: Company) -> str:
    eloise = Member.objects.get(email="eloise@atelier.example")
    return f"members/{public_id('mem', eloise.id)}"


def test_every_page_of_the_team_is_sound(team: Company, site: Site, page: Page) -> None:
    site.log_in(page, client_of(team.owner))
    one = member_page(team)
    for path in (
        "members",
        "members?q=nobody",
        "members/invite?lines=2",
        "members/invitations",
        "members/file",
        one,
        f"{one}/remove",
        f"{one}/ownership",
        "roles",
        "roles/by-role",
        "roles/by-role/designer",
        "roles/by-role/analyst",
        "roles/requests",
    ):
        answer = page.goto(f"{site.url}/console/{team.id}/{path}")
        assert answer is not None
        assert answer.status == 200
        site.is_sound(page)


def test_every_page_of_the_home_is_sound(team: Company, site: Site, page: Page) -> None:
    site.log_in(page, client_of(team.teammate))
    for path in ("", "requests", f"{team.id}/ask", f"{team.id}/ask/designer", f"{team.id}/leave"):
        answer = page.goto(f"{site.url}/home/{path}")
        assert answer is not None
        assert answer.status == 200
        site.is_sound(page)


def test_the_matrix_is_used_by_keys_alone(team: Company, site: Site, page: Page) -> None:
    site.log_in(page, client_of(team.owner))
    page.goto(f"{site.url}/console/{team.id}/roles")
    tom = page.get_by_role("button", name="Tom Designer")
    tom.focus()
    page.keyboard.press("Space")
    expect(page.get_by_role("button", name="Tom Designer", pressed=True)).to_be_focused()
    expect(page.get_by_role("columnheader", name="Designer")).to_contain_text("1 free")
    assert Seat.objects.filter(member__email="tom@atelier.example").count() == 1
    page.get_by_role("button", name="Ada Designer").press("Enter")
    expect(page.get_by_role("columnheader", name="Designer")).to_contain_text("Buy more")
    page.get_by_role("button", name="Tom Designer").press("Enter")
    expect(page.get_by_role("columnheader", name="Designer")).to_contain_text("1 free")
    expect(page.get_by_role("button", name="Tom Designer", pressed=False)).to_be_visible()
    assert page.url.endswith("/roles")


def test_whoever_is_second_sees_why_and_how_it_stands(
    team: Company, site: Site, page: Page
) -> None:
    site.log_in(page, client_of(team.owner))
    page.goto(f"{site.url}/console/{team.id}/roles")
    expect(page.get_by_role("button", name="Tom Designer")).to_be_visible()
    free = Seat.objects.filter(member__isnull=True, invitation__isnull=True).order_by("id")
    for n, seat in enumerate(free):
        faster = named(team.organisation, f"Faster {n}", f"faster{n}@atelier.example")
        assign_seat(subscription=seat.subscription_id, member=faster.id, now=START, by="test")
    page.get_by_role("button", name="Tom Designer").click()
    expect(page.get_by_role("status").get_by_text("No seat is free")).to_be_visible()
    expect(page.get_by_role("rowheader", name="Faster 1")).to_be_visible()
    assert page.get_by_role("button", name="Tom Designer").count() == 0


def test_two_quick_presses_are_both_done(team: Company, site: Site, page: Page) -> None:
    site.log_in(page, client_of(team.owner))
    page.goto(f"{site.url}/console/{team.id}/roles")
    page.evaluate(
        "for (const name of ['Tom', 'Ada'])"
        " [...document.querySelectorAll('tr')].find(row => row.cells[0].innerText === name)"
        "?.querySelector('button').click()"
    )
    expect(page.get_by_role("button", name="Ada Designer", pressed=True)).to_be_visible()
    expect(page.get_by_role("button", name="Tom Designer", pressed=True)).to_be_visible()
    assert Seat.objects.filter(member__isnull=False).count() == 4


def test_on_a_phone_roles_are_given_member_by_member(team: Company, site: Site, page: Page) -> None:
    site.log_in(page, client_of(team.owner))
    page.set_viewport_size(NARROW)
    page.goto(f"{site.url}/console/{team.id}/roles")
    page.get_by_role("link", name="Tom").click()
    page.get_by_role("button", name="Assign a seat of Designer").click()
    expect(page.get_by_text("The seat is assigned.")).to_be_visible()
    page.get_by_role("button", name="Free the seat of Designer").click()
    expect(page.get_by_text("The seat is free again.")).to_be_visible()


def test_it_works_without_scripts(team: Company, site: Site, page: Page) -> None:
    browser = page.context.browser
    assert browser is not None
    plain = browser.new_context(java_script_enabled=False)
    bare = plain.new_page()
    site.log_in(bare, client_of(team.owner))
    bare.goto(f"{site.url}/console/{team.id}/roles")
    bare.get_by_role("button", name="Tom Designer").click()
    expect(bare.get_by_role("button", name="Tom Designer", pressed=True)).to_be_visible()
    bare.goto(f"{site.url}/console/{team.id}/members/invite")
    bare.get_by_label("E-mail address").fill("half@atelier.example")
    bare.get_by_role("button", name="More people").click()
    expect(bare.get_by_label("E-mail address").first).to_have_value("half@atelier.example")
    bare.get_by_role("button", name="Send the invitations").click()
    expect(bare.get_by_text("The invitation is on its way.")).to_be_visible()
    plain.close()
