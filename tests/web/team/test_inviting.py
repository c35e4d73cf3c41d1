"""Invitations: one, ten, a file; until when, sent again, withdrawn (R36)."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tenure.access.models import Seat
from tenure.base.ids import public_id
from tenure.flows.clock import advance_clock
from tenure.organisations.models import Invitation, Member
from tests.shop import START, subscribe
from tests.web.people import Company, browser
from tests.web.team.world import crowd


def pages(company: Company) -> str:
    return f"/console/{company.id}/members"


def once(page: str) -> str:
    found = re.search(r'name="once" value="([^"]+)"', page)
    assert found
    return found.group(1)


def sent(client: Client, company: Company, **typed: object) -> HttpResponse:
    """The form, with a line and what else was typed."""
    token = once(client.get(f"{pages(company)}/invite").content.decode())
    fields = {"once": token, "lines": "1", "standing_0": "member", **typed}
    return client.post(f"{pages(company)}/invite", fields)


def text(answer: HttpResponse) -> str:
    return answer.content.decode()


def test_one_is_invited_with_a_role_that_is_kept(company: Company) -> None:
    subscribe(company.organisation)
    client = browser(company.owner)
    assert "1 free" in text(client.get(f"{pages(company)}/invite"))
    answer = sent(client, company, email_0="New@Atelier.example", roles_0=["designer"])
    assert answer["Location"] == f"{pages(company)}/invitations"
    invitation = Invitation.objects.get()
    assert (invitation.email, invitation.roles) == ("new@atelier.example", ["designer"])
    assert Seat.objects.get().invitation_id == invitation.id
    listed = text(client.get(answer["Location"]))
    assert "new@atelier.example" in listed
    assert "Designer" in listed
    assert "Mar 15, 2027" in listed.replace("\N{NO-BREAK SPACE}", " ")


def test_a_number_of_lines_of_any_length_is_a_line(company: Company) -> None:
    client = browser(company.owner)
    page = text(client.get(f"{pages(company)}/invite?lines={'9' * 5000}"))
    assert 'name="email_0"' in page
    assert 'name="email_1"' not in page


def test_a_double_click_invites_once(company: Company) -> None:
    client = browser(company.owner)
    token = once(text(client.get(f"{pages(company)}/invite")))
    fields = {"once": token, "lines": "1", "email_0": "a@b.example", "standing_0": "external"}
    answers = [client.post(f"{pages(company)}/invite", fields) for _ in range(2)]
    assert {answer["Location"] for answer in answers} == {f"{pages(company)}/invitations"}
    assert Invitation.objects.count() == 1


def test_more_lines_keep_what_was_typed(company: Company) -> None:
    client = browser(company.owner)
    answer = sent(client, company, email_0="half@", standing_0="billing", more="yes")
    page = text(answer)
    assert answer.status_code == 200
    assert 'value="half@"' in page
    assert '<option value="billing" selected>' in page
    assert 'name="email_3"' in page
    assert 'name="email_4"' not in page


def test_ten_at_a_time_all_or_none(company: Company) -> None:
    client = browser(company.owner)
    many = {f"email_{n}": f"p{n}@b.example" for n in range(10)}
    many |= {f"standing_{n}": "member" for n in range(10)}
    again = sent(client, company, **{**many, "lines": "10", "email_7": "tom@atelier.example"})
    assert again.status_code == 409
    assert "belongs to a member already" in text(again)
    assert 'value="p9@b.example"' in text(again)
    assert Invitation.objects.count() == 0
    assert sent(client, company, **many, lines="10").status_code == 302
    assert Invitation.objects.count() == 10


def test_the_same_address_twice_is_said_beside_it(company: Company) -> None:
    answer = sent(
        browser(company.owner),
        company,
        lines="2",
        email_0="a@b.example",
        email_1="A@b.example",
        standing_1="member",
    )
    assert answer.status_code == 422
    assert "stands above already" in text(answer)


def test_no_free_seat_leads_to_the_store(company: Company) -> None:
    subscribe(company.organisation)
    client = browser(company.owner)
    answer = sent(
        client,
        company,
        lines="2",
        email_0="a@b.example",
        roles_0=["designer"],
        email_1="b@b.example",
        standing_1="member",
        roles_1=["designer"],
    )
    page = text(answer)
    assert answer.status_code == 409
    assert "No seat is free" in page
    assert "Buy a seat for Designer" in page
    assert f"/console/{company.id}/extend/designer?quantity=1" in page
    assert 'value="b@b.example"' in page
    sent(client, company, email_0="a@b.example", roles_0=["designer"])
    assert "None free: buy more" in text(client.get(f"{pages(company)}/invite"))


def test_nobody_is_invited_as_owner(company: Company) -> None:
    answer = sent(browser(company.owner), company, email_0="a@b.example", standing_0="owner")
    assert answer.status_code == 422


def test_an_invitation_is_sent_again_and_withdrawn(company: Company) -> None:
    subscribe(company.organisation)
    client = browser(company.owner)
    sent(client, company, email_0="a@b.example", roles_0=["designer"])
    invitation = Invitation.objects.get()
    path = f"{pages(company)}/invitations/{public_id('inv', invitation.id)}"
    later = START + timedelta(days=3)
    advance_clock(organisation=company.organisation.id, to=later, sandbox=True, by="test")
    assert "Sent again" in text(client.post(path + "/resend", follow=True))
    invitation.refresh_from_db()
    assert invitation.sent_at == later
    assert "withdrawn" in text(client.post(path + "/withdraw", follow=True))
    assert Seat.objects.get().invitation_id is None
    assert "withdrawn" in text(client.post(path + "/resend", follow=True))
    assert "Invite again" in text(client.get(f"{pages(company)}/invitations?show=all"))
    for other in (company.teammate, company.stranger):
        assert browser(other).post(path + "/withdraw").status_code == 404


def test_one_of_elsewhere_is_not_found(company: Company) -> None:
    sent(browser(company.owner), company, email_0="a@b.example")
    inv = public_id("inv", Invitation.objects.get().id)
    elsewhere = Member.objects.get(user=company.stranger).organisation_id
    path = f"/console/{public_id('org', elsewhere)}/members/invitations/{inv}/withdraw"
    assert browser(company.stranger).post(path).status_code == 404


@pytest.mark.parametrize("count", [1, 9])
def test_as_many_statements_for_many_invitations(company: Company, count: int) -> None:
    client = browser(company.owner)
    lines = {f"email_{n}": f"p{n}@b.example" for n in range(count)}
    lines |= {f"standing_{n}": "member" for n in range(count)}
    sent(client, company, **lines, lines=str(count))
    with CaptureQueriesContext(connection) as statements:
        assert client.get(f"{pages(company)}/invitations").status_code == 200
    assert len(statements) == 5


def chosen(client: Client, company: Company, source: str | bytes) -> HttpResponse:
    """A file that was chosen, and what comes of it."""
    data = source.encode() if isinstance(source, str) else source
    file = SimpleUploadedFile("people.csv", data, content_type="text/csv")
    return client.post(f"{pages(company)}/file", {"file": file}, follow=True)


def test_a_file_is_tried_and_then_done(company: Company) -> None:
    subscribe(company.organisation, quantity=2)
    client = browser(company.owner)
    rows = "\n".join(f"p{n}@b.example;P{n};" for n in range(30))
    answer = chosen(client, company, f"email;name;roles\na@b.example;A;designer\n{rows}\n")
    page = text(answer)
    assert "All 31 people can be invited." in page
    assert Invitation.objects.count() == 0
    path, token = answer.redirect_chain[-1][0], once(page)  # type: ignore[attr-defined]
    done = [client.post(path, {"once": token}) for _ in range(2)]
    assert done[0]["Location"] == f"{pages(company)}/invitations"
    assert Invitation.objects.count() == 31


def test_each_line_has_its_verdict(company: Company) -> None:
    subscribe(company.organisation)
    client = browser(company.owner)
    source = (
        "email,standing,roles\nok@b.example,member,designer\nbad,member,\n"
        "late@b.example,,designer\ntom@atelier.example,,\nx@b.example,king,\n"
    )
    answer = chosen(client, company, source)
    page = text(answer)
    assert "4 lines have to be changed" in page
    for said in (
        "bad is no e-mail address",
        "king is no standing",
        "No seat is free",
        "belongs to a member already",
        "Buy 1 seat for Designer",
    ):
        assert said in page
    path = answer.redirect_chain[-1][0]  # type: ignore[attr-defined]
    assert client.post(path).status_code in (200, 409)
    assert Invitation.objects.count() == 0


def test_what_is_no_such_file_is_said(company: Company) -> None:
    client = browser(company.owner)
    assert "no text in UTF-8" in text(chosen(client, company, b"\xff\xfe"))
    assert "one of them must be: email" in text(chosen(client, company, "name\nAda\n"))
    assert chosen(client, company, "").status_code == 422


def test_a_file_is_its_chooser_s_alone(company: Company) -> None:
    answer = chosen(browser(company.owner), company, "email\na@b.example\n")
    path = answer.redirect_chain[-1][0]  # type: ignore[attr-defined]
    assert browser(company.teammate).get(path).status_code == 404
    assert browser(company.stranger).get(path).status_code == 404
    gone = browser(company.owner).get(f"{pages(company)}/file/nothing-here")
    assert gone["Location"] == f"{pages(company)}/file"


def test_thousands_of_lines_are_tried_in_as_many_statements(company: Company) -> None:
    client = browser(company.owner)
    counts = []
    for size in (5, 2000):
        answer = chosen(
            client, company, "email\n" + "".join(f"q{n}@b.example\n" for n in range(size))
        )
        path = answer.redirect_chain[-1][0]  # type: ignore[attr-defined]
        with CaptureQueriesContext(connection) as statements:
            assert client.get(path).status_code == 200
        counts.append(len(statements))
    assert counts[0] == counts[1] <= 20


def test_the_sample_can_be_used(company: Company) -> None:
    subscribe(company.organisation)
    crowd(company.organisation, 1)
    client = browser(company.owner)
    sample = client.get(f"{pages(company)}/file/sample").content
    assert "1 person can be invited" in text(chosen(client, company, sample))
