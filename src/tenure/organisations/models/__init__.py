"""Users, organisations, members, invitations, API keys."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from tenure.base.ids import new_id
from tenure.organisations.models.keeping import Export, ExportPart, ExportStatus, Retention
from tenure.organisations.models.vat import VatCheck
from tenure.organisations.rules import MemberStatus, OfferStatus, StaffRole, Standing
from tenure.policy.words import Audience

_AUDIENCES = [audience.value for audience in Audience]
_STANDINGS = [standing.value for standing in Standing]
_STATUSES = [status.value for status in MemberStatus]
_OFFER_STATUSES = [status.value for status in OfferStatus]
_STAFF_ROLES = [role.value for role in StaffRole]


class InvitationStatus(models.TextChoices):
    """Where an invitation stands (R36)."""

    PENDING = "pending"
    ACCEPTED = "accepted"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


_ACCENTED = "ÀÁÂÃÄÅÇÈÉÊËÌÍÎÏÑÒÓÔÕÖØÙÚÛÜÝŸŠŽàáâãäåāăąçćčďđèéêëēęěìíîïīłñńňòóôõöøőŕřśšşťţùúûüūůűýÿźżž"
_PLAIN = "aaaaaaceeeeiiiinoooooouuuuyyszaaaaaaaaacccddeeeeeeeiiiiilnnnooooooorrsssttuuuuuuuyyzzz"


class PersonKey(models.Func):
    """A name and an address as people look for them and as lists are sorted: no case, no accents.

    PostgreSQL may have neither ICU nor unaccent; this needs none, and can be indexed. Somebody
    without a name stands where their address does.
    """

    template = (
        "translate(replace(replace(replace(lower(btrim(%(expressions)s)), 'œ', 'oe'), 'æ', 'ae'), "
        f"'ß', 'ss'), '{_ACCENTED}', '{_PLAIN}')"
    )
    arg_joiner = " || ' ' || "
    arity = 2
    output_field = models.TextField()


class User(AbstractBaseUser):
    """A person who may log in; one login may belong to several organisations (R3).

    ``email`` is kept in lower case: it is the one name by which a person is found. ``language``
    is the one they chose to read; empty: as their browser asks.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    email = models.EmailField(max_length=254, unique=True)
    name = models.CharField(max_length=200)
    language = models.CharField(max_length=2, blank=True, default="", db_default="")
    created_at = models.DateTimeField()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar = []

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(email=Lower("email")), name="user_email_lower"),
        ]

    def __str__(self) -> str:
        return self.email


class StaffMember(models.Model):
    """One of the vendor's staff, with what they are there for; ``ended_at`` when they left."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.OneToOneField(User, models.PROTECT, related_name="staff")
    roles = ArrayField(models.CharField(max_length=9))
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(roles__contained_by=_STAFF_ROLES) & Q(roles__len__gt=0),
                name="staff_roles_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} as {', '.join(self.roles)}"


class Organisation(models.Model):
    """A customer and its platform. ``timezone`` is an IANA zone, ``currency`` ISO 4217.

    ``test_clock`` is the instant at which its clock stands (R2), or null: the machine's clock.
    ``verified_at`` is when a student organisation was verified (R8); ``vat_validated_at`` when
    its VAT number was last found valid, null if it was not (R45); ``second_factor_required``
    whether its owners and administrators need a second factor to come in. ``purge_due_at`` is
    when its data were due to go, ``purged_at`` when the vendor's platform confirmed that they are
    gone, and what is personal here went with them (R31).
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=200)
    audience = models.CharField(max_length=8)
    country = models.CharField(max_length=2)
    currency = models.CharField(max_length=3)
    timezone = models.CharField(max_length=64)
    language = models.CharField(max_length=2)
    billing_name = models.CharField(max_length=200)
    billing_line1 = models.CharField(max_length=200)
    billing_line2 = models.CharField(max_length=200, blank=True)
    billing_postal_code = models.CharField(max_length=20)
    billing_city = models.CharField(max_length=100)
    billing_region = models.CharField(max_length=100, blank=True)
    billing_country = models.CharField(max_length=2)
    vat_number = models.CharField(max_length=20, blank=True)
    siren = models.CharField(max_length=14, blank=True)
    purchase_order = models.CharField(max_length=100, blank=True)
    suspended_at = models.DateTimeField(null=True)
    test_clock = models.DateTimeField(null=True)
    verified_at = models.DateTimeField(null=True)
    vat_validated_at = models.DateTimeField(null=True)
    second_factor_required = models.BooleanField(default=False, db_default=False)
    purge_due_at = models.DateTimeField(null=True)
    purged_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(audience__in=_AUDIENCES), name="organisation_audience_known"
            ),
            models.CheckConstraint(
                condition=Q(country=models.F("billing_country")),
                name="organisation_country_is_billing_country",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["test_clock"],
                condition=Q(test_clock__isnull=False),
                name="organisation_test_clock",
            ),
            models.Index(
                fields=["purge_due_at"],
                condition=Q(purge_due_at__isnull=False, purged_at__isnull=True),
                name="organisation_purge_due",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def status(self) -> str:
        """``active``, ``suspended`` by the vendor, or ``purged`` (R31)."""
        if self.purged_at:
            return "purged"
        return "suspended" if self.suspended_at else "active"


class Member(models.Model):
    """A person in an organisation. ``user`` is there once the person has accepted.

    ``erased_at`` is when they were erased on request: nothing names them since (R31).
    ``external_id`` is what the organisation's identity provider calls them, and ``provisioned_at``
    when it brought them in; null where it did not. ``sought`` is name and address as people look
    for them and as lists are sorted; the database keeps it.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="members")
    user = models.ForeignKey(User, models.PROTECT, null=True, related_name="memberships")
    email = models.EmailField(max_length=254)
    name = models.CharField(max_length=200, blank=True)
    standing = models.CharField(max_length=13)
    status = models.CharField(max_length=9)
    created_at = models.DateTimeField()
    erased_at = models.DateTimeField(null=True)
    external_id = models.CharField(max_length=200, null=True)
    provisioned_at = models.DateTimeField(null=True)
    sought = models.GeneratedField(
        expression=PersonKey("name", "email"), output_field=models.TextField(), db_persist=True
    )

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organisation", "email"], name="member_once_per_organisation"
            ),
            models.UniqueConstraint(
                fields=["organisation", "external_id"], name="member_external_id_once"
            ),
            models.CheckConstraint(
                condition=Q(standing__in=_STANDINGS), name="member_standing_known"
            ),
            models.CheckConstraint(condition=Q(status__in=_STATUSES), name="member_status_known"),
            models.CheckConstraint(condition=Q(email=Lower("email")), name="member_email_lower"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["organisation", "id"], name="member_list"),
            models.Index(fields=["email"], name="member_email"),
            models.Index(fields=["organisation", "sought", "id"], name="member_by_name"),
        ]

    def __str__(self) -> str:
        return f"{self.email} ({self.status})"


class Invitation(models.Model):
    """An offer of membership to one address, with the roles it is to bring (R36).

    The seats it reserves stand in ``access``; its token is derived from its id and ``sending``
    by the installation's key, never stored. ``expires_at`` is a UTC instant.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="invitations")
    member = models.ForeignKey(Member, models.PROTECT, related_name="invitations")
    email = models.EmailField(max_length=254)
    standing = models.CharField(max_length=13)
    roles = ArrayField(models.CharField(max_length=100), default=list)
    status = models.CharField(
        max_length=9, choices=InvitationStatus, default=InvitationStatus.PENDING
    )
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["member"],
                condition=Q(status=InvitationStatus.PENDING),
                name="invitation_one_pending_per_member",
            ),
            models.CheckConstraint(
                condition=Q(status__in=InvitationStatus.values), name="invitation_status_known"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["organisation", "id"], name="invitation_list"),
            models.Index(
                fields=["expires_at"],
                condition=Q(status=InvitationStatus.PENDING),
                name="invitation_due",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.email} ({self.status})"


class StudentProof(models.Model):
    """What a student organisation handed in as proof, as it was given; staff judge it (R8).

    ``decided_at`` is null while it waits; ``declined_because`` says why it was not accepted.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="proofs")
    given = models.JSONField(default=dict)
    submitted_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    declined_because = models.TextField(blank=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(
                fields=["submitted_at", "id"],
                condition=Q(decided_at__isnull=True),
                name="proof_waiting",
            ),
        ]

    def __str__(self) -> str:
        return f"proof of {self.organisation_id}"


class OwnershipOffer(models.Model):
    """The ownership, offered by one owner to a member who has to accept it (R34).

    ``giver_stays`` says whether the giver stays an owner, or becomes an administrator.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    giver = models.ForeignKey(Member, models.PROTECT, related_name="ownership_given")
    taker = models.ForeignKey(Member, models.PROTECT, related_name="ownership_offered")
    giver_stays = models.BooleanField()
    status = models.CharField(max_length=9, default=OfferStatus.OPEN.value)
    created_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["giver"],
                condition=Q(status=OfferStatus.OPEN.value),
                name="ownership_offer_one_open_per_giver",
            ),
            models.CheckConstraint(
                condition=Q(status__in=_OFFER_STATUSES), name="ownership_offer_status_known"
            ),
        ]

    def __str__(self) -> str:
        return f"ownership to {self.taker_id} ({self.status})"


class Intervention(models.Model):
    """What one of the vendor's staff did at a customer's, and why; the customer can see it.

    Acting for the customer lasts from ``begun_at`` to ``ended_at``; recovering a lost owner (R34)
    is done at once, for ``member``. ``user`` is who of the staff it was.
    """

    class Kind(models.TextChoices):
        """What was done."""

        ACTING = "acting"
        RECOVERY = "recovery"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="interventions")
    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    member = models.ForeignKey(Member, models.PROTECT, null=True, related_name="+")
    kind = models.CharField(max_length=8, choices=Kind)
    reason = models.TextField()
    begun_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["user", "organisation"],
                condition=Q(ended_at__isnull=True),
                name="intervention_one_open",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["acting", "recovery"]), name="intervention_kind_known"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["organisation", "id"], name="intervention_list"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} at {self.organisation_id}"


class ApiKey(models.Model):
    """A key of the vendor's, or of one organisation's; only its SHA-256 is kept."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True)
    name = models.CharField(max_length=100)
    hash = models.BinaryField(max_length=32, unique=True)
    created_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.name


__all__ = [
    "ApiKey",
    "Export",
    "ExportPart",
    "ExportStatus",
    "Intervention",
    "Invitation",
    "InvitationStatus",
    "Member",
    "Organisation",
    "OwnershipOffer",
    "PersonKey",
    "Retention",
    "StaffMember",
    "StudentProof",
    "User",
    "VatCheck",
]
