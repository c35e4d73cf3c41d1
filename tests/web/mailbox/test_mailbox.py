"""The mailbox of a sandbox: found, read, led on from; elsewhere there is none."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from playwright.sync_api import Page, expect
from pytest_django import Settings

from tenure.base.ids import public_id
from tenure.notices.commands.mails import post_mail
from tenure.notices.letters.accounts import AccountMail
from tenure.notices.models import Mail
from tests.shop import START
from tests.web.browser import Site
from tests.web.people import Company, browser

pytestmark = pytest.mark.django_db(transaction=True)


def reset_for(address: str, number: int = 0) -> str:
    """A mail with a button; its identifier."""
    post_mail(
        kind=AccountMail.PASSWORD_RESET,
        to=address,
        language="en",
        facts={"url": "http://localhost/account/password/reset/key/1-2/"},
        key=f"{address}:{number}",
        now=START,
    )
    return public_id("mail", Mail.objects.get(key=f"page:{address}:{number}").id)


def paths(mail: str) -> list[str]:
    """Every page about a mail."""
    return ["/mailbox/", f"/mailbox/{mail}", f"/mailbox/{mail}/html"]


def test_a_mail_is_found_by_its_recipient(client: Client) -> None:
    mail = reset_for("ada@lumiere.fr")
    reset_for("bob@lumiere.fr")
    found = client.get("/mailbox/?to=ADA@").content.decode()
    assert f'href="/mailbox/{mail}"' in found
    assert "bob@lumiere.fr" not in found
    assert "No recipient’s address holds “zoe”." in client.get("/mailbox/?to=zoe").content.decode()


def test_many_mails_come_page_by_page_newest_first(client: Client) -> None:
    for number in range(60):
        reset_for("ada@lumiere.fr", number)
    first = client.get("/mailbox/?to=ada")
    assert len(first.context["mails"]) == 50
    assert first.context["mails"][0][1].key == "page:ada@lumiere.fr:59"
    second = client.get(first.context["next"])
    assert len(second.context["mails"]) == 10
    assert second.context["next"] == ""
    assert second.context["first"] == "/mailbox/?to=ada"


def test_as_many_statements_for_many_as_for_few(client: Client) -> None:
    def statements() -> int:
        with CaptureQueriesContext(connection) as caught:
            assert client.get("/mailbox/").status_code == 200
        return len(caught)

    reset_for("ada@lumiere.fr")
    few = statements()
    for number in range(1, 40):
        reset_for("ada@lumiere.fr", number)
    assert statements() == few < 15


def test_a_mails_own_html_may_style_itself_and_nothing_else(client: Client) -> None:
    answer = client.get(f"/mailbox/{reset_for('ada@lumiere.fr')}/html")
    policy = dict(
        part.strip().partition(" ")[::2] for part in answer["Content-Security-Policy"].split(";")
    )
    assert policy["style-src"] == "'unsafe-inline'"
    assert policy["frame-ancestors"] == "'self'"
    assert policy["default-src"] == policy["script-src"] == policy["img-src"] == "'none'"
    assert "allow-scripts" not in policy["sandbox"]
    assert "allow-same-origin" not in policy["sandbox"]


def test_the_list_and_the_mail_keep_the_strict_policy(client: Client) -> None:
    for path in paths(reset_for("ada@lumiere.fr"))[:2]:
        assert "unsafe" not in client.get(path)["Content-Security-Policy"]


def test_nothing_of_it_may_be_found_by_search_engines(client: Client) -> None:
    for path in paths(reset_for("ada@lumiere.fr")):
        assert client.get(path)["X-Robots-Tag"] == "noindex, nofollow"


def test_there_is_none_in_a_live_installation(company: Company, settings: Settings) -> None:
    mail = reset_for("ada@lumiere.fr")
    settings.SANDBOX = False
    for user in (None, company.owner, company.teammate, company.stranger, company.staff):
        for path in paths(mail):
            assert browser(user).get(path).status_code == 404


@pytest.mark.parametrize("path", ["mail_x", "mail_01h455vb4pex5vsknk084sn02q", "x/html"])
def test_what_is_not_there_is_not_found(client: Client, path: str) -> None:
    assert client.get(f"/mailbox/{path}").status_code == 404


def test_a_mail_that_is_forgotten_says_so(client: Client) -> None:
    mail = reset_for("ada@lumiere.fr")
    Mail.objects.update(letter=None)
    assert "What it said is forgotten" in client.get(f"/mailbox/{mail}").content.decode()


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_pages_are_sound(page: Page, site: Site, language: str) -> None:
    mail = reset_for("ada@lumiere.fr")
    page.goto(f"{site.url}/mailbox/?to=nobody&language={language}")
    site.is_sound(page)
    for path in paths(mail)[:2]:  # the third runs no script, that of the checks neither
        page.goto(f"{site.url}{path}?language={language}")
        site.is_sound(page)


def test_a_mail_is_read_and_its_button_leads_on(page: Page, site: Site) -> None:
    Mail.objects.all().delete()
    post_mail(
        kind=AccountMail.PASSWORD_RESET,
        to="ada@lumiere.fr",
        language="en",
        facts={"url": f"{site.url}/mailbox/?to=led-on"},
        key="reset",
        now=START,
    )
    page.goto(f"{site.url}/mailbox/")
    page.get_by_role("link", name="Choose a new password").click()
    framed = page.frame_locator("iframe")
    expect(framed.get_by_role("heading", name="Choose a new password")).to_be_visible()
    framed.get_by_role("link", name="Choose a password").click()
    expect(page).to_have_url(f"{site.url}/mailbox/?to=led-on")
