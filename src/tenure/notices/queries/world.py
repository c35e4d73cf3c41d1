"""What has to be known to tell of a batch of events: so many statements, whatever its size."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import TypeVar
from uuid import UUID

from django.conf import settings
from django.db.models import Model, Q

from tenure.access.models import RoleRequest
from tenure.base.calendar import Term, period_bounds
from tenure.billing.models import Document, Refund
from tenure.billing.queries.transfers import Awaited, awaited
from tenure.catalogue.models import OfferRole, Role
from tenure.catalogue.queries import VendorFacts, known_catalogue, vendor
from tenure.catalogue.rules import OfferFacts
from tenure.notices.models import Webhook
from tenure.notices.queries.told import Told
from tenure.orders.models import UNPAID, Order, OrderKind, OrderLine, Quote
from tenure.organisations.models import (
    Intervention,
    Invitation,
    Member,
    Organisation,
    OwnershipOffer,
    StaffMember,
    StudentProof,
)
from tenure.organisations.rules import MemberStatus, StaffRole, Standing
from tenure.subscriptions.models import Period, Renewal, SeatChange, Subscription
from tenure.support.models import Request, RequestMessage

_WHO_ADMINISTER = (Standing.OWNER, Standing.ADMINISTRATOR, Standing.BILLING)

Row = TypeVar("Row", bound=Model)

Texts = Mapping[str, str]
"""A text by language."""


@dataclass(frozen=True, slots=True)
class Reader:
    """To whom a mail goes, and in which language."""

    email: str
    name: str
    language: str


@dataclass(frozen=True, slots=True)
class Coming:
    """A subscription whose next period was ordered, and the local day on which that begins."""

    subscription: Subscription
    begins_on: date


@dataclass(frozen=True, slots=True)
class Added:
    """Seats that were added to a subscription, and the period that they were added in."""

    change: SeatChange
    period: Period


class World:
    """The rows that a batch of events speaks of; each kind is read once, if it is asked for."""

    def __init__(self, told: Iterable[Told]) -> None:
        self._told = tuple(told)

    def _ids(self, field: str, prefix: str) -> set[UUID]:
        found = (event.named(field, prefix) for event in self._told)
        return {id_ for id_ in found if id_ is not None}

    def _listed(self, field: str, prefix: str) -> set[UUID]:
        return {id_ for event in self._told for id_ in event.listed(field, prefix)}

    def together(self, told: Told) -> Sequence[Told]:
        """The events of the same type, stream and instant, in order, itself among them."""
        return self._groups[told.type, told.organisation, told.at]

    @cached_property
    def _groups(self) -> Mapping[tuple[str, UUID, datetime], Sequence[Told]]:
        found: defaultdict[tuple[str, UUID, datetime], list[Told]] = defaultdict(list)
        for event in self._told:
            found[event.type, event.organisation, event.at].append(event)
        return found

    @cached_property
    def organisations(self) -> dict[UUID, Organisation]:
        """Whose streams these are."""
        return Organisation.objects.in_bulk({event.organisation for event in self._told})

    @cached_property
    def members(self) -> dict[UUID, Member]:
        """Whom the events name, who acted, and who administers or pays, with their logins."""
        acted = {event.actor("member", "mem") for event in self._told} - {None}
        named = self._ids("member", "mem") | self._ids("giver", "mem") | acted
        named |= self._listed("members", "mem")
        rows = Member.objects.select_related("user").filter(
            Q(id__in=named)
            | Q(
                organisation_id__in=self.organisations,
                status=MemberStatus.ACTIVE,
                standing__in=_WHO_ADMINISTER,
            )
        )
        return {row.id: row for row in rows.order_by("id")}

    @cached_property
    def invitations(self) -> dict[UUID, Invitation]:
        """The invitations that are told of, with whom they invite."""
        rows = Invitation.objects.select_related("member__user")
        return rows.in_bulk(self._ids("invitation", "inv"))

    @cached_property
    def orders(self) -> dict[UUID, Order]:
        """The orders that are told of, and those that requests are about."""
        asked = {row.order_id for row in self.requests.values()} - {None}
        return Order.objects.in_bulk(self._ids("order", "ord") | asked)

    @cached_property
    def lines(self) -> Mapping[UUID, Sequence[OrderLine]]:
        """The lines of each order."""
        rows = OrderLine.objects.filter(order_id__in=self.orders).order_by("order_id", "position")
        return _grouped(rows, "order_id")

    @cached_property
    def begun(self) -> Mapping[UUID, Sequence[Period]]:
        """The periods that each order paid, with their subscriptions."""
        rows = Period.objects.select_related("subscription").filter(order_id__in=self.orders)
        return _grouped(rows.order_by("order_id", "id"), "order_id")

    @cached_property
    def added(self) -> Mapping[UUID, Added]:
        """What those of them added that were paid for more seats in mid-period (R27)."""
        rows = SeatChange.objects.select_related("subscription").filter(
            order_id__in=[row.id for row in self.orders.values() if row.kind == OrderKind.SEATS],
            for_next=False,
            starts_on__isnull=False,
        )
        changes = list(rows.order_by("id"))
        of = Period.objects.filter(subscription_id__in={row.subscription_id for row in changes})
        periods = {(row.subscription_id, row.number): row for row in of}
        return {
            row.order_id: Added(row, periods[row.subscription_id, row.number]) for row in changes
        }

    @cached_property
    def renewing(self) -> Mapping[UUID, Sequence[Coming]]:
        """What each order of them renews, with the day on which that begins."""
        rows = Renewal.objects.select_related("subscription").filter(order_id__in=self.orders)
        found: defaultdict[UUID, list[Coming]] = defaultdict(list)
        for row in rows.order_by("id"):
            if row.order_id is not None:
                of = row.subscription
                days = period_bounds(of.anchor_on, Term(of.term), row.number)
                found[row.order_id].append(Coming(of, days.starts_on))
        return found

    @cached_property
    def renewal_orders(self) -> Mapping[UUID, UUID]:
        """The unpaid order that renews each subscription which is told of, where there is one."""
        rows = Renewal.objects.filter(
            subscription_id__in=self.subscriptions, order__status__in=UNPAID
        )
        pairs = rows.order_by("id").values_list("subscription_id", "order_id")
        return {subscription: order for subscription, order in pairs if order is not None}

    @cached_property
    def transfers(self) -> Mapping[UUID, Awaited]:
        """What those of them wait for that wait for a transfer."""
        return awaited(self.orders)

    @cached_property
    def invoices(self) -> Mapping[UUID, Document]:
        """The invoice of each of them, the first where it was issued anew."""
        rows = Document.objects.filter(order_id__in=self.orders, kind="invoice").defer("content")
        return {row.order_id: row for row in rows.order_by("-id") if row.order_id}

    @cached_property
    def quotes(self) -> dict[UUID, Quote]:
        """The quotes that are told of, with their lines."""
        return Quote.objects.prefetch_related("lines").in_bulk(self._ids("quote", "quo"))

    @cached_property
    def quote_papers(self) -> Mapping[UUID, Document]:
        """The paper of each of them."""
        rows = Document.objects.filter(quote_id__in=self.quotes).defer("content")
        return {row.quote_id: row for row in rows if row.quote_id}

    @cached_property
    def subscriptions(self) -> dict[UUID, Subscription]:
        """The subscriptions that are told of by what their customers chose."""
        return Subscription.objects.in_bulk(self._ids("subscription", "sub"))

    @cached_property
    def periods(self) -> Mapping[UUID, Sequence[Period]]:
        """The periods of each of them, oldest first."""
        rows = Period.objects.filter(subscription_id__in=self.subscriptions)
        return _grouped(rows.order_by("subscription_id", "number"), "subscription_id")

    @cached_property
    def offer_names(self) -> Mapping[str, Texts]:
        """What the offers are called: their roles' names, in each language."""
        offers = {line.offer_id for lines in self.lines.values() for line in lines}
        offers |= {row.offer_id for row in self.subscriptions.values()}
        offers |= {line.offer_id for row in self.quotes.values() for line in row.lines.all()}
        offers |= {row.offer_id for row in self.requests.values() if row.offer_id}
        offers |= {facts.id for facts in self.offers_named}
        found: defaultdict[str, list[Texts]] = defaultdict(list)
        links = OfferRole.objects.filter(offer_id__in=offers).order_by("offer_id", "position")
        for offer, name in links.values_list("offer_id", "role__name"):
            found[offer].append(name)
        return {
            offer: {language: " + ".join(name[language] for name in names) for language in names[0]}
            for offer, names in found.items()
        }

    @cached_property
    def roles_of_offers(self) -> Mapping[str, Sequence[str]]:
        """The roles of the offers of the subscriptions that are told of, in order."""
        offers = {row.offer_id for row in self.subscriptions.values()}
        links = OfferRole.objects.filter(offer_id__in=offers).order_by("offer_id", "position")
        found: defaultdict[str, list[str]] = defaultdict(list)
        for offer, role in links.values_list("offer_id", "role_id"):
            found[offer].append(role)
        return found

    @cached_property
    def offers_named(self) -> Sequence[OfferFacts]:
        """The offers that events list, in the order of their ids."""
        named = {id_ for event in self._told for id_ in event.data.get("offers", ())}
        found = known_catalogue().offers(named) if named else {}
        return [found[id_] for id_ in sorted(found)]

    @cached_property
    def role_names(self) -> Mapping[str, Texts]:
        """What the roles are called that invitations bring or members ask for."""
        wanted = {role for row in self.invitations.values() for role in row.roles}
        wanted |= {str(event.data["role"]) for event in self._told if "role" in event.data}
        return dict(Role.objects.filter(id__in=wanted).values_list("id", "name"))

    @cached_property
    def proofs(self) -> dict[UUID, StudentProof]:
        """The students' proofs that are told of."""
        return StudentProof.objects.in_bulk(self._ids("proof", "prf"))

    @cached_property
    def interventions(self) -> dict[UUID, Intervention]:
        """What the vendor's staff did at customers', with who did it."""
        rows = Intervention.objects.select_related("user")
        return rows.in_bulk(self._ids("intervention", "itv"))

    @cached_property
    def ownership_offers(self) -> dict[UUID, OwnershipOffer]:
        """Ownerships that are offered, with both sides."""
        rows = OwnershipOffer.objects.select_related("giver", "taker__user")
        return rows.in_bulk(self._ids("ownership_offer", "own"))

    @cached_property
    def role_requests(self) -> dict[UUID, RoleRequest]:
        """Roles that members asked for, with who asked."""
        rows = RoleRequest.objects.select_related("member__user")
        return rows.in_bulk(self._ids("role_request", "ask"))

    @cached_property
    def requests(self) -> dict[UUID, Request]:
        """What the vendor was asked."""
        return Request.objects.in_bulk(self._ids("request", "req"))

    @cached_property
    def messages(self) -> dict[UUID, RequestMessage]:
        """What was said about it afterwards."""
        return RequestMessage.objects.in_bulk(self._ids("message", "msg"))

    @cached_property
    def webhooks(self) -> dict[UUID, Webhook]:
        """The endpoints that are told of."""
        return Webhook.objects.in_bulk(self._ids("webhook", "hook"))

    @cached_property
    def words(self) -> Mapping[UUID, str]:
        """The vendor's last word on each of them."""
        rows = RequestMessage.objects.filter(request_id__in=self.requests, from_vendor=True)
        return dict(rows.order_by("id").values_list("request_id", "text"))

    @cached_property
    def refunds(self) -> Mapping[UUID, Refund]:
        """The last refund of each order."""
        rows = Refund.objects.filter(order_id__in=self.orders)
        return {row.order_id: row for row in rows.order_by("id")}

    @cached_property
    def vendor(self) -> VendorFacts:
        """Who sells here."""
        return vendor(sandbox=settings.SANDBOX)

    @cached_property
    def staff(self) -> Sequence[Reader]:
        """Who answers requests: the staff for support, or failing these the vendor itself."""
        rows = StaffMember.objects.select_related("user").filter(
            ended_at__isnull=True, roles__overlap=[StaffRole.SUPPORT, StaffRole.ADMIN]
        )
        language = self.vendor.facts.get("language", "en")
        found = [
            Reader(row.user.email, row.user.name, row.user.language or language)
            for row in rows.order_by("id")
        ]
        address = self.vendor.facts.get("email")
        if not found and address:
            found = [Reader(address, self.vendor.name, language)]
        return found

    @cached_property
    def sales(self) -> Sequence[Reader]:
        """The vendor's own address, where what customers answer to offers is read."""
        address = self.vendor.facts.get("email")
        language = self.vendor.facts.get("language", "en")
        return [Reader(address, self.vendor.name, language)] if address else []

    def reader(self, member: Member) -> Reader:
        """A member as a reader: in the language of their own, or the organisation's."""
        user = member.user
        language = (user.language if user else "") or self._language_of(member.organisation_id)
        return Reader(member.email, member.name or (user.name if user else ""), language)

    def administrators(
        self, organisation: UUID, standings: Collection[str], *others: UUID | None
    ) -> list[Reader]:
        """The active members of an organisation with one of ``standings``, and some others."""
        return [
            self.reader(member)
            for member in self.members.values()
            if member.organisation_id == organisation
            and member.status == MemberStatus.ACTIVE
            and (member.standing in standings or member.id in others)
        ]

    def _language_of(self, organisation: UUID) -> str:
        found = self.organisations.get(organisation)
        return found.language if found else "en"


def _grouped(rows: Iterable[Row], key: str) -> Mapping[UUID, Sequence[Row]]:
    found: defaultdict[UUID, list[Row]] = defaultdict(list)
    for row in rows:
        found[getattr(row, key)].append(row)
    return found
