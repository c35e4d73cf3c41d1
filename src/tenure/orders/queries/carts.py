"""A cart as its buyer sees it: every line with its price and its verdict, taxed as a whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final
from uuid import UUID

from django.conf import settings
from django.db.models import Q

from tenure.base.calendar import Term
from tenure.base.verdicts import Verdict
from tenure.catalogue.models import OfferRole
from tenure.catalogue.queries import KnownCatalogue, catalogue_at
from tenure.catalogue.rules import OfferFacts, price_in_force
from tenure.events.rows import read_values
from tenure.events.sending import Question
from tenure.events.streams import CATALOGUE_STREAM
from tenure.orders.models import Cart, CartLine, OrderLine, OrderStatus
from tenure.orders.queries.policy import policy_at
from tenure.orders.queries.taxed import situation_of
from tenure.orders.rules.cart import CartFacts, line_verdict
from tenure.orders.rules.shown import ShownCart, ShownLine
from tenure.orders.rules.tax import DocumentAmounts, TaxSituation, price_document
from tenure.organisations.models import Organisation
from tenure.policy.model import Policy
from tenure.policy.words import Audience


@dataclass(frozen=True, slots=True)
class CartContents:
    """The lines of a cart, oldest first, the order that it became if it did (R16), and the
    catalogue by which it is priced."""

    lines: Sequence[CartLine]
    order: UUID | None
    known: KnownCatalogue


@dataclass(frozen=True, slots=True)
class PricedLine:
    """A line with what it costs, in minor units; ``unit_amount`` is by the catalogue (R7).

    Where ``verdict`` is a no, the line cannot be bought as it stands and costs nothing here.
    """

    id: UUID
    offer: OfferFacts
    term: Term
    quantity: int
    unit_amount: int
    net: int
    tax: int
    gross: int
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class PricedCart:
    """A cart with its sums, under one policy, on one local day."""

    cart: Cart
    order: UUID | None
    lines: tuple[PricedLine, ...]
    situation: TaxSituation
    amounts: DocumentAmounts
    policy: Policy
    policy_number: int


def as_shown(priced: PricedCart) -> ShownCart:
    """What a page shows of a cart, to be compared when it is looked at again (R10, R16)."""
    return ShownCart(
        version=priced.cart.version,
        total=priced.amounts.total,
        percent=f"{priced.situation.percent:f}",
        lines=tuple(
            ShownLine(
                offer=line.offer.id,
                quantity=line.quantity,
                unit=line.unit_amount,
                code="" if line.verdict else line.verdict.code.code,
            )
            for line in priced.lines
        ),
    )


def known_roles(organisation: UUID | None) -> frozenset[str]:
    """The roles that an organisation ever tried or bought, here or elsewhere (R9, R35)."""
    if organisation is None:
        return frozenset()
    bought = OrderLine.objects.filter(
        organisation_id=organisation,
        order__status__in=[OrderStatus.PAID, OrderStatus.CANCELLED],
    )
    held = Organisation.objects.filter(id=organisation)  # what staff recorded has no order
    links = OfferRole.objects.filter(
        Q(offer_id__in=bought.values("offer_id"))
        | Q(offer_id__in=held.values("subscriptions__offer_id"))
    )
    return frozenset(links.values_list("role_id", flat=True))


_CONTENTS: Final = """
    SELECT stream.revision, stream.xmin::text, placed.id, line.id, line.offer_id, line.quantity
    FROM (SELECT %s::uuid AS id) AS cart
    LEFT JOIN events_stream AS stream ON stream.organisation_id = %s
    LEFT JOIN orders_order AS placed ON placed.cart_id = cart.id
    LEFT JOIN orders_cartline AS line ON line.cart_id = cart.id
    ORDER BY line.id
"""


def to_see_contents(cart: UUID) -> Question:
    """What ``contents_of`` asks, to be foreseen."""
    return _CONTENTS, [cart, CATALOGUE_STREAM]


def contents_of(cart: Cart) -> CartContents:
    """What is in a cart, and what became of it; one statement, for which the cart is locked."""
    found = read_values(*to_see_contents(cart.id))
    revision, transaction, order, *_ = found[0]
    lines = [
        CartLine(
            id=id_,
            cart=cart,
            organisation_id=cart.organisation_id,
            offer_id=offer,
            quantity=quantity,
        )
        for _, _, _, id_, offer, quantity in found
        if id_ is not None
    ]
    return CartContents(lines, order, catalogue_at(revision, transaction))


def cart_facts(cart: Cart, term: Term | None) -> CartFacts:
    """What the rules ask about a cart; what was tried matters to trials alone."""
    trial = term is Term.TRIAL
    return CartFacts(
        audience=Audience(cart.audience),
        country=cart.country,
        currency=cart.currency,
        term=Term(cart.term) if cart.term else None,
        known_roles=known_roles(cart.organisation_id) if trial else frozenset(),
    )


def with_tried(about: CartFacts, offer: OfferFacts) -> CartFacts:
    """The cart after a line of ``offer``: what one trial brings, a second one does not (R9)."""
    if not offer.is_trial:
        return about
    return replace(about, known_roles=about.known_roles | offer.roles)


def price_cart(cart: Cart, contents: CartContents, *, on: date) -> PricedCart:
    """Price ``cart`` on the local day ``on``; the number of statements does not grow with it.

    Raises ``Refused`` (``tax_rate_unknown``) where tax is owed at a rate that nobody knows.
    """
    rows, known = contents.lines, contents.known
    offers = known.offers(line.offer_id for line in rows)
    number, policy = policy_at(known.stamp)
    situation = situation_of(
        organisation=cart.organisation_id,
        audience=Audience(cart.audience),
        country=cart.country,
        vendor_country=known.vendor(sandbox=settings.SANDBOX).country,
        on=on,
        tax=policy.tax,
    )
    term = Term(cart.term) if cart.term else Term.YEAR
    about = cart_facts(cart, term)
    priced = []
    for line in rows:
        priced.append(_unit(offers[line.offer_id], about, term, on, policy))
        about = with_tried(about, offers[line.offer_id])
    sums = [unit * line.quantity for line, (unit, _) in zip(rows, priced, strict=True)]
    amounts = price_document(sums, about.audience, situation)
    return PricedCart(
        cart=cart,
        order=contents.order,
        lines=tuple(
            PricedLine(
                id=line.id,
                offer=offers[line.offer_id],
                term=term,
                quantity=line.quantity,
                unit_amount=unit,
                net=taxed.net,
                tax=taxed.tax,
                gross=taxed.gross,
                verdict=verdict,
            )
            for line, (unit, verdict), taxed in zip(rows, priced, amounts.lines, strict=True)
        ),
        situation=situation,
        amounts=amounts,
        policy=policy,
        policy_number=number,
    )


def _unit(
    offer: OfferFacts, about: CartFacts, term: Term, on: date, policy: Policy
) -> tuple[int, Verdict]:
    """What a seat costs, and whether it can still be bought; nothing if it cannot."""
    verdict = line_verdict(about, offer, term, on=on, policy=policy)
    if not verdict or term is Term.TRIAL:
        return 0, verdict
    price = price_in_force(offer.prices, term, about.currency, on)
    return (price.amount if price else 0), verdict
