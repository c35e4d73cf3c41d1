"""Reads of organisations and keys."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Final
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet
from django.utils.crypto import constant_time_compare, salted_hmac

from tenure.base.calendar import local_date, zone_named
from tenure.base.errors import NotFound
from tenure.base.ids import parse_public_id, public_id
from tenure.events.rows import AMONG, read_rows, read_values
from tenure.organisations.models import (
    ApiKey,
    Export,
    Member,
    Organisation,
    OwnershipOffer,
    Retention,
    StaffMember,
    StudentProof,
    User,
    VatCheck,
)
from tenure.organisations.rules import (
    MemberStatus,
    OfferStatus,
    StaffAbility,
    Standing,
    staff_abilities,
)

_ACCEPTS: Final = "accept"


@dataclass(frozen=True, slots=True)
class KeyFacts:
    """A valid key: the vendor's, or one organisation's."""

    id: UUID
    organisation: UUID | None


@dataclass(frozen=True, slots=True)
class Owner:
    """The longest-standing active owner of an organisation."""

    email: str
    name: str


def organisations_of(ids: Collection[UUID]) -> dict[UUID, Organisation]:
    """Organisations that are known to exist, by their ids; one statement."""
    rows = read_rows(Organisation, f"WHERE id {AMONG}", [list(ids)])
    return {row.id: row for row in rows}


def hash_of_key(text: str) -> bytes:
    """What is kept of a key; a key is random, so a plain hash suffices."""
    return sha256(text.encode("utf-8", "surrogateescape")).digest()


def to_find_key(text: str) -> tuple[str, list[bytes]]:
    """What finds the ``KeyFacts`` of the key that reads ``text``, unless it was revoked."""
    keys = "SELECT id, organisation_id FROM organisations_apikey"
    return f"{keys} WHERE hash = %s AND revoked_at IS NULL", [hash_of_key(text)]


def vat_checks_of(organisations: Collection[Organisation]) -> dict[UUID, VatCheck]:
    """The last look-up of each one's present VAT number; one statement, none without a number."""
    numbered = {row.id: row.vat_number for row in organisations if row.vat_number}
    if not numbered:
        return {}
    rows = VatCheck.objects.filter(organisation_id__in=numbered).exclude(
        outcome=VatCheck.Outcome.DROPPED
    )
    last = rows.order_by("organisation_id", "-id").distinct("organisation_id")
    return {row.organisation_id: row for row in last if row.number == numbered[row.organisation_id]}


_OWNERS: Final = f"""
    SELECT DISTINCT ON (organisation_id) organisation_id, email, name FROM organisations_member
    WHERE organisation_id {AMONG} AND standing = 'owner' AND status = 'active'
    ORDER BY organisation_id, id
"""  # noqa: S608 - of constants


def owners_of(organisations: Collection[UUID]) -> dict[UUID, Owner]:
    """The owner to show for each; one statement for any number of them."""
    rows = read_values(_OWNERS, [list(organisations)])
    return {organisation: Owner(email, name) for organisation, email, name in rows}


def abilities_of_staff(user: UUID) -> frozenset[StaffAbility]:
    """What a person may look after in the back office; nothing for who is none of the staff."""
    return standing_of(user).abilities


def present_staff() -> list[StaffMember]:
    """The vendor's staff with their logins, by their address; one statement."""
    rows = StaffMember.objects.filter(ended_at__isnull=True).select_related("user")
    return list(rows.order_by("user__email"))


def invitation_token(invitation: UUID) -> str:
    """The word by which an invitation is accepted: derived by the installation's key."""
    mac = salted_hmac(
        "tenure.invitation", invitation.bytes, secret=settings.SECRET_KEY, algorithm="sha256"
    )
    return public_id(_ACCEPTS, invitation) + mac.hexdigest()[:40]


def invitation_of_token(token: str) -> UUID:
    """The invitation that ``token`` was made for; ``NotFound`` if it was made for none."""
    invitation = parse_public_id(_ACCEPTS, token[:-40])
    if not constant_time_compare(token, invitation_token(invitation)):
        raise NotFound
    return invitation


@dataclass(frozen=True, slots=True)
class OrganisationFacts:
    """An organisation as every page of it needs to know it; ``test_clock`` as in R2."""

    id: UUID
    name: str
    audience: str
    country: str
    currency: str
    language: str
    timezone: str
    test_clock: datetime | None
    suspended_at: datetime | None
    second_factor_required: bool


@dataclass(frozen=True, slots=True)
class Membership:
    """What a person is in an organisation."""

    member: UUID
    standing: Standing
    status: MemberStatus
    organisation: OrganisationFacts


_FACTS: Final = (
    "o.id, o.name, o.audience, o.country, o.currency, o.language, o.timezone, o.test_clock, "
    "o.suspended_at, o.second_factor_required"
)
_STANDING: Final = (
    f"SELECT s.roles, m.id, m.standing, m.status, {_FACTS} "  # noqa: S608 - of constants
    "FROM (SELECT %s::uuid AS id) AS person LEFT JOIN organisations_staffmember AS s "
    "ON s.user_id = person.id AND s.ended_at IS NULL LEFT JOIN (organisations_member AS m "
    "JOIN organisations_organisation AS o ON o.id = m.organisation_id) ON m.user_id = person.id"
)
_ORGANISATION: Final = f"""
    SELECT {_FACTS} FROM organisations_organisation AS o WHERE o.id = %s
"""  # noqa: S608 - of constants


@dataclass(frozen=True, slots=True)
class PersonStanding:
    """What a person is everywhere: their organisations by name, and what staff look after."""

    memberships: tuple[Membership, ...]
    abilities: frozenset[StaffAbility]


def standing_of(user: UUID) -> PersonStanding:
    """What a person is in organisations and among the vendor's staff; one statement."""
    found = read_values(_STANDING, [user])
    memberships = (
        Membership(member, Standing(standing), MemberStatus(status), OrganisationFacts(*facts))
        for _, member, standing, status, *facts in found
        if member is not None
    )
    by_name = sorted(memberships, key=lambda m: (m.organisation.name.casefold(), m.organisation.id))
    return PersonStanding(tuple(by_name), staff_abilities(found[0][0] or ()))


def memberships_of(user: UUID) -> tuple[Membership, ...]:
    """What a person is, and where, by the organisations' names; one statement."""
    return standing_of(user).memberships


def user_of(user: UUID) -> User | None:
    """A person by their key; one statement."""
    found = read_rows(User, "WHERE id = %s", [user])
    return found[0] if found else None


def organisation_facts(organisation: UUID) -> OrganisationFacts:
    """The facts of one organisation; ``NotFound`` if there is none."""
    found = read_values(_ORGANISATION, [organisation])
    if not found:
        raise NotFound
    return OrganisationFacts(*found[0])


@dataclass(frozen=True, slots=True)
class InvitationFacts:
    """An invitation as the invited sees it, with the clock of the organisation (R2, R36).

    ``user`` is the member's login once they accepted; ``known`` whether the address has one.
    """

    id: UUID
    organisation: UUID
    organisation_name: str
    member: UUID
    name: str
    email: str
    standing: str
    roles: tuple[str, ...]
    status: str
    expires_at: datetime
    test_clock: datetime | None
    timezone: str
    user: UUID | None
    known: bool

    def now(self, machine: datetime) -> datetime:
        """The instant ``machine`` by the organisation's clock (R2)."""
        return self.test_clock or machine

    @property
    def last_day(self) -> date:
        """The last local day on which it can be accepted."""
        return local_date(self.expires_at, zone_named(self.timezone)) - timedelta(days=1)


_INVITATION: Final = (
    "SELECT i.id, i.organisation_id, o.name, i.member_id, m.name, i.email, i.standing, i.roles, "
    "i.status, i.expires_at, o.test_clock, o.timezone, m.user_id, "
    "EXISTS (SELECT FROM organisations_user AS u WHERE u.email = i.email) "
    "FROM organisations_invitation AS i "
    "JOIN organisations_organisation AS o ON o.id = i.organisation_id "
    "JOIN organisations_member AS m ON m.id = i.member_id WHERE "
)
_ONE: Final = _INVITATION + "i.id = %s"
_PENDING: Final = _INVITATION + "m.email = %s AND i.status = 'pending' ORDER BY i.id"


def invitation_facts(invitation: UUID) -> InvitationFacts:
    """What there is to know of one invitation; ``NotFound`` if there is none. One statement."""
    found = read_values(_ONE, [invitation])
    if not found:
        raise NotFound
    return InvitationFacts(*found[0])


def organisation_row(organisation: UUID) -> Organisation:
    """An organisation with all that it says of itself; one statement. Raises ``NotFound``."""
    found = read_rows(Organisation, "WHERE id = %s", [organisation])
    if not found:
        raise NotFound
    return found[0]


def open_ownership_offers(organisation: UUID) -> list[OwnershipOffer]:
    """The ownerships that wait for an answer, with both sides (R34).

    One statement, and one more where there are any, which is seldom.
    """
    found = read_values(
        "SELECT id FROM organisations_ownershipoffer WHERE organisation_id = %s AND status = %s",
        [organisation, OfferStatus.OPEN.value],
    )
    return _offers([offer for (offer,) in found])


def owners(organisation: UUID) -> list[Member]:
    """The active owners of an organisation, the longest-standing first; one statement."""
    rows = Member.objects.filter(
        organisation_id=organisation, standing=Standing.OWNER, status=MemberStatus.ACTIVE
    )
    return list(rows.order_by("id"))


def bill_readers(organisation: UUID, most: int) -> list[Member]:
    """The active members to whom bills are written (R34), owners first; one statement."""
    rows = Member.objects.filter(
        organisation_id=organisation,
        standing__in=[Standing.OWNER, Standing.BILLING],
        status=MemberStatus.ACTIVE,
    )
    return list(rows.order_by("-standing", "id")[:most])


def ownership_takers(organisation: UUID, most: int) -> list[Member]:
    """Active members who are no owners, those who administer first; one statement."""
    rows = Member.objects.filter(organisation_id=organisation, status=MemberStatus.ACTIVE).exclude(
        standing=Standing.OWNER
    )
    return list(rows.order_by("standing", "name", "email")[:most])


def keys_of(organisation: UUID | None) -> QuerySet[ApiKey]:
    """The keys of an organisation; without one, the vendor's own."""
    if organisation is None:
        return ApiKey.objects.filter(organisation__isnull=True)
    return ApiKey.objects.filter(organisation_id=organisation)


def api_keys_of(organisation: UUID | None) -> list[ApiKey]:
    """The keys of an organisation, or the vendor's own, the newest first, revoked ones too; one
    statement."""
    return list(keys_of(organisation).order_by("-id"))


def api_key_of(organisation: UUID, key: UUID) -> ApiKey:
    """One key of the organisation; one statement. Raises ``NotFound``."""
    found = ApiKey.objects.filter(id=key, organisation_id=organisation).first()
    if found is None:
        raise NotFound
    return found


def pending_invitations_to(email: str) -> list[InvitationFacts]:
    """The invitations that wait for an answer of this address, oldest first; one statement."""
    return [InvitationFacts(*row) for row in read_values(_PENDING, [email])]


def ownership_offers(
    *, givers: Collection[UUID] = (), takers: Collection[UUID] = ()
) -> list[OwnershipOffer]:
    """The offers of ownership that wait for an answer, by or to these members.

    One statement, and one more where there are any, which is seldom.
    """
    found = read_values(
        "SELECT id FROM organisations_ownershipoffer "  # noqa: S608 - of constants
        f"WHERE (giver_id {AMONG} OR taker_id {AMONG}) AND status = %s",
        [list(givers), list(takers), OfferStatus.OPEN.value],
    )
    return _offers([offer for (offer,) in found])


def _offers(ids: Collection[UUID]) -> list[OwnershipOffer]:
    if not ids:
        return []
    rows = OwnershipOffer.objects.filter(id__in=ids)
    return list(rows.select_related("giver", "taker", "organisation").order_by("id"))


def last_proof(organisation: UUID) -> StudentProof | None:
    """The proof of being a student that was handed in last, judged or not; one statement."""
    return StudentProof.objects.filter(organisation_id=organisation).order_by("-id").first()


def kept_until(organisation: UUID) -> Retention | None:
    """How long data last, with whether they are due to go; None while a subscription runs.

    One statement.
    """
    rows = Retention.objects.select_related("organisation").filter(organisation=organisation)
    return rows.filter(until_on__isnull=False).first()


def exports_of(organisation: UUID, most: int) -> list[Export]:
    """The archives that were asked for, the newest first; one statement."""
    rows = Export.objects.filter(organisation=organisation).defer("receipt")
    return list(rows.order_by("-id")[:most])


def export_of(organisation: UUID, export: UUID) -> Export:
    """One of the organisation's archives, without its receipt; ``NotFound`` also for another's."""
    rows = Export.objects.filter(id=export, organisation=organisation)
    row = rows.defer("receipt").first()
    if row is None:
        raise NotFound
    return row


def purges_due(most: int) -> list[Organisation]:
    """Whose data are due to be deleted, the longest first; one statement."""
    rows = Organisation.objects.filter(purge_due_at__isnull=False, purged_at__isnull=True)
    return list(rows.select_related("retention").order_by("purge_due_at", "id")[:most])


def count_purges_due() -> int:
    """Of how many customers data are due to be deleted; one statement."""
    return Organisation.objects.filter(purge_due_at__isnull=False, purged_at__isnull=True).count()


def unproved(organisation: UUID) -> bool:
    """Whether a student's organisation has no proof that counts (R8)."""
    return Organisation.objects.filter(id=organisation, verified_at__isnull=True).exists()
