"""A cart and what differs in it, in the reader's words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.utils.translation import gettext

from tenure.base.calendar import Term, trial_bounds
from tenure.base.money import Money
from tenure.base.wording import money
from tenure.catalogue.queries import roles_by_offer
from tenure.orders.errors import TRIAL_USED
from tenure.orders.queries.carts import PricedCart, PricedLine
from tenure.orders.rules.shown import Change, Difference
from tenure.web.edge.templatetags.amounts import number, rate
from tenure.web.edge.words import told


@dataclass(frozen=True, slots=True)
class LineShown:
    """A line with its names and amounts; ``said`` is why it cannot be bought, if it cannot."""

    id: UUID
    offer: str
    name: str
    what: str
    page: str
    contact: str
    quantity: int
    term: Term
    unit: Money
    listed: Money
    net: Money
    tax: Money
    gross: Money
    said: str
    rule: str
    last_day: date | None


@dataclass(frozen=True, slots=True)
class CartShown:
    """A cart as a page shows it. ``taxed``: its prices are with tax (R7)."""

    id: UUID
    version: int
    term: Term | None
    audience: str
    country: str
    lines: Sequence[LineShown]
    net: Money
    tax: Money
    total: Money
    percent: Decimal
    tax_country: str
    reverse_charge: bool
    taxed: bool

    @property
    def buyable(self) -> bool:
        """Whether all that is in it can be bought as it stands."""
        return bool(self.lines) and not any(line.said for line in self.lines)

    @property
    def seats(self) -> int:
        """How many seats are in it."""
        return sum(line.quantity for line in self.lines)


class Names:
    """What offers are called; one statement for any number of them."""

    def __init__(self, offers: Sequence[str], language: str) -> None:
        self._roles = roles_by_offer(offers, language) if offers else {}

    def of(self, offer: str) -> str:
        """The names of its roles; its id if there are none."""
        return " + ".join(role.name for role in self._roles.get(offer, ())) or offer

    def what(self, offer: str) -> str:
        """What it is for, in a sentence, where it is one role."""
        roles = self._roles.get(offer, ())
        return roles[0].description if len(roles) == 1 else ""


def shown(priced: PricedCart, names: Names, language: str, on: date) -> CartShown:
    """A priced cart for a page, on the local day ``on``."""
    cart, currency = priced.cart, priced.cart.currency
    return CartShown(
        id=cart.id,
        version=cart.version,
        term=Term(cart.term) if cart.term else None,
        audience=cart.audience,
        country=cart.country,
        lines=[_line(each, priced, names, language, on) for each in priced.lines],
        net=Money(priced.amounts.total_net, currency),
        tax=Money(priced.amounts.total_tax, currency),
        total=Money(priced.amounts.total, currency),
        percent=priced.situation.percent,
        tax_country=priced.situation.country or "",
        reverse_charge=priced.situation.reverse_charge,
        taxed=cart.audience != "business",
    )


def _line(line: PricedLine, priced: PricedCart, names: Names, language: str, on: date) -> LineShown:
    currency, audience = priced.cart.currency, priced.cart.audience
    unit = Money(line.unit_amount, currency)
    no = line.verdict
    days = line.offer.trial_days if line.term is Term.TRIAL else None
    tried = no.code is TRIAL_USED  # which is bought instead, on its page
    query = f"?offer={line.offer.id}&country={priced.cart.country}&audience={audience}"
    return LineShown(
        id=line.id,
        offer=line.offer.id,
        name=names.of(line.offer.id),
        what=names.what(line.offer.id),
        page=f"/store/{audience}/{line.offer.id}",
        contact="" if tried else f"/contact{query}&quantity={line.quantity}",
        quantity=line.quantity,
        term=line.term,
        unit=unit,
        listed=unit * line.quantity,
        net=Money(line.net, currency),
        tax=Money(line.tax, currency),
        gross=Money(line.gross, currency),
        said="" if no else told(no.code, no.figures, language),
        rule="" if no else no.code.rule or "",
        last_day=trial_bounds(on, days).last_day if days else None,
    )


def in_words(
    found: Sequence[Difference], priced: PricedCart, names: Names, language: str
) -> list[str]:
    """Each difference as a sentence (R10, R16)."""
    return [_sentence(each, priced, names, language) for each in found]


def _sentence(each: Difference, priced: PricedCart, names: Names, language: str) -> str:
    offer = names.of(each.offer) if each.offer else ""
    if each.change in (Change.PRICE, Change.TOTAL):
        figures = {
            "before": money(Money(int(each.before), priced.cart.currency), language),
            "after": money(Money(int(each.after), priced.cart.currency), language),
        }
    elif each.change is Change.TAX:
        figures = {
            "before": rate(Decimal(each.before)),
            "after": rate(Decimal(each.after)),
        }
    else:
        figures = {"before": number(int(each.before)), "after": number(int(each.after))}
    return _pattern(each.change) % {"offer": offer, **figures}


def _pattern(change: Change) -> str:
    return {
        Change.PRICE: gettext("%(offer)s: a seat costs %(after)s instead of %(before)s."),
        Change.UNAVAILABLE: gettext("%(offer)s can no longer be bought as it stands."),
        Change.AVAILABLE: gettext("%(offer)s can be bought now."),
        Change.TAX: gettext("The rate of tax is %(after)s instead of %(before)s."),
        Change.QUANTITY: gettext(
            "%(offer)s: the number of seats is %(after)s instead of %(before)s."
        ),
        Change.ADDED: gettext("%(offer)s has been added; seats: %(after)s."),
        Change.REMOVED: gettext("%(offer)s has been taken out."),
        Change.TOTAL: gettext("The total with tax is %(after)s instead of %(before)s."),
    }[change]
