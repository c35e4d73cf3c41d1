"""Who has a second factor, and who of those who administer lacks one."""

from __future__ import annotations

from uuid import UUID

from allauth.mfa.models import Authenticator
from django.db.models import Exists, OuterRef

from tenure.organisations.models import Member, User
from tenure.organisations.rules import MemberStatus, Standing

_RECOVERY = Authenticator.Type.RECOVERY_CODES


def has_second_factor(user: User) -> bool:
    """Whether they prove themselves by more than a password; one statement."""
    return Authenticator.objects.filter(user_id=user.id).exclude(type=_RECOVERY).exists()


def managers_without_factor(organisation: UUID) -> list[Member]:
    """The active owners and administrators who have none; one statement."""
    proofs = Authenticator.objects.filter(user_id=OuterRef("user_id")).exclude(type=_RECOVERY)
    rows = Member.objects.filter(
        ~Exists(proofs),
        organisation_id=organisation,
        status=MemberStatus.ACTIVE,
        standing__in=[Standing.OWNER, Standing.ADMINISTRATOR],
    )
    return list(rows.order_by("name", "email"))
