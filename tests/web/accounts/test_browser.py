"""Logging in by a real browser: with an authenticator app, and with a passkey."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.web.accounts.test_factors import code_now
from tests.web.browser import Site
from tests.web.people import PASSWORD, Company


def log_in(page: Page, site: Site, company: Company) -> None:
    page.goto(site.url + "/account/login?next=/account/factors")
    page.get_by_label("E-mail address").fill(company.owner.email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Log in", exact=True).click()


def log_out(page: Page, site: Site) -> None:
    page.goto(site.url + "/account/logout")
    page.get_by_role("main").get_by_role("button", name="Log out").click()


def with_authenticator(page: Page) -> None:
    """Give the browser a device that holds passkeys and finds its user present."""
    devices = page.context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    devices.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def test_a_passkey_is_made_and_logs_in_alone(company: Company, page: Page, site: Site) -> None:
    with_authenticator(page)
    log_in(page, site, company)
    page.get_by_role("link", name="Add a passkey").click()
    page.get_by_label("Name of this passkey").fill("My laptop")
    page.get_by_role("button", name="Make the passkey").click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    log_out(page, site)
    page.goto(site.url + "/account/login?next=/account/factors/passkeys")
    page.get_by_role("button", name="Log in with a passkey").click()
    expect(page.get_by_text("My laptop")).to_be_visible()


def test_a_passkey_is_the_second_factor_too(company: Company, page: Page, site: Site) -> None:
    with_authenticator(page)
    log_in(page, site, company)
    page.goto(site.url + "/account/factors/passkeys/add")
    page.get_by_role("button", name="Make the passkey").click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    log_out(page, site)
    log_in(page, site, company)
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("heading", name="Passkeys", exact=True)).to_be_visible()


def test_an_app_is_set_up_and_its_code_logs_in(company: Company, page: Page, site: Site) -> None:
    log_in(page, site, company)
    page.get_by_role("link", name="Set up an app").click()
    secret = page.locator("code.break-all").inner_text()
    page.get_by_label("Code of the app").fill(code_now(secret))
    page.get_by_role("button", name="Finish").click()
    code = page.locator("#recovery-codes li").first.inner_text()
    log_out(page, site)
    log_in(page, site, company)
    page.get_by_label("Code").fill(code)
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("heading", name="Authenticator app")).to_be_visible()


def test_the_pages_before_a_login_are_sound(company: Company, page: Page, site: Site) -> None:
    for path in ("login", "signup", "reset", "reset/sent"):
        page.goto(f"{site.url}/account/{path}")
        site.is_sound(page)


def test_the_pages_of_a_login_are_sound(company: Company, page: Page, site: Site) -> None:
    log_in(page, site, company)
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
    ):
        page.goto(f"{site.url}/account/{path}")
        site.is_sound(page)
