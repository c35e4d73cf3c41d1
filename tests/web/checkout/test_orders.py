"""An order at each of its stages: what it is, what to do next, and who sees it."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from django.test import Client
from pytest_django import Settings

from tenure.base.ids import new_id, public_id
from tenure.billing.models import Payment, SandboxCharge
from tenure.flows.clock import advance_clock
from tenure.flows.verification import accept_proof, decline_proof
from tenure.orders.models import Order, OrderStatus
from tenure.organisations.models import Member, Organisation, StudentProof
from tenure.organisations.rules import Standing
from tenure.policy.words import Audience
from tests.flows.transfers import by_transfer, imported, transfer_for
from tests.shop import START, customer, fill_cart, order_cart, owner_of
from tests.web.checkout.buying import NEW_BUYER, confirm, fill, hidden, text, words
from tests.web.console.companies import INSIDERS_ONLY, act, billing_contact, tried_by_all
from tests.web.people import Company, browser, join, person
from tests.web.store.stores import large_shop, statements

pytestmark = pytest.mark.django_db(transaction=True)


def ordered(company: Company, token: str = "tok_ok") -> str:
    """The page of an order of two seats."""
    outcome = order_cart(
        company.organisation, fill_cart(company.organisation, ("designer-business", 2)), token
    )
    return page_of(outcome.order)


def page_of(order: UUID) -> str:
    """Where an order is seen."""
    return f"/orders/{public_id('ord', order)}"


def order_at(page: str) -> Order:
    """The order of a page."""
    return next(each for each in Order.objects.all() if page_of(each.id) == page)


def pay(client: Client, page: str, card: str, **more: str) -> str:
    """Pay with another card; where that leads."""
    carried = hidden(client.get(page))
    answer = client.post(page, {"once": carried["once"], "card": card, **more})
    assert answer.status_code == 302, words(answer)
    return str(answer["Location"])


def student() -> tuple[Client, str]:
    """A student without an academic address, and the page of what they ordered."""
    client = browser(person("zoe@home.example", "Zoé"))
    cart = fill(client, "designer-student")
    answer = confirm(client, cart, **{**NEW_BUYER, "name": "Zoé"})
    return client, str(answer["Location"])


@pytest.mark.parametrize("token", ["tok_ok", "tok_declined", "tok_authenticate", "tok_unknown"])
def test_who_pays_sees_it_and_nobody_else(company: Company, token: str) -> None:
    page = ordered(company, token)
    assert tried_by_all(company, page) == INSIDERS_ONLY
    assert browser(billing_contact(company)).get(page).status_code == 200
    assert act(company).get(page).status_code == 200


def test_whoever_placed_it_sees_it_also_later(company: Company) -> None:
    admin = join(company.organisation, "ann@atelier.example", Standing.ADMINISTRATOR)
    client = browser(admin.user)
    page = str(confirm(client, fill(client))["Location"])
    Member.objects.filter(id=admin.id).update(standing=Standing.MEMBER)
    assert browser(admin.user).get(page).status_code == 200
    assert browser(company.teammate).get(page).status_code == 404


def test_an_organisation_s_second_factor_guards_its_orders_too(company: Company) -> None:
    page = ordered(company, "tok_declined")
    client = browser(company.owner)
    carried = hidden(client.get(page))
    Organisation.objects.filter(id=company.organisation.id).update(second_factor_required=True)
    assert client.get(page)["Location"].startswith("/account/factors?next=")
    answer = client.post(page, {"once": carried["once"], "card": "tok_ok"})
    assert answer["Location"].startswith("/account/factors?next=")
    assert client.post(f"{page}/withdraw")["Location"].startswith("/account/factors?next=")
    assert order_at(page).status == OrderStatus.DECLINED
    assert browser(billing_contact(company)).get(page).status_code == 200


def test_what_is_no_order_is_not_there(company: Company) -> None:
    client = browser(company.owner)
    for page in (page_of(new_id()), "/orders/nonsense", "/orders/ord_", "/sandbox/bank/pay_x"):
        assert client.get(page).status_code == 404
    page = page_of(new_id())
    assert client.post(f"{page}/withdraw").status_code == 404
    assert client.post(f"{page}/proof").status_code == 404
    assert client.get(f"{page}/proof").status_code == 405


def test_paid_it_says_what_starts_what_renews_and_leads_on(company: Company) -> None:
    """R18, R39: the last day to stop it; assign the roles, or invite the team."""
    page = browser(company.owner).get(ordered(company))
    said = words(page)
    assert "Thank you, it is paid" in said
    assert "March 1, 2027 February 29, 2028 March 1, 2028 February 25, 2028" in said
    assert "You can cancel until the end of March 16, 2027 and get €2,880.00 back." in said
    assert f'href="/console/{company.id}/roles"' in text(page)
    assert f'href="/console/{company.id}/members/invite"' in text(page)


def test_it_is_said_in_french(company: Company) -> None:
    client = browser(company.owner, **{"accept-language": "fr"})
    assert "Merci, c’est payé" in words(client.get(ordered(company)))
    assert "La carte a expiré." in words(client.get(ordered(company, "tok_expired")))


@pytest.mark.parametrize(
    ("token", "reason"),
    [
        ("tok_declined", "The bank declined the card, and did not say why."),
        ("tok_insufficient_funds", "There is not enough money on the account of this card."),
        ("tok_expired", "The card has expired."),
        ("tok_nobodys", "The bank does not know this card."),
    ],
)
def test_declined_it_says_why_and_takes_another_card(
    company: Company, token: str, reason: str
) -> None:
    page = ordered(company, token)
    client = browser(company.owner)
    assert reason in words(client.get(page))
    assert pay(client, page, "tok_declined") == page
    assert "did not say why" in words(client.get(page))
    assert pay(client, page, "tok_ok") == page
    assert "it is paid" in words(client.get(page))
    assert order_at(page).status == OrderStatus.PAID


def test_paid_twice_at_once_it_is_charged_once(company: Company) -> None:
    """R16, R17: a second click finds what the first one made."""
    page = ordered(company, "tok_declined")
    client = browser(company.owner)
    sent = {"once": hidden(client.get(page))["once"], "card": "tok_ok"}
    assert client.post(page, sent)["Location"] == page
    assert client.post(page, sent)["Location"] == page
    fresh = {"once": "another-token-of-a-tab", "card": "tok_ok"}
    assert client.post(page, fresh)["Location"] == page
    assert SandboxCharge.objects.filter(status="captured").count() == 1


def test_a_card_that_is_none_is_said_beside_the_cards(company: Company) -> None:
    page = ordered(company, "tok_declined")
    client = browser(company.owner)
    answer = client.post(page, {"once": hidden(client.get(page))["once"]})
    assert answer.status_code == 422
    assert "Choose a card." in words(answer)


def test_the_bank_asks_for_a_step_and_the_order_is_settled(company: Company) -> None:
    client = browser(company.owner)
    answer = confirm(client, fill(client), card="tok_authenticate")
    bank = str(answer["Location"])
    assert bank.startswith("/sandbox/bank/pay_")
    order = Order.objects.latest("id")
    assert f'href="{bank}"' in text(client.get(page_of(order.id)))
    asked = words(client.get(bank))
    assert "€1,440.00" in asked
    assert "Atelier" in asked
    assert client.post(bank, {"step": "pass"})["Location"] == page_of(order.id)
    assert "it is paid" in words(client.get(page_of(order.id)))
    assert client.post(bank, {"step": "fail"})["Location"] == page_of(order.id)
    assert client.get(bank)["Location"] == page_of(order.id)
    assert order_at(page_of(order.id)).status == OrderStatus.PAID


def test_a_step_that_was_refused_charges_nothing(company: Company) -> None:
    client = browser(company.owner)
    bank = str(confirm(client, fill(client), card="tok_authenticate")["Location"])
    page = client.post(bank, {"step": "fail"})["Location"]
    assert "The step that your bank asks for was not passed." in words(client.get(page))
    assert pay(client, page, "tok_authenticate").startswith("/sandbox/bank/")
    assert pay(client, page, "tok_ok") == page
    assert order_at(page).status == OrderStatus.PAID


def test_the_step_of_a_program_s_customer_needs_no_login(company: Company) -> None:
    ordered(company, "tok_authenticate")
    bank = f"/sandbox/bank/{public_id('pay', Payment.objects.latest('id').id)}"
    holder = browser()
    assert "Confirm this payment" in words(holder.get(bank))
    assert "The step has been taken" in words(holder.post(bank, {"step": "pass"}))
    assert Order.objects.latest("id").status == OrderStatus.PAID


def test_there_is_no_bank_without_a_sandbox(company: Company, settings: Settings) -> None:
    ordered(company, "tok_authenticate")
    bank = f"/sandbox/bank/{public_id('pay', Payment.objects.latest('id').id)}"
    settings.SANDBOX = False
    assert browser(company.owner).get(bank).status_code == 404


def test_unknown_it_waits_without_a_second_charge(company: Company) -> None:
    """R17: nobody else tries until the bank has answered; a charge found counts as paid."""
    page = ordered(company, "tok_unknown")
    client = browser(company.owner)
    seen = client.get(page)
    assert "until then nobody is charged again" in words(seen)
    assert '<noscript><meta http-equiv="refresh" content="10"></noscript>' in text(seen)
    assert f'hx-get="{page}" hx-trigger="every 5s"' in text(seen)
    refused = client.post(page, {"once": "a-token-of-this-test", "card": "tok_ok"})
    assert refused.status_code == 409
    assert "wait until the bank has answered" in words(refused)
    assert client.get(f"{page}/withdraw")["Location"] == page
    later = START + timedelta(hours=1)
    advance_clock(organisation=company.organisation.id, to=later, by="test", sandbox=True)
    paid = client.get(page)
    assert "it is paid" in words(paid)
    assert "hx-trigger" not in text(paid)
    assert SandboxCharge.objects.count() == 1


def test_an_unpaid_order_is_withdrawn_after_saying_what_that_means(company: Company) -> None:
    """R16: an unpaid order can be withdrawn; withdrawing again changes nothing."""
    page = ordered(company, "tok_declined")
    client = browser(company.owner)
    assert f'href="{page}/withdraw"' in text(client.get(page))
    assert "Nothing is charged, now or later." in words(client.get(f"{page}/withdraw"))
    assert client.post(f"{page}/withdraw")["Location"] == page
    assert client.post(f"{page}/withdraw")["Location"] == page
    seen = client.get(page)
    assert "This order was withdrawn" in words(seen)
    assert 'href="/store/business/"' in text(seen)
    refused = client.post(page, {"once": "a-token-of-this-test", "card": "tok_ok"})
    assert refused.status_code == 409


def test_what_came_to_nothing_is_put_into_a_cart_again(company: Company) -> None:
    """R10, R16: at today's prices, and once however often it is sent."""
    page = ordered(company, "tok_declined")
    client = browser(company.owner)
    client.post(f"{page}/withdraw")
    token = {"once": hidden(client.get(page))["once"]}
    cart = client.post(f"{page}/again", token)["Location"]
    assert client.post(f"{page}/again", token)["Location"] == cart
    assert "Total with tax €2,880.00" in words(client.get(cart))
    assert "Total with tax €2,880.00" in words(client.get("/cart"))
    assert browser(company.stranger).post(f"{page}/again", token).status_code == 404


def test_a_paid_order_is_not_withdrawn(company: Company) -> None:
    page = ordered(company)
    client = browser(company.owner)
    assert "Withdraw the order" not in words(client.get(page))
    assert client.get(f"{page}/withdraw")["Location"] == page
    assert client.post(f"{page}/withdraw").status_code == 409


def test_a_student_hands_in_a_proof_and_is_charged_when_it_is_accepted(company: Company) -> None:
    """R8: nothing is charged before; another proof may follow one that did not convince."""
    client, page = student()
    assert "We need to know that you are a student" in words(client.get(page))
    missing = client.post(f"{page}/proof", {"school": "École"})
    assert missing.status_code == 422
    assert 'value="École"' in text(missing)
    sent = {"school": "École", "number": "4711", "link": "school.example/4711"}
    assert client.post(f"{page}/proof", sent)["Location"] == page
    client.post(f"{page}/proof", sent)
    proof = StudentProof.objects.get()
    assert proof.given == {**sent, "link": "https://school.example/4711"}
    assert "Your proof is with us" in words(client.get(page))
    now = proof.submitted_at
    decline_proof(proof=proof.id, reason="It has expired.", now=now, by="staff:test")
    assert "It has expired." in words(client.get(page))
    client.post(f"{page}/proof", {**sent, "number": "4712"})
    assert "Your proof is with us" in words(client.get(page))
    assert not SandboxCharge.objects.exists()
    accept_proof(organisation=proof.organisation_id, now=now, by="staff:test")
    assert "it is paid" in words(client.get(page))


def test_unproved_it_expires(company: Company) -> None:
    made = customer(Audience.STUDENT, email="zoe@home.example")
    outcome = order_cart(made, fill_cart(made, ("designer-student", 1)))
    page = page_of(outcome.order)
    client = browser(person(owner_of(made).email))
    assert "Your order is kept until March 15, 2027." in words(client.get(page))
    advance_clock(organisation=made.id, to=START + timedelta(days=16), by="test", sandbox=True)
    assert "This order has expired" in words(client.get(page))


def test_a_cancelled_order_says_so(company: Company) -> None:
    page = ordered(company)
    Order.objects.update(status=OrderStatus.CANCELLED)
    assert "This order was cancelled" in words(browser(company.owner).get(page))


def test_one_that_waits_for_a_transfer_says_until_when(company: Company) -> None:
    order = by_transfer(company.organisation)
    page = page_of(order)
    waiting = words(browser(company.owner).get(page))
    assert "We wait for your transfer" in waiting
    assert "we give them back" not in waiting
    imported(transfer_for(order, 40000))
    part = words(browser(company.owner).get(page))
    assert "€1,040.00" in part
    assert "€400.00 have arrived by transfer. If you pay by card now, we give them back." in part


def test_staff_who_act_see_it_and_pay_nothing(company: Company) -> None:
    page = ordered(company, "tok_declined")
    refused = act(company).post(page, {"once": "a-token-of-this-test", "card": "tok_ok"})
    assert refused.status_code == 409
    assert order_at(page).status == OrderStatus.DECLINED


def test_statements_do_not_grow_with_the_lines(company: Company) -> None:
    large_shop(300)
    client = browser(company.owner)
    counts = []
    for lines in (3, 300):
        priced = fill_cart(company.organisation, *((f"role-{n}-business", 1) for n in range(3)))
        if lines == 300:
            priced = fill_cart(
                company.organisation, *((f"role-{n}-business", 1) for n in range(3, 300))
            )
        page = page_of(order_cart(company.organisation, priced).order)
        counts.append(statements(lambda page=page: client.get(page)))
    assert counts[0] == counts[1]
    assert counts[0] < 15
