"""R41 read aloud over plain rows: slow, naive, and on purpose nothing like ``decide()``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from tenure.access.models import Seat
from tenure.access.rules.decision import Grant
from tenure.catalogue.models import OfferRole
from tenure.organisations.models import Member, Organisation
from tenure.subscriptions.models import Period, Subscription


class Answer(NamedTuple):
    """What is compared of a decision."""

    allowed: bool
    reason: str
    valid_until: datetime | None = None
    data_available_until: date | None = None


@dataclass(frozen=True, slots=True)
class Books:
    """The rows of one organisation that bear on its members; ``grants`` are those of an offer."""

    organisation: Organisation
    members: Sequence[Member]
    seats: Sequence[Seat]
    subscriptions: Sequence[Subscription]
    periods: Sequence[Period]
    grants: dict[str, set[Grant]]


def books_of(ids: Sequence[UUID]) -> Iterator[Books]:
    """The books of some organisations."""
    members = list(Member.objects.filter(organisation_id__in=ids).order_by("id"))
    seats = list(Seat.objects.filter(organisation_id__in=ids, member__isnull=False))
    held_by_someone = {seat.subscription_id for seat in seats}
    subscriptions = list(Subscription.objects.filter(id__in=held_by_someone))
    periods = list(Period.objects.filter(subscription_id__in=held_by_someone).order_by("number"))
    grants = _grants({subscription.offer_id for subscription in subscriptions})
    for organisation in Organisation.objects.filter(id__in=ids).order_by("id"):
        held = [each for each in subscriptions if each.organisation_id == organisation.id]
        yield Books(
            organisation=organisation,
            members=[each for each in members if each.organisation_id == organisation.id],
            seats=[each for each in seats if each.organisation_id == organisation.id],
            subscriptions=held,
            periods=[each for each in periods if each.organisation_id == organisation.id],
            grants={each.offer_id: grants[each.offer_id] for each in held},
        )


def answer(books: Books, member: Member, grant: Grant, at: datetime) -> Answer:
    """May ``member`` use ``grant`` at ``at``? The reasons of R41, in their order."""
    if member.status != "active":
        return Answer(False, "member_not_active")
    if books.organisation.suspended_at is not None:
        return Answer(False, "organisation_suspended")
    counted = [
        each
        for each in _held(books, member)
        if each.cancelled_at is None or _data_last(books, each, at)
    ]
    if not counted:
        return Answer(False, "no_seat")
    able = [each for each in counted if grant in books.grants[each.offer_id]]
    if not able:
        return Answer(False, "no_role_with_permission")
    if any(_covers(books, each, at) for each in able):
        return Answer(True, "granted", _first_uncovered(books, able, at))
    lasting = [each for each in able if _keeps_data(books, each, at)]
    if lasting:
        until = max(_periods(books, each)[-1].data_until_on for each in lasting)
        return Answer(False, "retention", None, until)
    return Answer(False, "no_current_period")


def _held(books: Books, member: Member) -> list[Subscription]:
    of_seats = {seat.subscription_id for seat in books.seats if seat.member_id == member.id}
    return [each for each in books.subscriptions if each.id in of_seats]


def _periods(books: Books, subscription: Subscription) -> list[Period]:
    """Oldest first."""
    return [each for each in books.periods if each.subscription_id == subscription.id]


def _data_last(books: Books, subscription: Subscription, at: datetime) -> bool:
    periods = _periods(books, subscription)
    return bool(periods) and at < periods[-1].data_until


def _covers(books: Books, subscription: Subscription, at: datetime) -> bool:
    if subscription.cancelled_at is not None:
        return False
    return any(each.starts_at <= at < each.ends_at for each in _periods(books, subscription))


def _keeps_data(books: Books, subscription: Subscription, at: datetime) -> bool:
    dropped = subscription.cancelled_at is not None
    over = any(each.ends_at <= at for each in _periods(books, subscription))
    return (dropped or over) and _data_last(books, subscription, at)


def _first_uncovered(books: Books, able: list[Subscription], at: datetime) -> datetime:
    """The first end of a period from now on at which no seat's period covers the instant."""
    ends = {
        period.ends_at
        for each in able
        if each.cancelled_at is None
        for period in _periods(books, each)
        if period.ends_at > at
    }
    return min(end for end in ends if not any(_covers(books, each, end) for each in able))


def _grants(offers: set[str]) -> dict[str, set[Grant]]:
    found: dict[str, set[Grant]] = {offer: set() for offer in offers}
    for link in OfferRole.objects.filter(offer_id__in=offers).select_related("role"):
        for application, permissions in link.role.grants.items():
            found[link.offer_id] |= {(application, permission) for permission in permissions}
    return found
