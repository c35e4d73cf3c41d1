"""Members as the organisation's identity provider has them: brought in, and called otherwise.

The provider vouches for its people, so whom it brings in has no invitation to accept (R36).
"""

from __future__ import annotations

from dataclasses import dataclass

from tenure.base.errors import Refused
from tenure.base.ids import new_id
from tenure.events.journal import Journal
from tenure.organisations.commands.invitations import accept
from tenure.organisations.errors import ALREADY_MEMBER, EXTERNAL_ID_TAKEN
from tenure.organisations.events import MemberDetailsChanged, MemberProvisioned
from tenure.organisations.models import Invitation, Member, Organisation, User
from tenure.organisations.rules import MemberStatus, Standing


@dataclass(frozen=True, slots=True)
class Person:
    """Whom the provider knows: the address in lower case; ``name`` empty if it says none."""

    email: str
    name: str = ""
    external_id: str | None = None


def lock_member_of_address(organisation: Organisation, email: str) -> Member | None:
    """The member of the locked ``organisation`` who has the address, locked; None if nobody has."""
    rows = Member.objects.select_for_update(no_key=True)
    return rows.filter(organisation=organisation, email=email).first()


def refuse_present(member: Member | None) -> None:
    """``Refused`` (``already_member``) if the provider need not bring in ``member``."""
    if member is not None and member.status in (MemberStatus.ACTIVE, MemberStatus.SUSPENDED):
        raise Refused(ALREADY_MEMBER)


def bring_in(
    *, organisation: Organisation, person: Person, known: Member | None, journal: Journal
) -> Member:
    """Make ``person`` an active member, of the standing ``member``, with their login (R36).

    ``known`` is who was one before, and keeps the membership. What the person calls themselves
    elsewhere is not told here: they did not accept anything. Raises ``Refused``
    (``external_id_taken``).
    """
    user = _login_of(person, journal)
    member = known or Member(
        id=new_id(), organisation=organisation, email=person.email, created_at=journal.at
    )
    member.user = user
    member.name = person.name or member.name
    member.standing = Standing.MEMBER.value
    member.status = MemberStatus.ACTIVE.value
    _note(member, person.external_id, journal)
    member.save(force_insert=known is None)
    journal.record(organisation.id, MemberProvisioned(member=member.id))
    return member


def take_up(*, invitation: Invitation, person: Person, journal: Journal) -> Member:
    """Whom the locked, open ``invitation`` invites is brought in with the standing that it names.

    Raises ``Refused`` with ``invitation_closed`` or ``external_id_taken``.
    """
    before = person.name or invitation.member.name
    member = accept(invitation=invitation, name=before, journal=journal)
    member.name = before
    _note(member, person.external_id, journal)
    member.save(update_fields=["name", "external_id", "provisioned_at"])
    journal.record(member.organisation_id, MemberProvisioned(member=member.id))
    return member


def change_details(*, member: Member, name: str, external_id: str | None, journal: Journal) -> None:
    """Call the locked ``member`` as the provider does. Raises ``Refused`` (``external_id_taken``).

    Their login keeps the name that they gave themselves.
    """
    given = {"name": name, "external_id": external_id}
    changed = tuple(field for field, value in given.items() if getattr(member, field) != value)
    if not changed:
        return
    if external_id != member.external_id:
        refuse_taken(member, external_id)
    member.name, member.external_id = name, external_id
    member.save(update_fields=["name", "external_id"])
    journal.record(member.organisation_id, MemberDetailsChanged(member=member.id, changed=changed))


def refuse_taken(member: Member, external_id: str | None) -> None:
    """``Refused`` (``external_id_taken``) if another member of the locked organisation has it."""
    if external_id is None:
        return
    others = Member.objects.filter(organisation_id=member.organisation_id, external_id=external_id)
    if others.exclude(id=member.id).exists():
        raise Refused(EXTERNAL_ID_TAKEN, external_id=external_id)


def _note(member: Member, external_id: str | None, journal: Journal) -> None:
    refuse_taken(member, external_id)
    member.external_id = external_id
    member.provisioned_at = journal.at


def _login_of(person: Person, journal: Journal) -> User:
    user, _ = User.objects.get_or_create(
        email=person.email,
        defaults={"name": person.name, "created_at": journal.at, "password": "!"},
    )
    return user
