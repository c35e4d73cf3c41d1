"""Who proves what, who must stay, who may do what: of customers, and of the vendor's staff."""

from __future__ import annotations

from tenure.organisations.rules.people import (
    Ability,
    MemberStatus,
    OfferStatus,
    Standing,
    ability_verdict,
    academic_address,
    invitation_expires_at,
    invitation_last_day,
    leaving_verdict,
    owner_verdict,
    ownership_answer_verdict,
    ownership_offer_verdict,
)
from tenure.organisations.rules.staff import (
    ACTING_STANDING,
    StaffAbility,
    StaffRole,
    acting_verdict,
    card_verdict,
    key_verdict,
    last_admin_verdict,
    staff_abilities,
    staff_verdict,
)

__all__ = [
    "ACTING_STANDING",
    "Ability",
    "MemberStatus",
    "OfferStatus",
    "StaffAbility",
    "StaffRole",
    "Standing",
    "ability_verdict",
    "academic_address",
    "acting_verdict",
    "card_verdict",
    "invitation_expires_at",
    "invitation_last_day",
    "key_verdict",
    "last_admin_verdict",
    "leaving_verdict",
    "owner_verdict",
    "ownership_answer_verdict",
    "ownership_offer_verdict",
    "staff_abilities",
    "staff_verdict",
]
