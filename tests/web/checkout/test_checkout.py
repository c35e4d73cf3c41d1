"""The checkout on one page: who buys, how it is paid, what it binds one to."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.test import Client
from pytest_django import Settings

from tenure.base.ids import public_id
from tenure.billing.models import SandboxCharge
from tenure.catalogue.file import parse_catalogue
from tenure.flows.catalogue_import import import_file
from tenure.orders.models import Cart, Order
from tenure.organisations.models import Member, Organisation
from tenure.organisations.rules import Standing
from tenure.policy.words import Audience
from tests.shop import CATALOGUE, START, customer, fill_cart, subscribe
from tests.web.checkout.buying import (
    NEW_BUYER,
    Filled,
    confirm,
    fill,
    hidden,
    order_of,
    text,
    words,
)
from tests.web.people import Company, browser, join, person

pytestmark = pytest.mark.django_db(transaction=True)


def log_in(client: Client, email: str = "lea@bureau.example") -> None:
    """Somebody with a confirmed address logs in where they are."""
    client.force_login(person(email, "Léa"), backend="tenure.web.accounts.backend.Logins")


def sell(source: str) -> None:
    """Another catalogue comes into force."""
    import_file(file=parse_catalogue(source), source=source, now=START, by="command")


def test_a_visitor_fills_a_cart_logs_in_and_buys(company: Company) -> None:
    """R10, R34: no account is needed to fill a cart; who buys first becomes owner."""
    client = browser()
    cart = fill(client, quantity=2)
    welcome = client.get(cart.page)
    assert f"/account/login?next=%2Fcheckout%2F{cart.name}" in text(welcome)
    assert f"/account/signup?next=%2Fcheckout%2F{cart.name}" in text(welcome)
    log_in(client)
    assert "Pay €2,880.00" in words(client.get(cart.page))
    answer = confirm(client, cart, **NEW_BUYER)
    order = order_of(answer)
    assert (order.status, order.total) == ("paid", 288000)
    made = order.organisation
    assert (made.name, made.country, made.timezone) == ("Bureau Léa", "FR", "Europe/Paris")
    assert (made.billing_name, made.billing_city) == ("Bureau Léa", "Lyon")
    owner = Member.objects.get(organisation=made)
    assert (owner.email, owner.standing) == ("lea@bureau.example", Standing.OWNER)
    assert "it is paid" in words(client.get(answer["Location"]))


def test_the_obligations_stand_beside_the_button(company: Company) -> None:
    """R18: the total with tax, the period, that it renews, the last day to stop that."""
    client = browser(company.owner)
    cart = fill(client)
    page = words(client.get(cart.page))
    assert "You undertake to pay €1,440.00, tax included" in page
    assert "from March 1, 2027 to February 29, 2028, both days included" in page
    assert "renews by itself on March 1, 2028" in page
    assert "You can stop that until February 25, 2028." in page
    assert "get everything back until March 16, 2027" in page
    assert "Pay €1,440.00" in page
    assert "Ada pays." in page


def test_companies_pay_by_transfer_and_nobody_else(company: Company) -> None:
    """R14, R15: the page then says where to, under which reference, and until when."""
    client = browser(company.owner)
    cart = fill(client)
    assert "Bank transfer" in words(client.get(cart.page))
    answer = confirm(client, cart, card="bank_transfer")
    assert order_of(answer).status == "awaiting_transfer"
    page = words(client.get(answer["Location"]))
    assert "We wait for your transfer" in page
    assert "RF" in page
    assert "Booked by our bank until" in page
    page = words(client.get(fill(client, "designer-creator", term="month", second=True).page))
    assert "transfer" not in page


def test_without_a_gateway_nothing_can_be_paid(company: Company, settings: Settings) -> None:
    client = browser(company.owner)
    cart = fill(client)
    settings.SANDBOX = False
    page = words(client.get(cart.page))
    assert "Paying by card is not possible here" in page
    assert "Pay €" not in page


def test_a_student_proves_it_before_anything_is_charged(company: Company) -> None:
    """R8: an order of who is not verified waits; an academic address is proof enough."""
    client = browser()
    log_in(client, "zoe@home.example")
    cart = fill(client, "designer-student")
    page = words(client.get(cart.page))
    assert "Nothing is charged before we know that you are a student" in page
    assert "Order for €99.00" in page
    order = order_of(confirm(client, cart, **{**NEW_BUYER, "name": "Zoé"}))
    assert order.status == "awaiting_verification"
    assert not SandboxCharge.objects.exists()
    at_school = browser()
    log_in(at_school, "max@mit.edu")
    cart = fill(at_school, "designer-student")
    assert "Pay €99.00" in words(at_school.get(cart.page))
    order = order_of(confirm(at_school, cart, **{**NEW_BUYER, "name": "Max"}))
    assert order.status == "paid"


def test_a_trial_needs_no_card(company: Company) -> None:
    """R9: nothing to pay, nothing that renews; and it is tried once."""
    client = browser(company.owner)
    cart = fill(client, "designer-trial", term="trial")
    page = words(client.get(cart.page))
    assert "There is nothing to pay" in page
    assert "The trial runs from March 1, 2027 to March 30, 2027" in page
    assert "A card that works" not in page
    assert "Start the trial" in page
    again = browser(company.owner)
    second = fill(again, "designer-trial", term="trial")
    answer = confirm(client, cart, card="")
    assert order_of(answer).status == "paid"
    assert "Your trial has begun" in words(client.get(answer["Location"]))
    page = again.get(second.page)
    assert "You have already tried or bought what this trial holds" in words(page)
    assert "Start the trial" not in words(page)


def test_what_is_missing_is_said_beside_its_field_and_nothing_is_lost(company: Company) -> None:
    client = browser()
    cart = fill(client)
    log_in(client)
    page = confirm(client, cart, **{**NEW_BUYER, "line1": "", "siren": "1" * 15})
    assert page.status_code == 422
    assert 'id="id_line1_error"' in text(page)
    assert 'id="id_siren_error"' in text(page)
    assert 'value="Bureau Léa"' in text(page)
    assert 'value="tok_ok" class="radio radio-primary" checked' in text(page)
    assert not Organisation.objects.filter(name="Bureau Léa").exists()
    page = confirm(client, cart, card="tok_other", **NEW_BUYER)
    assert page.status_code == 422
    assert "Please look at this again" in words(page)


def test_only_what_fits_can_buy(company: Company) -> None:
    """R5, R11: an organisation of another country or audience says why not."""
    customer(country="DE", email=company.owner.email)
    customer(Audience.STUDENT, email=company.owner.email)
    client = browser(company.owner)
    cart = fill(client)
    page = words(client.get(cart.page))
    assert "is billed in Germany, and the cart was priced for France" in page
    assert "belongs to the audience students, and the cart to companies" in page
    german = Organisation.objects.get(country="DE")
    answer = confirm(client, cart, buyer=public_id("org", german.id))
    assert answer.status_code == 409
    assert not Order.objects.exists()
    confirm(client, cart)
    assert Order.objects.latest("id").organisation == company.organisation


def test_whoever_runs_nothing_opens_an_organisation_of_their_own(company: Company) -> None:
    """R35: a member does not spend the organisation's money."""
    client = browser(company.teammate)
    cart = fill(client)
    page = client.get(cart.page)
    assert "Ada et associés" not in words(page)
    assert "Name of the organisation" in words(page)


def test_an_organisation_that_asks_for_a_second_factor_waits_for_it(company: Company) -> None:
    Organisation.objects.filter(id=company.organisation.id).update(second_factor_required=True)
    client = browser(company.owner)
    page = client.get(fill(client).page)
    assert "It asks you for a second factor" in words(page)
    assert "Name of the organisation" in words(page)


def test_nobody_pays_for_an_organisation_that_was_not_chosen(company: Company) -> None:
    """Whoever may not buy for the chosen one any more is asked again, and no other is charged."""
    other = customer(email="zoe@filiale.example")
    Organisation.objects.filter(id=other.id).update(name="Filiale")
    joined = join(other, company.owner.email, Standing.ADMINISTRATOR)
    client = browser(company.owner)
    cart = fill(client)
    chosen = {"buyer": public_id("org", other.id)}
    carried = hidden(client.get(f"{cart.page}?buyer={chosen['buyer']}"))
    Member.objects.filter(id=joined.id).update(standing=Standing.MEMBER)
    sent = {"once": carried["once"], "seen": carried["seen"], "card": "tok_ok", **chosen}
    answer = client.post(cart.page, sent)
    assert answer.status_code == 409
    assert "The organisation that you chose cannot buy this" in words(answer)
    assert not Order.objects.exists()
    assert confirm(client, cart).status_code == 302


def test_another_choice_shows_the_order_for_it_and_keeps_what_was_typed(company: Company) -> None:
    client = browser(company.owner)
    cart = fill(client)
    carried = hidden(client.get(cart.page))
    typed = {"seen": carried["seen"], "once": carried["once"], "card": "tok_declined"}
    page = client.post(cart.page, {**typed, "look": "yes", "buyer": "new", "name": "Filiale"})
    assert page.status_code == 200
    assert 'value="tok_declined" class="radio radio-primary" checked' in text(page)
    assert "Name of the organisation" in words(page)
    answer = client.post(cart.page, {**typed, **NEW_BUYER})
    assert answer.status_code == 409
    assert "The period goes from" in words(answer)
    assert "Nothing was ordered." in words(answer)


@pytest.mark.parametrize("buyer", ["own", "new"])
def test_a_price_that_changed_is_shown_and_asked_again(company: Company, buyer: str) -> None:
    """R16: nothing is charged that was not shown."""
    client = browser(company.owner if buyer == "own" else person("lea@bureau.example", "Léa"))
    cart = fill(client, quantity=2)
    carried = hidden(client.get(cart.page))
    sell(CATALOGUE.replace("amount: 120000}", "amount: 125000}"))
    sent = {**carried, "card": "tok_ok", **(NEW_BUYER if buyer == "new" else {})}
    page = client.post(cart.page, sent)
    assert page.status_code == 409
    assert "Designer: a seat costs €1,250.00 instead of €1,200.00." in words(page)
    assert "The total with tax is €3,000.00 instead of €2,880.00." in words(page)
    assert "Nothing was ordered." in words(page)
    assert not Order.objects.filter(cart=cart.id).exists()
    again = hidden(page)
    sent = {**sent, "once": again["once"], "seen": again["seen"]}
    assert order_of(client.post(cart.page, sent)).total == 300000


def test_a_cart_that_changed_in_another_tab_is_asked_again(company: Company) -> None:
    client = browser(company.owner)
    cart = fill(client)
    carried = hidden(client.get(cart.page))
    fill(client, "analyst-business")
    client.get(cart.page)
    page = client.post(cart.page, {**carried, "card": "tok_ok"})
    assert page.status_code == 409
    assert "Analyst has been added; seats: 1." in words(page)


def test_a_form_that_is_not_ours_orders_nothing(company: Company) -> None:
    client = browser(company.owner)
    cart = fill(client)
    carried = hidden(client.get(cart.page))
    forged = {**carried, "card": "tok_ok", "seen": "forged"}
    assert client.post(cart.page, forged).status_code == 409
    without = {name: value for name, value in carried.items() if name != "once"}
    assert client.post(cart.page, {**without, "card": "tok_ok"}).status_code == 409
    assert not Order.objects.exists()


def test_sent_twice_it_is_ordered_once(company: Company) -> None:
    """R16: a second click, a retry, the page from the browser's memory, another card."""
    client = browser(company.owner)
    cart = fill(client)
    sent = {**hidden(client.get(cart.page)), "card": "tok_ok"}
    first = client.post(cart.page, sent)
    assert client.post(cart.page, sent)["Location"] == first["Location"]
    assert client.post(cart.page, {**sent, "card": "tok_declined"})["Location"] == first["Location"]
    assert client.get(cart.page)["Location"] == first["Location"]
    assert Order.objects.count() == 1
    assert SandboxCharge.objects.count() == 1


@pytest.mark.parametrize("same_tab", [True, False])
def test_at_the_same_moment_it_is_ordered_once(company: Company, same_tab: bool) -> None:
    """R16: a double click and two tabs; also the organisation is opened once."""
    client = browser(person("lea@bureau.example", "Léa"))
    cart = fill(client)
    forms = [hidden(client.get(cart.page)) for _ in range(4)]
    if same_tab:
        forms = [forms[0]] * 4
    cookies = {name: morsel.value for name, morsel in client.cookies.items()}

    def send(form: dict[str, str]) -> str:
        tab = Client()
        tab.cookies.load(cookies)
        try:
            return str(tab.post(cart.page, {**form, **NEW_BUYER, "card": "tok_ok"})["Location"])
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        places = set(pool.map(send, forms))
    assert len(places) == 1
    assert Order.objects.filter(status="paid").count() == 1
    assert SandboxCharge.objects.count() == 1
    assert Organisation.objects.filter(name="Bureau Léa").count() == 1


def test_a_cart_that_was_ordered_leads_to_its_order(company: Company) -> None:
    """R16: whoever runs the organisation is given the first one's order, nobody else."""
    client = browser(company.owner)
    cart = fill(client)
    where = confirm(client, cart)["Location"]
    admin = join(company.organisation, "ann@atelier.example", Standing.ADMINISTRATOR).user
    assert browser(admin).get(cart.page)["Location"] == where
    assert browser(admin).post(cart.page, {})["Location"] == where
    assert browser(company.teammate).get(cart.page).status_code == 404
    assert browser(company.stranger).get(cart.page).status_code == 404
    assert "/account/login" in browser().get(cart.page)["Location"]


def test_the_cart_of_an_organisation_is_its_administrators(company: Company) -> None:
    priced = fill_cart(company.organisation, ("designer-business", 1))
    cart = Filled(priced.cart.id)
    client = browser(company.owner)
    page = client.get(cart.page)
    assert "A new one" not in words(page)
    assert order_of(confirm(client, cart)).status == "paid"
    other = Filled(fill_cart(company.organisation, ("designer-business", 1)).cart.id)
    assert browser(company.stranger).get(other.page).status_code == 404
    assert browser(company.teammate).get(other.page).status_code == 404
    assert browser().get(other.page).status_code == 404


def test_what_a_flow_refuses_is_said_and_what_was_typed_stays(company: Company) -> None:
    """R9: a trial that was used in the meantime; the organisation that was opened stays."""
    client = browser(company.owner)
    cart = fill(client, "designer-trial", term="trial")
    carried = hidden(client.get(cart.page))
    subscribe(company.organisation)
    page = client.post(cart.page, carried)
    assert page.status_code == 409
    assert "You have already tried or bought" in words(page)


def test_an_empty_cart_leads_back(company: Company) -> None:
    client = browser(company.owner)
    cart = fill(client)
    Cart.objects.get(id=cart.id).lines.all().delete()
    assert client.get(cart.page)["Location"] == "/cart"


def test_it_is_said_in_french(company: Company) -> None:
    client = browser(company.owner, **{"accept-language": "fr"})
    page = words(client.get(fill(client).page)).replace("\N{NARROW NO-BREAK SPACE}", " ")
    assert "Payer 1 440,00 €" in page
    assert "Vous pouvez l’arrêter jusqu’au 25 février 2028." in page
