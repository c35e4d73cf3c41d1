"""Mails about orders that somebody asks to cancel (R29, R30)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Final

from tenure.base.ids import public_id
from tenure.billing.models import RefundStatus
from tenure.flows.cancellation import confirmable_for
from tenure.notices.letters import cancellations as letters
from tenure.notices.letters.cancellations import Asked, MoneyBack
from tenure.notices.letters.figures import moment, money
from tenure.notices.letters.letter import Letter
from tenure.notices.links import confirm_page, console_page
from tenure.notices.queries.told import Told
from tenure.notices.queries.world import Reader, World
from tenure.notices.telling.drafts import Draft, to_each
from tenure.orders.models import OrderStatus
from tenure.organisations.rules import Standing
from tenure.support.models import Request

SHOWN_DIGITS: Final = 4
"""How much of an account number a mail shows."""


def granted(told: Told, world: World) -> Iterable[Draft]:
    """To whoever asked, and to who looks after the bill: what goes back, when, and where (R30)."""
    row = world.requests.get(told.named("request", "req") or told.id)
    if row is None or row.refund_amount is None:
        return ()
    kept_until = _kept_until(row, world)

    def compose(reader: Reader) -> Letter:
        return letters.granted(
            _asked(row, world, reader),
            _money_back(row, world, reader.language),
            kept_until=kept_until,
            whole=_is_cancelled(row, world),
            language=reader.language,
        )

    return to_each("cancellation_granted", _readers(row, world), compose)


def declined(told: Told, world: World) -> Iterable[Draft]:
    """To whoever asked: that the order stays, with staff's word (R29)."""
    row = world.requests.get(told.named("request", "req") or told.id)
    if row is None:
        return ()
    answer = world.words.get(row.id, "")

    def compose(reader: Reader) -> Letter:
        return letters.declined(_asked(row, world, reader), answer=answer)

    return to_each("cancellation_declined", asker(row, world), compose)


def received(row: Request, world: World, *, by: str) -> Iterable[Draft]:
    """To whoever asked, that it arrived and waits; one granted at once has its own mail."""
    if row.decided_at == row.created_at:
        return ()

    def compose(reader: Reader) -> Letter:
        asked = _asked(row, world, reader)
        order = world.orders.get(row.order_id) if row.order_id else None
        if by == "visitor" and order is not None:
            days = confirmable_for(order).days
            return letters.to_confirm(asked, url=confirm_page(row.id), days=days)
        return letters.received(asked)

    return to_each("cancellation_received", asker(row, world), compose)


def asker(row: Request, world: World) -> list[Reader]:
    """By the address that was given, or else the owners of the organisation."""
    if row.email:
        return [Reader(row.email, row.name, row.language)]
    if row.organisation_id is None:
        return []
    return world.administrators(row.organisation_id, [Standing.OWNER])


def _readers(row: Request, world: World) -> list[Reader]:
    """Whoever asked, and the owners and billing contacts if they are others."""
    found = {reader.email: reader for reader in asker(row, world)}
    if row.organisation_id is not None:
        standings = (Standing.OWNER, Standing.BILLING)
        for reader in world.administrators(row.organisation_id, standings):
            found.setdefault(reader.email, reader)
    return list(found.values())


def _asked(row: Request, world: World, reader: Reader) -> Asked:
    order = public_id("ord", row.order_id) if row.order_id else ""
    organisation = world.organisations.get(row.organisation_id) if row.organisation_id else None
    return Asked(
        name=reader.name,
        order=order,
        word=row.message,
        sent=moment(
            row.created_at, organisation.timezone if organisation else "UTC", reader.language
        ),
        url=console_page(row.organisation_id, f"orders/{order}") if row.organisation_id else "",
    )


def _money_back(row: Request, world: World, language: str) -> MoneyBack:
    order = world.orders.get(row.order_id) if row.order_id else None
    if order is None or not row.refund_amount:
        return MoneyBack("")
    amount = money(row.refund_amount, order.currency, language)
    refund = world.refunds.get(order.id)
    if refund is None:
        return MoneyBack(amount)
    waits = refund.status == RefundStatus.AWAITING_IBAN
    return MoneyBack(amount, refund.method, refund.iban[-SHOWN_DIGITS:], waits)


def _is_cancelled(row: Request, world: World) -> bool:
    order = world.orders.get(row.order_id) if row.order_id else None
    return order is not None and order.status == OrderStatus.CANCELLED


def _kept_until(row: Request, world: World) -> date | None:
    days = [
        period.data_until_on
        for period in (world.begun.get(row.order_id, ()) if row.order_id else ())
        if period.subscription.cancelled_at is not None
    ]
    return max(days, default=None)
