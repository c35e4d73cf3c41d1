"""Stripe by its own library over HTTP, against a server that answers as Stripe does."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tenure.base.clock import machine_now
from tenure.base.errors import NotFound, Refused
from tenure.base.ids import new_id, public_id
from tenure.base.money import Money
from tenure.billing.gateways import (
    CardToSave,
    Charge,
    Heard,
    Outcome,
    RefundOrder,
    RefundResult,
    Result,
)
from tenure.billing.gateways.stripe import StripeGateway
from tenure.billing.gateways.stripe.amounts import AmountNotChargeable, stripe_amount
from tests.billing.stripelike import StripeLike
from tests.billing.stripelike.server import KEY, SECRET

VISA = "pm_card_visa"
ASKS = "pm_card_authenticationRequired"
ASKS_ONCE = "pm_card_authenticationRequiredSetupForOffSession"
ORGANISATION = new_id()


@pytest.fixture
def server() -> Iterator[StripeLike]:
    with StripeLike() as running:
        yield running


@pytest.fixture
def gateway(server: StripeLike) -> StripeGateway:
    return connected(server)


def connected(server: StripeLike, **other: Any) -> StripeGateway:
    told: dict[str, Any] = {
        "secret_key": KEY,
        "webhook_secret": SECRET,
        "api_base": server.address,
        "public_url": "https://tenure.example",
    }
    return StripeGateway(**{**told, **other})


def charge(token: str = VISA, amount: int = 12000, currency: str = "EUR", **more: Any) -> Charge:
    return Charge(
        payment=new_id(),
        token=token,
        amount=Money(amount, currency),
        organisation=ORGANISATION,
        order=new_id(),
        called_at=machine_now(),
        **more,
    )


def captured(server: StripeLike) -> int:
    """What Stripe has taken from anybody."""
    return sum(each["amount_received"] for each in server.account.of_kind("payment_intent"))


def statuses(server: StripeLike, kind: str = "payment_intent") -> list[str]:
    return [each["status"] for each in server.account.of_kind(kind)]


# a charge, as it should go


def test_a_card_is_charged_once_and_saved(server: StripeLike, gateway: StripeGateway) -> None:
    asked = charge()
    first, second = gateway.charge(asked), gateway.charge(asked)
    assert first == second
    assert (first.result, captured(server)) == (Result.CAPTURED, 12000)
    assert first.reference.startswith("pi_")
    assert first.card is not None
    assert (first.card.brand, first.card.last4, first.card.exp_year) == ("visa", "4242", 2034)
    assert first.card.country == "DE"
    later = charge(first.card.reference, customer=first.customer, off_session=True)
    assert gateway.charge(later).result is Result.CAPTURED
    (intent, _) = server.account.of_kind("payment_intent")
    assert intent["metadata"]["tenure_payment"] == public_id("pay", later.payment)


def test_no_name_and_no_address_is_told(server: StripeLike, gateway: StripeGateway) -> None:
    gateway.charge(charge())
    (customer,) = server.account.of_kind("customer")
    named = {"tenure_organisation": public_id("org", ORGANISATION)}
    assert customer["metadata"] == named
    assert set(customer) == {"id", "object", "created", "livemode", "metadata"}


@pytest.mark.parametrize(
    ("token", "reason"),
    [
        ("pm_card_chargeDeclined", "card_declined"),
        ("pm_card_chargeDeclinedInsufficientFunds", "insufficient_funds"),
        ("pm_card_chargeDeclinedExpiredCard", "expired_card"),
        ("pm_nobody_knows", "unknown_card"),
        ("tok_ok", "unknown_card"),
    ],
)
def test_a_refusal_says_why_and_leaves_nothing_open(
    server: StripeLike, gateway: StripeGateway, token: str, reason: str
) -> None:
    asked = charge(token)
    outcome = gateway.charge(asked)
    assert (outcome.result, outcome.reason) == (Result.DECLINED, reason)
    assert set(statuses(server)) <= {"canceled"}
    assert gateway.ask(asked).result is Result.DECLINED
    assert captured(server) == 0


def test_the_banks_step_is_taken_elsewhere(server: StripeLike, gateway: StripeGateway) -> None:
    passed, failed, given_up = charge(ASKS), charge(ASKS), charge(ASKS)
    for asked in (passed, failed, given_up):
        outcome = gateway.charge(asked)
        assert outcome.result is Result.AUTHENTICATION_REQUIRED
        assert outcome.action_url == f"https://hooks.stripe.example/{outcome.reference}"
        assert gateway.ask(asked).result is Result.AUTHENTICATION_REQUIRED
        if asked is not given_up:
            server.account.authenticate(outcome.reference, passed=asked is passed)
    assert gateway.ask(passed).result is Result.CAPTURED
    assert gateway.cancel(passed).result is Result.CAPTURED
    assert gateway.ask(failed).reason == "authentication_failed"
    assert gateway.cancel(given_up).reason == "abandoned"
    assert gateway.ask(given_up).reason == "abandoned"
    assert captured(server) == 12000


def test_off_session_a_step_is_a_refusal(server: StripeLike, gateway: StripeGateway) -> None:
    for token, told in ((ASKS_ONCE, Result.CAPTURED), (ASKS, Result.DECLINED)):
        first = charge(token)
        waiting = gateway.charge(first)
        server.account.authenticate(waiting.reference, passed=True)
        card = gateway.ask(first).card
        assert card is not None
        later = charge(card.reference, customer=waiting.customer, off_session=True)
        outcome = gateway.charge(later)
        assert outcome.result is told
    assert outcome.reason == "authentication_required"
    assert captured(server) == 3 * 12000


def test_what_is_still_in_work_is_unknown(server: StripeLike, gateway: StripeGateway) -> None:
    asked = charge("pm_card_processing")
    assert gateway.charge(asked).result is Result.UNKNOWN
    assert gateway.cancel(asked).result is Result.UNKNOWN
    (intent,) = server.account.of_kind("payment_intent")
    server.account.finish(intent["id"], "succeeded")
    assert gateway.ask(asked).result is Result.CAPTURED


def test_a_card_need_not_be_saved(server: StripeLike, gateway: StripeGateway) -> None:
    gateway.charge(charge(saves_card=False))
    (card,) = server.account.of_kind("payment_method")
    assert card["customer"] is None


# an answer that is lost


@pytest.mark.parametrize("fault", ["lost", "error"])
def test_a_charge_whose_answer_is_lost_is_looked_up_at_once(
    server: StripeLike, gateway: StripeGateway, fault: str
) -> None:
    server.fail(fault)
    outcome = gateway.charge(charge())
    assert (outcome.result, captured(server)) == (Result.CAPTURED, 12000)
    assert outcome.card is not None


@pytest.mark.parametrize("fault", ["unreached", "failed", "busy"])
def test_a_charge_that_never_arrived_is_closed(
    server: StripeLike, gateway: StripeGateway, fault: str
) -> None:
    asked = charge()
    server.fail(fault)
    outcome = gateway.charge(asked)
    assert (outcome.result, outcome.reason) == (Result.DECLINED, "not_charged")
    assert gateway.charge(asked).result is not Result.CAPTURED, "what comes late meets a taken key"
    assert statuses(server) == ["canceled"]


def test_a_charge_that_takes_too_long_is_unknown_until_it_is_asked(server: StripeLike) -> None:
    hasty = connected(server, seconds=0.3)
    asked = charge()
    server.fail("slow", "failed")
    assert hasty.charge(asked).result is Result.UNKNOWN
    server.hurry.set()
    assert hasty.ask(asked).result is Result.CAPTURED
    assert captured(server) == 12000


def test_while_stripe_is_down_nothing_is_known(server: StripeLike, gateway: StripeGateway) -> None:
    asked = charge()
    waiting = charge(ASKS, customer="cus_0")
    assert gateway.charge(waiting).result is Result.AUTHENTICATION_REQUIRED
    server.down = True
    known = charge(customer="cus_0")
    page = charge("", customer="cus_0")
    for outcome in (
        gateway.charge(asked),
        gateway.ask(asked),
        gateway.charge(known),
        gateway.cancel(waiting),
        gateway.charge(page),
        gateway.ask(page),
        gateway.cancel(page),
    ):
        assert outcome.result is Result.UNKNOWN
    server.down = False
    assert gateway.ask(asked).reason == "not_charged"
    assert gateway.cancel(waiting).reason == "abandoned"
    assert captured(server) == 0


def test_a_wrong_key_charges_nothing_and_says_nothing(server: StripeLike) -> None:
    stranger = connected(server, secret_key="sk_test_other")
    asked = charge(customer="cus_0")
    assert stranger.charge(asked).result is Result.UNKNOWN
    assert stranger.charge(charge()).result is Result.UNKNOWN
    assert server.account.things == {}


def test_a_key_that_was_taken_by_what_nobody_sees_is_waited_for(
    server: StripeLike, gateway: StripeGateway
) -> None:
    """It executes still, or it came to nothing: which, an hour tells."""
    asked = charge(customer="cus_0")
    server.remember(str(asked.payment), "/v1/payment_intents", "other", (500, {}))
    assert gateway.ask(asked).result is Result.UNKNOWN
    old = replace(asked, called_at=machine_now() - timedelta(hours=2))
    assert gateway.ask(old).reason == "not_charged"


def test_what_was_charged_is_found_long_after_its_key_is_forgotten(
    server: StripeLike, gateway: StripeGateway
) -> None:
    asked = charge(customer="cus_0")
    gateway.charge(asked)
    for _ in range(3):
        gateway.charge(charge(customer="cus_0", amount=100))
    server.forget_keys()
    assert gateway.ask(asked).result is Result.CAPTURED
    assert captured(server) == 12300


LONG_AGO = timedelta(days=3)


@pytest.mark.parametrize("token", [VISA, ""])
def test_what_was_begun_long_ago_is_found_whoever_its_customer_was(
    server: StripeLike, gateway: StripeGateway, token: str
) -> None:
    """Its key is forgotten, and that of the customer: asked for again, it would be another one."""
    paid, left, never = charge(token), charge(token or ASKS), charge(token)
    for asked in (paid, left):
        opened = gateway.charge(asked)
        if asked is paid and not token:
            server.account.fill_page(opened.reference)
    server.forget_keys()
    outcome = gateway.ask(replace(paid, called_at=machine_now() - LONG_AGO))
    assert outcome.result is Result.CAPTURED
    for asked in (left, never):
        old = replace(asked, called_at=machine_now() - LONG_AGO)
        told = gateway.cancel(old) if asked is left else gateway.ask(old)
        assert told.result in (Result.DECLINED, Result.CAPTURED)
    assert len(server.account.of_kind("customer")) == 1
    assert captured(server) == 12000 * (2 if token else 1)


@pytest.mark.parametrize("fault", ["lost", "failed"])
def test_a_cancellation_whose_answer_is_lost_is_unknown(
    server: StripeLike, gateway: StripeGateway, fault: str
) -> None:
    asked = charge(ASKS)
    waiting = gateway.charge(asked)
    server.fail(fault, path=f"/v1/payment_intents/{waiting.reference}/cancel")
    assert gateway.cancel(replace(asked, reference=waiting.reference)).result is Result.UNKNOWN
    assert gateway.ask(asked).result in (Result.DECLINED, Result.AUTHENTICATION_REQUIRED)


def test_a_step_taken_just_before_it_is_given_up_counts(
    server: StripeLike, gateway: StripeGateway
) -> None:
    asked = charge(ASKS)
    waiting = gateway.charge(asked)
    from tenure.billing.gateways.stripe.charging import close, retrieve

    access = gateway._access
    seen = retrieve(access, waiting.reference)
    server.account.authenticate(waiting.reference, passed=True)
    assert close(access, asked, waiting.customer, seen, "abandoned").result is Result.CAPTURED


# amounts


def test_amounts_are_those_of_the_currency(server: StripeLike, gateway: StripeGateway) -> None:
    for amount, currency, told in (
        (3300, "JPY", 3300),
        (12000, "USD", 12000),
        (500, "ISK", 50000),
        (12340, "KWD", 12340),
        (500, "MGA", 5),
    ):
        assert stripe_amount(Money(amount, currency)) == told
    for amount, currency in ((12345, "KWD"), (501, "MGA")):
        with pytest.raises(AmountNotChargeable):
            stripe_amount(Money(amount, currency))
    outcome = gateway.charge(charge(amount=12345, currency="KWD"))
    assert (outcome.result, outcome.reason) == (Result.DECLINED, "amount_not_chargeable")
    odd = gateway.refund(RefundOrder(new_id(), new_id(), Money(1005, "KWD"), "pi_1"))
    assert (odd.result, odd.reason) == (RefundResult.FAILED, "amount_not_chargeable")
    too_much = gateway.charge(charge(amount=10**9))
    assert (too_much.result, too_much.reason) == (Result.DECLINED, "amount_too_large")
    assert captured(server) == 0


# Stripe's own page


def test_a_card_is_given_on_stripes_page(server: StripeLike, gateway: StripeGateway) -> None:
    asked = charge("")
    first, second = gateway.charge(asked), gateway.charge(asked)
    assert first == second
    assert first.action_url == f"https://checkout.stripe.example/{first.reference}"
    server.account.fill_page(first.reference, "pm_card_chargeDeclined")
    assert gateway.ask(asked).result is Result.AUTHENTICATION_REQUIRED
    server.account.fill_page(first.reference)
    outcome = gateway.ask(replace(asked, reference=first.reference))
    assert (outcome.result, captured(server)) == (Result.CAPTURED, 12000)
    assert outcome.reference.startswith("pi_")
    assert outcome.card is not None
    assert gateway.cancel(replace(asked, reference=first.reference)).result is Result.CAPTURED
    assert gateway.ask(replace(asked, reference=outcome.reference)).result is Result.CAPTURED
    later = charge(outcome.card.reference, customer=outcome.customer, off_session=True)
    assert gateway.charge(later).result is Result.CAPTURED


def test_a_page_that_is_left_is_closed(server: StripeLike, gateway: StripeGateway) -> None:
    asked = charge("", saves_card=False)
    opened = gateway.charge(asked)
    assert gateway.cancel(asked).reason == "abandoned"
    assert gateway.ask(replace(asked, reference=opened.reference)).reason == "abandoned"
    assert statuses(server, "checkout.session") == ["expired"]


def test_a_page_that_never_opened_is_opened_when_it_is_asked_for(
    server: StripeLike, gateway: StripeGateway
) -> None:
    asked = charge("")
    server.fail("unreached", path="/v1/checkout")
    assert gateway.charge(asked).result is Result.UNKNOWN
    assert gateway.cancel(asked).result is Result.UNKNOWN
    assert gateway.ask(asked).result is Result.AUTHENTICATION_REQUIRED


def test_a_page_closed_in_the_same_moment_as_it_is_paid(
    server: StripeLike, gateway: StripeGateway
) -> None:
    from tenure.billing.gateways.stripe.hosted import _expire

    opened = gateway.charge(charge(""))
    sessions = gateway._access.client.v1.checkout.sessions
    seen = sessions.retrieve(opened.reference)
    server.account.fill_page(opened.reference)
    assert _expire(gateway._access, seen).status == "complete"


# cards without a charge


def to_save(token: str = VISA) -> CardToSave:
    return CardToSave(new_id(), token, ORGANISATION, machine_now())


def test_a_card_is_saved_without_a_charge(server: StripeLike, gateway: StripeGateway) -> None:
    card = to_save()
    outcome = gateway.save_card(card)
    assert outcome.result is Result.CAPTURED
    assert gateway.ask_card(card) == outcome
    assert outcome.card is not None
    later = charge(outcome.card.reference, customer=outcome.customer, off_session=True)
    assert gateway.charge(later).result is Result.CAPTURED
    assert gateway.forget_card(outcome.card.reference)
    assert gateway.forget_card(outcome.card.reference), "forgetting again is no error"
    again = charge(outcome.card.reference, customer=outcome.customer, off_session=True)
    server.down = True
    assert not gateway.forget_card(outcome.card.reference)
    assert gateway.ask_card(card).result is Result.UNKNOWN
    assert gateway.save_card(to_save()).result is Result.UNKNOWN
    assert again.off_session


def test_a_step_may_be_asked_for_to_save_a_card(server: StripeLike, gateway: StripeGateway) -> None:
    for passed, told in ((True, Result.CAPTURED), (False, Result.DECLINED)):
        card = to_save(ASKS_ONCE)
        waiting = gateway.save_card(card)
        assert waiting.result is Result.AUTHENTICATION_REQUIRED
        assert gateway.ask_card(card).action_url == waiting.action_url
        server.account.authenticate(waiting.reference, passed=passed)
        assert gateway.ask_card(replace(card, reference=waiting.reference)).result is told


def test_a_card_that_cannot_be_saved_says_why(gateway: StripeGateway) -> None:
    assert gateway.save_card(to_save("pm_card_chargeDeclined")).reason == "card_declined"
    assert gateway.save_card(to_save("tok_ok")).reason == "unknown_card"
    assert gateway.ask_card(to_save()).reason == "not_charged"
    assert gateway.save_card(to_save("pm_card_processing")).result is Result.UNKNOWN


def test_a_card_is_saved_on_stripes_page(server: StripeLike, gateway: StripeGateway) -> None:
    card = to_save("")
    opened = gateway.save_card(card)
    assert opened.result is Result.AUTHENTICATION_REQUIRED
    assert gateway.ask_card(card) == opened
    server.account.fill_page(opened.reference)
    outcome = gateway.ask_card(replace(card, reference=opened.reference))
    assert outcome.result is Result.CAPTURED
    left = to_save("")
    page = gateway.save_card(left)
    gateway._access.client.v1.checkout.sessions.expire(page.reference)
    assert gateway.ask_card(replace(left, reference=page.reference)).reason == "abandoned"


# money back


def paid(gateway: StripeGateway) -> tuple[Charge, Outcome]:
    asked = charge()
    return asked, gateway.charge(asked)


def back(asked: Charge, outcome: Outcome, amount: int) -> RefundOrder:
    return RefundOrder(new_id(), asked.payment, Money(amount, "EUR"), outcome.reference)


def test_money_goes_back_once_and_never_too_much(
    server: StripeLike, gateway: StripeGateway
) -> None:
    asked, outcome = paid(gateway)
    first = back(asked, outcome, 5000)
    assert gateway.ask_refund(first) is None
    assert gateway.refund(first) == gateway.refund(first) == gateway.ask_refund(first)
    assert sum(each["amount"] for each in server.account.of_kind("refund")) == 5000
    too_much = gateway.refund(back(asked, outcome, 7001))
    assert (too_much.result, too_much.reason) == (RefundResult.FAILED, "amount_too_large")
    assert gateway.refund(back(asked, outcome, 7000)).result is RefundResult.DONE
    nothing_left = gateway.refund(back(asked, outcome, 1))
    assert nothing_left.reason == "charge_already_refunded"


@pytest.mark.parametrize("fault", ["lost", "unreached", "failed", "busy"])
def test_a_refund_whose_answer_is_lost_is_looked_up(
    server: StripeLike, gateway: StripeGateway, fault: str
) -> None:
    order = back(*paid(gateway), 5000)
    server.fail(fault, fault, path="/v1/refunds")
    assert gateway.refund(order).result is RefundResult.UNKNOWN
    asked = gateway.ask_refund(order)
    assert asked is not None
    assert asked.result is RefundResult.UNKNOWN
    known = gateway.ask_refund(order) or gateway.refund(order)
    assert known.result is RefundResult.DONE
    assert len(server.account.of_kind("refund")) == 1


def test_a_refund_may_take_its_time_and_fail(server: StripeLike, gateway: StripeGateway) -> None:
    asked, outcome = paid(gateway)
    (card,) = server.account.of_kind("payment_method")
    card["card"]["last4"] = "7726"
    order = back(asked, outcome, 5000)
    assert gateway.refund(order).result is RefundResult.ON_ITS_WAY
    (refund,) = server.account.of_kind("refund")
    server.account.finish(refund["id"], "failed", failure_reason="lost_or_stolen_card")
    failed = gateway.ask_refund(order)
    assert failed is not None
    assert (failed.result, failed.reason) == (RefundResult.FAILED, "lost_or_stolen_card")


# messages


def test_a_message_is_believed_if_it_is_signed(server: StripeLike, gateway: StripeGateway) -> None:
    asked = charge()
    outcome = gateway.charge(asked)
    order = back(asked, outcome, 100)
    gateway.refund(order)
    card = to_save()
    gateway.save_card(card)
    heard = []
    for event in server.account.events:
        body, signature = server.signed(event)
        heard.append(gateway.hear(body.encode(), signature))
    assert heard == [
        Heard(payment=asked.payment),
        Heard(refund=order.refund),
        Heard(card=card.key),
    ]
    body, _ = server.signed(server.account.events[0])
    for signature in (
        "",
        "t=1,v1=00",
        server.signed(server.account.events[1])[1],
        server.signed(server.account.events[0], secret="whsec_other")[1],
        server.signed(server.account.events[0], age=400)[1],
    ):
        with pytest.raises(Refused) as refused:
            gateway.hear(body.encode(), signature)
        assert refused.value.code.code == "webhook_signature_invalid"
    with pytest.raises(NotFound):
        connected(server, webhook_secret=None).hear(b"", "")


def test_a_message_about_something_else_is_about_nothing(
    server: StripeLike, gateway: StripeGateway
) -> None:
    for event in (
        {"data": {"object": {"metadata": {"tenure_payment": "pay_nonsense"}}}},
        {"data": {"object": {"metadata": {"tenure_payment": 7}}}},
        {"data": {"object": {"metadata": None}}},
        {"data": []},
        {},
    ):
        body, signature = server.signed(event)
        assert gateway.hear(body.encode(), signature) == Heard()
