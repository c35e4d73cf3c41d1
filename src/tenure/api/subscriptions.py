"""Subscriptions: their periods, what comes next, and who holds their seats."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StrictBool, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError
from typing_extensions import TypedDict

from tenure.access.errors import (
    ALREADY_ASSIGNED,
    MEMBER_NOT_ACTIVE,
    NO_FREE_SEAT,
    SEAT_LOCKED,
    SUBSCRIPTION_NOT_ACTIVE,
)
from tenure.access.models import Seat
from tenure.access.queries.seats import assigned_counts
from tenure.api.callers import Call
from tenure.api.calls import Answer, Calls, etag_of, wanted_version
from tenure.api.errors import FIELD_UNUSABLE
from tenure.api.fields import (
    ABSENT,
    Body,
    Change,
    Date,
    Given,
    Identifier,
    Maybe100,
    Quantity,
    catalogue_id,
)
from tenure.api.lists import Cursor, Limit, page_by_id
from tenure.api.shapes import Day, Instant, Page, instant
from tenure.base.calendar import Term
from tenure.base.errors import NotFound
from tenure.base.ids import parse_public_id, public_id
from tenure.catalogue.errors import OFFER_WITHDRAWN
from tenure.flows.external import extend_external, record_external
from tenure.flows.renewal_choice import choose_renewal
from tenure.flows.seats import assign_seat, release_seat
from tenure.flows.written import Written
from tenure.orders.errors import MIXED_AUDIENCES, PAYMENT_IN_FLIGHT
from tenure.subscriptions.commands.recording import Recorded
from tenure.subscriptions.errors import (
    NOT_RECORDED_HERE,
    NOT_RENEWED_HERE,
    OPT_IN_CLOSED,
    OPT_OUT_CLOSED,
    QUANTITY_CLOSED,
    RECORD_TRIAL,
    SUBSCRIPTION_OVER,
    TRIAL_DOES_NOT_RENEW,
)
from tenure.subscriptions.models import Period, Subscription
from tenure.subscriptions.queries.views import SubscriptionView, subscription_views
from tenure.subscriptions.rules.periods import SubscriptionStatus

calls = Calls("Subscriptions")

_OVER = frozenset(
    {SubscriptionStatus.LAPSED, SubscriptionStatus.ENDED, SubscriptionStatus.CANCELLED}
)


class RenewalChange(Change):
    """What comes after the current period (R21, R26).

    `from` says that auto-renewal stops only after the next period, which is possible when the
    deadline for this one is over.
    """

    auto_renew: Given[StrictBool] = ABSENT
    next_quantity: Given[Quantity] = ABSENT
    starting: Given[Literal["next_period"]] = Field(default=None, alias="from")

    @field_validator("starting")
    @classmethod
    def _only_switches_off(cls, value: str | None, info: ValidationInfo) -> str | None:
        if info.data.get("auto_renew") is not False:
            raise PydanticCustomError(FIELD_UNUSABLE.code, FIELD_UNUSABLE.en)
        return value


class Assignment(Body):
    """Who is to hold a seat."""

    member: Identifier


class BoughtElsewhere(Body):
    """What staff record (R35): from a local day on, so many periods of a term."""

    offer: Identifier
    term: Literal["month", "quarter", "year"]
    quantity: Quantity
    starts_on: Date
    periods: Annotated[int, Field(strict=True, ge=1, le=120)] = 1
    reference: Maybe100 = None


class PeriodOut(TypedDict):
    """One paid stretch, half-open: `ends_on` is the first day after it (R19)."""

    number: int
    kind: Literal["initial", "renewal", "trial", "extension"]
    starts_on: Day
    ends_on: Day
    order: str | None


class SubscriptionOut(TypedDict):
    """A subscription by its organisation's clock.

    ``opt_out_deadline`` is the last day on which auto-renewal can be switched off (R21);
    ``stops_after`` the number of the period after which it is to stop, though it renews before.
    """

    id: str
    organisation: str
    offer: str
    term: str
    status: Literal["active", "lapsed", "ended", "cancelled", "pending"]
    quantity: int
    next_quantity: int
    assigned: int
    auto_renew: bool
    stops_after: int | None
    opt_out_deadline: Day | None
    source: Literal["store", "external"]
    current_period: PeriodOut | None
    periods: list[PeriodOut]
    data_available_until: Day | None


class SeatOut(TypedDict):
    """A seat and who holds it."""

    id: str
    subscription: str
    member: str
    assigned_at: Instant


@calls.get("/organisations/{organisation}/subscriptions", Page[SubscriptionOut])
def list_subscriptions(call: Call, limit: Limit = 50, cursor: Cursor = None) -> Answer:
    """The organisation's subscriptions, oldest first."""
    rows = Subscription.objects.filter(organisation_id=call.organisation)
    shown, following = page_by_id("subscriptions", rows, limit, cursor)
    return Answer({"data": subscriptions_out(shown, call.now), "next_cursor": following})


def _recorded(call: Call, made: UUID) -> Answer:
    """The subscription of a call that was cut short after its work was done."""
    return _recorded_out(call, Written((made,), call.reached.revision if call.reached else 0))


@calls.post(
    "/organisations/{organisation}/subscriptions",
    {201: SubscriptionOut},
    vendor_only=True,
    resume=_recorded,
    refuses=(MIXED_AUDIENCES, RECORD_TRIAL),
)
def record_subscription(call: Call, body: BoughtElsewhere) -> Answer:
    """Record what was bought elsewhere: shown and assigned here, never charged (R35)."""
    written = record_external(
        organisation=call.organisation,
        recorded=Recorded(
            offer=catalogue_id(body.offer),
            term=Term(body.term),
            quantity=body.quantity,
            starts_on=body.starts_on,
            periods=body.periods,
            reference=body.reference or "",
        ),
        now=call.now,
        by=call.by,
        asked=call.asked,
    )
    return _recorded_out(call, written)


@calls.post(
    "/subscriptions/{subscription}/periods",
    {200: SubscriptionOut},
    vendor_only=True,
    refuses=(NOT_RECORDED_HERE,),
)
def record_period(call: Call) -> Answer:
    """Record one more period of what was bought elsewhere (R35)."""
    written = extend_external(subscription=call.ids["subscription"], now=call.now, by=call.by)
    row = Subscription.objects.get(id=written.ids[0])
    return Answer(subscriptions_out([row], call.now)[0], revision=written.revision)


def _recorded_out(call: Call, written: Written) -> Answer:
    row = Subscription.objects.get(id=written.ids[0])
    out = subscriptions_out([row], call.now)[0]
    return Answer(
        out,
        status=201,
        revision=written.revision,
        location=f"/api/v1/subscriptions/{out['id']}",
    )


@calls.get("/subscriptions/{subscription}", SubscriptionOut, shows_version=True)
def get_subscription(call: Call) -> Answer:
    """One subscription."""
    row = Subscription.objects.get(id=call.ids["subscription"])
    return Answer(subscriptions_out([row], call.now)[0], etag=etag_of(row.version))


@calls.patch(
    "/subscriptions/{subscription}",
    SubscriptionOut,
    shows_version=True,
    edits=True,
    refuses=(
        OPT_OUT_CLOSED,
        OPT_IN_CLOSED,
        TRIAL_DOES_NOT_RENEW,
        NOT_RENEWED_HERE,
        OFFER_WITHDRAWN,
        QUANTITY_CLOSED,
        PAYMENT_IN_FLIGHT,
        SUBSCRIPTION_OVER,
    ),
)
def choose_what_comes_next(call: Call, body: RenewalChange) -> Answer:
    """Switch auto-renewal, or set the quantity of the next period (R21, R22, R26)."""
    written = choose_renewal(
        subscription=call.ids["subscription"],
        auto_renew=body.auto_renew,
        from_next_period=body.starting is not None,
        next_quantity=body.next_quantity,
        expected_version=wanted_version(call.request),
        now=call.now,
        by=call.by,
    )
    row = Subscription.objects.get(id=call.ids["subscription"])
    (out,) = subscriptions_out([row], call.now)
    return Answer(out, revision=written.revision, etag=etag_of(row.version))


def _resumed(call: Call, made: UUID) -> Answer:
    """The seat was assigned before the call was cut short."""
    return _assigned(made, call.reached.revision if call.reached else 0)


@calls.post(
    "/subscriptions/{subscription}/assignments",
    {201: SeatOut},
    resume=_resumed,
    refuses=(NO_FREE_SEAT, ALREADY_ASSIGNED, MEMBER_NOT_ACTIVE, SUBSCRIPTION_NOT_ACTIVE),
)
def assign_seat_to_member(call: Call, body: Assignment) -> Answer:
    """Give a member a free seat, and with it the roles of the offer (R38)."""
    written = assign_seat(
        subscription=call.ids["subscription"],
        member=parse_public_id("mem", body.member),
        now=call.now,
        by=call.by,
        asked=call.asked,
    )
    return _assigned(written.ids[0], written.revision)


@calls.delete(
    "/subscriptions/{subscription}/assignments/{member}", {204: None}, refuses=(SEAT_LOCKED,)
)
def free_seat_of_member(call: Call) -> Answer:
    """Free a member's seat (R38)."""
    written: Written = release_seat(
        subscription=call.ids["subscription"],
        member=call.ids["member"],
        now=call.now,
        by=call.by,
    )
    return Answer(status=204, revision=written.revision)


def subscriptions_out(rows: Sequence[Subscription], at: datetime) -> list[SubscriptionOut]:
    """Subscriptions as they are at ``at``; two statements for any number of them."""
    assigned = assigned_counts([row.id for row in rows])
    return [
        _subscription(view, assigned.get(view.subscription.id, 0))
        for view in subscription_views(rows, at)
    ]


def _subscription(view: SubscriptionView, assigned: int) -> SubscriptionOut:
    row, current = view.subscription, view.current
    deadline = current.opt_out_on
    return {
        "id": public_id("sub", row.id),
        "organisation": public_id("org", row.organisation_id),
        "offer": row.offer_id,
        "term": row.term,
        "status": view.status.value,
        "quantity": row.quantity,
        "next_quantity": row.next_quantity,
        "assigned": assigned,
        "auto_renew": row.auto_renew,
        "stops_after": row.stops_after,
        "opt_out_deadline": deadline.isoformat() if deadline else None,
        "source": row.source,  # type: ignore[typeddict-item]  # its choices are these
        "current_period": _period(current) if view.is_covered else None,
        "periods": [_period(period) for period in view.periods],
        "data_available_until": (
            current.data_until_on.isoformat() if view.status in _OVER else None
        ),
    }


def _period(period: Period) -> PeriodOut:
    return {
        "number": period.number,
        "kind": period.kind,  # type: ignore[typeddict-item]  # a constraint keeps it among these
        "starts_on": period.starts_on.isoformat(),
        "ends_on": period.ends_on.isoformat(),
        "order": public_id("ord", period.order_id) if period.order_id else None,
    }


def _assigned(seat: UUID, revision: int) -> Answer:
    row = Seat.objects.filter(id=seat, member__isnull=False).first()
    if row is None or row.member_id is None or row.assigned_at is None:
        raise NotFound
    subscription, member = public_id("sub", row.subscription_id), public_id("mem", row.member_id)
    out: SeatOut = {
        "id": public_id("seat", row.id),
        "subscription": subscription,
        "member": member,
        "assigned_at": instant(row.assigned_at),
    }
    location = f"/api/v1/subscriptions/{subscription}"
    return Answer(out, status=201, revision=revision, location=location)
