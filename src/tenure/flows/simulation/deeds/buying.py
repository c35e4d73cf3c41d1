"""Customers buy, pay, try and prove; banks and gateways do what they do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Final

from tenure.base.calendar import Term
from tenure.billing.models import Payment
from tenure.flows.carts import add_line, open_cart
from tenure.flows.placing import CardPayment, TransferPayment
from tenure.flows.purchase import Purchase, authenticate, buy, pay_order, withdraw_order
from tenure.flows.simulation.deeds.deed import BY, Deed, Kind, asked, made_under, order_id, pick
from tenure.flows.simulation.deeds.ordering import how_paid, method_of, order_taken_up, ordered
from tenure.flows.simulation.faults import Doom
from tenure.flows.simulation.rulebook import buying
from tenure.flows.simulation.rulebook.customer import Customer, Order
from tenure.flows.simulation.rulebook.goods import TERMS, Offer, goods
from tenure.flows.simulation.rulebook.quotes import checked
from tenure.flows.simulation.story import Op
from tenure.flows.verification import accept_proof
from tenure.orders.queries.carts import PricedCart
from tenure.policy.words import Audience

Wish = tuple[Offer, str, int]


def buy_something(customer: Customer, op: Op) -> Deed | None:
    """A cart is filled and bought."""
    wishes = some_wishes(customer, op)
    return _ordered(customer, op, wishes) if wishes else None


def some_wishes(customer: Customer, op: Op) -> list[Wish]:
    """A cart of one or two offers, as it may be bought mostly, and otherwise anything."""
    terms = TERMS[customer.audience]
    term = terms[op.picks[1] % len(terms)]
    sold = goods().of_audience[customer.audience]
    if op.picks[2] % 9 == 0:
        sold = list(goods().offers.values())
    else:
        on = customer.today(op.at)
        sold = [each for each in sold if not buying.line_refused(customer, (), each, term, on)]
    first = pick(sold, op.picks[0])
    if first is None:
        return []
    wishes: list[Wish] = [(first, term, 1 + op.picks[1] % 4)]
    second = pick(sold, op.picks[3])
    if op.picks[0] % 3 == 0 and second is not None and second is not first:
        wishes.append((second, term, 1 + op.picks[3] % 2))
    return wishes


def try_something(customer: Customer, op: Op) -> Deed | None:
    """A trial, also of what was tried before."""
    trials = [each for each in goods().of_audience[customer.audience] if each.trial_days]
    offer = pick(trials, op.picks[0])
    if offer is None:
        return None
    return _ordered(customer, op, [(offer, "trial", 1 + op.picks[1] % 3)])


def _ordered(customer: Customer, op: Op, wishes: Sequence[Wish]) -> Deed:
    method, token = method_of(customer, op)
    free = wishes[0][1] == "trial"
    carts: list[PricedCart] = []

    def does(tab: str = "") -> object:
        cart = carts[0] if carts else filled(customer, op, wishes)
        carts[:] = [cart]
        return buy(
            purchase=_purchase(cart, customer, None if free else how_paid(method, token)),
            now=op.at,
            by=BY,
            asked=asked(op, customer, tab),
        )

    def places(unheard: str = "") -> Order | str:
        refused, lines = checked(customer, wishes, op.at)
        if refused is None and not free:
            refused = buying.method_refused(customer, method, customer.currency)
        if refused is not None:
            return refused
        order = buying.new_order(customer, lines, method, token, op.at)
        buying.place(customer, order, op.at, unheard=unheard)
        return order

    def left(doom: Doom) -> None:
        made = made_under(op, customer)
        if made is None:
            return
        heard = doom.committed >= len(wishes) + 3
        order = places("" if heard else _unheard(doom, token))
        if isinstance(order, Order):
            order.id = made

    return replace(
        ordered(customer, op, does, places), left=left, other_tab=partial(does, " again")
    )


def _unheard(doom: Doom, token: str) -> str:
    """What the gateway will say of a charge after which somebody died."""
    return buying.said_of(token) if doom.called else "declined"


def filled(customer: Customer, op: Op, wishes: Sequence[Wish]) -> PricedCart:
    """A new cart with what is wished for; refused where a line may not be in it."""
    on = customer.today(op.at)
    cart = open_cart(
        audience=Audience(customer.audience),
        country=customer.country,
        organisation=customer.id,
        on=on,
        now=op.at,
    )
    for offer, term, quantity in wishes:
        cart = add_line(
            cart=cart.cart.id,
            within=customer.id,
            offer=offer.id,
            term=Term(term),
            quantity=quantity,
            on=on,
        )
    return cart


def _purchase(
    cart: PricedCart, customer: Customer, payment: CardPayment | TransferPayment | None
) -> Purchase:
    return Purchase(
        cart=cart.cart.id,
        cart_version=cart.cart.version,
        organisation=customer.id,
        payment=payment,
    )


def pay(customer: Customer, op: Op) -> Deed | None:
    """An order is paid again, mostly one that can be."""
    order = _order(customer, op, ("declined", "awaiting_transfer", "authentication_required"))
    if order is None:
        return None
    method, token = method_of(customer, op)

    def does() -> object:
        return pay_order(
            order=order_id(customer, order),
            payment=how_paid(method, token),
            now=op.at,
            by=BY,
            asked=asked(op, customer),
        )

    return Deed(
        does=does,
        expects=partial(buying.pay_again, customer, order, method, token, op.at),
        again=order_taken_up(customer, op, does),
    )


def take_step(customer: Customer, op: Op) -> Deed | None:
    """The customer's step at the bank."""
    waiting = [each for each in customer.orders if each.status == "authentication_required"]
    order = pick(waiting, op.picks[0])
    if order is None:
        return None
    passed = op.picks[1] % 3 > 0

    def does() -> object:
        rows = Payment.objects.filter(order=order_id(customer, order)).order_by("-id")
        payment = rows.values_list("id", flat=True)[0]
        return authenticate(payment=payment, passed=passed, now=op.at, by=BY)

    def expects() -> str | None:
        buying.step_taken(customer, order, op.at, passed=passed)
        return None

    return Deed(does=does, expects=expects, again=does, twice=True)


def withdraw(customer: Customer, op: Op) -> Deed | None:
    """An unpaid order is withdrawn."""
    order = _order(customer, op, ("declined", "awaiting_transfer", "awaiting_verification"))
    if order is None:
        return None
    work = partial(withdraw_order, order=order_id(customer, order), now=op.at, by=BY)
    return Deed(
        does=work, expects=partial(buying.withdraw, customer, order), again=work, twice=True
    )


def prove(customer: Customer, op: Op) -> Deed | None:
    """Staff accept a student's proof."""
    if customer.audience != "student":
        return None
    work = partial(accept_proof, organisation=customer.id, now=op.at, by=BY)

    def expects() -> str | None:
        buying.proved(customer, op.at)
        return None

    return Deed(does=work, expects=expects, again=work, twice=True)


def _order(customer: Customer, op: Op, statuses: Sequence[str]) -> Order | None:
    fit = [each for each in customer.orders if each.status in statuses]
    return pick(fit if fit and op.picks[0] % 7 else customer.orders, op.picks[1])


KINDS: Final[Mapping[str, Kind]] = {
    "buy": buy_something,
    "try": try_something,
    "pay": pay,
    "authenticate": take_step,
    "withdraw": withdraw,
    "prove": prove,
}
