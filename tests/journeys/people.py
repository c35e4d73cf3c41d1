"""Who acts in the stories: callers with their keys, the vendor, and its customers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import httpx

from tests.journeys.running import Installation
from tests.patience import PATIENCE

Json = dict[str, Any]

AT_THE_ROOT = ("http", "/api/", "/access/", "/.well-known/", "/healthz", "/readyz", "/metrics")
"""How addresses begin that do not stand below ``/api/v1``."""


class Caller:
    """A program with a key, or without one. ``seen`` is the last revision it was told."""

    def __init__(self, http: httpx.Client) -> None:
        self.http = http
        self.seen = 0

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> httpx.Response:
        """One call; each has an ``Idempotency-Key`` of its own unless one is given."""
        sent = {"Idempotency-Key": str(uuid4())} if method == "POST" else {}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        where = path if path.startswith(AT_THE_ROOT) else f"/api/v1{path}"
        return self.http.request(method, where, json=body, headers=sent)

    def reads(self, path: str) -> Any:
        """What stands at an address."""
        answer = self.call("GET", path)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def lists(self, path: str) -> list[Json]:
        """Everything in a list, page by page."""
        items: list[Json] = []
        cursor = ""
        while True:
            page = self.reads(f"{path}{'&' if '?' in path else '?'}limit=2{cursor}")
            items += page["data"]
            if page["next_cursor"] is None:
                return items
            cursor = f"&cursor={page['next_cursor']}"

    def writes(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """What a change answers; its revision is remembered."""
        answer = self.call(method, path, body, **headers)
        assert answer.is_success, f"{method} {path}: {answer.text}"
        self.seen = int(answer.headers.get("Tenure-Revision", self.seen))
        return answer.json() if answer.content else None

    def is_refused(self, code: str, method: str, path: str, body: Any = None) -> Json:
        """The problem that a change comes up against."""
        answer = self.call(method, path, body)
        assert answer.headers["Content-Type"] == "application/problem+json", answer.text
        problem: Json = answer.json()
        assert problem["code"] == code, problem
        assert problem["status"] == answer.status_code
        return problem


@contextmanager
def caller(installation: Installation, key: str | None) -> Iterator[Caller]:
    """A caller with that key."""
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    with httpx.Client(base_url=installation.url, headers=headers, timeout=PATIENCE) as http:
        yield Caller(http)


class Vendor(Caller):
    """Who sells here, and its staff."""

    def __init__(self, http: httpx.Client, installation: Installation) -> None:
        super().__init__(http)
        self.installation = installation

    @classmethod
    @contextmanager
    def of(cls, installation: Installation) -> Iterator[Vendor]:
        """The installation's vendor."""
        with caller(installation, installation.vendor_key) as somebody:
            yield cls(somebody.http, installation)

    @contextmanager
    def welcomes(self, profile: Mapping[str, Any], *, at: str) -> Iterator[Customer]:
        """A new customer with a key of its own, whose clock stands at local time ``at``."""
        clock = instant(at, profile["timezone"])
        created = self.writes("POST", "/organisations", {**profile, "test_clock": clock})
        key = self.installation.says(
            "api-key", "create", "--name", "stories", "--organisation", created["id"]
        )
        with caller(self.installation, key) as administrator:
            yield Customer(administrator.http, self, created)


@dataclass(frozen=True)
class Decision:
    """What both ports answered to one question."""

    allowed: bool
    reason: str
    data_until: str | None = None

    def __bool__(self) -> bool:
        return self.allowed


@dataclass(frozen=True)
class Bought:
    """A paid order with its subscriptions, by offer."""

    order: Json
    subscriptions: Mapping[str, Json] = field(default_factory=dict)

    def __getitem__(self, offer: str) -> Json:
        return self.subscriptions[offer]


class Customer(Caller):
    """An organisation, which acts through its administrator's key."""

    def __init__(self, http: httpx.Client, vendor: Vendor, created: Json) -> None:
        super().__init__(http)
        self.vendor = vendor
        self.id: str = created["id"]
        self.profile = created
        self.path = f"/organisations/{self.id}"
        self.seen = created["revision"]

    @property
    def owner(self) -> Json:
        """The member who owns it."""
        return next(each for each in self.members() if each["standing"] == "owner")

    def members(self) -> list[Json]:
        """Everybody in it."""
        return self.lists(f"{self.path}/members")

    def member(self, email: str) -> Json:
        """The member with that address."""
        return next(each for each in self.members() if each["email"] == email)

    def waits_until(self, local: str) -> list[Json]:
        """Its clock goes on to that local time; what happened in between, in order."""
        return self.advanced(instant(local, self.profile["timezone"]))

    def advanced(self, to: str) -> list[Json]:
        """Its clock goes on to a moment; what happened in between, in order."""
        happened = self.vendor.writes("POST", f"{self.path}/test-clock/advance", {"to": to})
        self.seen = self.vendor.seen
        events: list[Json] = happened["data"]
        return events

    def cart(self) -> Json:
        """An empty cart of its own."""
        asked = {name: self.profile[name] for name in ("audience", "country")}
        cart: Json = self.writes("POST", "/carts", {**asked, "organisation": self.id})
        return cart

    def cart_with(self, offers: Mapping[str, int], term: str) -> Json:
        """A cart with so many seats of each offer."""
        cart = self.cart()
        for offer, quantity in offers.items():
            line = {"offer": offer, "term": term, "quantity": quantity}
            cart = self.writes("POST", f"/carts/{cart['id']}/lines", line)
        return cart

    def orders(self, cart: Json, card: str = "tok_ok", **headers: str) -> Json:
        """Order a cart as it was shown, and pay by card."""
        order: Json = self.writes("POST", "/orders", self.order_of(cart, card), **headers)
        return order

    def order_of(self, cart: Json, card: str = "tok_ok") -> Json:
        """What is sent to order a cart as it was shown."""
        return {
            "cart": cart["id"],
            "cart_version": cart["version"],
            "expected_total": cart["total"],
            "organisation": self.id,
            "payment": {"method": "card", "token": card},
        }

    def buys(self, offers: Mapping[str, int], *, term: str) -> Bought:
        """Fill a cart, order it, and have it."""
        order = self.orders(self.cart_with(offers, term))
        assert order["status"] == "paid", order
        return self.bought(order)

    def bought(self, order: Json) -> Bought:
        """An order with the subscriptions that it became."""
        found = [self.reads(f"/subscriptions/{each}") for each in order["subscriptions"]]
        return Bought(order, {each["offer"]: each for each in found})

    def assigns(self, subscription: Json, email: str) -> Json:
        """Give a member a seat."""
        path = f"/subscriptions/{subscription['id']}/assignments"
        seat: Json = self.writes("POST", path, {"member": self.member(email)["id"]})
        return seat

    def invites(self, email: str, *roles: str, standing: str = "member") -> Json:
        """Invite somebody, with the roles they are to hold."""
        invitation = {"email": email, "standing": standing, "roles": list(roles)}
        sent: Json = self.writes("POST", f"{self.path}/invitations", invitation)
        return sent

    def may(self, member: str, permission: str, application: str) -> Decision:
        """Ask both ports, as of the last change that was seen; they must agree in every word."""
        question = self.question(member, permission, application)
        decide = f"{self.vendor.installation.decide_url}/access/v1/evaluation"
        answers = [
            self.call("POST", where, question) for where in ("/access/v1/evaluation", decide)
        ]
        assert [answer.status_code for answer in answers] == [200, 200], answers[0].text
        here, there = (answer.json() for answer in answers)
        assert here == there
        context = here["context"]
        assert context["revision"] >= self.seen
        return Decision(here["decision"], context["reason"], context.get("data_available_until"))

    def question(self, member: str, permission: str, application: str) -> Json:
        """The question whether a member may, in the words of AuthZEN."""
        return {
            "subject": {"type": "member", "id": member},
            "action": {"name": permission},
            "resource": {"type": "application", "id": application},
            "context": {"organisation": self.id, "at_least": self.seen},
        }

    def journal(self) -> list[Json]:
        """All that ever happened; its numbers have no gap."""
        events = self.lists(f"{self.path}/events")
        assert [event["sequence"] for event in events] == list(range(1, len(events) + 1))
        return events


def instant(local: str, zone: str) -> str:
    """A local time as the moment it is, in RFC 3339."""
    at = datetime.fromisoformat(local).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def kinds(events: Sequence[Json]) -> list[str]:
    """What happened, in a word each."""
    return [event["type"] for event in events]
