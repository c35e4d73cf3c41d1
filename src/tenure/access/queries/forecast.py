"""What an organisation will be charged, who will lose which role, what has a last day.

The facts are read in as many statements for a hundred subscriptions as for one; what follows from
them is said by ``subscriptions/rules/forecast.py``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from django.conf import settings

from tenure.access.errors import FORECAST_OF_THE_PAST, FORECAST_TOO_FAR
from tenure.access.models import Seat
from tenure.access.queries.losses import Fewer, members_who_lose
from tenure.base.calendar import Term, local_date, zone_named
from tenure.base.errors import FieldError, Invalid, NotFound, Refused
from tenure.base.ids import public_id
from tenure.billing.queries.payment_methods import default_methods
from tenure.billing.rules.cards import last_day
from tenure.catalogue.models import OfferRole
from tenure.catalogue.queries import known_catalogue
from tenure.events.rows import read_values
from tenure.orders.models import Order, OrderStatus, Quote, QuoteStatus
from tenure.orders.queries.policy import policy_in_force
from tenure.orders.rules.rates import vat_rates
from tenure.orders.rules.tax import price_document, tax_situation
from tenure.organisations.models import Invitation, InvitationStatus, Organisation
from tenure.organisations.rules.numbers import vat_number_counts
from tenure.policy.model import Policy
from tenure.policy.words import Audience
from tenure.subscriptions.models import Period, Source, Subscription
from tenure.subscriptions.queries.facts import period_facts
from tenure.subscriptions.queries.obligations import Obligation, obligations
from tenure.subscriptions.queries.prices import PriceOn, prices_by_day
from tenure.subscriptions.rules.due import Course
from tenure.subscriptions.rules.forecast import (
    Charge,
    Customer,
    Deadline,
    DeadlineKind,
    End,
    EndReason,
    Forecast,
    Ordered,
    OrderState,
    Outlook,
    forecast,
)

USUAL: Final = timedelta(days=365)
LONGEST: Final = timedelta(days=3660)
"""So far ahead a forecast looks at the most."""

_LAST: Final = """
    SELECT DISTINCT ON (p.subscription_id) p.id
    FROM subscriptions_subscription AS s
    JOIN subscriptions_period AS p ON p.subscription_id = s.id
    WHERE s.organisation_id = %s AND (s.cancelled_at IS NULL OR s.cancelled_at > %s)
    ORDER BY p.subscription_id, p.number DESC
"""
_MICROSECOND: Final = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Loss:
    """A member who can do less from the local day ``on`` on: they lose a role."""

    on: date
    member: UUID
    role: str
    reason: EndReason


@dataclass(frozen=True, slots=True)
class Ahead:
    """What is to come for an organisation, each in the order of days.

    ``offers`` says of which offer each subscription is.
    """

    today: date
    until: date
    charges: Sequence[Charge[UUID]]
    losses: Sequence[Loss]
    ends: Sequence[End[UUID]]
    deadlines: Sequence[Deadline[UUID]]
    offers: Mapping[UUID, str]


def forecast_of(organisation: UUID, *, at: datetime, until: date | None = None) -> Ahead:
    """What is to come from ``at`` up to and with the local day ``until``, a year if not told.

    Nothing is promised: it is what follows if nobody chooses anything else. Raises ``NotFound``,
    and ``Invalid`` for an ``until`` that is over or more than ten years ahead.
    """
    place = Organisation.objects.filter(id=organisation).first()
    if place is None:
        raise NotFound
    today = local_date(at, zone_named(place.timezone))
    last = _last(until, today)
    policy = policy_in_force()[1]
    known = _known(place, at, policy)
    customer = _customer(place, at, today, policy)
    found = forecast([each.outlook for each in known], customer, until=last)
    rows = {each.row.id: each.row for each in known}
    return Ahead(
        today=today,
        until=last,
        charges=found.charges,
        losses=_losses(found, [each.row for each in known if _still_runs(each, at)]),
        ends=found.ends,
        deadlines=_all_deadlines(found, place, today, last),
        offers={id_: row.offer_id for id_, row in rows.items()},
    )


def _last(until: date | None, today: date) -> date:
    if until is None:
        return today + USUAL
    if until < today:
        raise Invalid([FieldError("until", FORECAST_OF_THE_PAST, {"today": today})])
    if until > today + LONGEST:
        raise Invalid([FieldError("until", FORECAST_TOO_FAR, {"last": today + LONGEST})])
    return until


@dataclass(frozen=True, slots=True)
class _Known:
    row: Subscription
    outlook: Outlook[UUID]


def _known(place: Organisation, at: datetime, policy: Policy) -> list[_Known]:
    """Every subscription that is not cancelled, with its last period; five statements."""
    ids = [row[0] for row in read_values(_LAST, [place.id, at])]
    owed = {each.current.id: each for each in obligations(ids)} if ids else {}
    elsewhere = [id_ for id_ in ids if id_ not in owed]
    ordered = _orders(owed.values())
    rows = [each.subscription for each in owed.values()]
    prices = prices_by_day(rows, {row.id: place.country for row in rows})
    found = [
        _Known(each.subscription, _outlook(each, place, prices, ordered, policy))
        for each in owed.values()
    ]
    periods = Period.objects.select_related("subscription").filter(id__in=elsewhere)
    found += [_bought_elsewhere(period, policy) for period in periods.order_by("id")]
    return found


def _orders(owed: Iterable[Obligation]) -> Mapping[UUID, Order]:
    ids = {each.renewal.order_id for each in owed if each.renewal.order_id is not None}
    return Order.objects.in_bulk(ids) if ids else {}


def _outlook(
    each: Obligation,
    place: Organisation,
    prices: Mapping[UUID, PriceOn],
    orders: Mapping[UUID, Order],
    policy: Policy,
) -> Outlook[UUID]:
    row, renewal = each.subscription, each.renewal

    protects = policy.statutory_eu.protects(Audience(place.audience), place.country)
    return Outlook(
        id=row.id,
        course=replace(each.course, protected=protects),
        anchor_on=row.anchor_on,
        currency=row.currency,
        seats=row.quantity,
        paid_seats=each.current.quantity if each.current.begin_noted_at is None else row.quantity,
        next_quantity=renewal.quantity or row.next_quantity,
        price_on=prices.get(row.id, _no_price),
        fixed=renewal.unit_amount,
        ordered=_ordered(each, orders),
    )


def _ordered(each: Obligation, orders: Mapping[UUID, Order]) -> Ordered[UUID] | None:
    renewal = each.renewal
    if renewal.order_id is None or renewal.order_id not in orders:
        return None
    order = orders[renewal.order_id]
    states = {
        OrderStatus.AWAITING_TRANSFER: OrderState.AWAITED,
        OrderStatus.PAYMENT_UNKNOWN: OrderState.UNKNOWN,
    }
    state = states.get(OrderStatus(order.status), OrderState.STUCK)
    again = renewal.due_at
    if order.status == OrderStatus.DECLINED and again and again < each.current.data_until:
        state = OrderState.RETRIED
    return Ordered(order.id, state, order.total, again)


def _no_price(_on: date) -> int | None:
    return None


def _bought_elsewhere(period: Period, policy: Policy) -> _Known:
    row = period.subscription
    course = Course(
        current=period_facts(period),
        term=Term(row.term),
        zone=zone_named(row.zone),
        policy=policy,
        data_until_on=period.data_until_on,
        auto_renew=False,
        external=row.source == Source.EXTERNAL,
    )
    outlook = Outlook(
        id=row.id,
        course=course,
        anchor_on=row.anchor_on,
        currency=row.currency,
        seats=row.quantity,
        paid_seats=row.quantity,
        next_quantity=row.quantity,
        price_on=_no_price,
    )
    return _Known(row, outlook)


def _customer(place: Organisation, at: datetime, today: date, policy: Policy) -> Customer:
    return Customer(
        at=at,
        today=today,
        audience=Audience(place.audience),
        country=place.country,
        policy=policy,
        has_card=place.id in default_methods([place.id]),
        is_proved=place.verified_at is not None,
        total_of=_taxed(place, today, policy),
    )


def _taxed(
    place: Organisation, today: date, policy: Policy
) -> Callable[[Sequence[int], date], int | None]:
    """Totals with tax; a number that is validated today is taken to be so on any day (R45)."""
    counts = vat_number_counts(
        place.vat_validated_at, on=today, days=policy.tax.vat_number_counts_days
    )
    audience = Audience(place.audience)
    vendor_country = known_catalogue().vendor(sandbox=settings.SANDBOX).country

    def total_of(nets: Sequence[int], on: date) -> int | None:
        try:
            situation = tax_situation(
                vendor_country=vendor_country,
                audience=audience,
                buyer_country=place.country,
                vat_number_validated=counts,
                on=on,
                tax=policy.tax,
                rates=vat_rates(),
            )
        except Refused:
            return None
        return price_document(list(nets), audience, situation).total

    return total_of


def _still_runs(each: _Known, at: datetime) -> bool:
    return each.outlook.course.current.ends_at > at


def _losses(found: Forecast[UUID], running: Sequence[Subscription]) -> list[Loss]:
    """Who loses a role that no other seat of theirs still has on that day (R43).

    Eight statements at the most, however many there are.
    """
    rows = {row.id: row for row in running}
    gone = _gone_seats(found, rows)
    ended = {each.subscription: (each.on, each.reason) for each in found.ends}
    if not gone and not ended:
        return []
    losses = []
    for (member, role), subscriptions in _holders(rows).items():
        last: tuple[date, EndReason] | None = None
        for subscription in subscriptions:
            ways = [gone.get((member, subscription)), ended.get(subscription)]
            known = [way for way in ways if way is not None]
            if not known:
                break
            first = min(known)
            last = first if last is None else max(last, first)
        else:
            if last is not None:
                losses.append(Loss(last[0], member, role, last[1]))
    return sorted(losses, key=lambda each: (each.on, each.member, each.role))


def _gone_seats(
    found: Forecast[UUID], rows: Mapping[UUID, Subscription]
) -> dict[tuple[UUID, UUID], tuple[date, EndReason]]:
    """Whose seat of which subscription goes when there are fewer (R26), as things stand now."""
    gone: dict[tuple[UUID, UUID], tuple[date, EndReason]] = {}
    steps: list[dict[UUID, tuple[date, int]]] = [{}, {}]
    for each in found.fewer:
        if each.subscription in rows:
            step = steps[each.subscription in steps[0]]
            step[each.subscription] = (each.on, each.seats)
    for step in filter(None, steps):
        wanted = [Fewer(rows[id_], seats) for id_, (_, seats) in step.items()]
        for id_, members in members_who_lose(wanted).items():
            for member in members:
                gone.setdefault((member, id_), (step[id_][0], EndReason.QUANTITY_REDUCED))
    return gone


def _holders(rows: Mapping[UUID, Subscription]) -> Mapping[tuple[UUID, str], Sequence[UUID]]:
    """By member and role, the subscriptions by which they hold it; two statements."""
    roles: defaultdict[str, list[str]] = defaultdict(list)
    links = OfferRole.objects.filter(offer_id__in={row.offer_id for row in rows.values()})
    for offer, role in links.order_by("offer_id", "position").values_list("offer_id", "role_id"):
        roles[offer].append(role)
    seats = Seat.objects.filter(subscription_id__in=rows, member__isnull=False).order_by("id")
    held: defaultdict[tuple[UUID, str], list[UUID]] = defaultdict(list)
    for member, subscription in seats.values_list("member_id", "subscription_id"):
        for role in roles[rows[subscription].offer_id]:
            if member is not None:
                held[member, role].append(subscription)
    return held


def _all_deadlines(
    found: Forecast[UUID], place: Organisation, today: date, until: date
) -> list[Deadline[UUID]]:
    others = [each for each in _of_others(place) if today <= each.on <= until]
    return sorted([*found.deadlines, *others], key=lambda each: each.on)


def _of_others(place: Organisation) -> Iterator[Deadline[UUID]]:
    """What has a last day beside subscriptions; four statements."""
    zone = zone_named(place.timezone)
    quotes = Quote.objects.filter(organisation=place, status=QuoteStatus.SENT)
    orders = Order.objects.filter(
        organisation=place,
        status__in=[OrderStatus.AWAITING_TRANSFER, OrderStatus.AWAITING_VERIFICATION],
    )
    invitations = Invitation.objects.filter(organisation=place, status=InvitationStatus.PENDING)
    waiting = [
        (DeadlineKind.QUOTE, "quo", id_, at) for id_, at in quotes.values_list("id", "expires_at")
    ]
    for id_, status, at in orders.values_list("id", "status", "expires_at"):
        waits = status == OrderStatus.AWAITING_TRANSFER
        kind = DeadlineKind.TRANSFER if waits else DeadlineKind.VERIFICATION
        waiting.append((kind, "ord", id_, at))
    for id_, at in invitations.values_list("id", "expires_at"):
        waiting.append((DeadlineKind.INVITATION, "inv", id_, at))
    for kind, prefix, id_, at in waiting:
        if at is not None:
            yield Deadline(local_date(at - _MICROSECOND, zone), kind, None, public_id(prefix, id_))
    card = default_methods([place.id]).get(place.id)
    if card is not None and card.exp_month:
        on = last_day(card.exp_month, card.exp_year)
        yield Deadline(on, DeadlineKind.CARD_EXPIRY, None, public_id("pm", card.id))
