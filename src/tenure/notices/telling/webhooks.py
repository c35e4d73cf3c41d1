"""Mails about endpoints that take nothing any more."""

from __future__ import annotations

from collections.abc import Iterable

from tenure.base.ids import public_id
from tenure.notices.letters import webhooks as letters
from tenure.notices.letters.letter import Letter
from tenure.notices.links import console_page, staff_page
from tenure.notices.queries.told import Told
from tenure.notices.queries.world import Reader, World
from tenure.notices.telling.drafts import Draft, to_each
from tenure.organisations.rules import Standing


def disabled(told: Told, world: World) -> Iterable[Draft]:
    """To owners and administrators, or the vendor's staff; nobody if it was enabled since."""
    row = world.webhooks.get(told.named("webhook", "hook") or told.id)
    if row is None or row.disabled_at is None:
        return ()
    organisation, place = row.organisation_id, f"webhooks/{public_id('hook', row.id)}"
    readers = world.staff
    if organisation is not None:
        standings = (Standing.OWNER, Standing.ADMINISTRATOR)
        readers = world.administrators(organisation, standings)

    def compose(reader: Reader) -> Letter:
        return letters.disabled(
            name=reader.name,
            address=row.url,
            answer=letters.answer_of(row.disabled_why),
            url=console_page(organisation, f"settings/{place}")
            if organisation is not None
            else staff_page(),
        )

    return to_each("webhook_disabled", readers, compose)
