"""A paid offer ends the trial of its roles, and takes over its assignments (R9)."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from tenure.access.commands.seats import move_seats
from tenure.access.models import Seat
from tenure.access.queries.seats import roles_by_offer
from tenure.base.calendar import Term
from tenure.catalogue.models import OfferRole
from tenure.catalogue.queries import known_catalogue
from tenure.catalogue.rules import purchasable
from tenure.events.journal import Journal
from tenure.events.rows import AMONG, read_rows, to_read
from tenure.events.sending import Question
from tenure.subscriptions.commands.beginning import Begun
from tenure.subscriptions.commands.trials import replace_trials
from tenure.subscriptions.events import TrialEnding
from tenure.subscriptions.models import Period, Subscription
from tenure.subscriptions.rules.periods import PeriodKind

_RUNNING: Final = f"""
    WHERE organisation_id {AMONG} AND term = 'trial' AND cancelled_at IS NULL AND EXISTS (
        SELECT FROM subscriptions_period AS period
        WHERE period.subscription_id = subscriptions_subscription.id AND period.ends_at > %s
    )
    ORDER BY id FOR NO KEY UPDATE
"""


def offer_paid_terms(*, periods: Sequence[Period], journal: Journal) -> None:
    """Those of ``periods`` that are trials come near their end: say what can be bought (R9).

    The periods are read with their subscription and organisation. Two statements at the most.
    """
    trials = [
        period
        for period in periods
        if period.kind == PeriodKind.TRIAL
        and period.subscription.cancelled_at is None
        and journal.at < period.ends_at
    ]
    if not trials:
        return
    roles = roles_by_offer({period.subscription.offer_id for period in trials})
    wanted = frozenset[str]().union(*roles.values())
    brings = OfferRole.objects.filter(role_id__in=wanted).values_list("offer_id", flat=True)
    offers = known_catalogue().offers(set(brings))
    for period in trials:
        row, buyer = period.subscription, period.organisation
        fitting = sorted(
            id_
            for id_, offer in offers.items()
            if not offer.is_trial
            and offer.audience == buyer.audience
            and roles[row.offer_id] <= offer.roles
            and purchasable(offer, buyer.country)
        )
        fitting.sort(key=lambda id_: len(offers[id_].roles))
        fact = TrialEnding(
            subscription=row.id, ends_on=period.ends_on, offers=tuple(fitting[:_MOST_OFFERED])
        )
        journal.record(row.organisation_id, fact)


_MOST_OFFERED: Final = 3
"""So many offers are named beside a trial that ends; those that bring little else come first."""


@dataclass(frozen=True, slots=True)
class Replacement:
    """A running trial, and the subscriptions just paid that bring all of its roles."""

    trial: Subscription
    by: Sequence[Subscription]


def end_trials(*, begun: Sequence[Begun], journal: Journal) -> None:
    """End the trials whose roles the subscriptions just ``begun`` bring, in favour of these.

    Whoever holds a seat of the trial gets one of each of them, those who used theirs last first,
    and what is kept for somebody invited comes after; where fewer seats were bought, the rest
    loses the role with the trial. One statement where there is no trial.
    """
    paid = [each.subscription for each in begun if each.subscription.term != Term.TRIAL]
    if not paid:
        return
    organisations = list({row.organisation_id for row in paid})
    trials = read_rows(Subscription, _RUNNING, [organisations, journal.at])
    replaced = list(_replacements(trials, paid)) if trials else []
    if not replaced:
        return
    journal.write()  # the seats just made are given away at once
    replace_trials(
        replaced=[(each.trial, [row.id for row in each.by]) for each in replaced], journal=journal
    )
    _move(replaced, journal)


def to_end_trials(organisation: UUID, at: datetime) -> Question:
    """What ``end_trials`` asks, to be foreseen."""
    return to_read(Subscription, _RUNNING, [[organisation], at])


def _replacements(
    trials: Collection[Subscription], paid: Sequence[Subscription]
) -> Iterator[Replacement]:
    roles = roles_by_offer({row.offer_id for row in (*trials, *paid)})
    for trial in trials:
        own = [row for row in paid if row.organisation_id == trial.organisation_id]
        by = _covering(roles[trial.offer_id], own, roles)
        if by:
            yield Replacement(trial, by)


def _covering(
    tried: frozenset[str], paid: Sequence[Subscription], roles: Mapping[str, frozenset[str]]
) -> list[Subscription]:
    """One that brings all of the roles, or else several that do together; none if they do not."""
    for row in paid:
        if tried <= roles[row.offer_id]:
            return [row]
    chosen: list[Subscription] = []
    missing = set(tried)
    for row in paid:
        if missing & roles[row.offer_id]:
            chosen.append(row)
            missing -= roles[row.offer_id]
    return chosen if not missing else []


def _move(replaced: Sequence[Replacement], journal: Journal) -> None:
    """Four statements for any number of trials and seats."""
    trials = [each.trial.id for each in replaced]
    paid = [row.id for each in replaced for row in each.by]
    rows = Seat.objects.select_for_update(of=("self",)).select_related("member")
    held: dict[UUID, list[Seat]] = {}
    for seat in rows.filter(subscription_id__in=[*trials, *paid]).order_by("id"):
        held.setdefault(seat.subscription_id, []).append(seat)
    moves: list[tuple[Seat, list[Seat]]] = []
    for each in replaced:
        free = [iter(held.get(row.id, ())) for row in each.by]
        for seat in _in_turn(held.get(each.trial.id, ())):
            moves.append((seat, [to for seats in free if (to := next(seats, None)) is not None]))
    move_seats(moves=[move for move in moves if move[1]], journal=journal)


def _in_turn(seats: Collection[Seat]) -> list[Seat]:
    """Those who used their seat last come first, then those assigned first; then invitations."""
    assigned = [seat for seat in seats if seat.member_id is not None]
    assigned.sort(key=lambda seat: str(seat.assigned_at))
    assigned.sort(key=lambda seat: str(seat.last_used_on or ""), reverse=True)
    return assigned + [seat for seat in seats if seat.invitation_id is not None]
