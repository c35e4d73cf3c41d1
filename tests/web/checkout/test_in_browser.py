"""The whole road in a real browser, and what a hurried buyer does to it."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, Route, expect

from tenure.billing.models import SandboxCharge
from tenure.orders.models import Order
from tenure.organisations.models import Organisation
from tests.web.accounts.mails import last_letter
from tests.web.browser import Site
from tests.web.checkout.buying import fill
from tests.web.people import Company, browser, person


def chosen(page: Page, site: Site, offer: str, term: str = "year") -> None:
    """Put an offer of the store's into the cart."""
    page.goto(f"{site.url}/store/business/{offer}?term={term}&language=en")
    page.get_by_label("Prices for").select_option("FR")
    page.get_by_role("button", name="Change", exact=True).click()
    page.locator("#buy button.btn-primary").click()
    page.wait_for_url("**/cart")


def test_from_the_cart_to_the_confirmation(page: Page, site: Site, company: Company) -> None:
    """A visitor signs up in mid-checkout, takes the bank's step, and reads what was bought."""
    chosen(page, site, "designer-business")
    seats = page.get_by_label("Seats: Designer")
    seats.fill("3")
    seats.blur()
    expect(page.get_by_text("€4,320.00")).to_be_visible()
    expect(page.get_by_role("link", name="Cart 3")).to_be_visible()
    site.is_sound(page)
    page.get_by_role("link", name="Check out").click()
    site.is_sound(page)
    page.get_by_role("link", name="Open an account").click()
    page.locator("#id_name").fill("Léa Martin")
    page.locator("#id_email").fill("lea@bureau.example")
    page.locator("#id_password1").fill("a long and quiet sentence")
    page.get_by_role("button", name="Go on").click()
    expect(page.locator("#id_code")).to_be_visible()
    page.locator("#id_code").fill(last_letter("lea@bureau.example").code)
    page.get_by_role("button", name="Confirm").click()
    page.wait_for_url("**/checkout/cart_*")
    site.is_sound(page)
    page.get_by_role("button", name="Pay €4,320.00").click()
    expect(page.get_by_role("alert")).to_contain_text("Name of the organisation")
    site.is_sound(page)
    page.get_by_label("Name of the organisation").fill("Bureau Léa")
    page.get_by_label("Street and number").fill("2 rue B")
    page.get_by_label("Postal code").fill("69001")
    page.get_by_label("City").fill("Lyon")
    page.get_by_label("A card whose bank asks for a step").check()
    page.get_by_role("button", name="Pay €4,320.00").click()
    page.wait_for_url("**/sandbox/bank/pay_*")
    site.is_sound(page)
    page.get_by_role("button", name="Confirm").click()
    page.wait_for_url("**/orders/ord_*")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Thank you, it is paid")
    expect(page.get_by_role("link", name="Assign the roles")).to_be_visible()
    site.is_sound(page)
    assert Organisation.objects.filter(name="Bureau Léa").count() == 1


def test_a_double_click_and_the_back_button_buy_once(
    page: Page, site: Site, company: Company
) -> None:
    """R16: nothing twice, nothing lost."""
    client = browser(company.owner)
    cart = fill(client, quantity=2)
    site.log_in(page, client)
    page.goto(f"{site.url}{cart.page}?language=en")
    page.get_by_role("button", name="Pay €2,880.00").dblclick()
    page.wait_for_url("**/orders/ord_*")
    order = page.url
    page.go_back()
    if page.get_by_role("button", name="Pay €2,880.00").is_visible():
        page.get_by_role("button", name="Pay €2,880.00").click()
    page.wait_for_url("**/orders/ord_*")
    assert page.url == order
    assert Order.objects.count() == 1
    assert SandboxCharge.objects.count() == 1


def test_an_answer_that_is_lost_loses_nothing(page: Page, site: Site, company: Company) -> None:
    """R16: the connection breaks after the order was sent; sent again, it is the same order."""
    client = browser(company.owner)
    cart = fill(client, quantity=2)
    site.log_in(page, client)

    def lose(route: Route) -> None:
        if route.request.method == "POST":
            route.fetch(max_redirects=0)
            route.abort("connectionreset")
        else:
            route.continue_()

    page.route("**/checkout/*", lose)
    page.goto(f"{site.url}{cart.page}?language=en")
    with page.expect_event("requestfailed"):
        page.get_by_role("button", name="Pay €2,880.00").click(no_wait_after=True)
    page.unroute("**/checkout/*")
    page.goto(f"{site.url}{cart.page}")
    page.wait_for_url("**/orders/ord_*")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Thank you, it is paid")
    assert Order.objects.count() == 1
    assert SandboxCharge.objects.count() == 1


def test_another_buyer_is_shown_in_place_and_what_was_typed_stays(
    page: Page, site: Site, company: Company
) -> None:
    client = browser(company.owner)
    cart = fill(client)
    site.log_in(page, client)
    page.goto(f"{site.url}{cart.page}?language=en")
    site.is_sound(page)
    page.get_by_label("A card that is declined").check()
    page.get_by_label("A new one").check()
    expect(page.get_by_label("Name of the organisation")).to_be_visible()
    expect(page.get_by_label("A card that is declined")).to_be_checked()
    expect(page.get_by_label("A new one")).to_be_focused()
    page.get_by_label("Name of the organisation").fill("Filiale")
    page.get_by_label("Street and number").fill("2 rue B")
    page.get_by_label("Postal code").fill("69001")
    page.get_by_label("City").fill("Lyon")
    page.get_by_role("button", name="Pay €1,440.00").click()
    page.wait_for_url("**/orders/ord_*")
    expect(page.get_by_role("heading", level=1)).to_contain_text("The card was not accepted")
    site.is_sound(page)
    page.get_by_text("More test cards").click()
    page.get_by_label("A card whose answer is lost").check()
    page.get_by_role("button", name="Pay €1,440.00").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("We are asking the bank")
    site.is_sound(page)


@pytest.mark.parametrize("language", ["en", "fr"])
def test_pages_of_students_are_sound(
    page: Page, site: Site, company: Company, language: str
) -> None:
    client = browser(person("zoe@home.example", "Zoé"))
    cart = fill(client, "designer-student")
    site.log_in(page, client)
    page.goto(f"{site.url}/cart?language={language}")
    site.is_sound(page)
    page.goto(f"{site.url}{cart.page}")
    site.is_sound(page)
    page.locator("#id_line1").fill("2 rue B")
    page.locator("#id_postal_code").fill("69001")
    page.locator("#id_city").fill("Lyon")
    page.locator("form button.btn-primary").click()
    page.wait_for_url("**/orders/ord_*")
    expect(page.locator("#id_school")).to_be_visible()
    site.is_sound(page)
    page.goto(f"{page.url}/withdraw")
    site.is_sound(page)
