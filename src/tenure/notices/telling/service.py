"""Mails about what the vendor's staff do at customers', and what is asked of them."""

from __future__ import annotations

from collections.abc import Iterable

from tenure.base.ids import public_id
from tenure.notices.letters import service as letters
from tenure.notices.letters.letter import Letter
from tenure.notices.links import console_page, staff_page
from tenure.notices.queries.told import Told
from tenure.notices.queries.world import Reader, World
from tenure.notices.telling.cancellations import asker, received
from tenure.notices.telling.drafts import Compose, Draft, to_each
from tenure.organisations.rules import Standing
from tenure.support.models import Request
from tenure.support.rules import RequestKind


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


def request_made(told: Told, world: World) -> Iterable[Draft]:
    """To the staff, and to whoever asked, that it arrived (R4, R29)."""
    row = world.requests.get(told.named("request", "req") or told.id)
    if row is None:
        return
    cancels = row.kind == RequestKind.CANCELLATION
    if not cancels or row.decided_at != row.created_at:
        yield from to_each("request_made", world.staff, _for_staff(row, row.message, world))
    if cancels:
        yield from received(row, world, by=told.by)
        return

    def acknowledge(reader: Reader) -> Letter:
        about = _about(row, world, reader.language)
        return letters.request_acknowledged(name=reader.name, word=row.message, about=about)

    yield from to_each("request_acknowledged", asker(row, world), acknowledge)


def request_answered(told: Told, world: World) -> Iterable[Draft]:
    """To whoever asked: the answer (R29)."""
    row = world.requests.get(told.named("request", "req") or told.id)
    said = world.messages.get(told.named("message", "msg") or told.id)
    if row is None or said is None:
        return ()

    def compose(reader: Reader) -> Letter:
        return letters.request_answered(
            name=reader.name,
            answer=said.text,
            word=row.message,
            about=_about(row, world, reader.language),
        )

    return to_each("request_answered", asker(row, world), compose)


def request_followed_up(told: Told, world: World) -> Iterable[Draft]:
    """To the staff: whoever asked wrote again."""
    row = world.requests.get(told.named("request", "req") or told.id)
    said = world.messages.get(told.named("message", "msg") or told.id)
    if row is None or said is None:
        return ()
    return to_each("request_followed_up", world.staff, _for_staff(row, said.text, world))


def _for_staff(row: Request, word: str, world: World) -> Compose:
    def compose(reader: Reader) -> Letter:
        writer = next(iter(asker(row, world)), None)
        return letters.request_received(
            kind=row.kind,
            about=_about(row, world, reader.language),
            word=word,
            who=writer.name if writer else "",
            email=writer.email if writer else "",
            url=staff_page(f"requests/{public_id('req', row.id)}"),
        )

    return compose


def _about(row: Request, world: World, language: str) -> str:
    """The offer that a contact carries along (R4)."""
    if not row.offer_id:
        return ""
    name = world.offer_names[row.offer_id][language]
    return f"{row.quantity} × {name}" if row.quantity else name
