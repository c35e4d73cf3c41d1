"""Mails about renewals to come: to whoever administers or pays (R25, R26)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Final
from uuid import UUID

from tenure.notices.letters import renewals as letters
from tenure.notices.letters.letter import Letter
from tenure.notices.links import console_page, home_page, subscription_page
from tenure.notices.queries.told import Told
from tenure.notices.queries.world import Reader, World
from tenure.notices.telling.drafts import Draft, to_each
from tenure.organisations.rules import Standing
from tenure.policy.words import Audience, PaymentMethod

WHO_CARE: Final = (Standing.OWNER, Standing.ADMINISTRATOR, Standing.BILLING)
"""Who is told of what renews, and of what does not."""


def reminded(told: Told, world: World) -> Iterable[Draft]:
    """One mail for all that an organisation is reminded of at an instant (R25)."""
    together = world.together(told)
    if together[0] is not told:
        return ()
    organisation = world.organisations[told.organisation]
    url = console_page(organisation.id, "subscriptions")
    if len(together) == 1:
        url = subscription_page(organisation.id, told.named("subscription", "sub") or told.id)

    def compose(reader: Reader) -> Letter:
        about = letters.Reminder(
            organisation=organisation.name,
            is_consumer=Audience(organisation.audience).is_consumer,
            coming=list(_coming(together, world, reader.language)),
            gone=list(_gone(together, world, reader.language)),
            url=url,
            proof_url=console_page(organisation.id, "settings/proof"),
        )
        return letters.reminder(about, language=reader.language)

    readers = world.administrators(organisation.id, WHO_CARE)
    return to_each("renewal_reminded", readers, compose)


def seats_go(told: Told, world: World) -> Iterable[Draft]:
    """To whoever administers: who loses a seat; and to each of these (R26)."""
    row = world.subscriptions.get(told.named("subscription", "sub") or told.id)
    if row is None:
        return
    organisation = world.organisations[told.organisation]
    members = told.listed("members", "mem")
    on = _day(told, "on")

    def to_administrators(reader: Reader) -> Letter:
        return letters.seats_go(
            organisation=organisation.name,
            offer=world.offer_names[row.offer_id][reader.language],
            on=on,
            names=_names(members[:_MOST_NAMED], world),
            count=len(members),
            url=subscription_page(organisation.id, row.id, "/losses"),
            language=reader.language,
        )

    def to_loser(reader: Reader) -> Letter:
        return letters.seat_goes(
            organisation=organisation.name,
            name=reader.name,
            offer=world.offer_names[row.offer_id][reader.language],
            on=on,
            url=home_page(),
            language=reader.language,
        )

    standings = [Standing.OWNER, Standing.ADMINISTRATOR]
    yield from to_each(
        "seats_go", world.administrators(organisation.id, standings), to_administrators
    )
    losers = [world.reader(world.members[id_]) for id_ in members if id_ in world.members]
    yield from to_each("seat_goes", losers, to_loser)


_MOST_NAMED: Final = 20


def _coming(together: Sequence[Told], world: World, language: str) -> Iterator[letters.Coming]:
    for told in together:
        row = world.subscriptions.get(told.named("subscription", "sub") or told.id)
        amount, net = told.data.get("amount"), told.data.get("net")
        if row is None or amount is None or net is None:
            continue
        yield letters.Coming(
            offer=world.offer_names[row.offer_id][language],
            quantity=int(told.data["quantity"]),
            term=row.term,
            renews_on=_day(told, "renews_on"),
            deadline=_day(told, "deadline"),
            net=net["amount"],
            gross=amount["amount"],
            currency=amount["currency"],
            by_transfer=told.data["method"] == PaymentMethod.BANK_TRANSFER,
            charged_on=_day(told, "charged_on"),
            needs=told.data["needs"],
            seats_lost=int(told.data["seats_lost"]),
            losers=_names(told.listed("members", "mem"), world),
        )


def _gone(together: Sequence[Told], world: World, language: str) -> Iterator[letters.NotRenewed]:
    for told in together:
        row = world.subscriptions.get(told.named("subscription", "sub") or told.id)
        if row is not None and told.data.get("amount") is None:
            offer = world.offer_names[row.offer_id][language]
            yield letters.NotRenewed(offer, _day(told, "renews_on"))


def _names(members: Iterable[UUID], world: World) -> list[str]:
    found = (world.members[id_] for id_ in members if id_ in world.members)
    return [member.name or member.email for member in found]


def _day(told: Told, field: str) -> date:
    return date.fromisoformat(str(told.data[field]))
