"""A customer as the rulebook sees one: plain records, changed by the modules beside this one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from tenure.flows.simulation.rulebook.days import (
    ONE_DAY,
    day_of,
    day_over,
    midnight,
    period_days,
)
from tenure.flows.simulation.rulebook.goods import Offer, Tax, goods

VENDOR_ZONE = ZoneInfo("Europe/Paris")
OPT_OUT_DAYS = 5
NEVER = datetime.min.replace(tzinfo=UTC)
DATA_DAYS = 14


@dataclass(eq=False)
class Member:
    """A person; ``id`` is what the product calls them, once it was looked up."""

    email: str
    standing: str
    status: str
    id: UUID | None = None


@dataclass(eq=False)
class Invitation:
    """An offer of membership, and until when it stands (R36)."""

    member: Member
    standing: str
    roles: tuple[str, ...]
    expires_at: datetime
    id: UUID
    status: str = "pending"


@dataclass(eq=False)
class RoleRequest:
    """What a member asks for, and how far that is (R40)."""

    member: Member
    role: str
    id: UUID
    status: str = "open"


@dataclass(eq=False)
class Renewal:
    """What is to follow a period: its price once that is fixed, its order, its next day (R24)."""

    unit: int | None = None
    order: Order | None = None
    quantity: int | None = None
    due_at: datetime | None = None
    closed: bool = False
    withdrawn: bool = False
    """Whether it was found that its offer can no longer be had (R5)."""
    place: int = 0
    """Which line of its order it is."""


@dataclass(eq=False)
class Period:
    """A paid stretch (R1, R19)."""

    number: int
    starts_on: date
    ends_on: date
    starts_at: datetime
    ends_at: datetime
    data_until: date
    order: Order
    quantity: int
    begun: bool = True
    """Whether its quantity holds."""
    remind_at: datetime | None = None
    renew_at: datetime | None = None
    renewal: Renewal | None = None


@dataclass(eq=False)
class Line:
    """A line of an order, in minor units by the catalogue."""

    offer: Offer
    term: str
    quantity: int
    amount: int
    ahead: bool = False
    """Whether it buys seats for the period after that of its order (R27)."""


@dataclass(eq=False)
class Credit:
    """Money on a bank statement under an order's reference; ``used`` of it is the order's."""

    booked_on: date
    amount: int
    number: int
    used: int = 0
    iban: str = ""
    """The account that sent it, if the statement says so."""
    returned: int = 0
    """How much of it staff gave back (R15)."""

    @property
    def open(self) -> int:
        """What has found no place."""
        return self.amount - self.used - self.returned


@dataclass(eq=False)
class Payout:
    """Money on its way to an account (R15, R30), of no ``order`` or of nobody known perhaps."""

    amount: int
    iban: str
    order: Order | None = None
    whose: bool = True
    filed: bool = False
    sent: bool = False
    done: bool = False
    id: UUID | None = None

    @property
    def status(self) -> str:
        """As the product calls it."""
        if self.done or self.sent:
            return "done" if self.done else "sent"
        return "to_send" if self.iban else "awaiting_iban"


@dataclass(eq=False)
class Order:
    """What was bought, and how far its money is."""

    id: UUID
    kind: str
    lines: list[Line]
    net: int
    tax: int
    status: str
    method: str
    token: str = ""
    currency: str = "EUR"
    vat_number: str = ""
    """The number that would have spared it the tax, had it been validated (R45)."""
    reverse: bool = False
    """Whether a validated number spared it the tax."""
    placed_at: datetime = NEVER
    corrected: bool = False
    """Whether its tax went back since."""
    said: str = ""
    """What the gateway says of a charge whose answer is missing, once it is asked."""
    expires_at: datetime | None = None
    paid_on: date | None = None
    received: int = 0
    """How much of a transfer came."""
    credits: list[Credit] = field(default_factory=list)
    """What bank statements brought under its reference, also what is with staff now."""
    subscription: Subscription | None = None
    number: int = 0
    """Of which subscription, and for which of its periods, it buys more seats (R27)."""
    brought: bool = False
    """Whether those are there."""
    choices: int = 0
    """How often the next quantity had been chosen when they came."""
    released_at: datetime | None = None
    """When the renewal beside which it bought seats came to nothing (R27)."""
    released: bool = False
    """Whether what those cost went back."""
    renews: list[tuple[Subscription, Period]] = field(default_factory=list)
    """After which periods it buys the next ones (R20)."""
    intended: bool = False
    """Whether the default card is to be charged for it."""
    invoiced: bool = False
    credited: set[int] = field(default_factory=set)
    """Which of its lines were taken off what is invoiced."""
    back: int = 0
    """How much of what was paid for it is not the vendor's any more."""
    unsent: int = 0
    """How much of that the card has yet to get."""

    @property
    def total(self) -> int:
        """With tax."""
        return self.net + self.tax


@dataclass(eq=False)
class Cart:
    """What was chosen, and the order that it became."""

    id: UUID
    wishes: Sequence[tuple[Offer, str, int]]
    country: str
    order: Order | None = None
    shown: int | None = None
    """What its lines came to when they were last shown (R16)."""


@dataclass(eq=False)
class Quote:
    """Frozen prices for a cart, and until when they stand (R12)."""

    id: UUID
    cart: Cart
    lines: list[Line]
    net: int
    tax_amount: int
    valid_until: date
    expires_at: datetime
    currency: str
    tax: Tax
    status: str = "sent"
    order: Order | None = None


@dataclass(eq=False)
class Subscription:
    """What a paid line became: a chain of periods, and who holds its seats."""

    offer: Offer
    term: str
    zone: ZoneInfo
    anchor: date
    quantity: int
    next_quantity: int
    auto_renew: bool
    currency: str
    order: Order
    position: int
    stops_after: int | None = None
    choices: int = 0
    """How often the next quantity was chosen."""
    cancelled_at: datetime | None = None
    periods: list[Period] = field(default_factory=list)
    holders: dict[Member, datetime] = field(default_factory=dict)
    reserved: list[Invitation] = field(default_factory=list)
    beside: list[Order] = field(default_factory=list)
    """Paid orders for more seats, of which some bought those of a next period too (R27)."""
    losers: list[Member] = field(default_factory=list)
    """Who was chosen to lose a seat, in that order, if some must (R26)."""
    id: UUID | None = None

    @property
    def is_trial(self) -> bool:
        """Whether it was tried and not bought (R9)."""
        return self.term == "trial"

    def free(self) -> int:
        """Seats that nobody holds or has reserved (R38)."""
        return self.quantity - len(self.holders) - len(self.reserved)

    def preference(self) -> tuple[bool, float, datetime]:
        """Smallest for the seat that is taken first: the paid before the trial, the one that ends
        last, the oldest (R36)."""
        return self.is_trial, -self.periods[-1].ends_at.timestamp(), self.periods[0].starts_at

    def covers(self, at: datetime) -> bool:
        """Whether a paid period covers an instant."""
        if self.cancelled_at is not None and self.cancelled_at <= at:
            return False
        return any(each.starts_at <= at < each.ends_at for each in self.periods)

    def current(self, at: datetime) -> Period:
        """The period that covers an instant, or the last one."""
        covering = (each for each in self.periods if each.starts_at <= at < each.ends_at)
        return next(covering, self.periods[-1])

    def append_period(self, order: Order) -> Period:
        """The next paid stretch, computed from the anchor (R1)."""
        number = len(self.periods) + 1
        starts_on, ends_on = period_days(self.anchor, self.term, number, self.offer.trial_days)
        period = Period(
            number=number,
            starts_on=starts_on,
            ends_on=ends_on,
            starts_at=midnight(starts_on, self.zone),
            ends_at=midnight(ends_on, self.zone),
            data_until=ends_on + DATA_DAYS * ONE_DAY,
            order=order,
            quantity=self.next_quantity,
        )
        self.periods.append(period)
        return period

    def ahead(self, period: Period) -> int:
        """How many seats were paid beside the renewal that follows a period (R27)."""
        return sum(
            line.quantity
            for order in self.beside
            if order.number == period.number and order.brought and order.released_at is None
            for line in order.lines
            if line.ahead
        )

    def deadline(self, period: Period) -> date:
        """The last local day on which its renewal can be switched off (R21)."""
        return period.ends_on - OPT_OUT_DAYS * ONE_DAY

    def deadline_over(self, period: Period) -> datetime:
        """The first instant at which that is too late."""
        return day_over(self.deadline(period), self.zone)


@dataclass(frozen=True)
class Paper:
    """A document: its kind, amounts in minor units, and the vendor's day."""

    kind: str
    series: str
    net: int
    tax: int
    issued_on: date


@dataclass(eq=False)
class Customer:
    """One organisation, with all that it has."""

    index: int
    audience: str
    country: str
    zone: ZoneInfo
    own_clock: bool
    verified_at: datetime | None
    id: UUID
    members: list[Member] = field(default_factory=list)
    invitations: list[Invitation] = field(default_factory=list)
    role_requests: list[RoleRequest] = field(default_factory=list)
    quotes: list[Quote] = field(default_factory=list)
    orders: list[Order] = field(default_factory=list)
    subscriptions: list[Subscription] = field(default_factory=list)
    papers: list[Paper] = field(default_factory=list)
    payouts: list[Payout] = field(default_factory=list)
    strays: list[Credit] = field(default_factory=list)
    """Money that it sent under a reference which names nothing."""
    balances: dict[tuple[str, str], int] = field(default_factory=dict)
    """By account and currency."""
    vat_number: str = ""
    vat_validated_at: datetime | None = None
    vat_answered_at: datetime | None = None
    vat_ask_at: datetime | None = None
    """When a register is asked about its number next (R45)."""
    vat_asked: int = 0
    requests: list[tuple[Order, Any]] = field(default_factory=list)
    """Cancellations that wait for staff, with the operation that asked."""
    card: str | None = None
    """The card that renewals are charged to (R24)."""
    purged: bool = False
    """Whether its data are gone (R31)."""
    settled: bool = False
    """Whether something was just paid, or a charge answered: who waits for a seat gets one then."""

    @property
    def verified(self) -> bool:
        """Whether a student's proof is there, and was not asked for anew since (R8)."""
        return self.verified_at is not None

    @property
    def currency(self) -> str:
        """What its country pays in (R5)."""
        return goods().currency(self.country)

    def today(self, at: datetime) -> date:
        """Its local day."""
        return day_of(at, self.zone)

    def issue(self, kind: str, series: str, order: Order, at: datetime) -> None:
        """A paper for an order, dated in the vendor's zone (R46)."""
        self.papers.append(Paper(kind, series, order.net, order.tax, day_of(at, VENDOR_ZONE)))

    def book(self, debit: str, credit: str, amount: int, currency: str = "EUR") -> None:
        """A balanced entry; what was earned and what is still to be is one account here (R48)."""
        for account, moved in ((debit, amount), (credit, -amount)):
            key = account, currency
            self.balances[key] = self.balances.get(key, 0) + moved

    def held_by(self, member: Member) -> Iterator[Subscription]:
        """The subscriptions of which a member holds a seat."""
        return (each for each in self.subscriptions if member in each.holders)

    def active_owners(self) -> list[Member]:
        """R34: there is always one."""
        return [m for m in self.members if m.standing == "owner" and m.status == "active"]
