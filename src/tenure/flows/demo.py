"""The sandbox that ``tenure demo`` shows: a catalogue, and a customer for each audience.

Their histories are made through the real flows, on test clocks that began a year ago. What
stands already is left alone, so a second start is quick.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib.resources import files
from typing import Final
from uuid import UUID

from tenure.base.calendar import Term, local_date, zone_named
from tenure.base.ids import new_id
from tenure.catalogue.file import parse_catalogue
from tenure.catalogue.queries import currency_of_country, current_version
from tenure.events.journal import transaction
from tenure.flows.carts import add_line, open_cart
from tenure.flows.catalogue_import import import_file
from tenure.flows.clock import advance_clock
from tenure.flows.invitations import accept_invitation, invite
from tenure.flows.purchase import CardPayment, Purchase, buy
from tenure.flows.seats import assign_seat
from tenure.organisations.commands.api_keys import keep_api_key
from tenure.organisations.commands.invitations import NewInvitation
from tenure.organisations.commands.organisation import (
    BillingAddress,
    NewOrganisation,
    create_organisation,
)
from tenure.organisations.models import Member, Organisation
from tenure.organisations.queries import valid_key
from tenure.organisations.rules import Standing
from tenure.policy.words import Audience
from tenure.subscriptions.models import Subscription

_BY: Final = "command"
_HISTORY: Final = timedelta(days=350)


@dataclass(frozen=True, slots=True)
class Sample:
    """A sample customer: who they are, what they bought a year ago and later, whom they invited."""

    name: str
    audience: Audience
    country: str
    timezone: str
    language: str
    billing: BillingAddress
    owner: tuple[str, str]
    first: Mapping[str, int]
    later: Mapping[str, int]
    term: Term
    colleague: tuple[str, str] | None = None


SAMPLES: Final = (
    Sample(
        name="Atelier Lumière",
        audience=Audience.BUSINESS,
        country="FR",
        timezone="Europe/Paris",
        language="fr",
        billing=BillingAddress(
            name="Atelier Lumière SAS",
            line1="12 rue des Tanneurs",
            postal_code="69002",
            city="Lyon",
            country="FR",
        ),
        owner=("claire@lumiere.example", "Claire Fontaine"),
        first={"mechanical-designer-business": 3},
        later={"drafter-business": 2},
        term=Term.YEAR,
        colleague=("hugo@lumiere.example", "Hugo Bernard"),
    ),
    Sample(
        name="Studio Kumo",
        audience=Audience.CREATOR,
        country="JP",
        timezone="Asia/Tokyo",
        language="en",
        billing=BillingAddress(
            name="Aoi Mori",
            line1="3-1-4 Yanaka",
            postal_code="110-0001",
            city="Tokyo",
            country="JP",
        ),
        owner=("aoi@kumo.example", "Aoi Mori"),
        first={"mechanical-designer-creator": 1},
        later={"drafter-creator": 1},
        term=Term.YEAR,
    ),
    Sample(
        name="Sam Rivera",
        audience=Audience.STUDENT,
        country="US",
        timezone="America/New_York",
        language="en",
        billing=BillingAddress(
            name="Sam Rivera",
            line1="77 Willow Street",
            postal_code="10027",
            city="New York",
            region="NY",
            country="US",
        ),
        owner=("sam@example.edu", "Sam Rivera"),
        first={"mechanical-designer-student": 1},
        later={"drafter-student": 1},
        term=Term.YEAR,
    ),
)


def prepare_demo(*, key: str, now: datetime) -> list[Organisation]:
    """Make sure that the sample catalogue, its customers and the vendor's ``key`` are there.

    ``now`` is the machine's UTC instant, at which the histories end.
    """
    if current_version() is None:
        source = files("tenure.catalogue").joinpath("sample.yaml").read_text(encoding="utf-8")
        import_file(file=parse_catalogue(source), source=source, now=now, by=_BY)
    if valid_key(key) is None:
        with transaction(now=now, by=_BY) as journal:
            keep_api_key(name="demo", organisation=None, text=key, journal=journal)
    known = {
        organisation.name: organisation
        for organisation in Organisation.objects.filter(
            name__in=[sample.name for sample in SAMPLES], test_clock__isnull=False
        ).order_by("-id")
    }
    return [known.get(sample.name) or _live(sample, now) for sample in SAMPLES]


def _live(sample: Sample, now: datetime) -> Organisation:
    """A customer's year: buy, invite, assign, buy again."""
    start = (now - _HISTORY).replace(microsecond=0)
    organisation = _create(sample, start)
    first = _buy(sample, organisation, sample.first, start)
    owner = Member.objects.get(organisation=organisation)
    assign_seat(subscription=first, member=owner.id, now=start, by=_BY)
    if sample.colleague is not None:
        _invite(sample.colleague, organisation, first, start + timedelta(hours=1))
    middle = start + _HISTORY / 2
    advance_clock(organisation=organisation, to=middle, by=_BY, sandbox=True)
    second = _buy(sample, organisation, sample.later, middle)
    assign_seat(subscription=second, member=owner.id, now=middle, by=_BY)
    end = now.replace(microsecond=0)
    advance_clock(organisation=organisation, to=end, by=_BY, sandbox=True)
    return Organisation.objects.get(id=organisation)


def _create(sample: Sample, start: datetime) -> UUID:
    draft = NewOrganisation(
        name=sample.name,
        audience=sample.audience,
        country=sample.country,
        currency=currency_of_country(sample.country) or "EUR",
        timezone=sample.timezone,
        language=sample.language,
        billing=sample.billing,
        owner_email=sample.owner[0],
        owner_name=sample.owner[1],
        proved=sample.audience is Audience.STUDENT,
        test_clock=start,
    )
    organisation = new_id()
    with transaction(now=start, by=_BY, organisation=organisation) as journal:
        create_organisation(organisation=organisation, draft=draft, journal=journal)
    return organisation


def _buy(sample: Sample, organisation: UUID, offers: Mapping[str, int], at: datetime) -> UUID:
    """Buy ``offers`` by card; returns the first of the subscriptions."""
    on = local_date(at, zone_named(sample.timezone))
    priced = open_cart(
        audience=sample.audience, country=sample.country, organisation=organisation, on=on, now=at
    )
    for offer, quantity in offers.items():
        priced = add_line(
            cart=priced.cart.id,
            within=organisation,
            offer=offer,
            term=sample.term,
            quantity=quantity,
            on=on,
        )
    purchase = Purchase(
        cart=priced.cart.id,
        cart_version=priced.cart.version,
        organisation=organisation,
        payment=CardPayment("tok_ok"),
    )
    outcome = buy(purchase=purchase, now=at, by=_BY)
    bought = Subscription.objects.filter(order_line__order_id=outcome.order)
    return bought.order_by("id").values_list("id", flat=True)[0]


def _invite(
    colleague: tuple[str, str], organisation: UUID, subscription: UUID, at: datetime
) -> None:
    """Invite a colleague with the roles of ``subscription``, and let them accept."""
    email, name = colleague
    offer = Subscription.objects.get(id=subscription).offer
    roles = tuple(offer.offer_roles.values_list("role_id", flat=True))
    written = invite(
        organisation=organisation,
        invitations=[NewInvitation(email, Standing.ADMINISTRATOR, roles, name)],
        may_give_ownership=False,
        now=at,
        by=_BY,
    )
    accept_invitation(invitation=written.ids[0], now=at, by=_BY)
