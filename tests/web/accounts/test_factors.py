"""Second factors: an authenticator app, recovery codes."""

from __future__ import annotations

import re

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import (
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.test import Client

from tenure.organisations.models import Organisation
from tests.web.accounts.mails import mails_to
from tests.web.people import PASSWORD, Company, browser


def code_now(secret: str) -> str:
    """What an authenticator app with ``secret`` shows at this moment."""
    counter = next(iter(yield_hotp_counters_from_time()))
    return format_hotp_value(hotp_value(secret, counter))


def logged_in(company: Company) -> Client:
    client = browser()
    client.post("/account/login", {"login": company.owner.email, "password": PASSWORD})
    return client


def set_up_app(client: Client) -> str:
    page = client.get("/account/factors/app").content.decode()
    found = re.search(r'<code class="break-all">(\w+)</code>', page)
    assert found is not None
    answer = client.post("/account/factors/app", {"code": code_now(found.group(1))})
    assert answer.status_code == 302, answer.content.decode()
    return found.group(1)


def test_an_app_is_set_up_and_asked_for(company: Company) -> None:
    secret = set_up_app(logged_in(company))
    assert mails_to(company.owner.email)[-1].kind == "account_changed"
    client = browser()
    answer = client.post(
        "/account/login",
        {"login": company.owner.email, "password": PASSWORD, "next": f"/console/{company.id}/"},
    )
    assert answer["Location"] == "/account/factors/proof"
    assert client.get("/account/").status_code == 302
    assert client.get("/account/factors/proof").status_code == 200
    wrong = client.post("/account/factors/proof", {"code": "000000"})
    assert "This code is not right" in wrong.content.decode()
    answer = client.post("/account/factors/proof", {"code": code_now(secret)})
    if answer.status_code == 200:  # the same code serves once, also for setting up
        codes = Authenticator.objects.get(user=company.owner, type="recovery_codes").wrap()
        answer = client.post("/account/factors/proof", {"code": codes.get_unused_codes()[0]})
    assert answer["Location"] == f"/console/{company.id}/"
    assert client.get("/account/").status_code == 200


def test_a_recovery_code_lets_in_once(company: Company) -> None:
    set_up_app(logged_in(company))
    codes = Authenticator.objects.get(user=company.owner, type="recovery_codes").wrap()
    code = codes.get_unused_codes()[0]
    for status in (302, 200):
        client = logged_in(company)
        assert client.post("/account/factors/proof", {"code": code}).status_code == status


def test_recovery_codes_are_shown_saved_and_made_anew(company: Company) -> None:
    client = logged_in(company)
    set_up_app(client)
    page = client.get("/account/factors/codes").content.decode()
    codes = re.findall(r"<li>([\w-]+)</li>", page)
    assert len(codes) == 10
    file = client.get("/account/factors/codes/file")
    assert codes[0] in file.content.decode()
    assert client.get("/account/factors/codes/new").status_code == 200
    assert client.post("/account/factors/codes/new").status_code == 302
    assert codes[0] not in client.get("/account/factors/codes").content.decode()


def test_the_app_is_removed(company: Company) -> None:
    client = logged_in(company)
    set_up_app(client)
    assert client.get("/account/factors").status_code == 200
    assert client.get("/account/factors/app/remove").status_code == 200
    assert client.post("/account/factors/app/remove").status_code == 302
    assert not Authenticator.objects.filter(user=company.owner, type="totp").exists()


def test_a_second_factor_opens_the_console_that_asks_for_one(company: Company) -> None:
    Organisation.objects.filter(id=company.organisation.id).update(second_factor_required=True)
    client = logged_in(company)
    set_up_app(client)
    assert client.get("/account/factors").status_code == 200


def test_the_picture_of_the_code_is_drawn_in_the_page(company: Company) -> None:
    page = logged_in(company).get("/account/factors/app").content.decode()
    assert "<svg xmlns" in page
    assert "data:image" not in page


@pytest.mark.parametrize("path", ["codes", "app/remove"])
def test_nothing_is_shown_of_factors_that_are_not_there(company: Company, path: str) -> None:
    assert logged_in(company).get(f"/account/factors/{path}").status_code in {302, 404}


def test_secrets_are_shown_to_nobody_else(company: Company) -> None:
    assert browser().get("/account/factors/app").status_code == 302
