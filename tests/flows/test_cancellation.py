"""R28 to R30: orders are taken back, papers, money, access and all, once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from importlib import import_module
from itertools import count

import pytest
from django.db import connection
from django.test import Client

from tenure.access.models import Seat
from tenure.base.calendar import Term
from tenure.base.clock import machine_now
from tenure.base.errors import Refused
from tenure.base.ids import parse_public_id, public_id
from tenure.base.money import Money
from tenure.billing.models import Document, Refund, SandboxRefund
from tenure.flows.cancellation import NewCancellation, ask_cancellation
from tenure.flows.policy import bring_into_force
from tenure.flows.refunds import recover_refunds, refund_order
from tenure.flows.requests import follow_up
from tenure.flows.seat_changes.adding import MoreSeats, add_seats
from tenure.flows.terminating import terminate
from tenure.flows.verify.run import verify
from tenure.orders.models import Order
from tenure.organisations.models import Organisation
from tenure.policy.words import Audience
from tenure.subscriptions.models import Period, Renewal
from tenure.support.models import Request
from tests.api.cast import key_for
from tests.api.talking import Api, Reply
from tests.flows.crowd import DONE, outcomes
from tests.flows.doomed import every_point
from tests.flows.transfers import by_transfer, imported, transfer_for
from tests.shop import (
    START,
    customer,
    fill_cart,
    open_shop,
    order_cart,
    owner_of,
)

pytestmark = pytest.mark.django_db(transaction=True)

_numbers = count(1)
TOTAL = 144000
PAYER = "DE89370400440532013000"
OTHER = "FR7630006000011234567890189"


@pytest.fixture(autouse=True)
def _shop() -> None:
    open_shop()


def all_holds(*on_their_way: str) -> None:
    """Everything that is always true; a transfer back is on its way until a statement shows it."""
    found = {
        each.check.name: each.tally
        for each in verify(now=machine_now())
        if each.tally.failed or (each.tally.in_flight and each.check.name not in on_their_way)
    }
    assert found == {}


def decided(api: Api, org: str, member: str) -> tuple[str, str | None]:
    """The reason of a decision, and until when data last."""
    asked = {
        "subject": {"type": "member", "id": member},
        "action": {"name": "draw"},
        "resource": {"type": "application", "id": "modeller"},
        "context": {"organisation": org},
    }
    answer = Client().post(
        "/access/v1/evaluation",
        asked,
        content_type="application/json",
        headers={"Authorization": f"Bearer {api.key}"},
    )
    context = answer.json()["context"]
    return context["reason"], context.get("data_available_until")


def bought(company: Organisation, quantity: int = 2, term: Term = Term.YEAR) -> str:
    """A paid order."""
    cart = fill_cart(company, ("designer-business", quantity), term=term)
    return public_id("ord", order_cart(company, cart).order)


def advanced(api: Api, org: str, to: str) -> None:
    """The organisation's clock is advanced."""
    moved = api.post(f"/organisations/{org}/test-clock/advance", {"to": to})
    assert moved.status == 200, moved.text


def test_bought_on_1_march_16_march_is_the_last_day() -> None:
    api, company = Api(key_for(None)), customer()
    org, member = public_id("org", company.id), public_id("mem", owner_of(company).id)
    order = bought(company)
    path = f"/orders/{order}/cancellation"
    sub = api.get(f"/orders/{order}").body["subscriptions"][0]
    api.post(f"/subscriptions/{sub}/assignments", {"member": member})
    bob = {"email": "bob@atelier.example", "standing": "member", "roles": ["designer"]}
    api.post(f"/organisations/{org}/invitations", bob)
    advanced(api, org, "2027-03-16T22:59:59Z")
    assert decided(api, org, member) == ("granted", None)
    verdict = api.get(path).body
    assert (verdict["allowed"], verdict["deadline"]) == (True, "2027-03-16")
    assert api.post(path, {}).code == "idempotency_key_required"
    wrong = api.post(path, {"iban": "FR00 1"}, idempotency_key="c0")
    assert (wrong.code, wrong.body["field_errors"][0]["field"]) == ("invalid", "iban")
    made = api.post(path, {"reason": "Too many."}, idempotency_key="c1")
    assert (made.status, made.body["status"]) == (201, "granted"), made.text
    assert made.body["refund"] == verdict["refund"] == {"amount": 288000, "currency": "EUR"}
    assert made.revision == api.get(f"/organisations/{org}").body["revision"]
    assert decided(api, org, member) == ("retention", "2027-03-30")
    assert api.post(path, {"reason": "Too many."}, idempotency_key="c1").text == made.text
    again = api.post(path, idempotency_key="c2")
    assert (again.status, again.code) == (409, "already_cancelled")
    read = api.get(f"/orders/{order}").body
    assert (read["status"], read["credit_note"]) == ("cancelled", made.body["credit_note"])
    note = api.get(f"/invoices/{read['credit_note']}").body
    assert (note["kind"], note["total"]["amount"]) == ("credit_note", 288000)
    ended = api.get(f"/subscriptions/{sub}").body
    assert (ended["status"], ended["assigned"]) == ("cancelled", 0)
    assert ended["data_available_until"] == "2027-03-30"
    assert not Seat.objects.filter(invitation__isnull=False).exists()
    nothing_left = {"remind_at": None, "renew_at": None}
    assert Period.objects.values(*nothing_left).get() == nothing_left
    assert [each.amount for each in SandboxRefund.objects.all()] == [288000]
    case = f"/requests/{made.body['id']}"
    assert api.get(case).body == made.body
    for what, code in (("grant", None), ("decline", "request_granted")):
        reply = api.post(f"{case}/{what}", idempotency_key=f"s-{what}")
        assert reply.code == code, reply.text
    assert [row["status"] for row in api.get("/requests").body["data"]] == ["granted"]
    advanced(api, org, "2027-03-30T21:59:59Z")
    assert decided(api, org, member) == ("retention", "2027-03-30")
    advanced(api, org, "2027-03-30T22:00:00Z")
    assert decided(api, org, member) == ("no_seat", None)
    advanced(api, org, "2028-04-01T00:00:00Z")
    types = [row["type"] for row in events_of(api, org)]
    assert types.count("subscription.cancelled") == types.count("order.cancelled") == 1
    assert types.count("request.granted") == types.count("refund.paid") == 1
    assert not {"subscription.lapsed", "subscription.ended", "order.expired"} & set(types)
    all_holds()


def events_of(api: Api, org: str) -> list[dict[str, object]]:
    """The whole journal of an organisation."""
    return list(api.get(f"/organisations/{org}/events?limit=200").body["data"])


def test_what_is_not_eligible_is_sent_and_answered_by_staff() -> None:
    api, company = Api(key_for(None)), customer()
    own = Api(key_for(company.id))
    org = public_id("org", company.id)
    late, unpaid = (
        bought(company),
        order_cart(company, fill_cart(company, ("analyst-business", 1)), "tok_declined").order,
    )
    refused = own.post(f"/orders/{public_id('ord', unpaid)}/cancellation", idempotency_key="u")
    assert (refused.status, refused.code) == (409, "not_paid")
    advanced(api, org, "2027-03-16T23:00:00Z")
    path = f"/orders/{late}/cancellation"
    assert api.get(path).body["code"] == "window_closed"
    sent = own.post(path, idempotency_key="a")
    assert (sent.status, sent.body["status"], sent.body["refund"]) == (201, "submitted", None)
    case = f"/requests/{sent.body['id']}"
    assert own.post(f"{case}/grant", idempotency_key="x").status == 404
    told = api.post(f"{case}/decline", {"message": "Too late."}, idempotency_key="d")
    assert (told.body["status"], told.body["messages"][0]["by"]) == ("declined", "staff")
    assert api.post(f"{case}/decline", {"reason": "Too late."}).body == told.body
    assert api.get(f"/orders/{late}").body["status"] == "paid"
    follow_up(
        request=parse_public_id("req", sent.body["id"]),
        message="But why?",
        now=START + timedelta(days=16),
        by="test",
    )
    told = api.post(f"{case}/decline", {"message": "It was over."}, idempotency_key="d2")
    words = ["Too late.", "But why?", "It was over."]
    assert [each["text"] for each in told.body["messages"]] == words
    other = own.post(path, {"reason": "Please."}, idempotency_key="b").body["id"]
    granted = api.post(f"{case}/grant", {"message": "Once."}, idempotency_key="g")
    assert (granted.body["status"], granted.body["refund"]["amount"]) == ("granted", 288000)
    assert [each["text"] for each in granted.body["messages"]] == [*words, "Once."]
    assert own.get(f"/requests/{other}").body["status"] == "closed"
    twice = api.post(f"/requests/{other}/grant", idempotency_key="h")
    assert (twice.status, twice.code) == (409, "already_cancelled")
    question = own.post("/requests", {"kind": "other", "message": "Why?"}).body["id"]
    for what in ("grant", "decline"):
        strange = api.post(f"/requests/{question}/{what}", idempotency_key=f"q-{what}")
        assert strange.code == "request_not_a_cancellation"
    assert SandboxRefund.objects.count() == 1
    all_holds()


def test_a_vendor_may_want_to_approve_and_sending_counts() -> None:
    bring_into_force(source="[cancellation]\napproval_required = true\n", now=START, by="test")
    api, company = Api(key_for(None)), customer()
    org = public_id("org", company.id)
    order = bought(company)
    asked = {"kind": "cancellation", "order": order, "message": "No longer."}
    sent = api.post("/requests", asked, idempotency_key="s").body
    assert sent["status"] == "submitted"
    advanced(api, org, "2027-03-20T09:00:00Z")
    granted = api.post(f"/requests/{sent['id']}/grant", idempotency_key="g")
    assert granted.body["refund"]["amount"] == 288000
    sub = api.get(f"/orders/{order}").body["subscriptions"][0]
    assert api.get(f"/subscriptions/{sub}").body["data_available_until"] == "2027-04-03"
    assert api.post("/requests", asked, idempotency_key="t").code == "already_cancelled"
    all_holds()


def test_a_line_that_is_not_eligible_by_its_own_term_stays() -> None:
    api, company = Api(key_for(None)), customer(Audience.CREATOR)
    org = public_id("org", company.id)
    euros = lambda amount: {"amount": amount, "currency": "EUR"}  # noqa: E731 - a word for it
    line = {"offer": "designer-creator", "quantity": 1}
    lines = [
        {**line, "term": "month", "unit_price": euros(1500)},
        {**line, "term": "year", "quantity": 2, "unit_price": euros(12001)},
    ]
    quoted = {"organisation": org, "lines": lines, "reason": "By telephone.", "send": True}
    quote = api.post("/quotes", quoted).body["id"]
    card = {"payment": {"method": "card", "token": "tok_ok"}}
    order = api.post(f"/quotes/{quote}/accept", card, idempotency_key="q").body
    monthly, yearly = order["subscriptions"]
    path = f"/orders/{order['id']}/cancellation"
    assert api.get(path).body["refund"] == euros(24002)
    made = api.post(path, idempotency_key="c").body
    assert (made["status"], made["refund"]) == ("granted", euros(24002))
    assert api.get(f"/subscriptions/{monthly}").body["status"] == "active"
    assert api.get(f"/subscriptions/{yearly}").body["status"] == "cancelled"
    goes_on = Period.objects.get(subscription=parse_public_id("sub", monthly))
    assert goes_on.remind_at is not None, "the other is reminded of, and renewed"
    assert goes_on.renew_at is not None
    note = Document.objects.get(kind="credit_note")
    assert (note.total, note.id) == (24002, parse_public_id("doc", made["credit_note"]))
    assert api.post(path, idempotency_key="d").code == "already_cancelled"
    all_holds()


def test_of_what_staff_gave_back_before_nothing_is_promised_again() -> None:
    api, company = Api(key_for(None)), customer()
    order = bought(company)
    refund_order(
        order=parse_public_id("ord", order),
        amount=Money(88000, "EUR"),
        reason="A gesture.",
        now=START,
        by="test",
    )
    path = f"/orders/{order}/cancellation"
    assert api.get(path).body["refund"]["amount"] == 200000
    assert api.post(path, idempotency_key="c").body["refund"]["amount"] == 200000
    assert (
        sum(Document.objects.filter(kind="credit_note").values_list("total", flat=True)) == 288000
    )
    whole = bought(company, 1)
    refund_order(
        order=parse_public_id("ord", whole),
        amount=Money(TOTAL, "EUR"),
        reason="A gesture.",
        now=START,
        by="test",
    )
    made = api.post(f"/orders/{whole}/cancellation", idempotency_key="w").body
    assert (made["refund"]["amount"], made["credit_note"]) == (0, None)
    trial = order_cart(
        customer(email="t@atelier.example"),
        fill_cart(Organisation.objects.latest("id"), ("designer-trial", 1), term=Term.TRIAL),
        None,
    ).order
    path = f"/orders/{public_id('ord', trial)}/cancellation"
    assert api.get(path).body["code"] == "trial_excluded"
    sent = api.post(path, idempotency_key="t").body
    granted = api.post(f"/requests/{sent['id']}/grant", idempotency_key="tg").body
    assert (granted["refund"]["amount"], granted["credit_note"]) == (0, None)
    all_holds()


def test_papers_of_one_order_know_nothing_of_another() -> None:
    company = customer()
    for amount in (88000, 1000):
        order = parse_public_id("ord", bought(company))
        back = Money(amount, "EUR")
        refund_order(order=order, amount=back, reason="A gesture.", now=START, by="test")
        assert Document.objects.get(order=order, kind="credit_note").total == amount


def test_a_transfer_goes_back_to_the_account_that_paid() -> None:
    api, company = Api(key_for(None)), customer()
    orders = [by_transfer(company) for _ in range(4)]
    imported(*(transfer_for(order, iban=PAYER, name="Ada") for order in orders[:3]))
    imported(transfer_for(orders[3], iban=""))
    statuses = []
    for order, iban in zip(orders, (None, PAYER, OTHER, None), strict=True):
        body = {"iban": iban} if iban else {}
        path = f"/orders/{public_id('ord', order)}/cancellation"
        made = api.post(path, body, idempotency_key=f"c{order}")
        assert (made.body["status"], made.body["refund"]["amount"]) == ("granted", TOTAL)
        refund = Refund.objects.get(order=order)
        statuses.append((refund.status, refund.iban))
    assert statuses == [
        ("to_send", PAYER),
        ("to_send", PAYER),
        ("awaiting_iban", OTHER),
        ("awaiting_iban", ""),
    ]


def test_what_was_ordered_ahead_goes_with_it() -> None:
    """Staff grant late: the invoice ahead of a transfer is credited, a renewal paid ahead is not
    missed by what runs."""
    api, company = Api(key_for(None)), customer()
    org = public_id("org", company.id)
    order = by_transfer(company)
    imported(transfer_for(order, iban=PAYER))
    advanced(api, org, "2028-02-10T09:00:00Z")
    ahead = Order.objects.get(organisation=company, kind="renewal")
    assert ahead.status == "awaiting_transfer"
    reminded = customer(email="r@atelier.example")
    bought(reminded, 1, Term.QUARTER)
    advanced(api, public_id("org", reminded.id), "2027-05-20T09:00:00Z")
    sent = api.post(f"/orders/{public_id('ord', order)}/cancellation", idempotency_key="l").body
    assert sent["status"] == "submitted"
    granted = api.post(f"/requests/{sent['id']}/grant", idempotency_key="lg")
    assert granted.body["refund"]["amount"] == TOTAL, granted.text
    ahead.refresh_from_db()
    assert ahead.status == "withdrawn"
    closed = dict(Renewal.objects.values_list("organisation", "closed_at"))
    assert (closed[company.id] is None, closed[reminded.id]) == (False, None)
    notes = Document.objects.filter(kind="credit_note").values_list("order_id", flat=True)
    assert set(notes) == {order, ahead.id}
    quarterly = customer(email="q@atelier.example")
    paid = bought(quarterly, 1, Term.QUARTER)
    sub = api.get(f"/orders/{paid}").body["subscriptions"][0]
    there = public_id("org", quarterly.id)
    advanced(api, there, "2027-05-29T09:00:00Z")
    assert len(api.get(f"/subscriptions/{sub}").body["periods"]) == 2
    renewal = public_id("ord", Order.objects.get(organisation=quarterly, kind="renewal").id)
    path = f"/orders/{renewal}/cancellation"
    assert api.get(path).body["code"] == "renewal_excluded"
    case = api.post(path, idempotency_key="r").body["id"]
    granted = api.post(f"/requests/{case}/grant", idempotency_key="rg")
    assert granted.body["refund"]["amount"] == 43200, granted.text
    read = api.get(f"/subscriptions/{sub}").body
    assert (read["status"], read["auto_renew"], len(read["periods"])) == ("active", False, 1)
    advanced(api, there, "2027-06-02T09:00:00Z")
    assert api.get(f"/subscriptions/{sub}").body["status"] == "ended"
    both = customer(email="b@atelier.example")
    first, where = bought(both, 1, Term.QUARTER), public_id("org", both.id)
    advanced(api, where, "2027-05-29T09:00:00Z")
    case = api.post(f"/orders/{first}/cancellation", idempotency_key="p").body["id"]
    api.post(f"/requests/{case}/grant", idempotency_key="pg")
    assert set(Order.objects.filter(organisation=both).values_list("status", flat=True)) == {
        "cancelled"
    }
    assert SandboxRefund.objects.count() == 3
    all_holds("customers_even")


def test_a_renewal_that_has_begun_is_taken_back_by_staff() -> None:
    """Its period stays where it was, and what it paid for is known to be taken back."""
    api, quarterly = Api(key_for(None)), customer()
    paid, there = bought(quarterly, 1, Term.QUARTER), public_id("org", quarterly.id)
    sub = api.get(f"/orders/{paid}").body["subscriptions"][0]
    advanced(api, there, "2027-06-20T09:00:00Z")
    renewal = public_id("ord", Order.objects.get(organisation=quarterly, kind="renewal").id)
    case = api.post(f"/orders/{renewal}/cancellation", idempotency_key="r").body["id"]
    granted = api.post(f"/requests/{case}/grant", idempotency_key="rg")
    assert granted.body["refund"]["amount"] == 43200, granted.text
    read = api.get(f"/subscriptions/{sub}").body
    assert (read["status"], len(read["periods"])) == ("cancelled", 2)
    all_holds()


def test_a_contract_that_was_renewed_without_notice_ends_with_the_rest_paid_back() -> None:
    bring_into_force(source="[statutory_eu]\nenabled = true\n", now=START, by="test")
    bought(customer())
    api, maker = Api(key_for(None)), customer(Audience.CREATOR, email="max@atelier.example")
    org = public_id("org", maker.id)
    cart = fill_cart(maker, ("designer-creator", 1))
    order = public_id("ord", order_cart(maker, cart).order)
    sub = api.get(f"/orders/{order}").body["subscriptions"][0]
    row = parse_public_id("sub", sub)
    at = START + timedelta(days=500)
    api.patch(f"/subscriptions/{sub}", {"auto_renew": False})
    advanced(api, org, "2028-02-10T09:00:00Z")
    api.patch(f"/subscriptions/{sub}", {"auto_renew": True})
    with pytest.raises(Refused):
        terminate(subscription=row, language="en", now=at, by="test")
    advanced(api, org, "2028-03-20T09:00:00Z")
    then = START + timedelta(days=385)
    added = add_seats(wanted=MoreSeats(row, 1), now=then, by="test").order
    cost = Order.objects.get(id=added).total
    advanced(api, org, "2028-08-30T09:00:00Z")
    bob = {"email": "bob@atelier.example", "standing": "member", "roles": ["designer"]}
    assert api.post(f"/organisations/{org}/invitations", bob).status == 201
    written = terminate(subscription=row, language="en", now=at, by="test")
    assert not Seat.objects.filter(subscription=row, invitation__isnull=False).exists()
    read = api.get(f"/requests/{public_id('req', written.ids[0])}").body
    assert (read["status"], read["refund"]["amount"]) == ("granted", round(19900 * 183 / 365))
    in_words = "Le contrat a pris fin, faute d’avis de son renouvellement."
    beside = Refund.objects.get(order=added)
    assert beside.amount == round(cost * 183 / 346), "the seat had 346 days, and 183 are left"
    assert Document.objects.get(order=added, kind="credit_note").total == beside.amount
    back = Refund.objects.filter(order__organisation=maker.id).exclude(order=added)
    assert back.get().reason == in_words
    back.update(reason="ended_without_notice")  # as it stood there before
    with connection.cursor() as cursor:
        cursor.execute(import_module("tenure.billing.migrations.0016_reasons_in_words").WORDS)
    assert back.get().reason.replace("'", "’") == in_words
    assert api.get(f"/subscriptions/{sub}").body["status"] == "cancelled"
    with pytest.raises(Refused):
        terminate(subscription=row, language="en", now=at, by="test")
    all_holds()


def test_what_was_ordered_beside_such_a_contract_ends_with_it() -> None:
    bring_into_force(source="[statutory_eu]\nenabled = true\n", now=START, by="test")
    api, maker = Api(key_for(None)), customer(Audience.CREATOR, email="mo@atelier.example")
    org = public_id("org", maker.id)
    cart = fill_cart(maker, ("designer-creator", 1))
    order = public_id("ord", order_cart(maker, cart).order)
    sub = api.get(f"/orders/{order}").body["subscriptions"][0]
    row = parse_public_id("sub", sub)
    api.patch(f"/subscriptions/{sub}", {"auto_renew": False})
    advanced(api, org, "2028-02-10T09:00:00Z")
    api.patch(f"/subscriptions/{sub}", {"auto_renew": True})
    advanced(api, org, "2029-02-26T09:00:00Z")
    ahead = Order.objects.get(lines__renewal__number=3)
    at = START + timedelta(days=728)
    seats = add_seats(wanted=MoreSeats(row, 1), now=at, by="test").order
    terminate(subscription=row, language="en", now=at, by="test")
    assert set(Order.objects.filter(id__in=[ahead.id, seats]).values_list("status", flat=True)) == {
        "cancelled"
    }
    back = {each.order_id: each.amount for each in Refund.objects.filter(status="done")}
    assert back[ahead.id] == 19900
    assert back[seats] == Order.objects.get(id=seats).total
    assert len(api.get(f"/subscriptions/{sub}").body["periods"]) == 2
    all_holds()


def test_two_at_once_pay_once() -> None:
    company = customer(clock=None)
    cart = fill_cart(company, ("designer-business", 1), now=machine_now())
    order = order_cart(company, cart, now=machine_now()).order

    def ask(_number: int) -> None:
        new = NewCancellation(order, "fr")
        ask_cancellation(new=new, now=machine_now(), by="test")

    assert outcomes(6, ask) == {DONE: 1, "already_cancelled": 5}
    assert SandboxRefund.objects.count() == Request.objects.count() == 1
    all_holds()


def test_killed_anywhere_it_is_paid_back_once() -> None:
    api = Api(key_for(None))
    orders: list[str] = []

    def ask() -> Reply:
        path = f"/orders/{orders[-1]}/cancellation"
        return api.post(path, {"reason": "No."}, idempotency_key=f"k{orders[-1]}")

    def work(_at: int) -> Callable[[], Reply]:
        company = customer(email=f"ada{next(_numbers)}@atelier.example", clock=None)
        cart = fill_cart(company, ("designer-business", 1), now=machine_now())
        orders.append(public_id("ord", order_cart(company, cart, now=machine_now()).order))
        return ask

    points = 0
    for at in every_point(work):
        points = at
        if at % 2:
            recover_refunds(now=machine_now(), patience=timedelta(0))
        assert ask().body["status"] == "granted"
    assert points >= 4
    recover_refunds(now=machine_now(), patience=timedelta(0))
    assert (
        SandboxRefund.objects.count()
        == len(orders)
        == Order.objects.filter(status="cancelled").count()
    )
    all_holds()
