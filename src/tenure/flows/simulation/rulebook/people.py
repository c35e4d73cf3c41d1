"""Members, invitations and seats (R34 to R38)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from tenure.flows.simulation.rulebook.asking import served, withdrawn
from tenure.flows.simulation.rulebook.customer import (
    Customer,
    Invitation,
    Member,
    Subscription,
)
from tenure.flows.simulation.rulebook.days import ONE_DAY, day_over

INVITED_DAYS = 14


def assign(
    customer: Customer, subscription: Subscription, member: Member, at: datetime
) -> str | None:
    """R38: the first that holds of the four reasons, or the seat is the member's."""
    if not subscription.covers(at):
        return "subscription_not_active"
    if member.status != "active":
        return "member_not_active"
    if member in subscription.holders:
        return "already_assigned"
    if subscription.free() < 1:
        return "no_free_seat"
    subscription.holders[member] = at
    served(customer, [member], subscription)
    return None


def release(subscription: Subscription, member: Member) -> str | None:
    """The seat is free again."""
    return None if subscription.holders.pop(member, None) else "not_found"


def invite(
    customer: Customer, email: str, standing: str, roles: Sequence[str], at: datetime
) -> str | Invitation:
    """R36: seats are reserved for the roles, or nobody is invited."""
    known = next((each for each in customer.members if each.email == email), None)
    if known is not None and known.status != "removed":
        return "already_member"
    seats = _seats_for(customer, roles, at)
    if seats is None:
        return "no_free_seat"
    if known is None:
        known = Member(email, standing, "invited")
        customer.members.append(known)
    known.status, known.standing = "invited", standing
    invitation = Invitation(known, standing, tuple(roles), _until(customer, at), UUID(int=0))
    customer.invitations.append(invitation)
    for subscription in seats:
        subscription.reserved.append(invitation)
    return invitation


def _seats_for(customer: Customer, roles: Sequence[str], at: datetime) -> list[Subscription] | None:
    """One seat each of these; a role that one subscription alone has chooses first (R36)."""
    running = [each for each in customer.subscriptions if each.covers(at) and each.free() > 0]
    serving = {role: [each for each in running if role in each.offer.roles] for role in roles}
    if not all(serving.values()):
        return None
    chosen: list[Subscription] = []
    alone = [role for role in roles if len(serving[role]) == 1]
    for role in (*alone, *(role for role in roles if role not in alone)):
        if not any(role in each.offer.roles for each in chosen):
            chosen.append(min(serving[role], key=Subscription.preference))
    return chosen


def _until(customer: Customer, at: datetime) -> datetime:
    return day_over(customer.today(at) + INVITED_DAYS * ONE_DAY, customer.zone)


def accept(customer: Customer, invitation: Invitation, at: datetime) -> str | None:
    """The invited person comes, and what was reserved is theirs."""
    if invitation.status == "accepted":
        return None
    if invitation.status != "pending" or at >= invitation.expires_at:
        return "invitation_closed"
    invitation.status = "accepted"
    invitation.member.status = "active"
    invitation.member.standing = invitation.standing
    for subscription in _let_go(customer, invitation):
        subscription.holders[invitation.member] = at
        served(customer, [invitation.member], subscription)
    return None


def send_again(customer: Customer, invitation: Invitation, at: datetime) -> str | None:
    """It runs anew from now."""
    if invitation.status != "pending" or at >= invitation.expires_at:
        return "invitation_closed"
    invitation.expires_at = _until(customer, at)
    return None


def call_off(customer: Customer, invitation: Invitation) -> str | None:
    """Withdrawn: nobody is invited, nothing reserved."""
    if invitation.status == "accepted":
        return "invitation_closed"
    if invitation.status == "pending":
        _close(customer, invitation, "withdrawn")
    return None


def ran_out(customer: Customer, at: datetime) -> None:
    """Invitations that nobody accepted in time (R36)."""
    for invitation in customer.invitations:
        if invitation.status == "pending" and invitation.expires_at <= at:
            _close(customer, invitation, "expired")


def _close(customer: Customer, invitation: Invitation, status: str) -> None:
    invitation.status = status
    invitation.member.status = "removed"
    _let_go(customer, invitation)


def let_reservations_go(subscription: Subscription) -> None:
    """A subscription that ends keeps no seat for anybody (R30)."""
    subscription.reserved.clear()


def _let_go(customer: Customer, invitation: Invitation) -> list[Subscription]:
    found = [each for each in customer.subscriptions if invitation in each.reserved]
    for each in found:
        each.reserved.remove(invitation)
    return found


def suspend(customer: Customer, member: Member) -> str | None:
    """R37: the seats stay, decisions are no; the last owner stays."""
    if member.status == "suspended":
        return None
    if member.status != "active":
        return "member_not_joined"
    if customer.active_owners() == [member]:
        return "last_owner"
    member.status = "suspended"
    return None


def restore(member: Member) -> str | None:
    """Active again."""
    if member.status not in ("suspended", "active"):
        return "member_not_joined"
    member.status = "active"
    return None


def remove(customer: Customer, member: Member) -> str | None:
    """R37: seats and reservations are free at once."""
    if member.status == "removed":
        return None
    if customer.active_owners() == [member]:
        return "last_owner"
    for invitation in customer.invitations:
        if invitation.member is member and invitation.status == "pending":
            _close(customer, invitation, "withdrawn")
    member.status = "removed"
    withdrawn(customer, [member])
    for subscription in customer.held_by(member):
        del subscription.holders[member]
    return None


def give_standing(customer: Customer, member: Member, standing: str) -> str | None:
    """Another standing, by somebody who may give ownership."""
    if member.status == "removed":
        return "member_not_joined"
    if member.standing == standing:
        return None
    if standing != "owner" and customer.active_owners() == [member]:
        return "last_owner"
    member.standing = standing
    for invitation in customer.invitations:
        if invitation.member is member and invitation.status == "pending":
            invitation.standing = standing
    return None
