"""Every call tried by the vendor, by its own organisation, by a stranger, by nobody."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from tenure.base.clock import machine_now
from tenure.notices.webhooks.watch import WebhookWatch
from tests.api.cast import ORGANISATION, Cast, bought, cart_with, order
from tests.api.talking import Reply, document
from tests.notices.receiver import send_webhooks

pytestmark = pytest.mark.django_db(transaction=True)


@dataclass(frozen=True)
class Asked:
    """A call on something of the company's: as the document names it, and as it is sent."""

    template: str
    method: str
    path: str
    body: Any = None
    vendor_only: bool = False
    is_gone: bool = False


@dataclass(frozen=True)
class Things:
    """One of each kind of thing that the company has."""

    org: str
    cart: str
    line: str
    unpaid: str
    payment: str
    sub: str
    member: str
    invitation: str
    token: str
    case: str
    document: str
    card: str
    quote: str
    hook: str
    delivery: str
    export: str


def things_of(cast: Cast) -> Things:
    """A company in which everything is there once."""
    org = cast.org
    sub = bought(cast.own, org, quantity=3)
    cart = cart_with(cast.own, org, ("designer-business", 1))
    other = cart_with(cast.own, org, ("analyst-business", 1))
    unpaid = order(cast.own, org, other, card="tok_authenticate", key="unpaid")
    invited = cast.vendor.post(
        f"/organisations/{org}/invitations",
        {"email": "bob@atelier.example", "standing": "member", "roles": ["designer"]},
    ).body
    case = cast.own.post("/requests", {"kind": "other", "message": "Hello?"})
    members = cast.own.get(f"/organisations/{org}/members").body["data"]
    quoted = cart_with(cast.own, org, ("analyst-business", 1))
    quote = cast.own.post(f"/carts/{quoted.body['id']}/quote", {"organisation": org})
    hook = hook_of(cast)
    return Things(
        hook=hook,
        delivery=cast.own.get(f"/webhooks/{hook}/deliveries").body["data"][0]["id"],
        quote=quote.body["id"],
        org=org,
        export=cast.own.post(f"/organisations/{org}/export").body["id"],
        cart=cart.body["id"],
        line=cart.body["lines"][0]["id"],
        unpaid=unpaid.body["id"],
        payment=unpaid.body["payment"],
        sub=sub,
        member=members[0]["id"],
        invitation=invited["id"],
        token=invited["token"],
        case=case.body["id"],
        card=cast.own.get(f"/organisations/{org}/payment-methods").body["data"][0]["id"],
        document=cast.own.get(f"/organisations/{org}/invoices").body["data"][0]["id"],
    )


def hook_of(cast: Cast) -> str:
    """A webhook of the company's to which nothing could be delivered."""
    nowhere = {"url": "http://127.0.0.1:9/"}
    hook = cast.own.post(f"/organisations/{cast.org}/webhooks", nowhere).body["id"]
    WebhookWatch().look(now=machine_now())
    send_webhooks(now=machine_now())
    return str(hook)


def hook_calls(t: Things) -> Iterator[Asked]:
    """Every call about webhooks."""
    listed, one = f"/organisations/{t.org}/webhooks", f"/webhooks/{t.hook}"
    template = "/organisations/{organisation}/webhooks"
    yield Asked(template, "GET", listed)
    yield Asked(template, "POST", listed, {"url": "https://erp.example.com/"})
    yield Asked("/webhooks/{webhook}", "GET", one)
    yield Asked("/webhooks/{webhook}/deliveries", "GET", f"{one}/deliveries")
    yield Asked("/webhooks/{webhook}", "PATCH", one, {"name": "ERP"})
    yield Asked(template + "/{webhook}", "PATCH", f"{listed}/{t.hook}", {"types": ["order.*"]})
    yield Asked("/webhooks/{webhook}/secret", "POST", f"{one}/secret")
    yield Asked("/webhooks/{webhook}/replay", "POST", f"{one}/replay", {"after": 0})
    again = f"{one}/deliveries/{t.delivery}/redelivery"
    yield Asked("/webhooks/{webhook}/deliveries/{delivery}/redelivery", "POST", again)
    yield Asked(template + "/{webhook}", "DELETE", f"{listed}/{t.hook}")
    yield Asked("/webhooks/{webhook}", "DELETE", one, is_gone=True)


def calls(t: Things) -> Iterator[Asked]:
    """Every call that names something of the company's, reads first, then gentle writes."""
    for name in (
        "",
        "/orders",
        "/subscriptions",
        "/members",
        "/invitations",
        "/events",
        "/forecast",
        "/invoices",
        "/payment-methods",
        "/quotes",
        "/exports",
    ):
        template = "/organisations/{organisation}" + name
        yield Asked(template, "GET", f"/organisations/{t.org}{name}")
    yield Asked("/carts/{cart}", "GET", f"/carts/{t.cart}")
    yield Asked("/orders/{order}", "GET", f"/orders/{t.unpaid}")
    yield Asked("/orders/{order}/cancellation", "GET", f"/orders/{t.unpaid}/cancellation")
    taking = f"/orders/{t.unpaid}/cancellation"
    yield Asked("/orders/{order}/cancellation", "POST", taking, {"reason": "No."})
    for word in ("grant", "decline"):
        case = f"/requests/{t.case}/{word}"
        yield Asked(f"/requests/{{case}}/{word}", "POST", case, {}, vendor_only=True)
    yield Asked("/subscriptions/{subscription}", "GET", f"/subscriptions/{t.sub}")
    yield Asked("/members/{member}", "GET", f"/members/{t.member}")
    yield Asked("/invitations/{invitation}", "GET", f"/invitations/{t.invitation}")
    for name in ("", "/archive"):
        template = "/organisations/{organisation}/exports/{export}" + name
        yield Asked(template, "GET", f"/organisations/{t.org}/exports/{t.export}{name}")
    for name in ("", "/pdf", "/xml"):
        template = "/invoices/{document}" + name
        yield Asked(template, "GET", f"/invoices/{t.document}{name}")
    yield Asked("/quotes/{quote}", "GET", f"/quotes/{t.quote}")
    yield Asked("/quotes/{quote}/pdf", "GET", f"/quotes/{t.quote}/pdf")
    yield Asked("/requests/{case}", "GET", f"/requests/{t.case}")
    question = {"kind": "other", "message": "Why?", "organisation": t.org}
    yield Asked("/requests", "POST", "/requests", question)
    step = f"/sandbox/authentications/{t.payment}"
    yield Asked("/sandbox/authentications/{payment}", "GET", step)
    yield Asked("/organisations/{organisation}", "PATCH", f"/organisations/{t.org}", {"name": "N"})
    proof = f"/organisations/{t.org}/verification"
    yield Asked("/organisations/{organisation}/verification", "POST", proof, {"proof": "card"})
    cart = {"audience": "business", "country": "FR", "organisation": t.org}
    yield Asked("/carts", "POST", "/carts", cart)
    line = {"offer": "analyst-business", "term": "year", "quantity": 1}
    yield Asked("/carts/{cart}/lines", "POST", f"/carts/{t.cart}/lines", line)
    one = f"/carts/{t.cart}/lines/{t.line}"
    yield Asked("/carts/{cart}/lines/{line}", "PATCH", one, {"quantity": 2})
    yield Asked("/carts/{cart}/lines/{line}", "DELETE", one)
    wanted = {"organisation": t.org}
    yield Asked("/carts/{cart}/quote", "POST", f"/carts/{t.cart}/quote", wanted)
    price = {"amount": 1, "currency": "EUR"}
    quoted = line | {"unit_price": price}
    offered = {"organisation": t.org, "lines": [quoted], "reason": "By telephone."}
    yield Asked("/quotes", "POST", "/quotes", offered, vendor_only=True)
    yield Asked("/quotes/{quote}/send", "POST", f"/quotes/{t.quote}/send", vendor_only=True)
    transfer = {"payment": {"method": "bank_transfer"}}
    yield Asked("/quotes/{quote}/accept", "POST", f"/quotes/{t.quote}/accept", transfer)
    yield Asked("/quotes/{quote}/decline", "POST", f"/quotes/{t.quote}/decline", {})
    bought_cart = {"cart": t.cart, "cart_version": 1, "organisation": t.org}
    yield Asked("/orders", "POST", "/orders", bought_cart)
    yield Asked("/sandbox/authentications/{payment}", "POST", step, {"outcome": "fail"})
    card = {"payment": {"method": "card", "token": "tok_declined"}}
    yield Asked("/orders/{order}/payments", "POST", f"/orders/{t.unpaid}/payments", card)
    yield Asked("/orders/{order}", "DELETE", f"/orders/{t.unpaid}")
    change = {"next_quantity": 2}
    yield Asked("/subscriptions/{subscription}", "PATCH", f"/subscriptions/{t.sub}", change)
    seats = f"/subscriptions/{t.sub}/seats"
    yield Asked("/subscriptions/{subscription}/seats", "GET", f"{seats}?quantity=2")
    yield Asked("/subscriptions/{subscription}/seats", "POST", seats, {"quantity": 1})
    yield Asked("/subscriptions/{subscription}/pay", "POST", f"/subscriptions/{t.sub}/pay", {})
    elsewhere = f"/organisations/{t.org}/subscriptions"
    recorded = line | {"starts_on": "2027-03-01"}
    template = "/organisations/{organisation}/subscriptions"
    yield Asked(template, "POST", elsewhere, recorded, vendor_only=True)
    more = f"/subscriptions/{t.sub}/periods"
    yield Asked("/subscriptions/{subscription}/periods", "POST", more, vendor_only=True)
    seat = f"/subscriptions/{t.sub}/assignments"
    holder = {"member": t.member}
    yield Asked("/subscriptions/{subscription}/assignments", "POST", seat, holder)
    template = "/subscriptions/{subscription}/assignments/{member}"
    yield Asked(template, "DELETE", f"{seat}/{t.member}")
    again = f"/invitations/{t.invitation}/resend"
    yield Asked("/invitations/{invitation}/resend", "POST", again)
    invite = {"email": "eve@atelier.example", "standing": "member", "roles": []}
    invited = f"/organisations/{t.org}/invitations"
    yield Asked("/organisations/{organisation}/invitations", "POST", invited, invite)
    yield Asked("/invitations/{invitation}", "DELETE", f"/invitations/{t.invitation}")
    accept = f"/invitations/{t.token}/accept"
    yield Asked("/invitations/{token}/accept", "POST", accept, {}, vendor_only=True)
    cards = f"/organisations/{t.org}/payment-methods"
    for template, path in (
        ("/organisations/{organisation}/payment-methods", cards),
        ("", "/payment-methods"),
    ):
        template = (template or "/payment-methods") + "/{payment_method}"
        one = f"{path}/{t.card}"
        if not template.startswith("/org"):
            yield Asked(template, "GET", one)
        yield Asked(template, "PATCH", one, {"default": True})
        yield Asked(template, "DELETE", one)
    yield Asked(
        "/organisations/{organisation}/payment-methods", "POST", cards, {"token": "tok_unknown"}
    )
    for name, vendor_only in (("export", False), ("purge-confirmation", True)):
        template = "/organisations/{organisation}/" + name
        yield Asked(template, "POST", f"/organisations/{t.org}/{name}", vendor_only=vendor_only)
    yield Asked("/members/{member}", "PATCH", f"/members/{t.member}", {"standing": "owner"})
    yield Asked("/members/{member}", "DELETE", f"/members/{t.member}")
    yield Asked("/members/{member}/erasure", "POST", f"/members/{t.member}/erasure")
    clock = f"/organisations/{t.org}/test-clock/advance"
    yield from hook_calls(t)
    ahead = {"to": "2027-03-02T00:00:00Z"}
    yield Asked("/organisations/{organisation}/test-clock/advance", "POST", clock, ahead)


NOT_OF_ONE_COMPANY = {
    ("GET", "/offers"),
    ("GET", "/offers/{offer}"),
    ("GET", "/roles"),
    ("GET", "/solutions"),
    ("GET", "/applications"),
    ("GET", "/organisations"),
    ("POST", "/organisations"),
    ("GET", "/requests"),
    ("GET", "/webhooks"),
    ("POST", "/webhooks"),
    ("POST", "/gateways/{gateway}/webhook"),
}


def send(cast: Cast, who: str, asked: Asked, key: str) -> Reply:
    """The call by one of the cast."""
    headers = {"idempotency_key": f"{key}-{asked.template}"} if asked.method == "POST" else {}
    reply: Reply = getattr(cast, who).send(asked.method, asked.path, asked.body, **headers)
    return reply


def test_a_stranger_finds_nothing_and_nobody_gets_in(cast: Cast, subtests: pytest.Subtests) -> None:
    things = things_of(cast)
    events = len(cast.own.get(f"/organisations/{cast.org}/events?limit=200").body["data"])
    for asked in calls(things):
        with subtests.test(call=f"{asked.method} {asked.path}"):
            refused = send(cast, "stranger", asked, "a")
            assert (refused.status, refused.code) == (404, "not_found")
            unknown = send(cast, "nobody", asked, "a")
            assert (unknown.status, unknown.code) == (401, "unauthenticated")
    after = cast.own.get(f"/organisations/{cast.org}/events?limit=200").body["data"]
    assert len(after) == events


@pytest.mark.parametrize("who", ["own", "vendor"])
def test_its_own_key_and_the_vendor_get_an_answer(
    cast: Cast, who: str, subtests: pytest.Subtests
) -> None:
    for asked in calls(things_of(cast)):
        with subtests.test(call=f"{asked.method} {asked.path}"):
            reply = send(cast, who, asked, who)
            if asked.is_gone or (asked.vendor_only and who == "own"):
                assert reply.status == 404
            else:
                assert reply.status in {200, 201, 202, 204, 409}, reply.text


def test_every_call_of_the_document_is_tried_here(cast: Cast) -> None:
    tried = {(asked.method, asked.template) for asked in calls(things_of(cast))}
    told = {
        (method.upper(), path.removeprefix("/api/v1"))
        for path, methods in document()["paths"].items()
        if path.startswith("/api/v1")
        for method in methods
    }
    assert told == tried | NOT_OF_ONE_COMPANY


def test_things_of_one_company_do_not_go_with_another_s(cast: Cast) -> None:
    """The vendor reaches both, and still cannot mix them."""
    sub = bought(cast.own, cast.org)
    there = cast.stranger.get("/organisations").body["data"][0]["id"]
    member = cast.stranger.get(f"/organisations/{there}/members").body["data"][0]["id"]
    seat = cast.vendor.post(f"/subscriptions/{sub}/assignments", {"member": member})
    assert (seat.status, seat.code) == (404, "not_found")
    gone = cast.vendor.delete(f"/subscriptions/{sub}/assignments/{member}")
    assert (gone.status, gone.code) == (404, "not_found")
    cart = cart_with(cast.own, cast.org, ("designer-business", 1))
    bill = order(cast.vendor, there, cart)
    assert (bill.status, bill.code) == (404, "not_found")


def test_a_stranger_cannot_order_a_cart_or_pay_for_another(cast: Cast) -> None:
    there = cast.stranger.get("/organisations").body["data"][0]["id"]
    cart = cart_with(cast.own, cast.org, ("designer-business", 1))
    for org in (there, cast.org):
        reply = order(cast.stranger, org, cart)
        assert (reply.status, reply.code) == (404, "not_found")
    visitor = cast.vendor.post("/carts", {"audience": "business", "country": "FR"})
    assert visitor.body["organisation"] is None
    assert visitor.revision == 0
    assert cast.stranger.get(f"/carts/{visitor.body['id']}").status == 404
    assert order(cast.stranger, there, visitor).status == 404


def test_what_is_the_vendor_s_alone(cast: Cast) -> None:
    made = cast.own.post("/organisations", ORGANISATION)
    assert (made.status, made.code) == (404, "not_found")
    suspended = cast.own.patch(f"/organisations/{cast.org}", {"status": "suspended"})
    assert (suspended.status, suspended.body["field_errors"][0]["code"]) == (422, "field_unknown")
    assert [o["id"] for o in cast.own.get("/organisations").body["data"]] == [cast.org]
    assert len(cast.vendor.get("/organisations").body["data"]) == 2


def test_a_key_may_what_administrators_may_and_leaves_owners_alone(cast: Cast) -> None:
    members = f"/organisations/{cast.org}/members"
    (first,) = cast.own.get(members).body["data"]
    invited = cast.vendor.post(
        f"/organisations/{cast.org}/invitations",
        {"email": "own@atelier.example", "standing": "owner", "roles": []},
    ).body
    cast.vendor.post(f"/invitations/{invited['token']}/accept", {})
    second = f"/members/{cast.own.get(members).body['data'][1]['id']}"
    rest = {"status": "suspended"}
    for refused in (
        cast.own.patch(second, rest),
        cast.own.delete(second),
        cast.own.post(f"{second}/erasure"),
    ):
        assert (refused.status, refused.code) == (409, "owners_alone")
    assert cast.own.patch(second, {"status": "active"}).status == 200  # as it is
    assert cast.vendor.patch(second, rest).body["status"] == "suspended"
    assert cast.own.patch(second, {"status": "active"}).code == "owners_alone"
    last = f"/members/{first['id']}"
    for api in (cast.own, cast.vendor):
        for refused in (api.patch(last, rest), api.delete(last), api.post(f"{last}/erasure")):
            assert (refused.status, refused.code) == (409, "last_owner")
    assert cast.vendor.delete(second).status == 204
    assert cast.own.post(f"{second}/erasure").status == 200  # an owner no more


def test_a_cart_of_an_organisation_s_key_is_that_organisation_s(cast: Cast) -> None:
    cart = cast.own.post("/carts", {"audience": "business", "country": "FR"})
    assert cart.body["organisation"] == cast.org


def test_a_revoked_key_opens_nothing(cast: Cast) -> None:
    from tenure.events.journal import transaction
    from tenure.organisations.commands.api_keys import revoke_api_key
    from tenure.organisations.models import ApiKey
    from tests.shop import START

    for _ in range(2):
        with transaction(now=START, by="test") as journal:
            key = ApiKey.objects.get(organisation=cast.company)
            revoke_api_key(key=key, journal=journal)
        assert cast.own.get("/organisations").code == "unauthenticated"
