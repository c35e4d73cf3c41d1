"""Whatever places an order: how it is paid, and what a client has of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from tenure.flows.placing import CardPayment, TransferPayment
from tenure.flows.purchase import resume_order
from tenure.flows.simulation.deeds.deed import BY, Deed, made_under, needed, noted, taken_up
from tenure.flows.simulation.rulebook.customer import Customer, Order
from tenure.flows.simulation.story import Op
from tenure.flows.written import Outcome

_CARDS: Final = (
    *("tok_ok",) * 12,
    *("tok_ok_then_declined",) * 3,
    "tok_declined",
    "tok_insufficient_funds",
    "tok_expired",
    *("tok_authenticate",) * 2,
    *("tok_unknown",) * 2,
    "tok_unknown_not_charged",
)
"""How often which card is paid with."""


def method_of(customer: Customer, op: Op) -> tuple[str, str]:
    """By which way, and with which card, something is paid."""
    often = 3 if customer.audience == "business" else 40
    transfer = op.picks[2] % often == 1
    if transfer:
        return "bank_transfer", ""
    card = _CARDS[op.picks[3] % len(_CARDS)]
    return "card", "tok_ok" if customer.own_clock and card == "tok_unknown" else card


def how_paid(method: str, token: str) -> CardPayment | TransferPayment:
    """The same as the product is told it."""
    return CardPayment(token) if method == "card" else TransferPayment()


def ordered(
    customer: Customer,
    op: Op,
    does: Callable[[], object],
    places: Callable[[], Order | str | None],
) -> Deed:
    """``does`` places an order in the product, and ``places`` by the rulebook: the order, the code
    of a refusal, or None where no new one comes of it."""
    placed: list[Order] = []

    def expects() -> str | None:
        return noted(places(), placed)

    def learns(made: object) -> None:
        if placed:
            known = made.order if isinstance(made, Outcome) else made_under(op, customer)
            placed[0].id = needed(known)

    again = order_taken_up(customer, op, does)
    return Deed(does=does, expects=expects, again=again, learns=learns)


def order_taken_up(customer: Customer, op: Op, does: Callable[[], object]) -> Callable[[], object]:
    """How a client goes on with an order that it asked for under its key: where that stands."""
    return taken_up(op, customer, does, lambda order: resume_order(order=order, now=op.at, by=BY))
