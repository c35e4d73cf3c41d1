"""The forecast: what is charged on which day, who loses what, what has a last day."""

from __future__ import annotations

from typing import Annotated, Final

from ninja import Query
from typing_extensions import TypedDict

from tenure.access.queries.forecast import LONGEST, Ahead, forecast_of
from tenure.api.callers import Call
from tenure.api.calls import Answer, Calls
from tenure.api.fields import NOT_SAID, Date
from tenure.api.shapes import Day, MoneyOut, money_out
from tenure.base.ids import public_id
from tenure.policy.words import PaymentMethod

calls = Calls("Living")

_FAR: Final = LONGEST.days // 365
Until = Annotated[
    Date | None,
    NOT_SAID,
    Query(None, description=f"The last day of it; a year if left out, {_FAR} years at the most."),
]


class ChargeOut(TypedDict):
    """One order's money. By transfer, `on` is the day on which it is due.

    `amount` is with tax, and null where no rate of tax is known for that day.
    """

    on: Day
    amount: MoneyOut | None
    subscriptions: list[str]
    method: str


class LossOut(TypedDict):
    """From `on` on the member does not hold the role any more."""

    on: Day
    member: str
    role: str
    reason: str


class DeadlineOut(TypedDict):
    """A last day, or one on which something happens; `about` is what else it is about."""

    on: Day
    kind: str
    subscription: str | None
    about: str | None


class ForecastOut(TypedDict):
    """What follows if nobody chooses anything else, up to and with `until`."""

    until: Day
    charges: list[ChargeOut]
    losses: list[LossOut]
    deadlines: list[DeadlineOut]


@calls.get("/organisations/{organisation}/forecast", ForecastOut)
def get_forecast(call: Call, until: Until = None) -> Answer:
    """What will be charged, on which day, to which method; who loses what; what has a last day."""
    return Answer(forecast_out(forecast_of(call.organisation, at=call.now, until=until)))


def forecast_out(ahead: Ahead) -> ForecastOut:
    """A forecast as it goes out."""
    return {
        "until": ahead.until.isoformat(),
        "charges": [
            {
                "on": each.on.isoformat(),
                "amount": None if each.amount is None else money_out(each.amount, each.currency),
                "subscriptions": [public_id("sub", id_) for id_ in each.subscriptions],
                "method": PaymentMethod.BANK_TRANSFER if each.by_transfer else PaymentMethod.CARD,
            }
            for each in ahead.charges
        ],
        "losses": [
            {
                "on": each.on.isoformat(),
                "member": public_id("mem", each.member),
                "role": each.role,
                "reason": each.reason,
            }
            for each in ahead.losses
        ],
        "deadlines": [
            {
                "on": each.on.isoformat(),
                "kind": each.kind,
                "subscription": public_id("sub", each.subscription) if each.subscription else None,
                "about": None if each.subscription else each.about,
            }
            for each in ahead.deadlines
        ],
    }
