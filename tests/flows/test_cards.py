"""Cards at Stripe, through the API: bought, authenticated, told of by messages, lost and found."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from django.test import Client

from tenure.base.clock import machine_now
from tenure.base.ids import parse_public_id, public_id
from tenure.billing.models import (
    GatewayCustomer,
    Payment,
    PaymentMethod,
    PaymentStatus,
    Refund,
)
from tenure.flows.payment_methods import forget_removed, recover_payment_methods
from tenure.flows.recovery import recover_of_organisation, recover_payments, recover_steps
from tenure.flows.refunds import recover_refunds, refund_order
from tenure.flows.steps import ask_payment
from tenure.flows.verify.run import verify
from tenure.orders.models import Order
from tenure.organisations.models import Organisation
from tenure.policy.words import Audience
from tests.api.cast import key_for
from tests.api.talking import Api, Reply
from tests.billing.stripelike import StripeLike
from tests.billing.stripelike.server import KEY, SECRET
from tests.flows.doomed import every_point
from tests.shop import START, customer, fill_cart, open_shop

pytestmark = pytest.mark.django_db(transaction=True)

_numbers = count(1)
ASKS = "pm_card_authenticationRequired"


@pytest.fixture
def stripe(settings: Any) -> Iterator[StripeLike]:
    with StripeLike() as running:
        settings.STRIPE_SECRET_KEY = KEY
        settings.STRIPE_WEBHOOK_SECRET = SECRET
        settings.STRIPE_API_BASE = running.address
        open_shop()
        yield running


def buyer(audience: Audience = Audience.BUSINESS, *, clock: bool = False) -> Organisation:
    email = f"ada{next(_numbers)}@atelier.example"
    return customer(audience, email=email, clock=START if clock else None)


def purchase(
    api: Api, organisation: Organisation | None = None, **payment: object
) -> Callable[[], Reply]:
    """A cart to be ordered by card; calling it again asks for the same again."""
    organisation = organisation or buyer()
    now = organisation.test_clock or machine_now()
    cart = fill_cart(organisation, (f"designer-{organisation.audience}", 2), now=now).cart
    body = {
        "cart": public_id("cart", cart.id),
        "cart_version": cart.version,
        "organisation": public_id("org", organisation.id),
        "payment": {"method": "card", **(payment or {"token": "pm_card_visa"})},
    }
    key = f"key-{next(_numbers)}"
    return lambda: api.post("/orders", body, idempotency_key=key)


def deliver(stripe: StripeLike, *events: dict[str, Any], **signed: Any) -> list[int]:
    """Send messages of Stripe's to where they are taken."""
    statuses = []
    for event in events:
        body, signature = stripe.signed(event, **signed)
        response = Client().post(
            "/api/v1/gateways/stripe/webhook",
            data=body,
            content_type="application/json",
            headers={"Stripe-Signature": signature},
        )
        statuses.append(response.status_code)
    return statuses


def status_of(order: str) -> str:
    return Order.objects.get(id=parse_public_id("ord", order)).status


def recover_all() -> None:
    """A worker that finds everything old enough."""
    later = machine_now() + timedelta(minutes=30)
    recover_payments(now=later)
    recover_steps(now=later)
    recover_payment_methods(now=later)
    recover_refunds(now=machine_now(), patience=timedelta(0))


def all_holds(stripe: StripeLike) -> None:
    """Everything that is always true; and Stripe has what we have, to the cent."""
    found = {
        each.check.name: each.tally
        for each in verify(now=machine_now())
        if each.tally.failed or each.tally.in_flight
    }
    assert found == {}
    ours = {
        payment.gateway_reference: (payment.amount, payment.currency.lower())
        for payment in Payment.objects.filter(status=PaymentStatus.CAPTURED)
    }
    there = {
        intent["id"]: (intent["amount_received"], intent["currency"])
        for intent in stripe.account.of_kind("payment_intent")
        if intent["amount_received"]
    }
    assert ours == there
    back = {
        refund.gateway_reference: refund.amount
        for refund in Refund.objects.filter(status__in=["done", "called"])
    }
    assert back == {each["id"]: each["amount"] for each in stripe.account.of_kind("refund")}


def test_a_card_pays_is_saved_and_pays_again(stripe: StripeLike) -> None:
    api, company = Api(key_for(None)), buyer()
    assert purchase(api, company)().body["status"] == "paid"
    customer_ = GatewayCustomer.objects.get()
    method = PaymentMethod.objects.get()
    assert (method.gateway, method.last4, method.is_default) == ("stripe", "4242", True)
    assert purchase(api, company, payment_method=public_id("pm", method.id))().body["status"] == (
        "paid"
    )
    assert purchase(api, company)().body["status"] == "paid"
    assert PaymentMethod.objects.count() == 1
    customers = {intent["customer"] for intent in stripe.account.of_kind("payment_intent")}
    assert customers == {customer_.reference}
    all_holds(stripe)


def test_the_sandboxs_cards_buy_nothing_at_stripe(stripe: StripeLike) -> None:
    reply = purchase(Api(key_for(None)), token="tok_ok")()
    assert (reply.status, reply.body["status"]) == (201, "declined")
    assert reply.body["decline_code"] == "unknown_card"
    assert stripe.account.of_kind("payment_intent") == []


@pytest.mark.parametrize("passed", [True, False])
def test_the_banks_step_is_settled_by_a_message(stripe: StripeLike, passed: bool) -> None:
    api = Api(key_for(None))
    reply = purchase(api, token=ASKS)()
    order = reply.body["id"]
    assert reply.body["status"] == "authentication_required"
    assert reply.body["next_action"]["url"].startswith("https://hooks.stripe.example/pi_")
    step = api.post(f"/sandbox/authentications/{reply.body['payment']}", {"outcome": "pass"})
    assert step.status == 404, "the sandbox's customer takes no step at Stripe"
    (intent,) = stripe.account.of_kind("payment_intent")
    stripe.account.authenticate(intent["id"], passed=passed)
    events = [*stripe.account.events, *reversed(stripe.account.events)]
    assert set(deliver(stripe, *events)) == {204}
    assert status_of(order) == ("paid" if passed else "declined")
    all_holds(stripe)


def test_a_message_that_is_lost_is_not_missed(stripe: StripeLike) -> None:
    order = purchase(Api(key_for(None)), token=ASKS)().body["id"]
    (intent,) = stripe.account.of_kind("payment_intent")
    assert recover_steps(now=machine_now()) == 0
    recover_all()
    assert status_of(order) == "authentication_required"
    stripe.account.authenticate(intent["id"], passed=True)
    Payment.objects.update(called_at=machine_now())
    recover_all()
    assert status_of(order) == "paid"
    all_holds(stripe)


def test_a_step_that_nobody_takes_is_given_up_after_a_day(stripe: StripeLike) -> None:
    order = purchase(Api(key_for(None)), token=ASKS)().body["id"]
    assert recover_steps(now=machine_now() + timedelta(days=1, minutes=1)) == 1
    assert status_of(order) == "declined"
    assert Payment.objects.get().decline_code == "abandoned"
    all_holds(stripe)


def test_an_unsigned_message_changes_nothing(stripe: StripeLike) -> None:
    order = purchase(Api(key_for(None)), token=ASKS)().body["id"]
    (intent,) = stripe.account.of_kind("payment_intent")
    stripe.account.authenticate(intent["id"], passed=True)
    event = stripe.account.events[-1]
    assert deliver(stripe, event, secret="whsec_of_another") == [409]
    assert deliver(stripe, event, age=1000) == [409]
    assert status_of(order) == "authentication_required"
    client = Client()
    assert client.get("/api/v1/gateways/stripe/webhook").status_code == 405
    for path in ("/api/v1/gateways/sandbox/webhook", "/api/v1/gateways/other/webhook"):
        assert client.post(path, data="{}", content_type="application/json").status_code == 404


def test_messages_about_others_are_taken_and_forgotten(stripe: StripeLike) -> None:
    for name, prefix in (("payment", "pay"), ("refund", "ref"), ("card", "pm")):
        named = {f"tenure_{name}": f"{prefix}_01h455vb4pex5vsknk084sn02q"}
        assert deliver(stripe, {"data": {"object": {"metadata": named}}}) == [204]


def test_a_card_is_given_on_stripes_page(stripe: StripeLike) -> None:
    api, company = Api(key_for(None)), buyer()
    reply = purchase(api, company, hosted=True)()
    assert reply.body["status"] == "authentication_required"
    (session,) = stripe.account.of_kind("checkout.session")
    assert reply.body["next_action"]["url"] == session["url"]
    assert session["amount_total"] == reply.body["total"]["amount"]
    stripe.account.fill_page(session["id"])
    deliver(stripe, *reversed(stripe.account.events))
    assert status_of(reply.body["id"]) == "paid"
    assert PaymentMethod.objects.get().organisation == company
    all_holds(stripe)


def test_paying_otherwise_closes_the_page_first(stripe: StripeLike) -> None:
    api = Api(key_for(None))
    order = purchase(api, hosted=True)().body["id"]
    card = {"payment": {"method": "card", "token": "pm_card_visa"}}
    paid = api.post(f"/orders/{order}/payments", card, idempotency_key="again")
    assert paid.body["status"] == "paid"
    assert [each["status"] for each in stripe.account.of_kind("checkout.session")] == ["expired"]
    all_holds(stripe)


def test_a_page_that_was_paid_on_wins_over_what_comes_later(stripe: StripeLike) -> None:
    api = Api(key_for(None))
    order = purchase(api, hosted=True)().body["id"]
    (session,) = stripe.account.of_kind("checkout.session")
    stripe.account.fill_page(session["id"])
    withdrawn = api.delete(f"/orders/{order}")
    assert withdrawn.code == "order_closed"
    assert status_of(order) == "paid"
    all_holds(stripe)


def test_a_students_card_is_charged_once_they_are_proved(stripe: StripeLike) -> None:
    api, student = Api(key_for(None)), buyer(Audience.STUDENT)
    reply = purchase(api, student, hosted=True)()
    assert reply.body["status"] == "awaiting_verification"
    assert stripe.account.of_kind("checkout.session") == []
    org = public_id("org", student.id)
    assert api.post(f"/organisations/{org}/verification", {}).status < 300
    assert status_of(reply.body["id"]) == "authentication_required"
    (session,) = stripe.account.of_kind("checkout.session")
    stripe.account.fill_page(session["id"])
    ask_payment(payment=Payment.objects.get().id, at=machine_now(), by="test")
    assert status_of(reply.body["id"]) == "paid"
    all_holds(stripe)


def test_a_charge_so_old_that_its_key_may_be_forgotten_is_asked_about(stripe: StripeLike) -> None:
    api = Api(key_for(None))
    again = purchase(api)
    stripe.down = True
    assert again().body["status"] == "payment_unknown"
    stripe.down = False
    old = machine_now() - timedelta(days=2)
    Payment.objects.update(status=PaymentStatus.INTENDED, called_at=old)
    from tenure.flows.purchase import resume_order

    resume_order(order=Order.objects.get().id, now=machine_now(), by="test")
    assert Payment.objects.get().decline_code == "not_charged"
    assert stripe.account.of_kind("payment_intent")[0]["amount_received"] == 0


def test_with_a_test_clock_what_is_elsewhere_is_asked_for_when_it_advances(
    stripe: StripeLike,
) -> None:
    company = buyer(clock=True)
    order = purchase(Api(key_for(None)), company, token=ASKS)().body["id"]
    (intent,) = stripe.account.of_kind("payment_intent")
    stripe.account.authenticate(intent["id"], passed=True)
    recover_all()
    assert status_of(order) == "authentication_required"
    recover_of_organisation(company.id, now=START + timedelta(days=1))
    assert status_of(order) == "paid"


def test_money_goes_back_and_a_message_tells_when(stripe: StripeLike) -> None:
    order = purchase(Api(key_for(None)))().body["id"]
    (card,) = stripe.account.of_kind("payment_method")
    card["card"]["last4"] = "7726"
    refund_order(
        order=parse_public_id("ord", order),
        amount=None,
        reason="A gesture.",
        now=machine_now(),
        by="test",
    )
    (refund,) = stripe.account.of_kind("refund")
    assert Refund.objects.get().status == "called"
    assert deliver(stripe, stripe.account.events[-1]) == [204]
    assert Refund.objects.get().status == "called"
    stripe.account.finish(refund["id"], "succeeded")
    deliver(stripe, stripe.account.events[-1], stripe.account.events[-1])
    assert Refund.objects.get().status == "done"
    all_holds(stripe)


def test_a_refund_that_never_arrived_is_no_news(stripe: StripeLike) -> None:
    order = purchase(Api(key_for(None)))().body["id"]
    stripe.fail("unreached", path="/v1/refunds")
    refund_order(
        order=parse_public_id("ord", order),
        amount=None,
        reason="A gesture.",
        now=machine_now(),
        by="test",
    )
    row = Refund.objects.get()
    assert row.status == "unknown"
    named = {"tenure_refund": public_id("ref", row.id)}
    deliver(stripe, {"data": {"object": {"metadata": named}}})
    assert Refund.objects.get().status == "unknown"
    recover_all()
    assert Refund.objects.get().status == "done"
    all_holds(stripe)


# cards on file


def cards_of(api: Api, organisation: Organisation) -> str:
    del api
    return f"/organisations/{public_id('org', organisation.id)}/payment-methods"


def test_a_card_is_saved_with_a_step_or_on_a_page(stripe: StripeLike) -> None:
    api, company = Api(key_for(None)), buyer()
    waiting = api.post(cards_of(api, company), {"token": ASKS})
    assert (waiting.status, waiting.body["status"]) == (201, "authentication_required")
    (intent,) = stripe.account.of_kind("setup_intent")
    stripe.account.authenticate(intent["id"], passed=True)
    recover_payment_methods(now=machine_now() + timedelta(minutes=30))
    page = api.post(cards_of(api, company), {})
    assert page.body["next_action"]["url"].startswith("https://checkout.stripe.example/")
    (session,) = stripe.account.of_kind("checkout.session")
    recover_payment_methods(now=machine_now() + timedelta(minutes=30))
    stripe.account.fill_page(session["id"])
    deliver(stripe, *stripe.account.events)
    assert api.get(f"/payment-methods/{page.body['id']}").body["status"] == "active"
    assert [card["default"] for card in api.get(cards_of(api, company)).body["data"]] == [
        True,
        False,
    ]
    assert GatewayCustomer.objects.count() == 1


def test_a_card_left_in_the_middle_is_found_again(stripe: StripeLike) -> None:
    api, company = Api(key_for(None)), buyer()
    stripe.fail("lost", path="/v1/setup_intents")
    waiting = api.post(cards_of(api, company), {"token": "pm_card_visa"}, idempotency_key="a")
    assert waiting.body["status"] == "intended"
    again = api.post(cards_of(api, company), {"token": "pm_card_visa"}, idempotency_key="a")
    assert again.body == waiting.body
    recover_payment_methods(now=machine_now() + timedelta(minutes=30))
    (card,) = api.get(cards_of(api, company)).body["data"]
    assert card["id"] == waiting.body["id"]


def test_a_removed_card_is_forgotten_by_stripe_sooner_or_later(stripe: StripeLike) -> None:
    api, company = Api(key_for(None)), buyer()
    cards = [api.post(cards_of(api, company), {"token": "pm_card_visa"}).body["id"]]
    stripe.down = True
    assert api.delete(f"/payment-methods/{cards[0]}").status == 204
    assert PaymentMethod.objects.get().forgotten_at is None
    stripe.down = False
    forget_removed(organisation=None, now=machine_now(), by="worker")
    assert PaymentMethod.objects.get().forgotten_at is not None
    (card,) = stripe.account.of_kind("payment_method")
    assert card["customer"] is None
    assert forget_removed(organisation=None, now=machine_now(), by="worker") == 0


# killed anywhere


STORIES: dict[str, tuple[dict[str, object], set[str]]] = {
    "ok": ({"token": "pm_card_visa"}, {"paid", "declined"}),
    "refused": ({"token": "pm_card_chargeDeclined"}, {"declined"}),
    "step": ({"token": ASKS}, {"authentication_required", "declined"}),
    "page": ({"hosted": True}, {"authentication_required"}),
}


@pytest.mark.parametrize("name", STORIES)
def test_killed_anywhere_stripe_and_we_agree(stripe: StripeLike, name: str) -> None:
    """At every commit and around every call; whoever asks again, and recovery, bring it to an end.

    Recovery comes first at every other point, and the caller at the rest.
    """
    payment, ends = STORIES[name]
    api = Api(key_for(None))
    asked: list[Callable[[], Reply]] = []

    def work(_at: int) -> Callable[[], Reply]:
        asked.append(purchase(api, **payment))
        return asked[-1]

    points = 0
    for at in every_point(work):
        points = at
        if at % 2:
            recover_all()
        reply = asked[-1]()
        recover_all()
        assert status_of(reply.body["id"]) in ends, at
    assert points >= 6
    all_holds(stripe)


def test_a_refund_killed_anywhere_goes_back_once(stripe: StripeLike) -> None:
    api = Api(key_for(None))
    orders: list[str] = []

    def work(_at: int) -> Callable[[], object]:
        orders.append(purchase(api)().body["id"])
        return lambda: refund_order(
            order=parse_public_id("ord", orders[-1]),
            amount=None,
            reason="Gone.",
            now=machine_now(),
            by="test",
        )

    for _ in every_point(work):
        recover_all()
        assert set(Refund.objects.values_list("status", flat=True)) <= {"done"}
    all_holds(stripe)


def test_cards_added_and_removed_are_killed_anywhere_to_one_good_end(stripe: StripeLike) -> None:
    api = Api(key_for(None))
    owners: list[Organisation] = []

    def adding(at: int) -> Callable[[], Reply]:
        owners.append(buyer())
        path, key = cards_of(api, owners[-1]), f"add-{at}"
        return lambda: api.post(path, {"token": "pm_card_visa"}, idempotency_key=key)

    for at in every_point(adding):
        recover_all()
        reply = api.post(
            cards_of(api, owners[-1]), {"token": "pm_card_visa"}, idempotency_key=f"add-{at}"
        )
        assert reply.status in (201, 409), reply.text
        recover_all()
    all_holds(stripe)

    def removing(_at: int) -> Callable[[], Reply]:
        owners.append(buyer())
        card = api.post(cards_of(api, owners[-1]), {"token": "pm_card_visa"}).body["id"]
        return lambda: api.delete(f"/payment-methods/{card}")

    for _ in every_point(removing):
        for card in api.get(cards_of(api, owners[-1])).body["data"]:
            api.delete(f"/payment-methods/{card['id']}")
        forget_removed(organisation=None, now=machine_now(), by="worker")
        method = PaymentMethod.objects.get(organisation=owners[-1])
        assert (method.status, method.forgotten_at is None) == ("removed", False)
        assert stripe.account.things[method.reference]["customer"] is None
    all_holds(stripe)
