"""A small shop to test in: two roles for companies, one for makers, one for students, a trial."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from tenure.base.calendar import Term, local_date, zone_named
from tenure.base.ids import new_id
from tenure.catalogue.file import parse_catalogue
from tenure.catalogue.queries import currency_of_country
from tenure.events.journal import transaction
from tenure.flows.carts import add_line, open_cart
from tenure.flows.catalogue_import import import_file
from tenure.flows.policy import ensure_policy
from tenure.flows.purchase import CardPayment, Purchase, buy
from tenure.flows.written import Outcome
from tenure.orders.queries.carts import PricedCart
from tenure.organisations.commands.organisation import (
    BillingAddress,
    NewOrganisation,
    create_organisation,
)
from tenure.organisations.models import Member, Organisation
from tenure.policy.words import Audience
from tenure.subscriptions.models import Subscription

START = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)

CATALOGUE = """
vendor: {name: Atelier, country: FR, timezone: Europe/Paris}
currencies:
- {code: EUR}
- {code: JPY, countries: [JP]}
- {code: USD, countries: [US]}
applications:
- {id: modeller, name: Modeller, permissions: [draw, export]}
- {id: solver, name: Solver, permissions: [run]}
solutions:
- {id: design, name: {en: Design, fr: Conception}}
roles:
- id: designer
  name: {en: Designer, fr: Concepteur}
  description: {en: Draws., fr: Dessine.}
  solution: design
  grants: {modeller: [draw, export]}
- id: analyst
  name: {en: Analyst, fr: Analyste}
  description: {en: Computes., fr: Calcule.}
  solution: design
  grants: {solver: [run]}
offers:
- id: designer-business
  roles: [designer]
  audience: business
  channel: online
  countries: [FR, DE, US, JP]
  prices:
  - {term: year, currency: EUR, amount: 120000}
  - {term: quarter, currency: EUR, amount: 36000}
  - {term: year, currency: USD, amount: 130000}
- id: analyst-business
  roles: [analyst]
  audience: business
  channel: online
  countries: [FR, DE]
  prices:
  - {term: year, currency: EUR, amount: 99999}
  - {term: quarter, currency: EUR, amount: 30001}
- id: designer-trial
  roles: [designer]
  audience: business
  channel: online
  countries: [FR]
  trial_days: 30
- id: bench-business
  roles: [designer, analyst]
  audience: business
  channel: contact
  countries: [FR]
- id: designer-creator
  roles: [designer]
  audience: creator
  channel: online
  countries: [FR, JP]
  prices:
  - {term: month, currency: EUR, amount: 1999}
  - {term: month, currency: JPY, amount: 3300}
  - {term: year, currency: EUR, amount: 19900}
- id: designer-student
  roles: [designer]
  audience: student
  channel: online
  countries: [FR, US]
  prices:
  - {term: year, currency: EUR, amount: 9900}
  - {term: year, currency: USD, amount: 9900}
"""


def open_shop(now: datetime = START) -> None:
    """The policy and the catalogue come into force."""
    ensure_policy(now=now)
    import_file(file=parse_catalogue(CATALOGUE), source=CATALOGUE, now=now, by="command")


def customer(
    audience: Audience = Audience.BUSINESS,
    country: str = "FR",
    *,
    timezone: str = "Europe/Paris",
    email: str = "ada@atelier.example",
    clock: datetime | None = START,
) -> Organisation:
    """An organisation with its owner, whose clock stands at ``clock`` (None: the machine's)."""
    draft = NewOrganisation(
        name="Ada et associés",
        audience=audience,
        country=country,
        currency=currency_of_country(country) or "EUR",
        timezone=timezone,
        language="fr",
        billing=BillingAddress(
            name="Ada", line1="1 rue A", postal_code="75001", city="Paris", country=country
        ),
        owner_email=email,
        owner_name="Ada",
        proved=False,
        test_clock=clock,
    )
    organisation = new_id()
    with transaction(now=clock or START, by="test") as journal:
        return create_organisation(organisation=organisation, draft=draft, journal=journal)


def owner_of(organisation: Organisation) -> Member:
    """Its first owner."""
    return Member.objects.get(organisation=organisation, standing="owner")


def fill_cart(
    organisation: Organisation,
    *offers: tuple[str, int],
    term: Term = Term.YEAR,
    now: datetime = START,
) -> PricedCart:
    """A cart with ``offers`` and their quantities, made for an organisation."""
    on = local_date(now, zone_named(organisation.timezone))
    priced = open_cart(
        audience=Audience(organisation.audience),
        country=organisation.country,
        organisation=organisation.id,
        on=on,
        now=now,
    )
    for offer, quantity in offers:
        priced = add_line(
            cart=priced.cart.id, within=None, offer=offer, term=term, quantity=quantity, on=on
        )
    return priced


def order_cart(
    organisation: Organisation,
    priced: PricedCart,
    token: str | None = "tok_ok",
    *,
    now: datetime = START,
) -> Outcome:
    """Order a cart and pay by card with ``token``."""
    payment = CardPayment(token) if token else None
    purchase = Purchase(
        cart=priced.cart.id,
        cart_version=priced.cart.version,
        organisation=organisation.id,
        payment=payment,
    )
    return buy(purchase=purchase, now=now, by="test")


def subscribe(
    organisation: Organisation,
    offer: str = "designer-business",
    quantity: int = 1,
    *,
    term: Term = Term.YEAR,
    now: datetime = START,
    token: str = "tok_ok",
) -> Subscription:
    """A subscription, paid by the card of ``token``."""
    outcome = order_cart(
        organisation,
        fill_cart(organisation, (offer, quantity), term=term, now=now),
        None if term is Term.TRIAL else token,
        now=now,
    )
    return Subscription.objects.get(order_line__order_id=outcome.order)


def clock_of(organisation: UUID) -> datetime | None:
    """Where an organisation's clock stands."""
    return Organisation.objects.get(id=organisation).test_clock
