"""Mails of renewals as they come, or do not (R20, R24), and of trials that end (R9)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta
from typing import Any, Final

from tenure.base.calendar import local_date, zone_named
from tenure.base.money import Money
from tenure.base.wording import money as in_words
from tenure.catalogue.rules import OfferFacts, price_in_force, terms_priced
from tenure.notices.letters import renewing as letters
from tenure.notices.letters.figures import term_in_words
from tenure.notices.letters.letter import Letter
from tenure.notices.letters.orders import Transfer
from tenure.notices.links import console_page, order_page, subscription_page
from tenure.notices.queries.told import Told
from tenure.notices.queries.world import Reader, World
from tenure.notices.telling import orders
from tenure.notices.telling.drafts import Draft, Teller, to_each
from tenure.notices.telling.renewals import WHO_CARE
from tenure.orders.models import Order, OrderKind, OrderStatus
from tenure.policy.words import Audience

_DAY: Final = timedelta(days=1)


def _of_renewals(own: Teller, others: Teller) -> Teller:
    """What is told of renewal orders otherwise than of all others."""

    def tell(told: Told, world: World) -> Iterable[Draft]:
        order = orders.order_of(told, world)
        renewal = order is not None and order.kind == OrderKind.RENEWAL
        return (own if renewal else others)(told, world)

    return tell


def _nothing(_told: Told, _world: World) -> Iterable[Draft]:
    """The subscriptions' own events tell of it."""
    return ()


def _renewed(told: Told, world: World) -> Iterable[Draft]:
    """To owners, billing contacts and whoever paid: the next period is there (R20)."""
    order = orders.order_of(told, world)
    if order is None or not world.begun.get(order.id):
        return ()
    organisation = world.organisations[order.organisation_id]
    begun = orders.begun_of(told, order, organisation, world)
    invoice = orders.invoice_of(order, world)
    again = world.begun[order.id][0].starts_at < told.at

    def compose(reader: Reader) -> Letter:
        return letters.renewed(
            orders.ordered_of(order, organisation, world, reader.language),
            begun,
            again=again,
            url=console_page(organisation.id, "subscriptions"),
            invoice=invoice,
            language=reader.language,
        )

    return to_each("subscription_renewed", orders.buyers_of(told, order, world), compose)


def _invoiced(told: Told, world: World) -> Iterable[Draft]:
    """To the same, while the renewal waits for its transfer: how to pay it (R24)."""
    order = orders.order_of(told, world)
    transfer = world.transfers.get(order.id) if order else None
    if order is None or transfer is None:
        return ()
    organisation = world.organisations[order.organisation_id]
    begins_on = _begins_on(order, world) or transfer.expires_on
    facts = world.vendor.facts
    to_pay = Transfer(
        holder=facts.get("account_holder") or facts.get("name", ""),
        iban=transfer.iban,
        bic=transfer.bic,
        reference=transfer.reference,
        missing=transfer.missing,
        until=begins_on,
    )

    def compose(reader: Reader) -> Letter:
        return letters.invoiced(
            orders.ordered_of(order, organisation, world, reader.language),
            to_pay,
            begins_on,
            url=order_page(order.id),
            invoice=orders.invoice_of(order, world),
            language=reader.language,
        )

    return to_each("renewal_invoiced", orders.buyers_of(told, order, world), compose)


def _begins_on(order: Order, world: World) -> date | None:
    """The first day of what the order renews: it is due then."""
    days = [renewal.begins_on for renewal in world.renewing.get(order.id, ())]
    return min(days, default=None)


order_paid: Final = _of_renewals(_renewed, orders.paid)
order_awaits_transfer: Final = _of_renewals(_invoiced, orders.awaiting_transfer)
order_declined: Final = _of_renewals(_nothing, orders.declined)
order_wants_step: Final = _of_renewals(_nothing, orders.authentication_required)


def declined(told: Told, world: World) -> Iterable[Draft]:
    """To owners and billing contacts, if nobody of them was there and it is still so (R24)."""
    return _unpaid(told, world, "renewal_declined", letters.declined)


def authentication_required(told: Told, world: World) -> Iterable[Draft]:
    """To the same, likewise: nobody is there to take the step, so it was declined (R24)."""
    kind = "renewal_authentication_required"
    return _unpaid(told, world, kind, letters.authentication_required)


def _unpaid(told: Told, world: World, kind: str, letter: Callable[..., Letter]) -> Iterable[Draft]:
    """One mail for an order, which may be for several subscriptions."""
    order = orders.order_of(told, world)
    first = next(e for e in world.together(told) if e.data.get("order") == told.data.get("order"))
    if (
        order is None
        or order.status != OrderStatus.DECLINED
        or told.by != "worker"
        or first is not told
    ):
        return ()
    organisation = world.organisations[order.organisation_id]
    attempt = letters.Attempt(
        next_on=_day(told.data.get("next_attempt_on")),
        payable_until=_day(told.data.get("payable_until")) or told.at.date(),
    )

    def compose(reader: Reader) -> Letter:
        return letter(
            orders.ordered_of(order, organisation, world, reader.language),
            attempt,
            url=order_page(order.id),
            language=reader.language,
        )

    return to_each(kind, orders.buyers_of(told, order, world), compose)


def lapsed(told: Told, world: World) -> Iterable[Draft]:
    """One mail for all that lapsed at an instant and did not go on since (R24)."""
    together = [event for event in world.together(told) if _is_still_over(event, world)]
    if not together or together[0] is not told:
        return ()
    organisation = world.organisations[told.organisation]
    subscriptions = {event.named("subscription", "sub") or event.id for event in together}
    orders_of_them = {world.renewal_orders.get(each) for each in subscriptions}
    to_pay = orders_of_them.pop() if len(orders_of_them) == 1 else None
    url = console_page(organisation.id, "subscriptions?show=over")
    if to_pay is not None:
        url = order_page(to_pay)
    elif len(subscriptions) == 1:
        url = subscription_page(organisation.id, subscriptions.pop())

    def compose(reader: Reader) -> Letter:
        rows = list(_lapsed(together, world, reader.language))
        return letters.lapsed(organisation.name, rows, url=url, language=reader.language)

    return to_each("subscription_lapsed", world.administrators(organisation.id, WHO_CARE), compose)


def _is_still_over(told: Told, world: World) -> bool:
    ended_on = _day(told.data.get("ends_on"))
    periods = world.periods.get(told.named("subscription", "sub") or told.id, ())
    return bool(periods) and ended_on is not None and periods[-1].ends_on <= ended_on


def _lapsed(together: Iterable[Told], world: World, language: str) -> Iterator[letters.Lapsed]:
    for event in together:
        row = world.subscriptions[event.named("subscription", "sub") or event.id]
        yield letters.Lapsed(
            offer=world.offer_names[row.offer_id][language],
            ends_on=date.fromisoformat(event.data["ends_on"]),
            data_until=date.fromisoformat(event.data["data_available_until"]),
        )


def trial_ending(told: Told, world: World) -> Iterable[Draft]:
    """To whoever administers, while the trial still runs: what it costs to go on (R9)."""
    row = world.subscriptions.get(told.named("subscription", "sub") or told.id)
    ends_on = _day(told.data.get("ends_on"))
    if row is None or row.cancelled_at is not None or ends_on is None:
        return ()
    organisation = world.organisations[told.organisation]
    today = local_date(told.at, zone_named(row.zone))
    roles = world.roles_of_offers.get(row.offer_id, ())
    tab = f"extend/{roles[0]}?quantity={row.quantity}" if len(roles) == 1 else "extend"

    def compose(reader: Reader) -> Letter:
        language = reader.language
        paid = [
            letters.Paid(
                world.offer_names[facts.id][language],
                list(_terms(facts, organisation.currency, today, language)),
            )
            for facts in world.offers_named
            if facts.id in told.data["offers"]
        ]
        return letters.trial_ending(
            organisation.name,
            world.offer_names[row.offer_id][language],
            ends_on - _DAY,
            paid,
            is_consumer=Audience(organisation.audience).is_consumer,
            url=console_page(organisation.id, tab),
            language=language,
        )

    return to_each("trial_ending", world.administrators(organisation.id, WHO_CARE), compose)


def _terms(offer: OfferFacts, currency: str, on: date, language: str) -> Iterator[tuple[str, str]]:
    """Each term of an offer with its price of a seat, as the catalogue has it (R7)."""
    for term in terms_priced(offer.prices, currency, on):
        held = price_in_force(offer.prices, term, currency, on)
        if held is not None:
            yield term_in_words(term, None), in_words(Money(held.amount, currency), language)


def _day(word: Any) -> date | None:
    return date.fromisoformat(word) if isinstance(word, str) else None
