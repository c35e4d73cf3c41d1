"""An invitation, from its mail to one's own page (R36)."""

from __future__ import annotations

import pytest
from allauth.account.models import EmailAddress

from tenure.flows.clock import advance_clock
from tenure.flows.invitations import invite, withdraw_invitation
from tenure.organisations.commands.invitations import NewInvitation
from tenure.organisations.models import Invitation, Member, User
from tenure.organisations.queries import invitation_token
from tenure.organisations.rules import MemberStatus, Standing
from tests.shop import START, subscribe
from tests.web.people import PASSWORD, Company, browser

ADDRESS = "new@atelier.example"


def invited(company: Company, email: str = ADDRESS, *roles: str) -> str:
    """The page to which the mail of an invitation leads."""
    written = invite(
        organisation=company.organisation.id,
        invitations=[NewInvitation(email=email, standing=Standing.MEMBER, roles=roles)],
        may_give_ownership=False,
        now=START,
        by="test",
    )
    return f"/invitations/{invitation_token(written.ids[0])}"


def home(company: Company) -> str:
    return f"/home/?organisation={company.id}"


def member(email: str = ADDRESS) -> Member:
    return Member.objects.get(email=email)


def test_who_has_no_account_accepts_with_a_name_and_is_in(company: Company) -> None:
    subscribe(company.organisation)
    page = invited(company, ADDRESS, "designer")
    client = browser(**{"accept-language": "fr"})
    text = client.get(page).content.decode()
    assert company.organisation.name in text
    assert "Concepteur" in text
    assert client.post(page, {"name": ""}).status_code == 422
    answer = client.post(page, {"name": "Nour"})
    assert (answer.status_code, answer["Location"]) == (302, home(company))
    joined = member()
    assert (joined.status, joined.name) == (MemberStatus.ACTIVE, "Nour")
    assert client.get("/account/").status_code == 200
    assert EmailAddress.objects.get(email=ADDRESS).verified


def test_accepting_twice_changes_nothing(company: Company) -> None:
    page = invited(company)
    client = browser()
    client.post(page, {"name": "Nour"})
    again = client.post(page, {"name": "Nour"})
    assert again["Location"] == home(company)
    assert client.get(page)["Location"] == home(company)
    assert Member.objects.filter(email=ADDRESS).count() == 1


def test_an_old_link_logs_nobody_in(company: Company) -> None:
    page = invited(company)
    browser().post(page, {"name": "Nour"})
    user = User.objects.get(email=ADDRESS)
    user.set_password(PASSWORD)
    user.save()
    client = browser()
    assert "already" in client.get(page).content.decode()
    assert client.post(page)["Location"].startswith("/account/login?next=")
    assert client.get("/account/").status_code == 302


def test_a_link_does_not_stand_in_for_a_password(company: Company) -> None:
    page = invited(company, company.stranger.email)
    client = browser()
    answer = client.post(page, headers={"Referer": f"http://testserver{page}"})
    assert answer["Location"].startswith("/account/login?next=%2Finvitations%2F")
    assert client.get("/account/").status_code == 302
    assert member_of(company, company.stranger.email).status == MemberStatus.ACTIVE


def member_of(company: Company, email: str) -> Member:
    return Member.objects.get(organisation=company.organisation, email=email)


def test_who_is_logged_in_with_the_address_accepts_by_one_button(company: Company) -> None:
    page = invited(company, company.stranger.email)
    client = browser(company.stranger)
    assert client.get(page).status_code == 200
    assert client.post(page)["Location"] == home(company)
    assert member_of(company, company.stranger.email).user == company.stranger


def test_who_is_logged_in_with_another_address_is_told_so(company: Company) -> None:
    page = invited(company)
    client = browser(company.stranger)
    text = client.get(page).content.decode()
    assert company.stranger.email in text
    assert ADDRESS in text
    assert client.post(page).status_code == 200
    assert member().status == MemberStatus.INVITED
    answer = client.post("/account/logout", {"next": page})
    assert answer["Location"] == page


def test_what_ran_out_says_so_and_what_to_do(company: Company) -> None:
    page = invited(company)
    company.organisation.refresh_from_db()
    advance_clock(
        organisation=company.organisation.id,
        to=Invitation.objects.get().expires_at,
        by="test",
        sandbox=True,
    )
    answer = browser(**{"accept-language": "fr"}).get(page)
    assert answer.status_code == 410
    assert "15 mars 2027" in " ".join(answer.content.decode().split())
    assert browser().post(page, {"name": "Nour"}).status_code == 410


def test_what_was_withdrawn_says_so(company: Company) -> None:
    page = invited(company)
    withdraw_invitation(invitation=Invitation.objects.get().id, now=START, by="test")
    answer = browser().get(page)
    assert answer.status_code == 410
    assert "withdrawn" in answer.content.decode()


@pytest.mark.parametrize("token", ["accept_x", "x" * 70, "accept_" + "0" * 66])
def test_a_word_that_was_never_given_leads_nowhere(company: Company, token: str) -> None:
    assert browser().get(f"/invitations/{token}").status_code == 404
