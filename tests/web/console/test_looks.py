"""The console in a real browser: sound in both languages, by keys alone, without scripts."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Page, expect

from tenure.base.ids import public_id
from tenure.flows.api_keys import make_api_key
from tenure.flows.invitations import invite
from tenure.flows.ownership import offer_ownership
from tenure.orders.models import Order
from tenure.organisations.commands.invitations import NewInvitation
from tenure.organisations.models import Member, Organisation
from tenure.organisations.rules import Standing
from tests.shop import START, fill_cart, order_cart, owner_of, subscribe
from tests.web.browser import Site
from tests.web.console.companies import act, advance, bought, page_of, subscription_page
from tests.web.people import Company, join
from tests.web.people import browser as logged_in
from tests.web.soundness import NARROW


@pytest.fixture
def lively(company: Company) -> Company:
    """A company in which something is to be done on each page."""
    organisation = company.organisation
    bought(company, quantity=5)
    subscribe(organisation, "analyst-business", 3)
    order_cart(organisation, fill_cart(organisation, ("analyst-business", 1)), "tok_declined")
    taker = join(organisation, "ann@atelier.example", Standing.ADMINISTRATOR)
    giver = owner_of(organisation)
    offer_ownership(giver=giver.id, taker=taker.id, giver_stays=True, now=START, by="test")
    make_api_key(organisation=organisation.id, name="Robot", now=START, by="test")
    advance(company, "2028-02-20")
    new = NewInvitation(email="new@atelier.example", standing=Standing.MEMBER, roles=("designer",))
    invite(
        organisation=organisation.id,
        invitations=[new],
        may_give_ownership=False,
        now=START + timedelta(days=356),
        by="test",
    )
    return company


@pytest.mark.parametrize("language", ["fr"])
def test_every_page_is_sound(lively: Company, page: Page, site: Site, language: str) -> None:
    site.log_in(page, logged_in(lively.owner))
    page.goto(f"{site.url}{page_of(lively)}?language={language}")
    site.is_sound(page)
    order = Order.objects.filter(organisation=lively.organisation).earliest("id")
    made = lively.organisation.subscriptions.earliest("id")
    for path in (
        page_of(lively, "subscriptions"),
        subscription_page(lively, made),
        f"{subscription_page(lively, made)}/renewal?to=off",
        page_of(lively, "orders"),
        page_of(lively, f"orders/{public_id('ord', order.id)}"),
        page_of(lively, "forecast?until=2029-06-01"),
        page_of(lively, "settings/webhooks"),
        page_of(lively, "history"),
        page_of(lively, "settings"),
        page_of(lively, "billing/address"),
        page_of(lively, "settings/security"),
        page_of(lively, "settings/ownership"),
        page_of(lively, "settings/keys"),
        page_of(lively, "settings/clock?since=3"),
    ):
        page.goto(site.url + path)
        site.is_sound(page)


def test_what_is_empty_and_who_acts_look_sound_too(
    company: Company, page: Page, site: Site
) -> None:
    Member.objects.filter(user=company.teammate).delete()
    site.log_in(page, act(company))
    for rest in ("", "subscriptions", "orders", "settings/keys", "settings/ownership"):
        page.goto(site.url + page_of(company, rest))
        site.is_sound(page)


def test_the_renewal_is_switched_by_keys_alone(company: Company, page: Page, site: Site) -> None:
    made = bought(company)
    site.log_in(page, logged_in(company.owner))
    page.goto(site.url + subscription_page(company, made))
    page.get_by_role("switch", name="Renews by itself").focus()
    page.keyboard.press("Space")
    expect(page.get_by_role("heading", name="Switch off the renewal of Designer?")).to_be_visible()
    page.get_by_role("button", name="Switch it off").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("The renewal is switched off.")).to_be_visible()
    expect(page.get_by_role("switch", name="Renews by itself")).not_to_be_checked()


def test_it_works_without_scripts(company: Company, browser: Browser, site: Site) -> None:
    made = bought(company)
    context = browser.new_context(java_script_enabled=False, locale="en-GB")
    page = context.new_page()
    site.log_in(page, logged_in(company.owner))
    page.goto(site.url + subscription_page(company, made))
    page.get_by_role("switch", name="Renews by itself").click()
    page.get_by_role("button", name="Switch it off").click()
    expect(page.get_by_text("The renewal is switched off.")).to_be_visible()
    page.goto(site.url + page_of(company, "settings/clock"))
    page.get_by_role("button", name="A year").click()
    expect(page.get_by_text("Designer ended; its data are kept until")).to_be_visible()
    context.close()


def test_long_names_stay_within_the_page(company: Company, page: Page, site: Site) -> None:
    Organisation.objects.update(name="Donaudampfschifffahrtsgesellschaft" + "x" * 100)
    Member.objects.update(name="Maximiliane-Wilhelmina-" * 5)
    made = bought(company)
    site.log_in(page, logged_in(company.owner))
    page.set_viewport_size(NARROW)
    for path in (page_of(company), subscription_page(company, made), page_of(company, "history")):
        page.goto(site.url + path)
        assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]
