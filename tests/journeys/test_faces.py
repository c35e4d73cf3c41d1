"""The whole road in a real browser: from a visitor who filters to a no that says why."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, expect

from tests.journeys.people import Vendor
from tests.journeys.running import Installation
from tests.journeys.visiting import Visitor, a_visitor

DRAFTER, DESIGNER = "drafter-business", "mechanical-designer-business"


@pytest.mark.parametrize(
    ("language", "narrow"), [("en", False), ("fr", True)], ids=["en-1280", "fr-390"]
)
def test_from_the_first_look_to_a_no_that_says_why(
    browser: Browser, installation: Installation, vendor: Vendor, language: str, narrow: bool
) -> None:
    owner, bob = f"ada-{language}@planb.example", f"bob-{language}@planb.example"
    with a_visitor(browser, installation.url, language, narrow=narrow) as ada:
        fills_a_cart(ada)
        is_offered_a_second_cart(ada)
        opens_an_account(ada, owner)
        order = pays_once(ada, vendor)
        organisation = order["organisation"]
        invites(ada, organisation, bob)
        with a_visitor(browser, installation.url, language, narrow=narrow) as colleague:
            accepts(colleague, bob)
        assigns(ada, organisation, bob, narrow=narrow)
        question = {
            "subject": {"type": "member", "id": bob},
            "action": {"name": "model"},
            "resource": {"type": "application", "id": "partforge"},
            "context": {"organisation": organisation},
        }
        answer = vendor.call("POST", "/access/v1/evaluation", question).json()
        assert answer["decision"] is True, answer
        suspends(ada, organisation, bob)
        answer = vendor.call("POST", "/access/v1/evaluation", question).json()
        assert answer["decision"] is False
        assert answer["context"]["reason"] == "member_not_active"
    orders = vendor.lists(f"/organisations/{organisation}/orders")
    assert [each["status"] for each in orders] == ["paid"]


def fills_a_cart(ada: Visitor) -> None:
    """Land, pick the country, search, and buy two roles."""
    ada.goes_to("/")
    ada.follows("/store/business/")
    ada.page.locator("#country").select_option("FR")
    expect(ada.page.locator("#country")).to_have_value("FR")
    ada.page.locator("#q").fill(ada.says("Drafter") if ada.language == "en" else "dessinateur")
    ada.is_at(r"[?&]q=")
    ada.follows(f"/store/business/{DRAFTER}")
    ada.is_at(DRAFTER)
    ada.page.locator("#quantity").fill("2")
    ada.page.locator("#deal").get_by_role("button", name=ada.says("Buy")).click()
    ada.is_at(r"/cart")
    ada.goes_to(f"/store/business/{DESIGNER}")
    ada.page.locator("#deal").get_by_role("button", name=ada.says("Buy")).click()
    ada.is_at(r"/cart")
    expect(ada.page.locator("main")).to_contain_text("2")


def is_offered_a_second_cart(ada: Visitor) -> None:
    """A term that does not fit is refused before the click, and a second cart offered (R11)."""
    ada.goes_to("/store/business/part-designer-business")
    ada.page.locator('input[name="term"][value="quarter"]').check()
    second = ada.page.locator("#deal").get_by_role(
        "button", name=ada.says("Put it into a second cart")
    )
    second.click()
    ada.is_at(r"/cart")
    tabs = ada.page.locator(f'nav[aria-label="{ada.says("Your carts")}"] a')
    expect(tabs).to_have_count(2)
    tabs.first.click()
    expect(ada.page.locator('input[name^="quantity-"]')).to_have_count(2)


def opens_an_account(ada: Visitor, email: str) -> None:
    """Check out, sign up, confirm the address by the code of a mail, and be back."""
    ada.follows("/checkout/")
    ada.is_at(r"/checkout/")
    ada.follows("/account/signup")
    ada.fills(name="Ada Martin", email=email, password1="a long enough password")
    ada.button("Go on").click()
    code = ada.page.locator('[name="code"]')
    expect(code).to_be_visible()
    code.fill(ada.mail(email, r"\b([A-Z0-9]{3,4}-[A-Z0-9]{3,4}|\d{6})\b"))
    ada.button("Confirm").click()
    ada.is_at(r"/checkout/")


def pays_once(ada: Visitor, vendor: Vendor) -> dict[str, str]:
    """A lost connection, a double click, a second tab and the back button: one order."""
    page = ada.page
    ada.fills(name=f"Plan B {ada.language}", line1="1 rue Lepic", postal_code="75018", city="Paris")
    page.locator('input[name="card"][value="tok_authenticate"]').check()
    checkout = page.url
    pay = page.locator("main").get_by_role("button", name=re.compile("Pay |Payer "))
    second = ada.tab()
    second.goto(checkout)
    page.context.set_offline(True)
    with page.expect_event("requestfailed"):
        pay.click(no_wait_after=True)
    page.context.set_offline(False)
    page.goto(checkout)
    if page.locator('[name="line1"]').count():
        ada.fills(
            name=f"Plan B {ada.language}", line1="1 rue Lepic", postal_code="75018", city="Paris"
        )
        page.locator('input[name="card"][value="tok_authenticate"]').check()
    pay.dblclick()
    ada.is_at(r"/sandbox/bank/")
    page.go_back()
    page.goto(checkout)
    ada.is_at(r"/(sandbox/bank|orders)/")
    if "/orders/" in page.url:
        ada.follows("/sandbox/bank/")
    ada.button("Confirm").click()
    ada.is_at(r"/orders/ord_")
    expect(page.locator("h1")).to_contain_text(ada.says("Thank you, it is paid"))
    order: dict[str, str] = vendor.reads(f"/orders/{page.url.rsplit('/', 1)[1].split('?')[0]}")
    second.reload()
    expect(second).to_have_url(re.compile(r"/orders/ord_"))
    second.close()
    page.reload()
    expect(page.locator("h1")).to_contain_text(ada.says("Thank you, it is paid"))
    return order


def invites(ada: Visitor, organisation: str, bob: str) -> None:
    """By the second of the two roads of the confirmation (R39)."""
    ada.follows(f"/console/{organisation}/members/invite")
    ada.page.locator('input[type="email"]:visible').first.fill(bob)
    ada.page.locator('input[type="checkbox"][value="drafter"]').check()
    ada.button("Send the invitation").click()
    ada.is_at(r"/members")
    expect(ada.page.locator("main")).to_contain_text(bob)


def accepts(colleague: Visitor, bob: str) -> None:
    """Two clicks from the mail: the link, and the button."""
    link = colleague.mail(bob, r"(/invitations/[\w.:-]+)")
    colleague.goes_to(link)
    colleague.fills(name="Bob Durand")
    colleague.button("Accept the invitation").click()
    colleague.is_at(r"/home/")
    expect(colleague.page.locator("main")).to_contain_text(
        "Drafter" if colleague.language == "en" else "Dessinateur"
    )


def assigns(ada: Visitor, organisation: str, bob: str, *, narrow: bool) -> None:
    """In the matrix; on a phone, where it does not fit, from the member's page."""
    ada.goes_to(f"/console/{organisation}/roles")
    row = ada.page.locator("main").get_by_role("link", name=re.compile("Bob Durand"))
    if narrow:
        row.locator("visible=true").first.click()
        ada.is_at(r"/members/mem_")
        ada.page.locator("#seats").get_by_role("button", name=ada.says("Assign")).first.click()
        expect(ada.page.locator("#seats tbody tr")).to_have_count(2)
        return
    cell = ada.page.locator("tr", has_text="Bob Durand").locator('button[aria-pressed="false"]')
    cell.first.click()
    expect(
        ada.page.locator("tr", has_text="Bob Durand").locator('button[aria-pressed="true"]')
    ).to_have_count(2)


def suspends(ada: Visitor, organisation: str, bob: str) -> None:
    """With its consequences named first (R37)."""
    ada.goes_to(f"/console/{organisation}/members?q={bob}")
    ada.page.locator("main").get_by_role("link", name="Bob Durand").first.click()
    ada.is_at(r"/members/mem_")
    ada.page.get_by_role("link", name=ada.says("Suspend"), exact=True).click()
    ada.is_at(r"/suspend$")
    ada.button("Suspend").click()
    ada.is_at(r"/members")
