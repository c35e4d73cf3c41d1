"""Invitations: to an address, with the roles they are to bring (R36)."""

from __future__ import annotations

from typing import Annotated, Literal, NotRequired
from uuid import UUID

from pydantic import Field
from typing_extensions import TypedDict

from tenure.access.errors import NO_FREE_SEAT
from tenure.api.callers import Call
from tenure.api.calls import Answer, Calls
from tenure.api.fields import NOTHING, Body, Email, Identifier, Maybe200, Nothing, catalogue_id
from tenure.api.lists import Cursor, Limit, page_by_id
from tenure.api.members import MemberOut, StandingName, member_out
from tenure.api.shapes import Instant, Page, instant
from tenure.base.ids import public_id
from tenure.flows.invitations import (
    accept_invitation,
    invite,
    resend_invitation,
    withdraw_invitation,
)
from tenure.organisations.commands.invitations import NewInvitation
from tenure.organisations.errors import ALREADY_MEMBER, INVITATION_CLOSED, OWNERSHIP_IS_GIVEN
from tenure.organisations.models import Invitation, Member
from tenure.organisations.queries import invitation_token
from tenure.organisations.rules import Standing

calls = Calls("People")


class InvitationIn(Body):
    """Whom to invite, as what, with which roles."""

    email: Email
    standing: StandingName
    roles: Annotated[tuple[Identifier, ...], Field(max_length=100)] = ()
    name: Maybe200 = None


class AcceptIn(Body):
    """How the person wants to be called; without it, as they were invited."""

    name: Maybe200 = None


class InvitationOut(TypedDict):
    """An invitation; ``token`` is shown to the vendor's key alone."""

    id: str
    organisation: str
    email: str
    standing: StandingName
    roles: list[str]
    status: Literal["pending", "accepted", "expired", "withdrawn"]
    expires_at: Instant
    token: NotRequired[str]


_NOTHING = AcceptIn()


def _resumed(call: Call, made: UUID) -> Answer:
    """The invitation was written before the call was cut short."""
    return _made(call, made, call.reached.revision if call.reached else 0)


@calls.get("/organisations/{organisation}/invitations", Page[InvitationOut])
def list_invitations(call: Call, limit: Limit = 50, cursor: Cursor = None) -> Answer:
    """The organisation's invitations, oldest first."""
    rows = Invitation.objects.filter(organisation_id=call.organisation)
    shown, following = page_by_id("invitations", rows, limit, cursor)
    data = [invitation_out(row, call) for row in shown]
    return Answer({"data": data, "next_cursor": following})


@calls.post(
    "/organisations/{organisation}/invitations",
    {201: InvitationOut},
    resume=_resumed,
    refuses=(NO_FREE_SEAT, ALREADY_MEMBER, OWNERSHIP_IS_GIVEN),
)
def create_invitation(call: Call, body: InvitationIn) -> Answer:
    """Invite somebody, and reserve the seats of their roles."""
    written = invite(
        organisation=call.organisation,
        invitations=[
            NewInvitation(
                email=body.email,
                standing=Standing(body.standing),
                roles=tuple(map(catalogue_id, body.roles)),
                name=body.name or "",
            )
        ],
        may_give_ownership=call.caller.is_vendor,
        now=call.now,
        by=call.by,
        asked=call.asked,
    )
    return _made(call, written.ids[0], written.revision)


@calls.get("/invitations/{invitation}", InvitationOut)
def get_invitation(call: Call) -> Answer:
    """One invitation."""
    return Answer(invitation_out(Invitation.objects.get(id=call.ids["invitation"]), call))


@calls.post(
    "/invitations/{token}/accept",
    {200: MemberOut},
    vendor_only=True,
    refuses=(INVITATION_CLOSED,),
)
def accept_for_invited(call: Call, body: AcceptIn = _NOTHING) -> Answer:
    """Accept for the address that was invited; by the vendor's key."""
    written = accept_invitation(
        invitation=call.ids["token"],
        name=body.name or "",
        now=call.now,
        by=call.by,
        asked=call.asked,
    )
    member = Member.objects.get(id=written.ids[1])
    return Answer(member_out(member), revision=written.revision)


@calls.post("/invitations/{invitation}/resend", {200: InvitationOut}, refuses=(INVITATION_CLOSED,))
def send_invitation_again(call: Call, body: Nothing = NOTHING) -> Answer:
    """Send a pending invitation again; it runs anew from now."""
    del body
    written = resend_invitation(
        invitation=call.ids["invitation"], now=call.now, by=call.by, asked=call.asked
    )
    row = Invitation.objects.get(id=written.ids[0])
    return Answer(invitation_out(row, call), revision=written.revision)


@calls.delete("/invitations/{invitation}", {204: None}, refuses=(INVITATION_CLOSED,))
def take_invitation_back(call: Call) -> Answer:
    """Withdraw a pending invitation; what it reserved is free again."""
    written = withdraw_invitation(invitation=call.ids["invitation"], now=call.now, by=call.by)
    return Answer(status=204, revision=written.revision)


def invitation_out(row: Invitation, call: Call) -> InvitationOut:
    """An invitation as this caller may see it."""
    out: InvitationOut = {
        "id": public_id("inv", row.id),
        "organisation": public_id("org", row.organisation_id),
        "email": row.email,
        "standing": row.standing,  # type: ignore[typeddict-item]  # its choices are these
        "roles": list(row.roles),
        "status": row.status,  # type: ignore[typeddict-item]  # a constraint keeps it so
        "expires_at": instant(row.expires_at),
    }
    if call.caller.is_vendor:
        out["token"] = invitation_token(row.id)
    return out


def _made(call: Call, invitation: UUID, revision: int) -> Answer:
    out = invitation_out(Invitation.objects.get(id=invitation), call)
    location = f"/api/v1/invitations/{out['id']}"
    return Answer(out, status=201, revision=revision, location=location)
