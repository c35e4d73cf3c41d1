"""What happened to organisations, their people and their keys; ids only, never names."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar
from uuid import UUID


@dataclass(frozen=True, slots=True)
class OrganisationCreated:
    """A customer came to be, with its first owner (R34)."""

    type: ClassVar[str] = "organisation.created"
    organisation: UUID
    member: UUID


@dataclass(frozen=True, slots=True)
class OrganisationChanged:
    """Its facts were edited; ``fields`` names which, never what they say."""

    type: ClassVar[str] = "organisation.changed"
    organisation: UUID
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OrganisationSuspended:
    """The vendor suspended it: every decision is no (R41)."""

    type: ClassVar[str] = "organisation.suspended"
    organisation: UUID


@dataclass(frozen=True, slots=True)
class OrganisationRestored:
    """The vendor took the suspension back."""

    type: ClassVar[str] = "organisation.restored"
    organisation: UUID


@dataclass(frozen=True, slots=True)
class ProofSubmitted:
    """A student's proof awaits the vendor's staff (R8)."""

    type: ClassVar[str] = "organisation.proof_submitted"
    organisation: UUID


@dataclass(frozen=True, slots=True)
class ProofDeclined:
    """A student's proof does not convince; the reason stands with it (R8)."""

    type: ClassVar[str] = "organisation.proof_declined"
    organisation: UUID
    proof: UUID


@dataclass(frozen=True, slots=True)
class OrganisationVerified:
    """It is proved to be a student's (R8)."""

    type: ClassVar[str] = "organisation.verified"
    organisation: UUID


@dataclass(frozen=True, slots=True)
class ProofAsked:
    """A renewal asks for the proof of studies anew: nothing is charged before (R8)."""

    type: ClassVar[str] = "organisation.proof_asked"
    organisation: UUID


@dataclass(frozen=True, slots=True)
class VatNumberValidated:
    """Its VAT number was found in the register of its country (R45)."""

    type: ClassVar[str] = "organisation.vat_number_validated"
    organisation: UUID


@dataclass(frozen=True, slots=True)
class VatNumberRejected:
    """The register of its country does not know its VAT number (R45)."""

    type: ClassVar[str] = "organisation.vat_number_rejected"
    organisation: UUID


@dataclass(frozen=True, slots=True)
class ApiKeyCreated:
    """A key can be used from now on."""

    type: ClassVar[str] = "api_key.created"
    api_key: UUID


@dataclass(frozen=True, slots=True)
class ApiKeyRevoked:
    """A key is refused from now on."""

    type: ClassVar[str] = "api_key.revoked"
    api_key: UUID


@dataclass(frozen=True, slots=True)
class MemberInvited:
    """Somebody was invited; ``roles`` are what the invitation is to bring (R36)."""

    type: ClassVar[str] = "member.invited"
    member: UUID
    invitation: UUID
    standing: str
    roles: tuple[str, ...]
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class InvitationSentAgain:
    """A pending invitation was sent again, and runs anew (R36)."""

    type: ClassVar[str] = "invitation.sent_again"
    invitation: UUID
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class InvitationWithdrawn:
    """An invitation was taken back; whom it invited is no member (R36)."""

    type: ClassVar[str] = "invitation.withdrawn"
    invitation: UUID
    member: UUID


@dataclass(frozen=True, slots=True)
class InvitationExpired:
    """Nobody accepted in time (R36)."""

    type: ClassVar[str] = "invitation.expired"
    invitation: UUID
    member: UUID


@dataclass(frozen=True, slots=True)
class MemberJoined:
    """The invited accepted, and is active (R36)."""

    type: ClassVar[str] = "member.joined"
    member: UUID
    invitation: UUID


@dataclass(frozen=True, slots=True)
class MemberProvisioned:
    """The organisation's identity provider brought somebody in, who is active at once (R36)."""

    type: ClassVar[str] = "member.provisioned"
    member: UUID


@dataclass(frozen=True, slots=True)
class MemberDetailsChanged:
    """The organisation's identity provider calls a member otherwise.

    ``changed`` holds ``name``, ``external_id`` or both, never what they are.
    """

    type: ClassVar[str] = "member.details_changed"
    member: UUID
    changed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MemberStandingChanged:
    """A member may do more or less than before (R34, R35)."""

    type: ClassVar[str] = "member.standing_changed"
    member: UUID
    standing: str


@dataclass(frozen=True, slots=True)
class MemberSuspended:
    """A member keeps seats, and every decision is no (R37)."""

    type: ClassVar[str] = "member.suspended"
    member: UUID


@dataclass(frozen=True, slots=True)
class MemberRestored:
    """A suspended member is active again (R37)."""

    type: ClassVar[str] = "member.restored"
    member: UUID


@dataclass(frozen=True, slots=True)
class MemberRemoved:
    """A member is none any more, and the seats are free (R37)."""

    type: ClassVar[str] = "member.removed"
    member: UUID


@dataclass(frozen=True, slots=True)
class ClockAdvanced:
    """A test clock was advanced to the UTC instant ``to`` (R2)."""

    type: ClassVar[str] = "organisation.clock_advanced"
    to: datetime


@dataclass(frozen=True, slots=True)
class SecondFactorRequired:
    """Whether those who administer need a second factor to log in was changed (R35)."""

    type: ClassVar[str] = "organisation.second_factor_required"
    organisation: UUID
    required: bool


@dataclass(frozen=True, slots=True)
class StaffAdded:
    """Somebody is one of the vendor's staff, or is so again; on the vendor's stream."""

    type: ClassVar[str] = "staff.added"
    staff: UUID
    roles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StaffRolesChanged:
    """One of the vendor's staff may do more or less than before."""

    type: ClassVar[str] = "staff.roles_changed"
    staff: UUID
    roles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StaffEnded:
    """Somebody is no longer one of the vendor's staff."""

    type: ClassVar[str] = "staff.ended"
    staff: UUID


@dataclass(frozen=True, slots=True)
class ActingBegun:
    """One of the vendor's staff acts for the customer from now on; why stands with it."""

    type: ClassVar[str] = "acting.begun"
    intervention: UUID
    staff: UUID


@dataclass(frozen=True, slots=True)
class ActingEnded:
    """Nobody acts for the customer any more by that intervention."""

    type: ClassVar[str] = "acting.ended"
    intervention: UUID
    staff: UUID


@dataclass(frozen=True, slots=True)
class OwnerRecovered:
    """The vendor's staff made a member owner because the owner was lost (R34)."""

    type: ClassVar[str] = "ownership.recovered"
    intervention: UUID
    staff: UUID
    member: UUID


@dataclass(frozen=True, slots=True)
class OwnershipOffered:
    """An owner, the giver, offers the ownership to a member (R34)."""

    type: ClassVar[str] = "ownership.offered"
    ownership_offer: UUID
    giver: UUID
    member: UUID


@dataclass(frozen=True, slots=True)
class OwnershipAccepted:
    """The member is an owner from now on (R34)."""

    type: ClassVar[str] = "ownership.accepted"
    ownership_offer: UUID
    giver: UUID
    member: UUID


@dataclass(frozen=True, slots=True)
class OwnershipDeclined:
    """The member does not want the ownership (R34)."""

    type: ClassVar[str] = "ownership.declined"
    ownership_offer: UUID
    giver: UUID
    member: UUID


@dataclass(frozen=True, slots=True)
class OwnershipOfferWithdrawn:
    """The giver took the offer back, or one of the two can no longer keep to it (R34)."""

    type: ClassVar[str] = "ownership.offer_withdrawn"
    ownership_offer: UUID
    giver: UUID
    member: UUID


@dataclass(frozen=True, slots=True)
class RetentionWarned:
    """The customer is told that its data go soon; ``data_available_until`` is local (R31)."""

    type: ClassVar[str] = "data.retention_warned"
    organisation: UUID
    data_available_until: date
    days_left: int


@dataclass(frozen=True, slots=True)
class PurgeDue:
    """Nothing stands between an organisation's data and their deletion any more (R31)."""

    type: ClassVar[str] = "data.purge_due"
    organisation: UUID
    data_available_until: date


@dataclass(frozen=True, slots=True)
class PurgeWithdrawn:
    """It was paid again before the deletion was confirmed: nothing is to be deleted (R31)."""

    type: ClassVar[str] = "data.purge_withdrawn"
    organisation: UUID


@dataclass(frozen=True, slots=True)
class PurgeConfirmed:
    """The vendor's platform has deleted the data; what is personal here went with them (R31)."""

    type: ClassVar[str] = "data.purge_confirmed"
    organisation: UUID


@dataclass(frozen=True, slots=True)
class PersonErased:
    """One member was erased: whatever named them here names nobody any more (R31)."""

    type: ClassVar[str] = "person.erased"
    member: UUID


@dataclass(frozen=True, slots=True)
class ExportAsked:
    """Somebody asked for an archive of everything held about the organisation (R31)."""

    type: ClassVar[str] = "data.export_asked"
    export: UUID


@dataclass(frozen=True, slots=True)
class ExportMade:
    """The archive is there to be fetched (R31)."""

    type: ClassVar[str] = "data.export_made"
    export: UUID
