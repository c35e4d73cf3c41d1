"""What somebody binds themselves to by buying, in dates, before they do (R18, R21, R28)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from tenure.base.calendar import Span, Term, period_bounds, trial_bounds, zone_named
from tenure.base.verdicts import Verdict
from tenure.orders.rules.cancellation import BoughtLine, BoughtOrder, cancellation_verdict
from tenure.subscriptions.rules.renewal import opt_out_deadline
from tenure.subscriptions.rules.retention import retention_days
from tenure.web.store.shop import Shop


@dataclass(frozen=True, slots=True)
class Obligations:
    """If it were bought today: its period, until when the renewal is stopped, and taken back.

    ``cancel_until`` is None where there is no window; ``proof_until`` where none is asked for.
    """

    term: Term
    starts_on: date
    last_day: date
    renews_on: date | None
    stop_until: date | None
    cancel_until: date | None
    cancellation: Verdict
    data_days: int
    proof_days: int


def obligations(shop: Shop, term: Term, trial_days: int | None, gross: int) -> Obligations:
    """What buying for ``term`` today means, by the policy in force."""
    today = shop.visit.today
    span = _span(today, term, trial_days)
    policy = shop.policy
    statutory = policy.statutory_eu.protects(shop.audience, shop.country)
    order = BoughtOrder((BoughtLine(term, gross),), shop.currency, today, statutory=statutory)
    verdict = cancellation_verdict(order, at=shop.visit.now, zone=zone_named("UTC"), policy=policy)
    renews = term is not Term.TRIAL
    deadline = verdict.figures.get("deadline") if verdict else None
    return Obligations(
        term=term,
        starts_on=span.starts_on,
        last_day=span.last_day,
        renews_on=span.ends_on if renews else None,
        stop_until=opt_out_deadline(span.ends_on, policy) if renews else None,
        cancel_until=deadline if isinstance(deadline, date) else None,
        cancellation=verdict,
        data_days=retention_days(policy, shop.audience, shop.country),
        proof_days=policy.students.verification_wait_days,
    )


def _span(today: date, term: Term, trial_days: int | None) -> Span:
    return (
        trial_bounds(today, trial_days or 1)
        if term is Term.TRIAL
        else period_bounds(today, term, 1)
    )
