"""Quotes: a promise with a price and an end, which becomes one order at most (R12)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Final, Literal
from uuid import UUID

from pydantic import Field, StrictBool
from typing_extensions import TypedDict

from tenure.api.callers import Call
from tenure.api.calls import Answer, Calls
from tenure.api.carts import LINE_REFUSALS, TaxOut
from tenure.api.errors import FIELD_TOO_GREAT
from tenure.api.fields import Body, Identifier, Maybe100, MoneyIn, Quantity, catalogue_id
from tenure.api.lists import Cursor, Limit, page_by_id
from tenure.api.ordered import OrderLineOut, OrderOut
from tenure.api.orders import PAYMENT_REFUSALS, PaymentIn, payment_of, resumed, settled
from tenure.api.shapes import Day, MoneyOut, Page, money_out
from tenure.base.calendar import Term
from tenure.base.errors import FieldError, Invalid, NotFound
from tenure.base.ids import public_id
from tenure.billing.ledger.errors import RATE_UNKNOWN
from tenure.billing.models import Document, DocumentFormat
from tenure.flows.documents.files import document_file
from tenure.flows.quotes import (
    QuotedLine,
    accept,
    decline,
    quote_by_staff,
    quote_cart,
    send_draft,
)
from tenure.flows.written import Written
from tenure.orders.errors import (
    AUDIENCE_MISMATCH,
    CART_EMPTY,
    CART_ORDERED,
    COUNTRY_MISMATCH,
    MIXED_AUDIENCES,
    PAYMENT_NEEDED,
    QUOTE_ACCEPTED,
    QUOTE_CURRENCY,
    QUOTE_DECLINED,
    QUOTE_EXPIRED,
    QUOTE_NOT_SENT,
    QUOTE_OUTDATED,
    QUOTE_TRIAL,
    TAX_RATE_UNKNOWN,
)
from tenure.orders.models import QuoteStatus
from tenure.orders.queries.quotes import ShownQuote, quotes_of, shown_quotes
from tenure.organisations.models import Organisation

calls = Calls("Selling")

MOST_PRICE: Final = 10**11
"""As many minor units one seat can be quoted at; more is a slip of the pen."""

MOST_TOTAL: Final = 10**15
"""As many minor units all lines can come to; whole numbers of JSON are exact to 9 · 10^15."""

Words500 = Annotated[str, Field(max_length=500, pattern=r"^[^\x00-\x08\x0B\x0C\x0E-\x1F\x7F]*$")]


class QuotedCart(Body):
    """For whom the cart is quoted, and the number by which they buy."""

    organisation: Identifier
    purchase_order: Maybe100 = None


class QuotedLineIn(Body):
    """An offer at a price of its own: for companies without tax, for consumers with it (R7)."""

    offer: Identifier
    term: Literal["month", "quarter", "year"]
    quantity: Quantity
    unit_price: MoneyIn


class NewQuote(Body):
    """What staff quote, and why; `send` false keeps it as a draft."""

    organisation: Identifier
    lines: Annotated[list[QuotedLineIn], Field(min_length=1, max_length=100)]
    reason: Words500
    purchase_order: Maybe100 = None
    send: bool = True


class Acceptance(Body):
    """How the order is paid; nothing where nothing is to be paid.

    `start_at_once` puts on record that a consumer expressly asked for it (R33).
    """

    payment: PaymentIn | None = None
    start_at_once: StrictBool = False


class Refusal(Body):
    """Why the quote is not wanted, in a word."""

    reason: Words500 | None = None


class QuoteOut(TypedDict):
    """A quote; ``order`` is what it became, ``reason`` staff's own (the vendor's keys see it)."""

    id: str
    number: str | None
    organisation: str
    cart: str | None
    status: Literal["draft", "sent", "accepted", "declined", "expired"]
    lines: list[OrderLineOut]
    tax: TaxOut
    total_net: MoneyOut
    total_tax: MoneyOut
    total: MoneyOut
    valid_until: Day | None
    purchase_order: str | None
    reason: str | None
    document: str | None
    order: str | None


def _again(call: Call, made: UUID) -> Answer:
    """The quote of a call that was cut short after its work was done."""
    return _written(call, Written((made,), call.reached.revision if call.reached else 0), 201)


@calls.post(
    "/carts/{cart}/quote",
    {201: QuoteOut},
    resume=_again,
    refuses=(
        AUDIENCE_MISMATCH,
        COUNTRY_MISMATCH,
        CART_EMPTY,
        CART_ORDERED,
        QUOTE_TRIAL,
        *LINE_REFUSALS,
    ),
)
def create_cart_quote(call: Call, body: QuotedCart) -> Answer:
    """Have what is in a cart quoted, at its prices as they stand."""
    call.reach(body.organisation)
    written = quote_cart(
        cart=call.ids["cart"],
        organisation=call.organisation,
        purchase_order=body.purchase_order or "",
        now=call.now,
        by=call.by,
        asked=call.asked,
    )
    return _written(call, written, 201)


@calls.post(
    "/quotes",
    {201: QuoteOut},
    vendor_only=True,
    resume=_again,
    refuses=(MIXED_AUDIENCES, QUOTE_TRIAL, TAX_RATE_UNKNOWN),
)
def create_quote(call: Call, body: NewQuote) -> Answer:
    """Quote anything in the catalogue at a price of its own, also what is not sold online."""
    call.reach(body.organisation)
    written = quote_by_staff(
        organisation=call.organisation,
        lines=_lines(call, body.lines),
        reason=body.reason,
        purchase_order=body.purchase_order or "",
        send=body.send,
        now=call.now,
        by=call.by,
        asked=call.asked,
    )
    return _written(call, written, 201)


@calls.get("/quotes/{quote}", QuoteOut)
def get_quote(call: Call) -> Answer:
    """One quote; a draft only the vendor sees."""
    return Answer(_one(call, call.ids["quote"]))


@calls.get("/organisations/{organisation}/quotes", Page[QuoteOut])
def list_quotes(call: Call, limit: Limit = 50, cursor: Cursor = None) -> Answer:
    """The organisation's quotes that were sent, oldest first."""
    rows = quotes_of(call.organisation)
    shown, following = page_by_id("quotes", rows, limit, cursor)
    found = shown_quotes([row.id for row in shown], call.now)
    return Answer({"data": _quotes_out(call, found), "next_cursor": following})


@calls.get("/quotes/{quote}/pdf", None, file="application/pdf")
def get_quote_pdf(call: Call) -> Answer:
    """The quote as PDF; a draft has none yet."""
    paper = Document.objects.filter(quote=call.ids["quote"]).values_list("id", flat=True).first()
    if paper is None:
        raise NotFound
    found = document_file(document=paper, form=DocumentFormat.PDF, by=call.by)
    return Answer(bytes(found.data), filename=f"{found.document.number}.pdf")


@calls.post("/quotes/{quote}/send", {200: QuoteOut}, vendor_only=True)
def send_quote(call: Call) -> Answer:
    """Send a draft; from then on it can be accepted."""
    written = send_draft(quote=call.ids["quote"], now=call.now, by=call.by)
    return _written(call, written, 200)


@calls.post(
    "/quotes/{quote}/accept",
    {201: OrderOut, 200: OrderOut},
    moves_money=True,
    resume=resumed,
    refuses=(
        QUOTE_EXPIRED,
        QUOTE_DECLINED,
        QUOTE_NOT_SENT,
        QUOTE_OUTDATED,
        PAYMENT_NEEDED,
        RATE_UNKNOWN,
        *PAYMENT_REFUSALS,
    ),
)
def accept_quote(call: Call, body: Acceptance) -> Answer:
    """Accept a quote: it becomes one order. Accepted again, it gives 200 and that order."""
    outcome = accept(
        quote=call.ids["quote"],
        payment=payment_of(body.payment) if body.payment else None,
        start_at_once=body.start_at_once,
        now=call.now,
        by=call.by,
        asked=call.asked,
    )
    return settled(outcome, 201 if outcome.created else 200)


@calls.post(
    "/quotes/{quote}/decline",
    {200: QuoteOut},
    refuses=(QUOTE_EXPIRED, QUOTE_ACCEPTED, QUOTE_NOT_SENT),
)
def decline_quote(call: Call, body: Refusal) -> Answer:
    """Decline a quote; declined again, it stays so."""
    written = decline(quote=call.ids["quote"], because=body.reason or "", now=call.now, by=call.by)
    return _written(call, written, 200)


def _lines(call: Call, given: Sequence[QuotedLineIn]) -> list[QuotedLine]:
    """The lines in the organisation's currency; ``Invalid`` names those in another."""
    currency = Organisation.objects.values_list("currency", flat=True).get(id=call.organisation)
    wrong = [
        FieldError(f"lines[{index}].unit_price.currency", QUOTE_CURRENCY, {"currency": currency})
        for index, line in enumerate(given)
        if line.unit_price.currency != currency
    ]
    wrong += [
        FieldError(f"lines[{index}].unit_price.amount", FIELD_TOO_GREAT, {"most": MOST_PRICE})
        for index, line in enumerate(given)
        if line.unit_price.amount > MOST_PRICE
    ]
    if not wrong and sum(line.quantity * line.unit_price.amount for line in given) > MOST_TOTAL:
        wrong = [FieldError("lines", FIELD_TOO_GREAT, {"most": MOST_TOTAL})]
    if wrong:
        raise Invalid(wrong)
    return [
        QuotedLine(
            offer=catalogue_id(line.offer),
            term=Term(line.term),
            quantity=line.quantity,
            unit_amount=line.unit_price.amount,
        )
        for line in given
    ]


def _written(call: Call, written: Written, status: int) -> Answer:
    out = _one(call, written.ids[0])
    return Answer(
        out,
        status=status,
        revision=written.revision,
        location=f"/api/v1/quotes/{out['id']}" if status == 201 else None,
    )


def _one(call: Call, quote: UUID) -> QuoteOut:
    found = shown_quotes([quote], call.now)
    if not found or (found[0].status == QuoteStatus.DRAFT and not call.caller.is_vendor):
        raise NotFound
    return _quotes_out(call, found)[0]


def _quotes_out(call: Call, found: Sequence[ShownQuote]) -> list[QuoteOut]:
    papers = {
        quote: (id_, number)
        for quote, id_, number in Document.objects.filter(
            quote__in=[each.quote.id for each in found]
        ).values_list("quote", "id", "number")
    }
    return [
        _out(each, *papers.get(each.quote.id, (None, None)), vendor=call.caller.is_vendor)
        for each in found
    ]


def _out(shown: ShownQuote, document: UUID | None, number: str | None, *, vendor: bool) -> QuoteOut:
    row, currency = shown.quote, shown.quote.currency
    return {
        "id": public_id("quo", row.id),
        "number": number,
        "organisation": public_id("org", row.organisation_id),
        "cart": public_id("cart", row.cart_id) if row.cart_id else None,
        "status": shown.status.value,  # type: ignore[typeddict-item]  # its words are these
        "lines": [
            {
                "offer": line.offer_id,
                "term": line.term,
                "quantity": line.quantity,
                "unit_price": money_out(line.unit_amount, currency),
                "net": money_out(line.net, currency),
                "tax": money_out(line.tax, currency),
                "total": money_out(line.gross, currency),
            }
            for line in shown.lines
        ],
        "tax": {
            "percent": f"{row.tax_percent.normalize():f}",
            "country": row.tax_country or None,
            "reverse_charge": row.reverse_charge,
        },
        "total_net": money_out(row.total_net, currency),
        "total_tax": money_out(row.total_tax, currency),
        "total": money_out(row.total, currency),
        "valid_until": row.valid_until.isoformat() if row.valid_until else None,
        "purchase_order": row.purchase_order or None,
        "reason": (row.reason or None) if vendor else None,
        "document": public_id("doc", document) if document else None,
        "order": public_id("ord", row.order_id) if row.order_id else None,
    }
