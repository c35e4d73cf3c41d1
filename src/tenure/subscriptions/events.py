"""What happened to subscriptions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar
from uuid import UUID

from tenure.base.money import Money


@dataclass(frozen=True, slots=True)
class SubscriptionStarted:
    """A paid line became a subscription with its first period (R19); dates are local."""

    type: ClassVar[str] = "subscription.started"
    subscription: UUID
    order: UUID
    offer: str
    quantity: int
    starts_on: date
    ends_on: date


@dataclass(frozen=True, slots=True)
class SubscriptionRecorded:
    """Staff recorded what was bought elsewhere, or its next period (R35); dates are local."""

    type: ClassVar[str] = "subscription.recorded"
    subscription: UUID
    offer: str
    quantity: int
    starts_on: date
    ends_on: date


@dataclass(frozen=True, slots=True)
class AutoRenewalSwitched:
    """Auto-renewal was switched on or off (R21)."""

    type: ClassVar[str] = "subscription.auto_renewal_switched"
    subscription: UUID
    auto_renew: bool
    from_next_period: bool


@dataclass(frozen=True, slots=True)
class NextQuantityChosen:
    """The quantity for the next period was chosen (R26)."""

    type: ClassVar[str] = "subscription.next_quantity_chosen"
    subscription: UUID
    next_quantity: int


@dataclass(frozen=True, slots=True)
class RenewalReminded:
    """A reminder of the renewal to the period ``number`` went out (R25); dates are local.

    ``deadline`` is the last day to stop it, ``renews_on`` the first of the new period, for
    ``quantity`` seats at ``amount`` with tax, ``net`` without; both are None if the offer can no
    longer be had, so that nothing follows (R5). ``method`` is how it is paid, ``charged_on`` the
    day of the charge or, by transfer, of the invoice. ``needs`` says what has to be there until
    then: a ``proof`` of studies (R8), a ``card``, or another one since it ``expires``.
    ``seats_lost`` are held and go with the new period, ``members`` the first of those who lose
    one as things stand (R26).
    """

    type: ClassVar[str] = "subscription.renewal_reminded"
    subscription: UUID
    number: int
    deadline: date
    renews_on: date
    quantity: int
    net: Money | None
    amount: Money | None
    method: str
    charged_on: date | None
    needs: tuple[str, ...]
    seats_lost: int
    members: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class TrialEnding:
    """A trial comes near its end (R9): ``ends_on`` is the first local day after it; ``offers``
    are the paid ones that bring all of its roles."""

    type: ClassVar[str] = "subscription.trial_ending"
    subscription: UUID
    ends_on: date
    offers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TrialReplaced:
    """The paid term of what was tried ended the trial and took over its seats (R9).

    ``subscriptions`` are those that bring its roles now.
    """

    type: ClassVar[str] = "subscription.trial_replaced"
    subscription: UUID
    subscriptions: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class OptOutDeadlinePassed:
    """The last day on which auto-renewal could be switched off is over (R21)."""

    type: ClassVar[str] = "subscription.opt_out_deadline_passed"
    subscription: UUID
    deadline: date


@dataclass(frozen=True, slots=True)
class SubscriptionLapsed:
    """A period ended that was to be renewed, and was not paid on (R24)."""

    type: ClassVar[str] = "subscription.lapsed"
    subscription: UUID
    ends_on: date
    data_available_until: date


@dataclass(frozen=True, slots=True)
class SubscriptionEnded:
    """A period ended after which nothing was to follow (R9, R23)."""

    type: ClassVar[str] = "subscription.ended"
    subscription: UUID
    ends_on: date
    data_available_until: date


@dataclass(frozen=True, slots=True)
class SeatsAdded:
    """Paid seats came in mid-period (R27): how many, how many there are now, for which days."""

    type: ClassVar[str] = "subscription.seats_added"
    subscription: UUID
    order: UUID
    seats: int
    quantity: int
    starts_on: date
    ends_on: date


@dataclass(frozen=True, slots=True)
class SeatsTooLate:
    """Seats were paid when their period was over; the money goes back (R27)."""

    type: ClassVar[str] = "subscription.seats_too_late"
    subscription: UUID
    order: UUID
    seats: int


@dataclass(frozen=True, slots=True)
class SeatsTakenBack:
    """Seats that an order had added went again with it (R28): how many, and how many are left."""

    type: ClassVar[str] = "subscription.seats_taken_back"
    subscription: UUID
    order: UUID
    seats: int
    quantity: int


@dataclass(frozen=True, slots=True)
class SubscriptionCancelled:
    """Its order was taken back: it ended at that instant (R30), and its data are kept (R31)."""

    type: ClassVar[str] = "subscription.cancelled"
    subscription: UUID
    order: UUID
    data_available_until: date


@dataclass(frozen=True, slots=True)
class RenewalOrdered:
    """The period after the current one was ordered, to be paid before it begins (R24)."""

    type: ClassVar[str] = "subscription.renewal_ordered"
    subscription: UUID
    order: UUID
    number: int
    quantity: int
    starts_on: date
    ends_on: date


@dataclass(frozen=True, slots=True)
class SubscriptionRenewed:
    """The next period is paid; it begins where the one before ends (R20)."""

    type: ClassVar[str] = "subscription.renewed"
    subscription: UUID
    order: UUID
    number: int
    quantity: int
    starts_on: date
    ends_on: date


@dataclass(frozen=True, slots=True)
class SubscriptionReinstated:
    """A lapsed subscription goes on from its old end, without a gap (R24)."""

    type: ClassVar[str] = "subscription.reinstated"
    subscription: UUID
    order: UUID
    number: int


@dataclass(frozen=True, slots=True)
class RenewalDeclined:
    """The charge for the next period was declined (R24).

    ``next_attempt_on`` is the local day on which it is tried again, None if it is not; until the
    end of ``payable_until`` the customer can pay.
    """

    type: ClassVar[str] = "subscription.renewal_declined"
    subscription: UUID
    order: UUID
    reason: str
    next_attempt_on: date | None
    payable_until: date


@dataclass(frozen=True, slots=True)
class RenewalAuthenticationRequired:
    """The bank wants the customer to take part in the charge for the next period (R24)."""

    type: ClassVar[str] = "subscription.renewal_authentication_required"
    subscription: UUID
    order: UUID
    next_attempt_on: date | None
    payable_until: date


@dataclass(frozen=True, slots=True)
class RenewalGivenUp:
    """Nobody paid the next period while that was possible: it stays lapsed (R24, R31)."""

    type: ClassVar[str] = "subscription.renewal_given_up"
    subscription: UUID
    order: UUID | None
    number: int


@dataclass(frozen=True, slots=True)
class SeatsReduced:
    """The period that began has fewer seats; ``members`` lost theirs (R26)."""

    type: ClassVar[str] = "subscription.seats_reduced"
    subscription: UUID
    quantity: int
    members: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class RenewalTakenBack:
    """A renewal that was ordered by transfer comes to nothing: switched off, or changed (R24)."""

    type: ClassVar[str] = "subscription.renewal_taken_back"
    subscription: UUID
    order: UUID
    number: int
