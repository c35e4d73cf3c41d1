"""Accounts: opened, confirmed, logged in and out of, their passwords and addresses changed."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.core.cache import cache
from django.db import connection
from django.test import Client

from tenure.base.ids import public_id
from tenure.organisations.models import StaffMember, User
from tenure.organisations.rules import Standing
from tests.shop import customer
from tests.web.accounts.mails import last_letter, mails_to, path_in
from tests.web.people import PASSWORD, Company, browser, join

NEW_PASSWORD = "a horse that is not in any list"


def log_in(client: Client, email: str, password: str = PASSWORD, **rest: str) -> tuple[int, str]:
    answer = client.post("/account/login", {"login": email, "password": password, **rest})
    return answer.status_code, answer.get("Location", "")


def test_an_account_is_opened_in_the_tab_that_goes_on(company: Company) -> None:
    client = browser(**{"accept-language": "fr"})
    page = client.get("/account/signup?next=/cart").content.decode()
    assert "Ouvrir un compte" in page
    answer = client.post(
        "/account/signup",
        {"name": "Zoé", "email": "Zoe@New.example", "password1": NEW_PASSWORD, "next": "/cart"},
    )
    assert (answer.status_code, answer["Location"].partition("?")[0]) == (302, "/account/confirm")
    code = last_letter("zoe@new.example").code
    assert "zoe@new.example" in client.get("/account/confirm").content.decode()
    assert client.post("/account/confirm", {"code": "nonsense"}).status_code == 200
    answer = client.post("/account/confirm", {"code": code})
    assert (answer.status_code, answer["Location"]) == (302, "/cart")
    user = User.objects.get(email="zoe@new.example")
    assert (user.name, user.language) == ("Zoé", "fr")
    assert client.get("/account/").status_code == 200


def test_an_unconfirmed_account_cannot_be_used(company: Company) -> None:
    client = browser()
    form = {"name": "Zoé", "email": "zoe@new.example", "password1": NEW_PASSWORD}
    client.post("/account/signup", form)
    assert client.get("/account/").status_code == 302
    cache.clear()  # a code is sent every ten seconds at the most
    other = browser()
    assert log_in(other, "zoe@new.example", NEW_PASSWORD)[1] == "/account/confirm"
    assert other.get("/account/").status_code == 302


def test_signing_up_twice_at_once_makes_one_account(company: Company) -> None:
    """A double click, or two tabs: one is led to the code, and no other is an error of ours."""
    form = {"name": "Zoé", "email": "zoe@new.example", "password1": NEW_PASSWORD}
    together = Barrier(3)

    def click(_: int) -> int:
        try:
            together.wait()
            return browser().post("/account/signup", form).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(3) as clicks:
        answers = set(clicks.map(click, range(3)))
    assert 302 in answers
    assert answers <= {302, 429}  # a code is sent every ten seconds at the most
    assert User.objects.filter(email="zoe@new.example").count() == 1


def test_nobody_learns_who_has_an_account(company: Company) -> None:
    """Signing up, logging in and asking for a password look the same for known and unknown."""
    form = {"name": "Eve", "password1": NEW_PASSWORD}
    for email in (company.owner.email, "nobody@new.example"):
        answer = browser().post("/account/signup", form | {"email": email})
        assert (answer.status_code, answer["Location"]) == (302, "/account/confirm")
        answer = browser().post("/account/reset", {"email": email})
        assert (answer.status_code, answer["Location"]) == (302, "/account/reset/sent")
    seen = []
    for email in (company.owner.email, "somebody@new.example"):
        answer = browser().post("/account/login", {"login": email, "password": "wrong one!"})
        seen.append(answer.content.decode().replace(email, "").partition("<c-")[0])
    assert "We know no account with this address and this password" in seen[0]
    assert (
        len({text[text.index("<h1") : text.index("</form>")].count("error") for text in seen}) == 1
    )
    assert [mail.kind for mail in mails_to(company.owner.email)] == [
        "account_exists",
        "password_reset",
    ]


def test_a_password_is_reset_by_mail_also_by_who_never_had_one(company: Company) -> None:
    member = join(company.organisation, "new@atelier.example")
    assert member.user is not None
    User.objects.filter(id=member.user.id).update(password="!")
    EmailAddress.objects.filter(user=member.user).delete()
    browser().post("/account/reset", {"email": "new@atelier.example"})
    client = browser()
    answer = client.get(path_in(last_letter("new@atelier.example")))
    assert answer.status_code == 302
    page = answer["Location"]
    assert client.get(page).status_code == 200
    weak = client.post(page, {"password1": "password"})
    assert weak.status_code == 200
    answer = client.post(page, {"password1": NEW_PASSWORD})
    assert answer.status_code == 302
    assert log_in(browser(), "new@atelier.example", NEW_PASSWORD)[0] == 302
    used = browser().get(path_in(last_letter("new@atelier.example", "password_reset")))
    assert "This link no longer works" in used.content.decode()


def test_a_login_leads_to_ones_place(company: Company) -> None:
    assert log_in(browser(), company.owner.email) == (302, f"/console/{company.id}/")
    assert log_in(browser(), company.teammate.email) == (302, "/home/")
    assert log_in(browser(), company.staff.email) == (302, "/backoffice/")
    assert log_in(browser(), company.owner.email, next="/cart") == (302, "/cart")
    assert log_in(browser(), company.owner.email, next="https://elsewhere.example")[1].startswith(
        "/console/"
    )


def test_a_login_leads_to_the_organisation_opened_last(company: Company) -> None:
    other = customer(email="zed@second.example")
    second = join(other, company.owner.email + ".x", Standing.ADMINISTRATOR)
    second.user = company.owner
    second.save()
    client = browser()
    client.cookies["organisation"] = public_id("org", other.id)
    assert log_in(client, company.owner.email)[1] == f"/console/{public_id('org', other.id)}/"


def test_logging_out_takes_a_button(company: Company) -> None:
    client = browser(company.owner)
    client.get("/account/logout")
    assert client.get("/account/").status_code == 200
    assert client.post("/account/logout").status_code == 302
    assert client.get("/account/").status_code == 302


def test_who_tries_too_often_is_told_to_wait(company: Company) -> None:
    for _ in range(5):
        log_in(browser(), company.owner.email, "wrong one!")
    answer = browser().post("/account/login", {"login": company.owner.email, "password": PASSWORD})
    assert answer.status_code == 200
    assert "wait five minutes" in answer.content.decode()


def test_a_flood_of_logins_is_a_page_that_says_so(company: Company) -> None:
    form = {"login": "x@y.example", "password": "wrong one!"}
    statuses = {browser().post("/account/login", form).status_code for _ in range(31)}
    assert 429 in statuses


def test_the_password_is_changed_and_a_mail_says_so(company: Company) -> None:
    client = browser()
    log_in(client, company.owner.email)
    answer = client.post("/account/password", {"oldpassword": PASSWORD, "password1": NEW_PASSWORD})
    assert answer.status_code == 302
    assert mails_to(company.owner.email)[-1].kind == "account_changed"
    assert log_in(browser(), company.owner.email, NEW_PASSWORD)[0] == 302


def test_the_address_is_changed_once_the_new_one_is_confirmed(company: Company) -> None:
    client = browser()
    log_in(client, company.owner.email)
    answer = client.post("/account/email", {"email": "ada@new.example", "action_add": "yes"})
    assert answer["Location"] == "/account/confirm"
    assert User.objects.get(id=company.owner.id).email == "ada@atelier.example"
    client.post("/account/confirm", {"code": last_letter("ada@new.example").code})
    assert User.objects.get(id=company.owner.id).email == "ada@new.example"
    assert mails_to("ada@atelier.example")[-1].kind == "account_changed"


def test_sensitive_changes_ask_again_who_one_is(company: Company) -> None:
    client = browser(company.owner)
    for path in ("/account/factors/app", "/account/factors/passkeys/add"):
        answer = client.get(path)
        assert (answer.status_code, answer["Location"].partition("?")[0]) == (302, "/account/again")
    answer = client.post("/account/email", {"email": "ada@new.example", "action_add": "yes"})
    assert answer["Location"] == "/account/again?next=%2Faccount%2Femail"
    wrong = client.post(
        "/account/again", {"password": "wrong one!", "next": "/account/factors/app"}
    )
    assert "This is not your password" in wrong.content.decode()
    assert mails_to("ada@new.example") == []
    answer = client.post("/account/again", {"password": PASSWORD, "next": "/account/factors/app"})
    assert answer["Location"] == "/account/factors/app"
    assert client.get("/account/factors/app").status_code == 200


def test_who_has_no_password_proves_by_mail_who_they_are(company: Company) -> None:
    User.objects.filter(id=company.teammate.id).update(password="!")
    client = browser(User.objects.get(id=company.teammate.id))
    answer = client.get("/account/factors/app")
    assert answer["Location"].startswith("/account/again/mail")
    client.post("/account/again/mail", {"recipient": company.teammate.email})
    code = last_letter(company.teammate.email).code
    client.post("/account/again/code", {"code": code})
    assert client.get("/account/factors/app").status_code == 200


def test_sessions_are_listed_and_ended(company: Company) -> None:
    first, second = (
        browser(),
        Client(headers={"User-Agent": "Mozilla/5.0 (X11; Linux) Firefox/140.0"}),
    )
    log_in(first, company.owner.email)
    log_in(second, company.owner.email)
    page = second.get("/account/sessions").content.decode()
    assert "Firefox · Linux" in page
    assert UserSession.objects.filter(user=company.owner).count() == 2
    second.post("/account/sessions")
    assert first.get("/account/").status_code == 302
    assert second.get("/account/").status_code == 200


def test_ones_organisations_are_listed(company: Company) -> None:
    page = browser(company.owner).get("/account/organisations").content.decode()
    assert company.organisation.name in page
    assert f"/console/{company.id}/" in page
    page = browser(company.staff).get("/account/organisations").content.decode()
    assert company.organisation.name not in page


def test_name_and_language_are_ones_own(company: Company) -> None:
    client = browser(company.owner)
    answer = client.post("/account/", {"name": "Ada L.", "language": "fr"})
    assert answer.status_code == 302
    user = User.objects.get(id=company.owner.id)
    assert (user.name, user.language) == ("Ada L.", "fr")
    assert client.post("/account/", {"name": "", "language": "fr"}).status_code == 422


@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_page_of_the_account_can_be_read(company: Company, language: str) -> None:
    StaffMember.objects.filter(user=company.owner).delete()
    anonymous = browser(**{"accept-language": language})
    for path in ("login", "signup", "reset", "reset/sent", "reset/done", "inactive"):
        answer = anonymous.get(f"/account/{path}")
        assert answer.status_code == 200, path
        assert f'<html lang="{language}"' in answer.content.decode(), path
    client = browser(**{"accept-language": language})
    log_in(client, company.owner.email)
    for path in (
        "",
        "organisations",
        "email",
        "password",
        "sessions",
        "factors",
        "factors/app",
        "factors/passkeys",
        "factors/passkeys/add",
        "again",
        "again/mail",
        "logout",
    ):
        answer = client.get(f"/account/{path}")
        assert answer.status_code == 200, path
        assert answer["X-Robots-Tag"] == "noindex, nofollow"
