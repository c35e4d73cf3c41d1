"""Mails about what the vendor's staff do at customers', and what is asked of them."""

from __future__ import annotations

from collections.abc import Iterable

from tenure.notices.letters import service as letters
from tenure.notices.letters.letter import Letter
from tenure.notices.links import console_page
from tenure.notices.queries.told import Told
from tenure.notices.queries.world import Reader, World
from tenure.notices.telling.drafts import Draft, to_each
from tenure.organisations.rules import Standing


def acting_begun(told: Told, world: World) -> Iterable[Draft]:
    """To the owners: who of the vendor's staff acts for them, and why."""
    row = world.interventions.get(told.named("intervention", "itv") or told.id)
    if row is None:
        return ()
    organisation = world.organisations[row.organisation_id]
    staff = row.user.name or row.user.email

    def compose(reader: Reader) -> Letter:
        return letters.acting_begun(
            organisation=organisation.name,
            name=reader.name,
            staff=staff,
            reason=row.reason,
            url=console_page(organisation.id, "history"),
        )

    readers = world.administrators(row.organisation_id, [Standing.OWNER])
    return to_each("acting_begun", readers, compose)


def owner_recovered(told: Told, world: World) -> Iterable[Draft]:
    """To all owners and administrators: whom the vendor's staff made owner (R34)."""
    member = world.members.get(told.named("member", "mem") or told.id)
    if member is None:
        return ()
    organisation = world.organisations[member.organisation_id]
    recovered = world.reader(member)

    def compose(reader: Reader) -> Letter:
        return letters.owner_recovered(
            organisation=organisation.name,
            name=reader.name,
            member=recovered.name or recovered.email,
            url=console_page(organisation.id, "history"),
        )

    standings = (Standing.OWNER, Standing.ADMINISTRATOR)
    readers = world.administrators(member.organisation_id, standings)
    return to_each("owner_recovered", readers, compose)
