"""Members: who belongs to an organisation, and as what (R34, R37)."""

from __future__ import annotations

from typing import Literal

from typing_extensions import TypedDict

from tenure.api.callers import Call
from tenure.api.calls import Answer, Calls, etag_of, wanted_tags
from tenure.api.fields import ABSENT, Change, Given
from tenure.api.lists import Cursor, Limit, page_by_id
from tenure.api.shapes import Page
from tenure.base.ids import public_id
from tenure.flows.members import change_member, remove_member
from tenure.organisations.errors import LAST_OWNER, NOT_JOINED, OWNERS_ALONE, OWNERSHIP_IS_GIVEN
from tenure.organisations.models import Member
from tenure.organisations.rules import MemberStatus, Standing

calls = Calls("People")

StandingName = Literal["owner", "administrator", "billing", "member", "external"]


class MemberChange(Change):
    """Another standing, or suspended and active again."""

    standing: Given[StandingName] = ABSENT
    status: Given[Literal["suspended", "active"]] = ABSENT


class MemberOut(TypedDict):
    """A person in an organisation."""

    id: str
    email: str
    name: str
    standing: StandingName
    status: Literal["invited", "active", "suspended", "removed"]


@calls.get("/organisations/{organisation}/members", Page[MemberOut])
def list_members(call: Call, limit: Limit = 50, cursor: Cursor = None) -> Answer:
    """The organisation's members, the invited and the removed too, oldest first."""
    rows = Member.objects.filter(organisation_id=call.organisation)
    shown, following = page_by_id("members", rows, limit, cursor)
    return Answer({"data": [member_out(row) for row in shown], "next_cursor": following})


@calls.get("/members/{member}", MemberOut, shows_version=True)
def get_member(call: Call) -> Answer:
    """One member."""
    row = Member.objects.get(id=call.ids["member"])
    return Answer(member_out(row), etag=_etag(row))


@calls.patch(
    "/members/{member}",
    MemberOut,
    shows_version=True,
    edits=True,
    refuses=(LAST_OWNER, OWNERSHIP_IS_GIVEN, OWNERS_ALONE, NOT_JOINED),
)
def edit_member(call: Call, body: MemberChange) -> Answer:
    """Give a member another standing, suspend or restore them (R34, R37).

    Ownership is given by the vendor's key only: otherwise the other has to accept it. An
    organisation's key may what its administrators may, who leave owners to owners.
    """
    tags = wanted_tags(call.request)
    written = change_member(
        member=call.ids["member"],
        standing=Standing(body.standing) if body.standing else None,
        status=MemberStatus(body.status) if body.status else None,
        may_give_ownership=call.caller.is_vendor,
        by_owner=call.caller.is_vendor,
        is_current=lambda member: tags is None or _etag(member) in tags,
        now=call.now,
        by=call.by,
    )
    row = Member.objects.get(id=call.ids["member"])
    return Answer(member_out(row), revision=written.revision, etag=_etag(row))


@calls.delete("/members/{member}", {204: None}, refuses=(LAST_OWNER, OWNERS_ALONE))
def remove_member_of_organisation(call: Call) -> Answer:
    """Remove a member; seats and reservations are free at once (R37).

    An owner is removed by the vendor's key alone, or by another owner in the console.
    """
    written = remove_member(
        member=call.ids["member"], by_owner=call.caller.is_vendor, now=call.now, by=call.by
    )
    return Answer(status=204, revision=written.revision)


def _etag(row: Member) -> str:
    """The tag of what can be edited of a member."""
    return etag_of(f"{row.standing}-{row.status}")


def member_out(row: Member) -> MemberOut:
    """A member as it goes out."""
    return {
        "id": public_id("mem", row.id),
        "email": row.email,
        "name": row.name,
        "standing": row.standing,  # type: ignore[typeddict-item]  # a constraint keeps it so
        "status": row.status,  # type: ignore[typeddict-item]  # a constraint keeps it so
    }
