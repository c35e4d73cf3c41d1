"""Mails about members: invited, brought in, suspended, restored, removed; ownership, roles."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from tenure.access.rules.requests import WAITING, RequestStatus
from tenure.base.calendar import local_date, zone_named
from tenure.notices.letters import people as letters
from tenure.notices.letters.letter import Letter
from tenure.notices.links import console_page, home_page, invitation_page, ownership_page
from tenure.notices.queries.told import Told
from tenure.notices.queries.world import Reader, World
from tenure.notices.telling.drafts import Compose, Draft, to_each
from tenure.organisations.models import InvitationStatus
from tenure.organisations.rules import MemberStatus, OfferStatus, Standing

_INSTANT = timedelta(microseconds=1)


def invited(told: Told, world: World) -> Iterable[Draft]:
    """To whom is invited, as long as the invitation is open (R36)."""
    row = world.invitations.get(told.named("invitation", "inv") or told.id)
    if row is None or row.status != InvitationStatus.PENDING:
        return
    organisation = world.organisations[row.organisation_id]
    last_day = local_date(row.expires_at - _INSTANT, zone_named(organisation.timezone))
    again = told.type == "invitation.sent_again"

    def compose(reader: Reader) -> Letter:
        names = [world.role_names[role][reader.language] for role in row.roles]
        return letters.invitation(
            organisation=organisation.name,
            name=reader.name,
            roles=names,
            standing=row.standing,
            last_day=last_day,
            url=invitation_page(row.id),
            again=again,
            language=reader.language,
        )

    yield Draft("invitation", world.reader(row.member), compose)


def provisioned(told: Told, world: World) -> Iterable[Draft]:
    """To whom the organisation's identity provider brought in, as long as they are active (R36)."""
    name = world.organisations[told.organisation].name
    return _to_member(
        told,
        world,
        MemberStatus.ACTIVE,
        "member_provisioned",
        lambda reader: letters.provisioned(
            organisation=name, name=reader.name, email=reader.email, url=home_page()
        ),
    )


def suspended(told: Told, world: World) -> Iterable[Draft]:
    """To the member, unless restored since (R37)."""
    name = world.organisations[told.organisation].name
    return _to_member(
        told,
        world,
        MemberStatus.SUSPENDED,
        "member_suspended",
        lambda reader: letters.suspended(organisation=name, name=reader.name),
    )


def restored(told: Told, world: World) -> Iterable[Draft]:
    """To the member, unless suspended again since (R37)."""
    name = world.organisations[told.organisation].name
    return _to_member(
        told,
        world,
        MemberStatus.ACTIVE,
        "member_restored",
        lambda reader: letters.restored(organisation=name, name=reader.name, url=home_page()),
    )


def removed(told: Told, world: World) -> Iterable[Draft]:
    """To whom was a member, unless invited again since (R37)."""
    name = world.organisations[told.organisation].name
    return _to_member(
        told,
        world,
        MemberStatus.REMOVED,
        "member_removed",
        lambda reader: letters.removed(organisation=name, name=reader.name),
    )


def ownership_offered(told: Told, world: World) -> Iterable[Draft]:
    """To whom it is offered, as long as it is (R34)."""
    row = world.ownership_offers.get(told.named("ownership_offer", "own") or told.id)
    if row is None or row.status != OfferStatus.OPEN:
        return
    organisation = world.organisations[row.organisation_id]
    giver = world.reader(row.giver)

    def compose(reader: Reader) -> Letter:
        return letters.ownership_offered(
            organisation=organisation.name,
            name=reader.name,
            giver=giver.name or giver.email,
            url=ownership_page(row.organisation_id, row.id),
        )

    yield Draft("ownership_offered", world.reader(row.taker), compose)


def role_asked(told: Told, world: World) -> Iterable[Draft]:
    """To whoever administers, as long as nobody has answered (R40)."""
    row = world.role_requests.get(told.named("role_request", "ask") or told.id)
    if row is None or row.status not in WAITING:
        return ()
    organisation = world.organisations[row.organisation_id]
    asker = world.reader(row.member)

    def compose(reader: Reader) -> Letter:
        return letters.role_asked(
            organisation=organisation.name,
            member=asker.name or asker.email,
            role=world.role_names[row.role_id][reader.language],
            word=row.note,
            url=console_page(organisation.id, "roles/requests"),
        )

    readers = world.administrators(row.organisation_id, (Standing.OWNER, Standing.ADMINISTRATOR))
    return to_each("role_asked", readers, compose)


def role_granted(told: Told, world: World) -> Iterable[Draft]:
    """To whoever asked for it (R40)."""
    row = world.role_requests.get(told.named("role_request", "ask") or told.id)
    if row is None or row.status != RequestStatus.GRANTED:
        return
    name = world.organisations[row.organisation_id].name

    def compose(reader: Reader) -> Letter:
        return letters.role_granted(
            organisation=name,
            name=reader.name,
            role=world.role_names[row.role_id][reader.language],
            url=home_page(),
        )

    yield Draft("role_granted", world.reader(row.member), compose)


def role_declined(told: Told, world: World) -> Iterable[Draft]:
    """To whoever asked for it, with the word (R40)."""
    row = world.role_requests.get(told.named("role_request", "ask") or told.id)
    if row is None or row.status != RequestStatus.DECLINED:
        return
    name = world.organisations[row.organisation_id].name

    def compose(reader: Reader) -> Letter:
        return letters.role_declined(
            organisation=name,
            name=reader.name,
            role=world.role_names[row.role_id][reader.language],
            word=row.answer,
        )

    yield Draft("role_declined", world.reader(row.member), compose)


def _to_member(
    told: Told, world: World, status: MemberStatus, kind: str, compose: Compose
) -> Iterable[Draft]:
    """To the member that an event names, if still so, and if they ever came in."""
    member = world.members.get(told.named("member", "mem") or told.id)
    if member is not None and member.user_id is not None and member.status == status:
        yield Draft(kind, world.reader(member), compose)
