"""The member's home: roles, requests, invitations, leaving (R34, R36, R37, R40, R41)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tenure.access.models import RoleRequest
from tenure.base.ids import public_id
from tenure.flows.clock import advance_clock
from tenure.flows.invitations import invite
from tenure.flows.members import change_member
from tenure.flows.ownership import offer_ownership
from tenure.flows.renewal_choice import choose_renewal
from tenure.flows.role_requests import ask_for_role, decline_role_request
from tenure.flows.seats import assign_seat
from tenure.organisations.commands.invitations import NewInvitation
from tenure.organisations.models import Member, User
from tenure.organisations.rules import MemberStatus, Standing
from tenure.subscriptions.models import Subscription
from tests.shop import START, owner_of, subscribe
from tests.web.people import Company, browser, join, person


def text(client: Client, path: str) -> str:
    answer = client.get(path, follow=True)
    assert answer.status_code == 200
    return answer.content.decode().replace("\N{NO-BREAK SPACE}", " ")


def teammate(company: Company) -> Member:
    return Member.objects.get(user=company.teammate, organisation=company.organisation)


def advance(company: Company, days: int) -> None:
    to = START + timedelta(days=days)
    advance_clock(organisation=company.organisation.id, to=to, sandbox=True, by="test")


def hold(company: Company, offer: str = "designer-business") -> Subscription:
    """The teammate holds a seat of an offer."""
    subscription = subscribe(company.organisation, offer)
    assign_seat(subscription=subscription.id, member=teammate(company).id, now=START, by="test")
    return subscription


def test_it_says_what_is_held_what_it_opens_and_until_when(company: Company) -> None:
    hold(company)
    page = text(browser(company.teammate), "/home/")
    for said in ("Designer", "Usable now", "Modeller", "draw, export", "February 29, 2028"):
        assert said in page
    assert "Console" not in page
    assert "Analyst" not in page
    french = text(browser(company.teammate, **{"accept-language": "fr"}), "/home/")
    assert "Concepteur" in french
    assert "29 février 2028" in french


def test_nobody_else_sees_it(company: Company) -> None:
    hold(company)
    assert browser().get("/home/").status_code == 302
    for other in (company.stranger, company.staff, company.owner):
        assert "Usable now" not in text(browser(other), "/home/")
    path = f"/home/{company.id}/ask"
    assert browser(company.owner).get(path).status_code == 200
    for other in (company.stranger, company.staff):
        for below in ("ask", "ask/designer", "leave"):
            assert browser(other).get(f"/home/{company.id}/{below}").status_code == 404


def test_what_is_over_says_why_and_until_when_data_last(company: Company) -> None:
    choose_renewal(subscription=hold(company).id, auto_renew=False, now=START, by="test")
    advance(company, 370)
    page = text(browser(company.teammate), "/home/")
    assert "Read and export" in page
    assert "Access is over; data can be read and exported until the end of March 15, 2028" in page
    advance(company, 400)
    page = text(browser(company.teammate), "/home/")
    assert "Not usable now" in page
    assert "no paid period covers today" in page


def test_who_is_suspended_sees_why(company: Company) -> None:
    hold(company)
    change_member(
        member=teammate(company).id,
        status=MemberStatus.SUSPENDED,
        may_give_ownership=False,
        now=START,
        by="test",
    )
    page = text(browser(company.teammate), "/home/")
    assert "The member is not active" in page
    assert browser(company.teammate).get(f"/home/{company.id}/ask").status_code == 404


def test_who_belongs_nowhere_is_told_what_to_do(company: Company) -> None:
    page = text(browser(company.staff), "/home/")
    assert "You belong to no organisation yet" in page
    assert "sue@vendor.example" in page


def test_one_switches_between_organisations(company: Company) -> None:
    hold(company)
    elsewhere = Member.objects.get(user=company.stranger).organisation
    join(elsewhere, "tom@atelier.example")
    client = browser(company.teammate)
    page = text(client, "/home/")
    assert "All organisations" in page
    other = public_id("org", elsewhere.id)
    assert "Usable now" not in text(client, f"/home/?organisation={other}")
    assert "Usable now" in text(client, f"/home/?organisation={company.id}")
    assert "Usable now" in text(client, "/home/?organisation=nonsense")


@pytest.mark.parametrize("count", [1, 12])
def test_as_many_statements_for_many_roles(company: Company, count: int) -> None:
    for _ in range(count):
        hold(company)
    client = browser(company.teammate)
    with CaptureQueriesContext(connection) as statements:
        client.get("/home/")
    assert len(statements) == 9
    with CaptureQueriesContext(connection) as statements:
        client.get(f"/home/{company.id}/ask")
    assert len(statements) <= 10
    with CaptureQueriesContext(connection) as statements:
        client.get("/home/requests")
    assert len(statements) <= 5


def test_a_role_is_asked_for_with_a_word(company: Company) -> None:
    hold(company)
    client, path = browser(company.teammate), f"/home/{company.id}/ask"
    page = text(client, path)
    assert "You hold this role already." in page
    assert f"{path}/analyst" in page
    assert f"{path}/designer" not in page
    assert "Analyst" in text(client, path + "?q=solver")
    assert "No role is found like that" in text(client, path + "?q=zzz")
    assert "Solver" in text(client, path + "/analyst")
    for _ in range(2):
        client.post(path + "/analyst", {"note": "To compute."})
    row = RoleRequest.objects.get()
    assert (row.role_id, row.note, row.status) == ("analyst", "To compute.", "open")
    assert "You have asked for this role on March 1, 2027" in text(client, path + "/analyst")
    mine = text(client, "/home/requests")
    assert "To compute." in mine
    req = public_id("req", row.id)
    client.post(f"/home/{company.id}/requests/{req}/withdraw")
    row.refresh_from_db()
    assert row.status == "withdrawn"
    assert "Withdrawn" in text(client, "/home/requests")


def test_a_role_that_is_held_or_none_cannot_be_asked_for(company: Company) -> None:
    hold(company)
    client, path = browser(company.teammate), f"/home/{company.id}/ask"
    assert "You hold this role already." in text(client, path + "/designer")
    assert client.post(path + "/designer").status_code == 409
    assert client.get(path + "/nothing").status_code == 404


def test_the_answer_is_read(company: Company) -> None:
    made = ask_for_role(member=teammate(company).id, role="analyst", now=START, by="member:x")
    decline_role_request(
        request=made.ids[0],
        organisation=company.organisation.id,
        word="Not this year.",
        now=START,
        by="member:x",
    )
    page = text(browser(company.teammate), "/home/requests")
    assert "Declined" in page
    assert "Not this year." in page


def test_nobody_withdraws_what_another_asked(company: Company) -> None:
    made = ask_for_role(member=teammate(company).id, role="analyst", now=START, by="member:x")
    path = f"/home/{company.id}/requests/{public_id('req', made.ids[0])}/withdraw"
    for other in (company.owner, company.stranger, company.staff):
        assert browser(other).post(path).status_code == 404
    assert "Not this year." not in text(browser(company.owner), "/home/requests")


def test_an_external_member_sees_their_own(company: Company) -> None:
    guest = join(company.organisation, "ext@atelier.example", Standing.EXTERNAL)
    hold(company)
    page = text(browser(guest.user), "/home/")
    assert "You hold no role here yet" in page
    assert "External" in page
    assert "tom@atelier.example" not in page


def invited(company: Company, email: str) -> User:
    new = NewInvitation(email, Standing.MEMBER)
    invite(
        organisation=company.organisation.id,
        invitations=[new],
        may_give_ownership=False,
        now=START,
        by="test",
    )
    return person(email)


def test_invitations_for_my_address_wait_here(company: Company) -> None:
    client = browser(invited(company, "new@atelier.example"))
    page = text(client, "/home/")
    assert f"{company.organisation.name} invites you" in page
    link = page.partition("/invitations/")[2].partition('"')[0]
    assert client.post(f"/invitations/{link}").status_code == 302
    assert "invites you" not in text(client, "/home/")
    assert "invites you" not in text(browser(company.stranger), "/home/")


def test_an_invitation_that_ran_out_does_not(company: Company) -> None:
    client = browser(invited(company, "new@atelier.example"))
    advance(company, 20)
    assert "invites you" not in text(client, "/home/")


def test_one_leaves_after_reading_what_that_means(company: Company) -> None:
    hold(company)
    client, path = browser(company.teammate), f"/home/{company.id}/leave"
    page = text(client, path)
    assert "You lose these roles here: Designer." in page
    assert client.post(path)["Location"] == "/home/"
    assert "You belong to no organisation yet" in text(client, "/home/")
    assert teammate(company).status == MemberStatus.REMOVED
    assert client.post(path).status_code == 404


def test_the_last_owner_does_not_leave(company: Company) -> None:
    client, path = browser(company.owner), f"/home/{company.id}/leave"
    page = text(client, path)
    assert "The last active owner can be neither removed" in page
    assert client.post(path).status_code == 409


@pytest.mark.parametrize(("word", "standing"), [("accept", "owner"), ("decline", "member")])
def test_an_ownership_is_accepted_or_declined(company: Company, word: str, standing: str) -> None:
    made = offer_ownership(
        giver=owner_of(company.organisation).id,
        taker=teammate(company).id,
        giver_stays=True,
        now=START,
        by="test",
    )
    client = browser(company.teammate)
    assert "You are offered the ownership of" in text(client, "/home/")
    path = f"/home/{company.id}/ownership/{public_id('own', made.ids[0])}"
    assert browser(company.stranger).post(path, {word: "yes"}).status_code == 404
    client.post(path, {word: "yes"})
    assert teammate(company).standing == standing
    assert "You are offered" not in text(client, "/home/")
