"""Where a customer's VAT number stands, told beside its field and at the checkout (R45)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from tenure.organisations.models import Organisation, VatCheck
from tenure.organisations.queries import vat_checks_of
from tenure.organisations.rules.numbers import known_prefixes


@dataclass(frozen=True, slots=True)
class VatState:
    """What ``edge/vat_state.html`` shows.

    ``state`` is ``valid``, ``waiting``, ``invalid``, ``form`` (only its form can be checked) or
    ``missing``; ``spares`` whether a validated number spares this customer the tax here.
    """

    state: str
    spares: bool
    number: str = ""
    answered_on: date | None = None
    consultation: str = ""


def vat_state(row: Organisation | None, *, spares: bool) -> VatState | None:
    """What to tell of the number of ``row``, or of somebody who is not known yet; None: nothing.

    One statement if there is a number.
    """
    if row is None or not row.vat_number:
        return VatState("missing", spares) if spares else None
    check = vat_checks_of([row]).get(row.id)
    if check is None:
        known = bool(known_prefixes(row.billing_country))
        return VatState("form", spares, row.vat_number) if known else None
    return VatState(
        state=_STATES[VatCheck.Outcome(check.outcome)],
        spares=spares,
        number=row.vat_number,
        answered_on=check.answered_at.date() if check.answered_at else None,
        consultation=check.consultation,
    )


_STATES = {
    VatCheck.Outcome.WAITING: "waiting",
    VatCheck.Outcome.UNAVAILABLE: "waiting",
    VatCheck.Outcome.VALID: "valid",
    VatCheck.Outcome.INVALID: "invalid",
}
