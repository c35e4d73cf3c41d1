"""Mails about data: that they go soon, and that an archive of them is ready (R31)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from tenure.notices.letters import data as letters
from tenure.notices.letters.letter import Letter
from tenure.notices.links import console_page
from tenure.notices.queries.told import Told
from tenure.notices.queries.world import Reader, World
from tenure.notices.telling.drafts import Draft, to_each
from tenure.organisations.rules import Standing


def retention_warned(told: Told, world: World) -> Iterable[Draft]:
    """To owners and administrators, unless it was paid again or went since."""
    organisation = world.organisations[told.organisation]
    if organisation.purged_at is not None:
        return ()
    until = date.fromisoformat(told.data["data_available_until"])

    def compose(reader: Reader) -> Letter:
        return letters.retention_warned(
            organisation=organisation.name,
            days_left=told.data["days_left"],
            until=until,
            url=console_page(organisation.id, "extend"),
            data_url=console_page(organisation.id, "settings/data"),
            language=reader.language,
        )

    readers = world.administrators(organisation.id, (Standing.OWNER, Standing.ADMINISTRATOR))
    return to_each("retention_warned", readers, compose)


def export_made(told: Told, world: World) -> Iterable[Draft]:
    """To the owners: whoever else asked for it sees it where they asked."""
    organisation = world.organisations[told.organisation]
    if organisation.purged_at is not None:
        return ()

    def compose(_reader: Reader) -> Letter:
        return letters.export_made(
            organisation=organisation.name, url=console_page(organisation.id, "settings/data")
        )

    return to_each("export_made", world.administrators(organisation.id, (Standing.OWNER,)), compose)
