"""What Stripe remembers of one account, and what it does when it is asked."""

from __future__ import annotations

import copy
from collections.abc import Callable
from itertools import count
from typing import Any

from tenure.base.clock import machine_now

Json = dict[str, Any]

VERSION = "2026-10-28.endive"

DECLINES = {
    # what a test card of Stripe's does: the error's code, and the bank's reason
    "pm_card_chargeDeclined": ("card_declined", "generic_decline"),
    "pm_card_chargeDeclinedInsufficientFunds": ("card_declined", "insufficient_funds"),
    "pm_card_chargeDeclinedExpiredCard": ("expired_card", "expired_card"),
}
ASKS_ALWAYS = "pm_card_authenticationRequired"
ASKS_ONCE = "pm_card_authenticationRequiredSetupForOffSession"
PROCESSES = "pm_card_processing"
ZERO_DECIMAL = {"jpy", "krw"}


class Refusal(Exception):
    """An answer that is an error, as Stripe writes it."""

    def __init__(self, status: int, type_: str, code: str, **more: Any) -> None:
        super().__init__(code)
        self.status = status
        self.body = {"error": {"type": type_, "code": code, "message": code, **more}}


def invalid(code: str, param: str = "") -> Refusal:
    """A request that makes no sense; Stripe does not remember it."""
    return Refusal(400, "invalid_request_error", code, param=param)


def missing(id_: str) -> Refusal:
    """Something that there is not."""
    return Refusal(404, "invalid_request_error", "resource_missing", param=id_)


class Account:
    """One account: customers, cards, intents, sessions, refunds, and the messages about them."""

    def __init__(self) -> None:
        self.things: dict[str, Json] = {}
        self.events: list[Json] = []
        self._numbers = count(1)

    # what is asked over HTTP

    def route(self, method: str, path: list[str], given: Json) -> Json:
        """The answer to a call; raises ``Refusal``."""
        if "payment_method_types" in given:
            raise invalid("payment_method_types_no_longer_supported", "payment_method_types")
        resource = "/".join(path[:2]) if path[0] == "checkout" else path[0]
        rest = path[2:] if path[0] == "checkout" else path[1:]
        if method == "GET" and rest == ["search"]:
            return self._search(given)
        if method == "GET":
            return self._get(rest[0], given) if rest else self._list(resource, given)
        calls: dict[tuple[str, str], Callable[..., Json]] = {
            ("customers", ""): self._customer,
            ("payment_intents", ""): self._pay,
            ("payment_intents", "cancel"): self._cancel,
            ("setup_intents", ""): self._set_up,
            ("checkout/sessions", ""): self._session,
            ("checkout/sessions", "expire"): self._expire,
            ("payment_methods", "detach"): self._detach,
            ("refunds", ""): self._refund,
        }
        call = calls.get((resource, rest[1] if len(rest) > 1 else ""))
        if call is None:
            raise Refusal(404, "invalid_request_error", "unknown_url")
        return call(self._thing(rest[0]), given) if rest else call(given)

    def of_kind(self, kind: str) -> list[Json]:
        """All things of a kind, newest first, as Stripe lists them."""
        return [each for each in reversed(self.things.values()) if each["object"] == kind]

    # what people and banks do elsewhere

    def authenticate(self, id_: str, *, passed: bool) -> None:
        """The customer takes the bank's step of an intent, or fails it."""
        intent = self._thing(id_)
        assert intent["status"] == "requires_action"
        intent["next_action"] = None
        if passed:
            self._succeed(intent)
            return
        intent["status"] = "requires_payment_method"
        name = "last_setup_error" if intent["object"] == "setup_intent" else "last_payment_error"
        intent[name] = {"code": f"{intent['object']}_authentication_failure"}
        self._tell(f"{intent['object']}.payment_failed", intent)

    def fill_page(self, id_: str, card: str = "pm_card_visa") -> None:
        """The customer gives a card on a session's page; one that is refused leaves it open."""
        session = self._thing(id_)
        assert session["status"] == "open"
        given = {
            "customer": session["customer"],
            "payment_method": card,
            "confirm": "true",
            "return_url": session["success_url"],
            "metadata": session["of_intent"].get("metadata", {}),
        }
        try:
            if session["mode"] == "setup":
                made = session["setup_intent"] = self._set_up(given)["id"]
            else:
                given |= {"amount": session["amount_total"], "currency": session["currency"]}
                given |= {
                    name: value
                    for name, value in session["of_intent"].items()
                    if name == "setup_future_usage"
                }
                made = session["payment_intent"] = self._pay(given)["id"]
        except Refusal:
            return
        if self.things[made]["status"] == "requires_action":
            self.authenticate(made, passed=True)
        session |= {"status": "complete", "payment_status": "paid", "url": None}
        self._tell("checkout.session.completed", session)

    def finish(self, id_: str, status: str, **more: Any) -> None:
        """What was pending comes to an end: a refund, or an intent that was processing."""
        thing = self._thing(id_)
        if thing["object"] == "payment_intent" and status == "succeeded":
            self._succeed(thing)
            return
        thing |= {"status": status, **more}
        self._tell(f"{thing['object']}.updated", thing)

    # how it is done

    def _new(self, kind: str, prefix: str, **fields: Any) -> Json:
        id_ = f"{prefix}_{next(self._numbers)}"
        created = int(machine_now().timestamp())
        thing = {"id": id_, "object": kind, "created": created, "livemode": False, **fields}
        self.things[id_] = thing
        return thing

    def _tell(self, type_: str, thing: Json) -> None:
        event = {"id": f"evt_{next(self._numbers)}", "object": "event", "type": type_}
        self.events.append({**event, "data": {"object": copy.deepcopy(thing)}})

    def _thing(self, id_: str) -> Json:
        if id_ not in self.things:
            raise missing(id_)
        return self.things[id_]

    def _shown(self, thing: Json, expand: list[str]) -> Json:
        shown = {name: value for name, value in thing.items() if not name.startswith("of_")}
        for name in expand:
            if isinstance(shown.get(name), str):
                shown[name] = self.things[shown[name]]
        return shown

    def _get(self, id_: str, given: Json) -> Json:
        return self._shown(self._thing(id_), given.get("expand", []))

    def _list(self, resource: str, given: Json) -> Json:
        kinds = {
            "payment_intents": "payment_intent",
            "setup_intents": "setup_intent",
            "checkout/sessions": "checkout.session",
            "refunds": "refund",
        }
        expand = [each.removeprefix("data.") for each in given.get("expand", [])]
        since = int(given.get("created", {}).get("gte", 0))
        found = [
            self._shown(each, expand)
            for each in self.of_kind(kinds[resource])
            if each["created"] >= since
            and all(
                each[name] == given[name]
                for name in ("customer", "payment_intent")
                if name in given
            )
        ]
        first = next(
            (at + 1 for at, each in enumerate(found) if each["id"] == given.get("starting_after")),
            0,
        )
        limit = int(given.get("limit", 10))
        page = found[first : first + limit]
        more = len(found) > first + limit
        return {"object": "list", "url": f"/v1/{resource}", "data": page, "has_more": more}

    def _search(self, given: Json) -> Json:
        ours = given["query"].split("'")[3]
        found = [
            self._shown(each, ["payment_method"])
            for each in self.of_kind("payment_intent")
            if each["metadata"].get("tenure_payment") == ours
        ]
        return {"object": "search_result", "data": found, "has_more": False, "next_page": None}

    def _customer(self, given: Json) -> Json:
        return self._new("customer", "cus", metadata=given.get("metadata", {}))

    def _card(self, token: str) -> Json:
        """A card by one of Stripe's test tokens, each time another of the same; or a saved one."""
        if token in self.things:
            return self.things[token]
        if not token.startswith("pm_card_"):
            raise missing(token)
        card = {
            "brand": "visa",
            "last4": "4242",
            "exp_month": 12,
            "exp_year": 2034,
            "fingerprint": token,
            "country": "DE",
        }
        return self._new(
            "payment_method",
            "pm",
            type="card",
            card=card,
            customer=None,
            of_token=token,
            of_authenticated=False,
        )

    def _pay(self, given: Json) -> Json:
        amount = int(given["amount"])
        if amount < 1 or len(str(amount)) > 8:
            raise invalid("amount_too_small" if amount < 1 else "amount_too_large", "amount")
        confirmed = given.get("confirm") == "true"
        card = self._card(given["payment_method"]) if confirmed else None
        if card is not None and card["customer"] not in (None, given["customer"]):
            raise invalid("payment_method_unexpected_state", "payment_method")
        intent = self._new(
            "payment_intent",
            "pi",
            amount=amount,
            amount_received=0,
            currency=given["currency"],
            customer=given.get("customer"),
            metadata=given.get("metadata", {}),
            payment_method=card["id"] if card else None,
            status="requires_confirmation" if confirmed else "requires_payment_method",
            last_payment_error=None,
            next_action=None,
            of_future=given.get("setup_future_usage"),
            of_refunded=0,
        )
        if card is not None:
            self._confirm(intent, card, given)
        return self._shown(intent, given.get("expand", []))

    def _confirm(self, intent: Json, card: Json, given: Json) -> None:
        token, off_session = card["of_token"], given.get("off_session") == "true"
        asks = token == ASKS_ALWAYS or (token == ASKS_ONCE and not card["of_authenticated"])
        if token in DECLINES:
            self._decline(intent, *DECLINES[token])
        if asks and off_session:
            self._decline(intent, "authentication_required", "authentication_required")
        if asks:
            intent["status"] = "requires_action"
            url = f"https://hooks.stripe.example/{intent['id']}"
            redirect = {"url": url, "return_url": given.get("return_url")}
            intent["next_action"] = {"type": "redirect_to_url", "redirect_to_url": redirect}
            self._tell("payment_intent.requires_action", intent)
        elif token == PROCESSES:
            intent["status"] = "processing"
        else:
            self._succeed(intent)

    def _decline(self, intent: Json, code: str, decline_code: str) -> None:
        intent["status"] = "requires_payment_method"
        intent["last_payment_error"] = {"code": code, "decline_code": decline_code}
        self._tell("payment_intent.payment_failed", intent)
        raise Refusal(
            402,
            "card_error",
            code,
            decline_code=decline_code,
            payment_intent=self._shown(intent, []),
        )

    def _succeed(self, intent: Json) -> None:
        intent["status"] = "succeeded"
        card = self.things[intent["payment_method"]]
        card["of_authenticated"] = True
        if intent["object"] == "setup_intent" or intent["of_future"]:
            card["customer"] = intent["customer"]
        if intent["object"] == "payment_intent":
            intent["amount_received"] = intent["amount"]
        self._tell(f"{intent['object']}.succeeded", intent)

    def _cancel(self, intent: Json, _given: Json) -> Json:
        if intent["status"] in ("succeeded", "canceled", "processing"):
            raise invalid("payment_intent_unexpected_state")
        intent |= {"status": "canceled", "next_action": None}
        self._tell("payment_intent.canceled", intent)
        return self._shown(intent, [])

    def _set_up(self, given: Json) -> Json:
        card = self._card(given["payment_method"])
        intent = self._new(
            "setup_intent",
            "seti",
            customer=given["customer"],
            metadata=given.get("metadata", {}),
            payment_method=card["id"],
            status="requires_confirmation",
            last_setup_error=None,
            next_action=None,
        )
        token = card["of_token"]
        if token in DECLINES:
            intent["status"] = "requires_payment_method"
            code, decline_code = DECLINES[token]
            raise Refusal(402, "card_error", code, decline_code=decline_code)
        if token in (ASKS_ALWAYS, ASKS_ONCE):
            intent["status"] = "requires_action"
            redirect = {"url": f"https://hooks.stripe.example/{intent['id']}"}
            intent["next_action"] = {"type": "redirect_to_url", "redirect_to_url": redirect}
        elif token == PROCESSES:
            intent["status"] = "processing"
        else:
            self._succeed(intent)
        return self._shown(intent, given.get("expand", []))

    def _session(self, given: Json) -> Json:
        line = given.get("line_items", [{}])[0].get("price_data", {})
        of_intent = given.get("payment_intent_data") or given.get("setup_intent_data") or {}
        session = self._new(
            "checkout.session",
            "cs_test",
            mode=given["mode"],
            customer=given["customer"],
            status="open",
            payment_status="unpaid",
            amount_total=int(line.get("unit_amount", 0)),
            currency=line.get("currency"),
            metadata=given.get("metadata", {}),
            success_url=given["success_url"],
            payment_intent=None,
            setup_intent=None,
            of_intent=of_intent,
        )
        session["url"] = f"https://checkout.stripe.example/{session['id']}"
        return self._shown(session, [])

    def _expire(self, session: Json, _given: Json) -> Json:
        if session["status"] != "open":
            raise invalid("checkout_session_not_open")
        session |= {"status": "expired", "url": None}
        self._tell("checkout.session.expired", session)
        return self._shown(session, [])

    def _detach(self, card: Json, _given: Json) -> Json:
        if card["customer"] is None:
            raise invalid("payment_method_not_attached")
        card["customer"] = None
        return self._shown(card, [])

    def _refund(self, given: Json) -> Json:
        intent = self._thing(given["payment_intent"])
        amount = int(given["amount"])
        left = intent["amount_received"] - intent["of_refunded"]
        if amount > left:
            raise invalid("charge_already_refunded" if not left else "amount_too_large", "amount")
        intent["of_refunded"] += amount
        refund = self._new(
            "refund",
            "re",
            amount=amount,
            currency=intent["currency"],
            payment_intent=intent["id"],
            metadata=given.get("metadata", {}),
            status="pending"
            if self.things[intent["payment_method"]]["card"]["last4"] == "7726"
            else "succeeded",
        )
        self._tell("refund.created", refund)
        return self._shown(refund, [])
