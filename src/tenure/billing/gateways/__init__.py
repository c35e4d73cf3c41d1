"""Gateways: whoever moves card money for the vendor. One module each, one small protocol.

A gateway is told all that it needs in one frozen fact (``Charge``, ``CardToSave``,
``RefundOrder``), made of our own row and always the same for it, so that the same call can be made
again under the same key. No card number is in any of them: only the gateway's words for a card.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Protocol
from uuid import UUID

from tenure.base.money import Money


class Result(Enum):
    """What a gateway says of a charge, or of a card that it is to save."""

    CAPTURED = "captured"
    DECLINED = "declined"
    AUTHENTICATION_REQUIRED = "authentication_required"
    """The customer has to do something first: at the bank, or on the gateway's own page."""
    UNKNOWN = "unknown"
    """No answer came: the charge may have happened (R17)."""


@dataclass(frozen=True, slots=True)
class CardDetails:
    """A card that the gateway can charge again without its holder.

    ``reference`` is the gateway's word for it; ``fingerprint`` the same for the same card, however
    often it is saved. ``last4`` and the expiry are for people to tell cards apart; ``country`` is
    that of its issuer (ISO 3166), empty if the gateway does not say: a proof of a consumer's (R45).
    """

    reference: str
    fingerprint: str
    brand: str
    last4: str
    exp_month: int
    exp_year: int
    country: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of one charge; ``reason`` is the gateway's word for a refusal.

    ``reference`` is the gateway's name for the charge, ``customer`` its name for who pays,
    ``action_url`` where the customer goes next, ``card`` what can be charged again.
    """

    payment: UUID
    result: Result
    reason: str = ""
    reference: str = ""
    customer: str = ""
    action_url: str = ""
    card: CardDetails | None = None


@dataclass(frozen=True, slots=True)
class Charge:
    """A charge to be made once under ``payment``, its key: repeated, it gives the first answer.

    Without a ``token`` the customer gives the card on the gateway's own page. ``off_session``: the
    customer is not there, and the card one saved before (R24). ``saves_card``: it is to be charged
    again later without them. ``customer`` and ``reference`` are what the gateway has called them
    before, if it has; ``called_at`` is the machine's instant of the first call.
    """

    payment: UUID
    token: str
    amount: Money
    organisation: UUID
    order: UUID
    called_at: datetime
    customer: str = ""
    reference: str = ""
    saves_card: bool = True
    off_session: bool = False


@dataclass(frozen=True, slots=True)
class CardToSave:
    """A card to be saved once under ``key``, without a charge; without a ``token`` the customer
    gives it on the gateway's own page. The rest is as for a charge."""

    key: UUID
    token: str
    organisation: UUID
    called_at: datetime
    customer: str = ""
    reference: str = ""


class RefundResult(Enum):
    """What a gateway says of a refund."""

    DONE = "done"
    ON_ITS_WAY = "on_its_way"
    """Taken, and still being carried out; asked again later."""
    FAILED = "failed"
    UNKNOWN = "unknown"
    """No answer came: the money may have gone back."""


@dataclass(frozen=True, slots=True)
class RefundOutcome:
    """The result of one refund; ``reference`` is the gateway's name for it."""

    refund: UUID
    result: RefundResult
    reason: str = ""
    reference: str = ""


@dataclass(frozen=True, slots=True)
class RefundOrder:
    """Money to be given back once under ``refund``, its key, of what ``payment`` charged.

    ``charge`` is the gateway's name for that charge.
    """

    refund: UUID
    payment: UUID
    amount: Money
    charge: str = ""


@dataclass(frozen=True, slots=True)
class Heard:
    """What a gateway's message is about: something to ask about, for its word is no proof of now.

    Messages come late, twice, out of order, or never; what counts is what the gateway answers.
    """

    payment: UUID | None = None
    refund: UUID | None = None
    card: UUID | None = None


class Gateway(Protocol):
    """What Tenure asks of a gateway. Every call happens outside of any transaction.

    A lost answer is ``UNKNOWN``, never an exception.
    """

    name: str
    at_once: int
    """How many calls it may be asked at the same time by one worker."""

    def charge(self, charge: Charge) -> Outcome:
        """Charge a card; or open a page on which the customer gives one."""
        ...

    def ask(self, charge: Charge) -> Outcome:
        """What became of a charge; one that never arrived is closed, so that none can follow."""
        ...

    def cancel(self, charge: Charge) -> Outcome:
        """Give up a charge that waits for the customer; one captured in the meantime stays so."""
        ...

    def save_card(self, card: CardToSave) -> Outcome:
        """Save a card for later charges; ``CAPTURED`` when it is."""
        ...

    def ask_card(self, card: CardToSave) -> Outcome:
        """What became of a card to be saved; one that never arrived is declined."""
        ...

    def forget_card(self, reference: str) -> bool:
        """Charge a saved card no more; False if no answer came. Forgetting again is no error."""
        ...

    def refund(self, order: RefundOrder) -> RefundOutcome:
        """Give money back, once per key."""
        ...

    def ask_refund(self, order: RefundOrder) -> RefundOutcome | None:
        """What became of a refund; None for one that surely never arrived."""
        ...

    def hear(self, _body: bytes, _signature: str, /) -> Heard:
        """What a message is about; ``Refused`` unless the gateway has signed it."""
        ...
