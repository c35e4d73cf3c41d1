"""Who loses a seat if the next period has fewer of them (R26)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple
from uuid import UUID

from tenure.access.models import Seat, SeatLoss
from tenure.base.calendar import zone_named
from tenure.events.rows import AMONG, read_values
from tenure.organisations.models import Member
from tenure.subscriptions.models import Subscription
from tenure.subscriptions.rules.quantity import Reduction, SeatUse, reduction

_USES: Final = f"""
    SELECT seat.subscription_id, seat.id, invitation.created_at, seat.assigned_at,
           seat.last_used_on, seat.member_id
    FROM access_seat AS seat
    LEFT JOIN organisations_invitation AS invitation ON invitation.id = seat.invitation_id
    WHERE seat.subscription_id {AMONG}
    ORDER BY seat.subscription_id, seat.number DESC
"""  # noqa: S608 - of constants


class Fewer(NamedTuple):
    """A subscription, and of how many seats its next period is to be."""

    subscription: Subscription
    quantity: int


def reductions(wanted: Collection[Fewer]) -> dict[UUID, Reduction[UUID]]:
    """Which seats of each subscription go, as their holders, uses and the choices stand now.

    Two statements for any number of subscriptions. Of free seats those of the highest numbers go.
    """
    subscriptions = [each.subscription.id for each in wanted]
    uses: defaultdict[UUID, list[SeatUse[UUID]]] = defaultdict(list)
    seat_of: dict[tuple[UUID, UUID], UUID] = {}
    for subscription, seat, reserved_at, assigned_at, last_used_on, member in read_values(
        _USES, [subscriptions]
    ):
        uses[subscription].append(SeatUse(seat, reserved_at, assigned_at, last_used_on))
        if member is not None:
            seat_of[subscription, member] = seat
    chosen = chosen_losses(subscriptions)
    return {
        row.id: reduction(
            uses[row.id],
            quantity,
            zone_named(row.zone),
            chosen=[
                seat_of[row.id, member]
                for member in chosen.get(row.id, ())
                if (row.id, member) in seat_of
            ],
        )
        for row, quantity in wanted
    }


def chosen_losses(subscriptions: Collection[UUID]) -> Mapping[UUID, Sequence[UUID]]:
    """The members whom administrators chose to lose their seats, in the order chosen."""
    rows = SeatLoss.objects.filter(subscription_id__in=subscriptions).order_by(
        "subscription_id", "position"
    )
    found: defaultdict[UUID, list[UUID]] = defaultdict(list)
    for subscription, member in rows.values_list("subscription_id", "member_id"):
        found[subscription].append(member)
    return found


@dataclass(frozen=True, slots=True)
class Loser:
    """Who loses a seat as things stand; ``chosen`` is whether an administrator chose so."""

    member: Member
    seat: Seat
    chosen: bool


@dataclass(frozen=True, slots=True)
class Losses:
    """What goes when fewer seats come: free ones, reservations, and who loses a seat."""

    free: int
    reserved: int
    losers: Sequence[Loser]

    @property
    def touches_anybody(self) -> bool:
        """Whether somebody loses what they hold, or are to hold."""
        return bool(self.losers or self.reserved)


def losses(fewer: Fewer) -> Losses:
    """Who of one subscription loses a seat if its next period is of so many; four statements."""
    gone = reductions([fewer])[fewer.subscription.id]
    chosen = chosen_losses([fewer.subscription.id]).get(fewer.subscription.id, ())
    rows = Seat.objects.select_related("member").in_bulk(gone.assigned) if gone.assigned else {}
    holders = [(rows[id_], rows[id_].member) for id_ in gone.assigned if id_ in rows]
    losers = [Loser(member, seat, member.id in chosen) for seat, member in holders if member]
    return Losses(free=len(gone.free), reserved=len(gone.reserved), losers=losers)


def members_who_lose(wanted: Collection[Fewer]) -> dict[UUID, list[UUID]]:
    """The members who lose a seat of each subscription, in that order; three statements."""
    gone = reductions(wanted)
    ids = [id_ for each in gone.values() for id_ in each.assigned]
    holders = dict(Seat.objects.filter(id__in=ids).values_list("id", "member_id")) if ids else {}
    return {
        subscription: [member for id_ in each.assigned if (member := holders.get(id_))]
        for subscription, each in gone.items()
    }
