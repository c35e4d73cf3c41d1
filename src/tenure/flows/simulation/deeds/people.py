"""People come, get roles, rest and leave."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Final
from uuid import UUID

from tenure.flows.invitations import accept_invitation, resend_invitation, withdraw_invitation
from tenure.flows.invitations import invite as send_invitation
from tenure.flows.members import change_member, remove_member
from tenure.flows.seats import assign_seat, release_seat
from tenure.flows.simulation.deeds.deed import (
    BY,
    Deed,
    Kind,
    asked,
    member_id,
    noted,
    pick,
    subscription_id,
)
from tenure.flows.simulation.rulebook import people
from tenure.flows.simulation.rulebook.customer import Customer, Invitation, Member
from tenure.flows.simulation.story import Op
from tenure.flows.written import Written
from tenure.organisations.commands.invitations import NewInvitation
from tenure.organisations.models import Invitation as InvitationRow
from tenure.organisations.rules import MemberStatus, Standing

_STANDINGS: Final = ("member", "member", "administrator", "external", "billing", "owner")


def assign(customer: Customer, op: Op) -> Deed | None:
    """A seat for a member: mostly somebody active without one, where there are free seats."""
    free = [each for each in customer.subscriptions if each.free() and each.covers(op.at)]
    seats = free if free and op.picks[2] % 4 else customer.subscriptions
    subscription = pick(seats, op.picks[0])
    without = [m for m in customer.members if subscription and m not in subscription.holders]
    member = pick(without if without and op.picks[3] % 6 else customer.members, op.picks[1])
    if subscription is None or member is None:
        return None
    named = {"subscription": subscription_id(subscription), "member": member_id(customer, member)}
    return Deed(
        does=partial(assign_seat, **named, now=op.at, by=BY, asked=asked(op, customer)),
        expects=partial(people.assign, customer, subscription, member, op.at),
    )


def release(customer: Customer, op: Op) -> Deed | None:
    """A seat is freed."""
    used = [each for each in customer.subscriptions if each.holders]
    subscription = pick(used or customer.subscriptions, op.picks[0])
    if subscription is None:
        return None
    holders = list(subscription.holders)
    member = pick(holders if holders and op.picks[2] % 8 else customer.members, op.picks[1])
    if member is None:
        return None
    named = {"subscription": subscription_id(subscription), "member": member_id(customer, member)}
    return Deed(
        does=partial(release_seat, **named, now=op.at, by=BY),
        expects=partial(people.release, subscription, member),
    )


def invite(customer: Customer, op: Op) -> Deed | None:
    """Somebody is invited, with up to two roles of what there is."""
    roles = _some_roles(customer, op)
    known = pick([m for m in customer.members if m.status == "removed"], op.picks[1])
    back = known is not None and op.picks[2] % 5 == 0
    email = known.email if known and back else f"p{len(customer.members)}@{customer.index}.example"
    standing = _STANDINGS[op.picks[3] % (len(_STANDINGS) - 1)]
    new = NewInvitation(email, Standing(standing), roles, "")
    made: list[Invitation] = []

    def expects() -> str | None:
        return noted(people.invite(customer, email, standing, roles, op.at), made)

    def learns(written: object) -> None:
        if made:
            made[0].id = _invitation_id(customer, email, written)

    return Deed(
        does=partial(
            send_invitation,
            organisation=customer.id,
            invitations=[new],
            may_give_ownership=False,
            now=op.at,
            by=BY,
            asked=asked(op, customer),
        ),
        expects=expects,
        learns=learns,
    )


def _some_roles(customer: Customer, op: Op) -> tuple[str, ...]:
    running = [each for each in customer.subscriptions if each.covers(op.at)]
    free = [each for each in running if each.free() > 0]
    roles = sorted({r for each in (free if op.picks[0] % 5 else running) for r in each.offer.roles})
    count = op.picks[0] % 3
    return tuple(
        dict.fromkeys(roles[(op.picks[1] + n) % len(roles)] for n in range(count) if roles)
    )


def _invitation_id(customer: Customer, email: str, written: object) -> UUID:
    if isinstance(written, Written):
        return written.ids[0]
    rows = InvitationRow.objects.filter(organisation=customer.id, email=email).order_by("-id")
    return rows.values_list("id", flat=True)[0]


def accept(customer: Customer, op: Op) -> Deed | None:
    """An invitation is accepted, by clicking perhaps twice."""
    invitation = _invitation(customer, op)
    if invitation is None:
        return None
    work = partial(accept_invitation, invitation=invitation.id, name="", now=op.at, by=BY)
    return Deed(does=work, expects=partial(people.accept, customer, invitation, op.at), twice=True)


def send_again(customer: Customer, op: Op) -> Deed | None:
    """An invitation is sent once more."""
    invitation = _invitation(customer, op)
    if invitation is None:
        return None
    return Deed(
        does=partial(resend_invitation, invitation=invitation.id, now=op.at, by=BY),
        expects=partial(people.send_again, customer, invitation, op.at),
        twice=True,
    )


def call_off(customer: Customer, op: Op) -> Deed | None:
    """An invitation is withdrawn."""
    invitation = _invitation(customer, op)
    if invitation is None:
        return None
    return Deed(
        does=partial(withdraw_invitation, invitation=invitation.id, now=op.at, by=BY),
        expects=partial(people.call_off, customer, invitation),
        twice=True,
    )


def _invitation(customer: Customer, op: Op) -> Invitation | None:
    pending = [each for each in customer.invitations if each.status == "pending"]
    return pick(pending if pending and op.picks[1] % 8 else customer.invitations, op.picks[0])


def suspend(customer: Customer, op: Op) -> Deed | None:
    """A member rests."""
    member = pick(customer.members, op.picks[0])
    if member is None:
        return None
    return _changed(customer, member, op, status="suspended")


def restore(customer: Customer, op: Op) -> Deed | None:
    """A member is back."""
    resting = [each for each in customer.members if each.status == "suspended"]
    member = pick(resting or customer.members, op.picks[0])
    if member is None:
        return None
    return _changed(customer, member, op, status="active")


def promote(customer: Customer, op: Op) -> Deed | None:
    """A member gets another standing, the ownership among them."""
    member = pick(customer.members, op.picks[0])
    if member is None:
        return None
    return _changed(customer, member, op, standing=pick(_STANDINGS, op.picks[1]))


def _changed(
    customer: Customer, member: Member, op: Op, *, standing: str | None = None, status: str = ""
) -> Deed:
    def expects() -> str | None:
        if standing is not None:
            return people.give_standing(customer, member, standing)
        if status == "suspended":
            return people.suspend(customer, member)
        return people.restore(member)

    return Deed(
        does=partial(
            change_member,
            member=member_id(customer, member),
            standing=Standing(standing) if standing else None,
            status=MemberStatus(status) if status else None,
            may_give_ownership=True,
            now=op.at,
            by=BY,
        ),
        expects=expects,
        twice=True,
    )


def remove(customer: Customer, op: Op) -> Deed | None:
    """A member leaves."""
    member = pick(customer.members, op.picks[0])
    if member is None:
        return None
    return Deed(
        does=partial(remove_member, member=member_id(customer, member), now=op.at, by=BY),
        expects=partial(people.remove, customer, member),
        twice=True,
    )


KINDS: Final[Mapping[str, Kind]] = {
    "assign": assign,
    "release": release,
    "invite": invite,
    "accept": accept,
    "send_again": send_again,
    "call_off": call_off,
    "suspend": suspend,
    "restore": restore,
    "promote": promote,
    "remove": remove,
}
