"""Mails about quotes: to the customer when one is sent, to the vendor when it is answered (R12)."""

from __future__ import annotations

from collections.abc import Iterable

from tenure.base.ids import public_id
from tenure.notices.letters import quotes as letters
from tenure.notices.letters.letter import Letter
from tenure.notices.letters.orders import Ordered, OrderedLine
from tenure.notices.links import console_page, staff_page
from tenure.notices.queries.told import Told
from tenure.notices.queries.world import Reader, World
from tenure.notices.telling.drafts import Draft, to_each
from tenure.orders.models import Quote, QuoteStatus
from tenure.organisations.rules import Standing
from tenure.policy.words import Audience


def sent(told: Told, world: World) -> Iterable[Draft]:
    """To owners, billing contacts and whoever asked for it, while it can be accepted."""
    quote = _quote(told, world)
    if quote is None or quote.status != QuoteStatus.SENT or quote.valid_until is None:
        return ()
    page = console_page(quote.organisation_id, f"billing/quotes/{public_id('quo', quote.id)}")

    def compose(reader: Reader) -> Letter:
        return letters.sent(_quoted(quote, world, reader), url=page, language=reader.language)

    standings = (Standing.OWNER, Standing.BILLING)
    asked = told.actor("member", "mem")
    readers = world.administrators(quote.organisation_id, standings, asked)
    return to_each("quote_sent", readers, compose)


def accepted(told: Told, world: World) -> Iterable[Draft]:
    """To the vendor's own address, if it gives one."""
    quote = _quote(told, world)
    if quote is None:
        return ()

    def compose(reader: Reader) -> Letter:
        return letters.accepted(
            _quoted(quote, world, reader), url=_customer(quote), language=reader.language
        )

    return to_each("quote_accepted", world.sales, compose)


def declined(told: Told, world: World) -> Iterable[Draft]:
    """To the same, with the customer's word."""
    quote = _quote(told, world)
    if quote is None:
        return ()

    def compose(reader: Reader) -> Letter:
        return letters.declined(
            _quoted(quote, world, reader),
            because=quote.declined_because,
            url=_customer(quote),
            language=reader.language,
        )

    return to_each("quote_declined", world.sales, compose)


def _quote(told: Told, world: World) -> Quote | None:
    return world.quotes.get(told.named("quote", "quo") or told.id)


def _customer(quote: Quote) -> str:
    return staff_page(f"customers/{public_id('org', quote.organisation_id)}")


def _quoted(quote: Quote, world: World, reader: Reader) -> letters.Quoted:
    organisation = world.organisations[quote.organisation_id]
    paper = world.quote_papers.get(quote.id)
    lines = [
        OrderedLine(
            name=world.offer_names[line.offer_id][reader.language],
            quantity=line.quantity,
            term=line.term,
            trial_days=line.trial_days,
            net=line.net,
            gross=line.gross,
        )
        for line in sorted(quote.lines.all(), key=lambda line: line.position)
    ]
    file = f"billing/invoices/{public_id('doc', paper.id)}/pdf" if paper else "billing/quotes"
    return letters.Quoted(
        number=paper.number if paper else public_id("quo", quote.id),
        ordered=Ordered(
            id=public_id("quo", quote.id),
            organisation=organisation.name,
            lines=lines,
            currency=quote.currency,
            net=quote.total_net,
            tax=quote.total_tax,
            total=quote.total,
            tax_percent=quote.tax_percent,
            reverse_charge=quote.reverse_charge,
            is_consumer=Audience(organisation.audience).is_consumer,
        ),
        valid_until=quote.valid_until or quote.made_at.date(),
        purchase_order=quote.purchase_order,
        pdf=console_page(quote.organisation_id, file),
    )
