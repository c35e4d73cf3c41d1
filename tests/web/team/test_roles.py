"""Roles: the matrix that gives and takes, one role, what members ask for (R36, R38, R40)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tenure.access.models import RoleRequest, Seat
from tenure.base.calendar import Term
from tenure.base.ids import public_id
from tenure.flows.clock import advance_clock
from tenure.flows.invitations import invite
from tenure.flows.policy import bring_into_force
from tenure.flows.role_requests import ask_for_role
from tenure.flows.seats import assign_seat
from tenure.organisations.commands.invitations import NewInvitation
from tenure.organisations.models import Member
from tenure.organisations.rules import MemberStatus, Standing
from tenure.subscriptions.models import Subscription
from tests.shop import START, subscribe
from tests.web.people import Company, browser, join
from tests.web.team.world import crowd

HTMX = {"HX-Request": "true"}


def roles(company: Company) -> str:
    return f"/console/{company.id}/roles"


def teammate(company: Company) -> Member:
    return Member.objects.get(user=company.teammate, organisation=company.organisation)


def cell(member: Member, role: str, want: str) -> dict[str, str]:
    return {"cell": f"{public_id('mem', member.id)}.{role}.{want}"}


def text(client: Client, path: str) -> str:
    answer = client.get(path, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


def advance(company: Company, days: int) -> None:
    to = START + timedelta(days=days)
    advance_clock(organisation=company.organisation.id, to=to, sandbox=True, by="test")


def give(subscription: Subscription, member: Member) -> None:
    assign_seat(subscription=subscription.id, member=member.id, now=START, by="test")


@pytest.mark.parametrize("below", ["", "/by-role", "/by-role/designer", "/requests"])
def test_owners_see_it_and_nobody_else_does(company: Company, below: str) -> None:
    subscribe(company.organisation)
    path = roles(company) + below
    assert browser(company.owner).get(path).status_code == 200
    for other in (company.teammate, company.stranger, company.staff):
        assert browser(other).get(path).status_code == 404
    assert browser().get(path).status_code == 302
    french = browser(company.owner, **{"accept-language": "fr"}).get(path).content.decode()
    assert "Rôles" in french


def test_without_seats_it_leads_to_the_store(company: Company) -> None:
    page = text(browser(company.owner), roles(company))
    assert "There are no roles to assign yet" in page
    assert f"/store/business/?organisation={company.id}" in page


def test_a_press_gives_and_takes_without_scripts(company: Company) -> None:
    subscribe(company.organisation)
    member, client = teammate(company), browser(company.owner)
    path = roles(company) + "?q=tom"
    page = text(client, path)
    assert "1 free" in page
    answer = client.post(path, cell(member, "designer", "on"))
    assert answer["Location"] == path
    assert Seat.objects.get().member_id == member.id
    client.post(path, cell(member, "designer", "on"))
    assert Seat.objects.get().member_id == member.id
    page = text(client, path)
    assert 'aria-pressed="true"' in page
    assert "Buy more" in page
    client.post(path, cell(member, "designer", "off"))
    client.post(path, cell(member, "designer", "off"))
    assert Seat.objects.get().member_id is None


def test_htmx_gets_the_row_and_what_is_free(company: Company) -> None:
    subscribe(company.organisation, quantity=3)
    member, client = teammate(company), browser(company.owner)
    answer = client.post(roles(company), cell(member, "designer", "on"), headers=HTMX)
    part = answer.content.decode()
    assert "HX-Retarget" not in answer
    assert 'hx-swap-oob="true"' in part
    assert "2 free" in part
    assert part.count("<tr") == 1
    assert "<html" not in part


def test_the_last_seat_makes_the_whole_matrix_anew(company: Company) -> None:
    subscribe(company.organisation)
    other = join(company.organisation, "bea@atelier.example")
    client = browser(company.owner)
    first = client.post(roles(company), cell(teammate(company), "designer", "on"), headers=HTMX)
    assert first["HX-Retarget"] == "#matrix"
    second = client.post(roles(company), cell(other, "designer", "on"), headers=HTMX)
    page = second.content.decode()
    assert second["HX-Retarget"] == "#matrix"
    assert "No seat is free" in page
    assert "Buy more" in page
    assert f"{public_id('mem', other.id)}.designer.on" not in page
    told = client.post(roles(company), cell(other, "designer", "on"), follow=True)
    assert "No seat is free" in told.content.decode()


def test_the_paid_before_the_trial(company: Company) -> None:
    trial = subscribe(company.organisation, "designer-trial", term=Term.TRIAL)
    paid = subscribe(company.organisation)
    client = browser(company.owner)
    client.post(roles(company), cell(teammate(company), "designer", "on"))
    assert Seat.objects.get(member=teammate(company)).subscription_id == paid.id
    assert trial.id != paid.id


def test_who_is_not_active_is_given_nothing(company: Company) -> None:
    subscribe(company.organisation)
    rest = join(company.organisation, "sus@atelier.example", status=MemberStatus.SUSPENDED)
    client = browser(company.owner)
    assert f"{public_id('mem', rest.id)}.designer" not in text(client, roles(company))
    answer = client.post(roles(company), cell(rest, "designer", "on"), follow=True)
    assert "not active" in answer.content.decode()
    assert Seat.objects.get().member_id is None


def test_what_is_reserved_and_what_is_over_is_shown(company: Company) -> None:
    subscription = subscribe(company.organisation, quantity=2)
    give(subscription, teammate(company))
    new = NewInvitation("new@atelier.example", Standing.MEMBER, ("designer",))
    invite(
        organisation=company.organisation.id,
        invitations=[new],
        may_give_ownership=False,
        now=START,
        by="test",
    )
    client = browser(company.owner)
    assert 'aria-label="Reserved by the invitation"' in text(client, roles(company))
    company.organisation.payment_methods.update(reference="tok_declined")
    advance(company, 367)
    page = text(client, roles(company))
    assert 'title="Held by a subscription that is over"' in page
    assert "over</span>" in page.replace("\n", "")
    assert "Lapsed" in text(client, roles(company) + "/by-role")


def test_a_locked_seat_says_so_before_the_click(company: Company) -> None:
    bring_into_force(source="[seats]\nlock_days = 7\n", now=START, by="test")
    subscription = subscribe(company.organisation)
    give(subscription, teammate(company))
    Seat.objects.update(first_used_on=START.date(), last_used_on=START.date())
    client = browser(company.owner)
    page = text(client, roles(company)).replace("\N{NO-BREAK SPACE}", " ")
    assert "until it is free on Mar 8, 2027" in page
    assert ".designer.off" not in page
    answer = client.post(roles(company), cell(teammate(company), "designer", "off"), headers=HTMX)
    assert "March 8, 2027" in answer.content.decode()
    assert "March 8, 2027" in text(client, roles(company) + "/by-role/designer")


@pytest.mark.parametrize("count", [3, 300])
def test_as_many_statements_for_many_members(company: Company, count: int) -> None:
    designer = subscribe(company.organisation, quantity=20)
    subscribe(company.organisation, "analyst-business", 5)
    for member in crowd(company.organisation, count)[:3]:
        give(designer, member)
    client = browser(company.owner)
    for below, most in (("", 10), ("/by-role", 7), ("/by-role/designer", 11), ("/requests", 5)):
        client.get(roles(company) + below)
        with CaptureQueriesContext(connection) as statements:
            assert client.get(roles(company) + below).status_code == 200
        assert len(statements) == most, below


def test_several_are_given_a_role_at_once(company: Company) -> None:
    subscribe(company.organisation, quantity=3)
    people = crowd(company.organisation, 4)
    client, path = browser(company.owner), roles(company) + "/by-role/designer"
    chosen = [public_id("mem", member.id) for member in people]
    answer = client.post(path, {"member": chosen})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "No seat is free" in page
    assert page.count("checked") == 4
    assert not Seat.objects.filter(member__isnull=False).exists()
    answer = client.post(path, {"member": chosen[:3]}, follow=True)
    assert "3 members hold the role now." in answer.content.decode()
    assert Seat.objects.filter(member__in=people[:3]).count() == 3
    assert "No seat with this role is free" in text(client, path)


def test_a_role_that_is_none_here_is_not_found(company: Company) -> None:
    client = browser(company.owner)
    assert client.get(roles(company) + "/by-role/analyst").status_code == 404
    assert client.post(roles(company), {"cell": "nonsense"}).status_code == 404
    other = Member.objects.get(user=company.stranger)
    assert client.post(roles(company), cell(other, "designer", "on")).status_code == 404


def asked(company: Company, role: str = "designer") -> str:
    request = ask_for_role(
        member=teammate(company).id, role=role, note="For the lathe.", now=START, by="member:x"
    )
    return f"{roles(company)}/requests/{public_id('req', request.ids[0])}"


def test_a_request_is_counted_and_granted(company: Company) -> None:
    path = asked(company)
    client = browser(company.owner)
    page = text(client, roles(company) + "/requests")
    assert "For the lathe." in page
    assert "No seat is free" in page
    assert "Buy a seat" in page
    assert page.count(">1</span>") == 2  # in the navigation, and on the tab
    subscribe(company.organisation)
    assert "Grant" in text(client, roles(company) + "/requests")
    for _ in range(2):
        client.post(path + "/grant")
    assert RoleRequest.objects.get().status == "granted"
    assert Seat.objects.get().member_id == teammate(company).id
    assert "Nothing waits" in text(client, roles(company) + "/requests")


def test_a_seat_is_bought_for_a_request(company: Company) -> None:
    path = asked(company)
    answer = browser(company.owner).post(path + "/buy")
    more = answer["Location"]
    assert more == f"/console/{company.id}/extend/designer?quantity=1"
    assert browser(company.owner).get(more)["Location"] == (
        f"/store/business/roles/designer?organisation={company.id}&quantity=1"
    )
    assert RoleRequest.objects.get().status == "awaiting_seat"


def test_a_request_is_declined_with_a_word(company: Company) -> None:
    path = asked(company)
    client = browser(company.owner)
    assert client.post(path + "/decline", {"answer": " "}).status_code == 422
    assert client.post(path + "/decline", {"answer": "Not yet."}).status_code == 302
    row = RoleRequest.objects.get()
    assert (row.status, row.answer) == ("declined", "Not yet.")
    assert client.get(path + "/decline").status_code == 404


def test_requests_are_answered_by_administrators_here_alone(company: Company) -> None:
    path = asked(company)
    for other in (company.teammate, company.stranger, company.staff):
        for action in ("grant", "buy", "decline"):
            assert browser(other).post(f"{path}/{action}").status_code == 404
    elsewhere = Member.objects.get(user=company.stranger).organisation_id
    theirs = path.replace(company.id, public_id("org", elsewhere))
    assert browser(company.stranger).post(f"{theirs}/grant").status_code == 404
