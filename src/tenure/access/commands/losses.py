"""Choosing who loses a seat if the next period has fewer of them (R26)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from uuid import UUID

from tenure.access.errors import HOLDS_NO_SEAT
from tenure.access.events import SeatLossesChosen
from tenure.access.models import Seat, SeatLoss
from tenure.access.queries.losses import chosen_losses
from tenure.base.errors import FieldError, Invalid
from tenure.events.journal import Journal
from tenure.subscriptions.models import Subscription


def choose_losses(*, subscription: Subscription, members: Sequence[UUID], journal: Journal) -> None:
    """Choose who of the locked ``subscription`` loses a seat, in that order; nobody takes it back.

    Raises ``Invalid`` (``holds_no_seat``) where one of ``members`` holds none of its seats. What
    is chosen already is no change.
    """
    wanted = list(dict.fromkeys(members))
    held = Seat.objects.filter(subscription=subscription, member_id__in=wanted)
    if held.count() < len(wanted):
        raise Invalid([FieldError("members", HOLDS_NO_SEAT)])
    if list(chosen_losses([subscription.id]).get(subscription.id, ())) == wanted:
        return
    SeatLoss.objects.filter(subscription=subscription).delete()
    SeatLoss.objects.bulk_create(
        SeatLoss(
            organisation_id=subscription.organisation_id,
            subscription=subscription,
            member_id=member,
            position=position,
        )
        for position, member in enumerate(wanted, start=1)
    )
    journal.record(
        subscription.organisation_id,
        SeatLossesChosen(subscription=subscription.id, members=tuple(wanted)),
    )


def forget_losses(*, subscriptions: Collection[UUID], journal: Journal) -> None:
    """The choices were carried out, or are not needed any more."""
    journal.change(
        "DELETE FROM access_seatloss WHERE subscription_id = ANY(%s)", [list(subscriptions)]
    )
