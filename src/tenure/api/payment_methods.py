"""Payment methods: the cards that an organisation is charged by when nobody is there (R24)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Literal, NotRequired
from uuid import UUID

from pydantic import StrictBool
from typing_extensions import TypedDict

from tenure.api.callers import Call
from tenure.api.calls import Answer, Calls
from tenure.api.fields import Body, Text100
from tenure.api.lists import Cursor, Limit, page_by_id
from tenure.api.ordered import NextAction
from tenure.api.shapes import Day, Page
from tenure.base.errors import NotFound
from tenure.base.ids import public_id
from tenure.billing.errors import CARD_NOT_SAVED, NEEDED_FOR_RENEWAL
from tenure.billing.models import PaymentMethod
from tenure.billing.queries.payment_methods import active_methods
from tenure.billing.rules.cards import expires_before, last_day
from tenure.flows.payment_methods import (
    add_payment_method,
    make_default,
    remove_payment_method,
    resume_payment_method,
)
from tenure.subscriptions.queries.cards import next_card_renewal

calls = Calls("Selling")

Status = Literal["intended", "authentication_required", "active"]
_SHOWN = ("intended", "authentication_required", "active")


class NewPaymentMethod(Body):
    """A card, by the gateway's token; without one it is given on the gateway's own page."""

    token: Text100 | None = None
    default: StrictBool = False


class PaymentMethodChange(Body):
    """The card to be charged from now on."""

    default: Literal[True]


class PaymentMethodOut(TypedDict):
    """A card on file, as far as people need to tell it; ``expiring_soon`` before the next renewal.

    One that waits for a step of the customer's has a ``next_action``, and cannot be charged yet.
    """

    id: str
    organisation: str
    status: Status
    gateway: str
    brand: str | None
    last4: str | None
    exp_month: int | None
    exp_year: int | None
    expires_on: Day | None
    expiring_soon: bool
    default: bool
    next_action: NotRequired[NextAction]


def _resumed(call: Call, made: UUID) -> Answer:
    written = resume_payment_method(method=made, now=call.now, by=call.by)
    return _made(call, made, written.revision)


@calls.get("/organisations/{organisation}/payment-methods", Page[PaymentMethodOut])
def list_payment_methods(call: Call, limit: Limit = 50, cursor: Cursor = None) -> Answer:
    """The cards that the organisation can be charged by, oldest first."""
    rows = active_methods(call.organisation)
    shown, following = page_by_id("payment-methods", rows, limit, cursor)
    return Answer({"data": _all_out(call, shown), "next_cursor": following})


@calls.post(
    "/organisations/{organisation}/payment-methods",
    {201: PaymentMethodOut},
    resume=_resumed,
    refuses=(CARD_NOT_SAVED,),
)
def save_payment_method(call: Call, body: NewPaymentMethod) -> Answer:
    """Save a card without a charge; the first one is the default.

    A bank may ask for a step, and without a token the card is given on the gateway's own page:
    then ``next_action`` says where the customer goes.
    """
    written = add_payment_method(
        organisation=call.organisation,
        token=body.token or "",
        default=body.default,
        now=call.now,
        by=call.by,
        asked=call.asked,
    )
    return _made(call, written.ids[0], written.revision)


@calls.get("/payment-methods/{payment_method}", PaymentMethodOut)
def get_payment_method(call: Call) -> Answer:
    """One card on file, or one that is still being saved."""
    return Answer(_one_out(call, call.ids["payment_method"]))


@calls.patch("/payment-methods/{payment_method}", PaymentMethodOut)
def make_payment_method_default(call: Call, body: PaymentMethodChange) -> Answer:
    """Charge this card from now on."""
    del body
    return _made_default(call)


@calls.patch("/organisations/{organisation}/payment-methods/{payment_method}", PaymentMethodOut)
def make_default_of_organisation(call: Call, body: PaymentMethodChange) -> Answer:
    """Charge this card from now on: the same by the organisation's own address."""
    del body
    _of_organisation(call)
    return _made_default(call)


@calls.delete("/payment-methods/{payment_method}", {204: None}, refuses=(NEEDED_FOR_RENEWAL,))
def remove_card(call: Call) -> Answer:
    """Charge this card no more; refused while a renewal needs it and there is no other."""
    return _removed(call)


@calls.delete(
    "/organisations/{organisation}/payment-methods/{payment_method}",
    {204: None},
    refuses=(NEEDED_FOR_RENEWAL,),
)
def remove_card_of_organisation(call: Call) -> Answer:
    """Charge this card no more: the same by the organisation's own address."""
    _of_organisation(call)
    return _removed(call)


def _made(call: Call, method: UUID, revision: int) -> Answer:
    out = _one_out(call, method)
    location = f"/api/v1/payment-methods/{out['id']}"
    return Answer(out, status=201, revision=revision, location=location)


def _made_default(call: Call) -> Answer:
    method = call.ids["payment_method"]
    written = make_default(method=method, now=call.now, by=call.by)
    return Answer(_one_out(call, method), revision=written.revision)


def _removed(call: Call) -> Answer:
    written = remove_payment_method(method=call.ids["payment_method"], now=call.now, by=call.by)
    return Answer(status=204, revision=written.revision)


def _of_organisation(call: Call) -> None:
    named = PaymentMethod.objects.filter(id=call.ids["payment_method"])
    if not named.filter(organisation_id=call.organisation).exists():
        raise NotFound


def _one_out(call: Call, method: UUID) -> PaymentMethodOut:
    row = PaymentMethod.objects.filter(id=method, status__in=_SHOWN).first()
    if row is None:
        raise NotFound
    return _all_out(call, [row])[0]


def _all_out(call: Call, rows: Sequence[PaymentMethod]) -> list[PaymentMethodOut]:
    """As they go out; one statement for any number of them."""
    renews_on = next_card_renewal(call.organisation, call.now) if rows else None
    return [_out(row, call.today, renews_on) for row in rows]


def _out(row: PaymentMethod, today: date, renews_on: date | None) -> PaymentMethodOut:
    known = row.exp_month > 0
    out: PaymentMethodOut = {
        "id": public_id("pm", row.id),
        "organisation": public_id("org", row.organisation_id),
        "status": row.status,  # type: ignore[typeddict-item]  # only those that are shown
        "gateway": row.gateway,
        "brand": row.brand or None,
        "last4": row.last4 or None,
        "exp_month": row.exp_month if known else None,
        "exp_year": row.exp_year if known else None,
        "expires_on": last_day(row.exp_month, row.exp_year).isoformat() if known else None,
        "expiring_soon": known
        and expires_before(row.exp_month, row.exp_year, today=today, renews_on=renews_on),
        "default": row.is_default,
    }
    if row.action_url:
        out["next_action"] = {"type": "redirect", "url": row.action_url}
    return out
