"""What a sample customer does: found, buy, invite, assign, and let days pass."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from tenure.base.calendar import Term, local_date, zone_named
from tenure.base.ids import public_id
from tenure.catalogue.queries import currency_of_country
from tenure.events.journal import transaction
from tenure.flows.carts import add_line, open_cart
from tenure.flows.clock import advance_clock
from tenure.flows.invitations import accept_invitation, invite
from tenure.flows.placing import TransferPayment
from tenure.flows.purchase import CardPayment, Purchase, buy
from tenure.flows.seats import assign_seat
from tenure.organisations.commands.invitations import NewInvitation
from tenure.organisations.commands.organisation import (
    BillingAddress,
    NewOrganisation,
    create_organisation,
)
from tenure.organisations.models import Invitation, Member
from tenure.organisations.rules import Standing
from tenure.policy.words import Audience
from tenure.subscriptions.models import Subscription

BY: Final = "command"
GOOD_CARD: Final = CardPayment("tok_ok")
BAD_CARD: Final = CardPayment("tok_declined")

HISTORY: Final = 350
"""For how many days the sample customers have been there, unless they say otherwise: what they
bought on the first day for a year ends soon."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody, by the address in lower case and the name."""

    email: str
    name: str


@dataclass(frozen=True, slots=True)
class Sample:
    """A sample customer: who they are, and for how many ``days``; ``member`` is one without
    any office, who may log in."""

    name: str
    audience: Audience
    country: str
    timezone: str
    language: str
    billing: BillingAddress
    owner: Person
    member: Person | None = None
    proved: bool = True
    days: int = HISTORY


def by_member(member: UUID) -> str:
    """A member, as the journal names whoever did something."""
    return f"member:{public_id('mem', member)}"


@dataclass(slots=True)
class Life:
    """A sample customer on their way: what they do, they do at ``now``, through the flows."""

    sample: Sample
    organisation: UUID
    now: datetime
    until: datetime

    @property
    def by_owner(self) -> str:
        """The owner, as the journal names them."""
        return by_member(self.member(self.sample.owner))

    def days_pass(self, days: int, hours: int = 0) -> None:
        """So much later, with all that fell due in between."""
        self._go_to(self.now + timedelta(days=days, hours=hours))

    def end(self) -> None:
        """Now it is today."""
        self._go_to(self.until)

    def buy(
        self,
        offers: Mapping[str, int],
        term: Term = Term.YEAR,
        payment: CardPayment | TransferPayment | None = GOOD_CARD,
    ) -> UUID:
        """The owner orders ``offers`` for ``term``, and pays by ``payment``; returns the order."""
        on = local_date(self.now, zone_named(self.sample.timezone))
        priced = open_cart(
            audience=self.sample.audience,
            country=self.sample.country,
            organisation=self.organisation,
            on=on,
            now=self.now,
        )
        for offer, quantity in offers.items():
            priced = add_line(
                cart=priced.cart.id,
                within=self.organisation,
                offer=offer,
                term=term,
                quantity=quantity,
                on=on,
            )
        purchase = Purchase(
            cart=priced.cart.id,
            cart_version=priced.cart.version,
            organisation=self.organisation,
            payment=payment,
        )
        return buy(purchase=purchase, now=self.now, by=self.by_owner).order

    def invite(
        self, people: Sequence[Person], *roles: str, standing: Standing = Standing.MEMBER
    ) -> Sequence[UUID]:
        """Invite ``people``, each with ``roles``; returns the invitations."""
        new = [NewInvitation(each.email, standing, roles, each.name) for each in people]
        return invite(
            organisation=self.organisation,
            invitations=new,
            may_give_ownership=False,
            now=self.now,
            by=self.by_owner,
        ).ids

    def accept(self, invitations: Sequence[UUID]) -> None:
        """Whoever was invited comes."""
        for invitation in invitations:
            member = Invitation.objects.values_list("member_id", flat=True).get(id=invitation)
            accept_invitation(invitation=invitation, now=self.now, by=by_member(member))

    def assign(self, person: Person, offer: str) -> None:
        """Give ``person`` a seat of the newest subscription of ``offer``."""
        assign_seat(
            subscription=self.subscription(offer),
            member=self.member(person),
            now=self.now,
            by=self.by_owner,
        )

    def member(self, person: Person) -> UUID:
        """The membership of ``person``."""
        rows = Member.objects.filter(organisation_id=self.organisation, email=person.email)
        return rows.values_list("id", flat=True).get()

    def subscription(self, offer: str) -> UUID:
        """The newest subscription of ``offer``."""
        rows = Subscription.objects.filter(organisation_id=self.organisation, offer_id=offer)
        return rows.order_by("-id").values_list("id", flat=True)[0]

    def _go_to(self, instant: datetime) -> None:
        advance_clock(organisation=self.organisation, to=instant, by=BY, sandbox=True)
        self.now = instant


def begin(sample: Sample, *, organisation: UUID, until: datetime) -> Life:
    """Found a sample customer under the id ``organisation``, to live until ``until``."""
    end = until.replace(microsecond=0)
    start = end - timedelta(days=sample.days)
    draft = NewOrganisation(
        name=sample.name,
        audience=sample.audience,
        country=sample.country,
        currency=currency_of_country(sample.country) or "EUR",
        timezone=sample.timezone,
        language=sample.language,
        billing=sample.billing,
        owner_email=sample.owner.email,
        owner_name=sample.owner.name,
        proved=sample.proved and sample.audience is Audience.STUDENT,
        test_clock=start,
    )
    with transaction(now=start, by=BY, organisation=organisation) as journal:
        create_organisation(organisation=organisation, draft=draft, journal=journal)
    return Life(sample, organisation, start, end)
