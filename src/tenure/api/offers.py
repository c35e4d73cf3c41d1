"""What there is to buy, and what it opens."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any, Literal

from django.conf import settings
from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError
from typing_extensions import TypedDict

from tenure.api.callers import Call
from tenure.api.calls import Answer, Calls
from tenure.api.errors import FIELD_UNPRINTABLE
from tenure.api.fields import Country, Filter, catalogue_id
from tenure.api.lists import Cursor, Limit, cursor_for, place_of, word
from tenure.api.shapes import Page
from tenure.base.calendar import Term
from tenure.base.errors import NotFound
from tenure.base.verdicts import Verdict, refuse
from tenure.catalogue.models import Application, Role, Solution
from tenure.catalogue.queries import OfferListing, Place, offer_listing, offers_for, vendor
from tenure.catalogue.rules import purchasable
from tenure.orders.errors import NOT_PRICED
from tenure.orders.queries.policy import policy_in_force
from tenure.policy.model import Policy
from tenure.policy.words import Audience

calls = Calls("Selling")

AudienceName = Literal["business", "creator", "student"]
TermName = Literal["month", "quarter", "year", "trial"]


def _printable(text: str) -> str:
    if not text.isprintable():
        raise PydanticCustomError(FIELD_UNPRINTABLE.code, FIELD_UNPRINTABLE.en)
    return text


Word = Annotated[str, Field(max_length=200), AfterValidator(_printable)]


class PriceOut(TypedDict):
    """The price of a seat for a term, in minor units."""

    term: str
    amount: int
    currency: str


class PurchasableOut(TypedDict):
    """Whether there is a Buy button, and by which code and rule."""

    online: bool
    code: str
    rule: str | None


class OfferOut(TypedDict):
    """An offer as one country sees it; ``tax_included`` says what its prices hold (R7)."""

    id: str
    name: str
    audience: str
    roles: list[str]
    terms: list[str]
    trial_days: int | None
    tax_included: bool
    purchasable: PurchasableOut
    prices: list[PriceOut]


class RoleOut(TypedDict):
    """A role, and the permissions that it opens, by application."""

    id: str
    name: str
    description: str
    solution: str
    requires: list[str]
    grants: dict[str, list[str]]


class SolutionOut(TypedDict):
    """A family of roles."""

    id: str
    name: str


class ApplicationOut(TypedDict):
    """A program of the vendor's, with the permissions it asks about."""

    id: str
    name: str
    permissions: list[str]


@calls.get("/offers", Page[OfferOut], speaks=True)
def list_offers(
    call: Call,
    audience: Filter[AudienceName] = None,
    country: Filter[Country] = None,
    term: Filter[TermName] = None,
    solution: Filter[Word] = None,
    q: Filter[Word] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Answer:
    """All offers of an audience, also those that cannot be bought, in the catalogue's order.

    Without a country, the vendor's. `q` looks for words in names and descriptions.
    """
    place = place_of("offers", cursor, int, word)
    where = country or _vendor_country()
    page = offers_for(
        audience=Audience(audience) if audience else None,
        country=where,
        on=call.today,
        language=call.language,
        limit=limit,
        after=Place(*place) if place else None,
        term=Term(term) if term else None,
        solution=solution or None,
        query=q or "",
    )
    _, policy = policy_in_force()
    following = page.next_place
    body: Page[OfferOut] = {
        "data": [_offer(listing, where, policy) for listing in page.offers],
        "next_cursor": cursor_for("offers", *following) if following else None,
    }
    return Answer(body, language=call.language)


@calls.get("/offers/{offer}", OfferOut, speaks=True)
def get_offer(call: Call, country: Filter[Country] = None) -> Answer:
    """One offer, with its prices for a country; without one, for the vendor's."""
    id_ = catalogue_id(call.words["offer"])
    where = country or _vendor_country()
    listing = offer_listing(id_, country=where, on=call.today, language=call.language)
    if listing is None:
        raise NotFound
    _, policy = policy_in_force()
    return Answer(_offer(listing, where, policy), language=call.language)


@calls.get("/roles", Page[RoleOut], speaks=True)
def list_roles(call: Call, limit: Limit = 50, cursor: Cursor = None) -> Answer:
    """The roles that are sold, in the catalogue's order."""
    rows, following = _positioned("roles", Role.objects.all(), limit, cursor)
    data: list[RoleOut] = [
        {
            "id": row.id,
            "name": row.name[call.language],
            "description": row.description[call.language] if row.description else "",
            "solution": row.solution_id,
            "requires": list(row.requires),
            "grants": row.grants,
        }
        for row in rows
    ]
    return Answer({"data": data, "next_cursor": following}, language=call.language)


@calls.get("/solutions", Page[SolutionOut], speaks=True)
def list_solutions(call: Call, limit: Limit = 50, cursor: Cursor = None) -> Answer:
    """The families of roles, in the catalogue's order."""
    rows, following = _positioned("solutions", Solution.objects.all(), limit, cursor)
    data: list[SolutionOut] = [{"id": row.id, "name": row.name[call.language]} for row in rows]
    return Answer({"data": data, "next_cursor": following}, language=call.language)


@calls.get("/applications", Page[ApplicationOut])
def list_applications(call: Call, limit: Limit = 50, cursor: Cursor = None) -> Answer:
    """The vendor's applications with their permissions, in the catalogue's order."""
    del call
    rows, following = _positioned("applications", Application.objects.all(), limit, cursor)
    data: list[ApplicationOut] = [
        {"id": row.id, "name": row.name, "permissions": list(row.permissions)} for row in rows
    ]
    return Answer({"data": data, "next_cursor": following})


def _vendor_country() -> str:
    return vendor(sandbox=settings.SANDBOX).country


def _positioned(
    name: str, rows: Any, limit: int, cursor: str | None
) -> tuple[list[Any], str | None]:
    """A page of what the catalogue file has in an order of its own."""
    place = place_of(name, cursor, int, word)
    rows = rows.filter(withdrawn_at__isnull=True)
    if place is not None:
        position, id_ = place
        rows = rows.filter(position__gte=position).exclude(position=position, id__lte=id_)
    found = list(rows.order_by("position", "id")[: limit + 1])
    shown = found[:limit]
    if len(found) <= limit:
        return shown, None
    return shown, cursor_for(name, shown[-1].position, shown[-1].id)


def _offer(listing: OfferListing, country: str, policy: Policy) -> OfferOut:
    facts = listing.facts
    sold = {*policy.terms.of(facts.audience), Term.TRIAL}
    terms = [term for term in listing.terms if term in sold]
    verdict = _buyable(listing, country, terms)
    return {
        "id": facts.id,
        "name": listing.name,
        "audience": facts.audience.value,
        "roles": [role.id for role in listing.roles],
        "terms": [term.value for term in terms],
        "trial_days": facts.trial_days,
        "tax_included": facts.audience.is_consumer,
        "purchasable": {
            "online": verdict.allowed,
            "code": verdict.code.code,
            "rule": verdict.code.rule,
        },
        "prices": [
            {"term": price.term.value, "amount": price.amount, "currency": price.currency}
            for price in listing.prices
            if price.term in terms
        ],
    }


def _buyable(listing: OfferListing, country: str, terms: Iterable[Term]) -> Verdict:
    """What is sold online and has no price there cannot be bought either."""
    verdict = purchasable(listing.facts, country)
    if verdict and not terms:
        return refuse(NOT_PRICED, offer=listing.facts.id)
    return verdict
