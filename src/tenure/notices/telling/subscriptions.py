"""Mails about auto-renewal: to owners, and to whoever switched it (R21)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from tenure.base.calendar import Term, period_bounds
from tenure.notices.letters import subscriptions as letters
from tenure.notices.letters.letter import Letter
from tenure.notices.links import subscription_page
from tenure.notices.queries.told import Told
from tenure.notices.queries.world import Reader, World
from tenure.notices.telling.drafts import Draft, to_each
from tenure.organisations.rules import Standing
from tenure.subscriptions.models import Period, Subscription

_DAY = timedelta(days=1)


def switched(told: Told, world: World) -> Iterable[Draft]:
    """As it was switched, with the dates of the period in which it was."""
    row = world.subscriptions.get(told.named("subscription", "sub") or told.id)
    periods = world.periods.get(row.id) if row else None
    if row is None or not periods:
        return ()
    current = next((p for p in periods if p.starts_at <= told.at < p.ends_at), periods[-1])

    def compose(reader: Reader) -> Letter:
        return _letter(told, row, current, world, reader)

    readers = world.administrators(
        row.organisation_id, [Standing.OWNER], told.actor("member", "mem")
    )
    return to_each("auto_renewal_switched", readers, compose)


def _letter(told: Told, row: Subscription, current: Period, world: World, reader: Reader) -> Letter:
    language = reader.language
    organisation = world.organisations[row.organisation_id].name
    offer = world.offer_names[row.offer_id][language]
    url = subscription_page(row.organisation_id, row.id)
    if told.data["auto_renew"]:
        return letters.renewal_on(
            organisation=organisation,
            offer=offer,
            quantity=row.next_quantity,
            renews_on=current.ends_on,
            opt_out_on=current.opt_out_on,
            url=url,
            language=language,
        )
    if told.data["from_next_period"]:
        return letters.renewal_off_later(
            organisation=organisation,
            offer=offer,
            quantity=row.next_quantity,
            renews_on=current.ends_on,
            last_day=_end_of_next(row, current) - _DAY,
            url=url,
            language=language,
        )
    return letters.renewal_off(
        organisation=organisation,
        offer=offer,
        quantity=row.quantity,
        last_day=current.ends_on - _DAY,
        url=url,
        language=language,
    )


def _end_of_next(row: Subscription, current: Period) -> date:
    """The first day after the next period, computed from the anchor (R1)."""
    return period_bounds(row.anchor_on, Term(row.term), current.number + 1).ends_on
