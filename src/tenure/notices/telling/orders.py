"""Mails about orders and the proofs they wait for."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, timedelta

from tenure.base.calendar import Term, local_date, zone_named
from tenure.base.ids import public_id
from tenure.notices.letters import orders as letters
from tenure.notices.letters.letter import Letter
from tenure.notices.links import console_page, order_page
from tenure.notices.queries.told import Told
from tenure.notices.queries.world import Reader, World
from tenure.notices.telling.drafts import Draft, to_each
from tenure.orders.models import Order, OrderKind, OrderStatus
from tenure.orders.queries.policy import policy_numbered
from tenure.orders.rules.cancellation import BoughtLine, BoughtOrder, cancellation_verdict
from tenure.organisations.models import Organisation
from tenure.organisations.rules import Standing
from tenure.policy.words import Audience

_WHO_PAY = (Standing.OWNER, Standing.BILLING)
_INSTANT = timedelta(microseconds=1)


def paid(told: Told, world: World) -> Iterable[Draft]:
    """To owners, billing contacts and whoever bought: what starts, what renews (R18)."""
    order = order_of(told, world)
    if order is None or not (world.begun.get(order.id) or order.id in world.added):
        return ()
    organisation = world.organisations[order.organisation_id]
    begun = begun_of(told, order, organisation, world)
    invoice = invoice_of(order, world)

    def compose(reader: Reader) -> Letter:
        return letters.paid(
            ordered_of(order, organisation, world, reader.language),
            begun,
            url=console_page(organisation.id),
            invoice=invoice,
            language=reader.language,
        )

    return to_each("order_paid", buyers_of(told, order, world), compose)


def declined(told: Told, world: World) -> Iterable[Draft]:
    """To the same, if nobody of them was there when it was found, and it is still so (R17)."""
    return _unpaid(told, world, OrderStatus.DECLINED, "order_declined", letters.declined)


def authentication_required(told: Told, world: World) -> Iterable[Draft]:
    """To the same, likewise (R24)."""
    status = OrderStatus.AUTHENTICATION_REQUIRED
    kind = "order_authentication_required"
    return _unpaid(told, world, status, kind, letters.authentication_required)


def placed(told: Told, world: World) -> Iterable[Draft]:
    """To the same, if the order waits for a student's proof (R8)."""
    order = order_of(told, world)
    if order is None or order.status != OrderStatus.AWAITING_VERIFICATION:
        return ()
    organisation = world.organisations[order.organisation_id]
    zone = zone_named(organisation.timezone)
    until = local_date((order.expires_at or told.at) - _INSTANT, zone)

    def compose(reader: Reader) -> Letter:
        return letters.awaiting_verification(
            ordered_of(order, organisation, world, reader.language),
            until=until,
            url=order_page(order.id),
            language=reader.language,
        )

    return to_each("order_awaits_proof", buyers_of(told, order, world), compose)


def awaiting_transfer(told: Told, world: World) -> Iterable[Draft]:
    """To the same, while the order waits for a transfer: how to pay it (R15)."""
    return _transfer(told, world, "order_awaits_transfer", letters.awaiting_transfer)


def transfer_reminded(told: Told, world: World) -> Iterable[Draft]:
    """To the same, before the order expires (R15)."""
    return _transfer(told, world, "order_transfer_reminded", letters.transfer_reminder)


def tax_corrected(told: Told, world: World) -> Iterable[Draft]:
    """To the same, when the VAT number was validated and the tax goes back (R45)."""
    order = order_of(told, world)
    if order is None:
        return ()
    organisation = world.organisations[order.organisation_id]

    def compose(reader: Reader) -> Letter:
        return letters.tax_corrected(
            ordered_of(order, organisation, world, reader.language),
            order.vat_number,
            url=order_page(order.id),
            language=reader.language,
        )

    return to_each("order_tax_corrected", buyers_of(told, order, world), compose)


def verified(told: Told, world: World) -> Iterable[Draft]:
    """To the owners of a student's organisation, if a proof was accepted (R8).

    Who was proved by the address, when the organisation came to be, handed in none.
    """
    organisation = world.organisations[told.organisation]
    if organisation.created_at == told.at:
        return ()

    def compose(reader: Reader) -> Letter:
        return letters.proof_accepted(
            organisation=organisation.name,
            name=reader.name,
            url=console_page(organisation.id, "subscriptions"),
        )

    readers = world.administrators(organisation.id, [Standing.OWNER])
    return to_each("proof_accepted", readers, compose)


def proof_declined(told: Told, world: World) -> Iterable[Draft]:
    """To the same, if staff did not accept it (R8)."""
    organisation = world.organisations[told.organisation]
    proof = world.proofs.get(told.named("proof", "prf") or told.id)
    if proof is None or organisation.verified_at is not None:
        return ()

    def compose(reader: Reader) -> Letter:
        return letters.proof_declined(
            organisation=organisation.name,
            name=reader.name,
            because=proof.declined_because,
            url=console_page(organisation.id, "settings"),
        )

    readers = world.administrators(organisation.id, [Standing.OWNER])
    return to_each("proof_declined", readers, compose)


Unpaid = Callable[..., Letter]


def _unpaid(
    told: Told, world: World, status: OrderStatus, kind: str, letter: Unpaid
) -> Iterable[Draft]:
    order = order_of(told, world)
    if order is None or order.status != status or told.by != "worker":
        return ()
    organisation = world.organisations[order.organisation_id]

    def compose(reader: Reader) -> Letter:
        return letter(
            ordered_of(order, organisation, world, reader.language),
            url=order_page(order.id),
            language=reader.language,
        )

    return to_each(kind, buyers_of(told, order, world), compose)


def _transfer(
    told: Told, world: World, kind: str, letter: Callable[..., Letter]
) -> Iterable[Draft]:
    order = order_of(told, world)
    transfer = world.transfers.get(order.id) if order else None
    if order is None or transfer is None:
        return ()
    organisation = world.organisations[order.organisation_id]
    facts = world.vendor.facts
    to_pay = letters.Transfer(
        holder=facts.get("account_holder") or facts.get("name", ""),
        iban=transfer.iban,
        bic=transfer.bic,
        reference=transfer.reference,
        missing=transfer.missing,
        until=transfer.expires_on,
    )

    def compose(reader: Reader) -> Letter:
        return letter(
            ordered_of(order, organisation, world, reader.language),
            to_pay,
            url=order_page(order.id),
            language=reader.language,
        )

    return to_each(kind, buyers_of(told, order, world), compose)


def invoice_of(order: Order, world: World) -> letters.Paper | None:
    """Its invoice, if it has one."""
    row = world.invoices.get(order.id)
    if row is None:
        return None
    page = f"billing/invoices/{public_id('doc', row.id)}/pdf"
    return letters.Paper(row.number, console_page(order.organisation_id, page))


def order_of(told: Told, world: World) -> Order | None:
    """The order that is told of."""
    return world.orders.get(told.named("order", "ord") or told.id)


def buyers_of(told: Told, order: Order, world: World) -> list[Reader]:
    """Owners, billing contacts, and whoever acted."""
    return world.administrators(order.organisation_id, _WHO_PAY, told.actor("member", "mem"))


def ordered_of(
    order: Order, organisation: Organisation, world: World, language: str
) -> letters.Ordered:
    """The order as a mail shows it."""
    return letters.Ordered(
        id=public_id("ord", order.id),
        organisation=organisation.name,
        lines=[
            letters.OrderedLine(
                name=world.offer_names[line.offer_id][language],
                quantity=line.quantity,
                term=line.term,
                trial_days=line.trial_days,
                net=line.net,
                gross=line.gross,
            )
            for line in world.lines[order.id]
        ],
        currency=order.currency,
        net=order.total_net,
        tax=order.total_tax,
        total=order.total,
        tax_percent=order.tax_percent,
        reverse_charge=order.reverse_charge,
        is_consumer=Audience(organisation.audience).is_consumer,
    )


def begun_of(told: Told, order: Order, organisation: Organisation, world: World) -> letters.Begun:
    """What the order began, or added seats to; an order from the store has one term, so one
    stretch of days."""
    added = world.added.get(order.id)
    period = added.period if added else world.begun[order.id][0]
    subscription = added.change.subscription if added else period.subscription
    first = added.change.starts_on if added else None
    return letters.Begun(
        starts_on=first or period.starts_on,
        last_day=period.ends_on - timedelta(days=1),
        renews_on=period.ends_on if subscription.auto_renew else None,
        opt_out_on=period.opt_out_on,
        cancellable_until=_cancellable_until(told, order, organisation, world),
    )


def _cancellable_until(
    told: Told, order: Order, organisation: Organisation, world: World
) -> date | None:
    """The last day of R28, if there is one."""
    policy = policy_numbered(order.policy_version_id)
    renewal = order.kind == OrderKind.RENEWAL
    bought = BoughtOrder(
        lines=tuple(
            BoughtLine(Term(line.term), line.gross, renewal) for line in world.lines[order.id]
        ),
        currency=order.currency,
        paid_on=order.paid_on,
        statutory=policy.statutory_eu.protects(
            Audience(organisation.audience), organisation.country
        ),
    )
    zone = zone_named(organisation.timezone)
    verdict = cancellation_verdict(bought, at=told.at, zone=zone, policy=policy)
    deadline = verdict.figures.get("deadline")
    return deadline if verdict and isinstance(deadline, date) else None
