"""R34: the ownership passes by an offer that the other accepts, or is recovered by staff."""

from __future__ import annotations

from uuid import UUID

import pytest

from tenure.base.errors import Invalid, NotFound, Refused
from tenure.base.ids import public_id
from tenure.events.models import Event
from tenure.flows.invitations import accept_invitation
from tenure.flows.members import change_member, remove_member
from tenure.flows.ownership import (
    accept_ownership,
    close_ownership_offer,
    offer_ownership,
    recover_owner,
)
from tenure.flows.staff import add_staff
from tenure.organisations.models import (
    Intervention,
    Invitation,
    Member,
    Organisation,
    OwnershipOffer,
)
from tenure.organisations.rules import MemberStatus, StaffRole, Standing
from tests.flows.crowd import outcomes
from tests.flows.worlds import joined
from tests.shop import START, customer, open_shop, owner_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def company() -> Organisation:
    open_shop()
    return customer()


def offer(giver: Member, taker: Member, *, stays: bool = False) -> UUID:
    return offer_ownership(
        giver=giver.id, taker=taker.id, giver_stays=stays, now=START, by="member:mem_x"
    ).ids[0]


def accept(of: UUID, member: Member) -> None:
    accept_ownership(offer=of, member=member.id, now=START, by="member:mem_x")


def close(of: UUID, member: Member) -> None:
    close_ownership_offer(offer=of, member=member.id, now=START, by="member:mem_x")


def standings(company: Organisation) -> dict[str, str]:
    rows = Member.objects.filter(organisation=company)
    return {row.email.partition("@")[0]: row.standing for row in rows}


def told(company: Organisation) -> list[str]:
    rows = Event.objects.filter(organisation_id=company.id, type__startswith="ownership.")
    return list(rows.order_by("sequence").values_list("type", flat=True))


@pytest.mark.parametrize(("stays", "left"), [(False, "administrator"), (True, "owner")])
def test_the_giver_becomes_administrator_or_stays_as_chosen(
    company: Organisation, stays: bool, left: str
) -> None:
    ada, bob = owner_of(company), joined(company, "bob@atelier.example")
    made = offer(ada, bob, stays=stays)
    assert standings(company) == {"ada": "owner", "bob": "member"}
    for _ in range(2):
        accept(made, bob)
    assert standings(company) == {"ada": left, "bob": "owner"}
    assert told(company) == ["ownership.offered", "ownership.accepted"]
    said = Event.objects.get(type="ownership.accepted")
    assert said.data == {
        "ownership_offer": public_id("own", made),
        "giver": public_id("mem", ada.id),
        "member": public_id("mem", bob.id),
    }


def test_only_who_was_asked_answers_and_only_the_giver_withdraws(company: Organisation) -> None:
    ada, bob = owner_of(company), joined(company, "bob@atelier.example")
    eve = joined(company, "eve@atelier.example", standing=Standing.OWNER)
    made = offer(ada, bob)
    for stranger in (ada, eve):
        with pytest.raises(NotFound):
            accept(made, stranger)
    with pytest.raises(NotFound):
        close(made, eve)
    close(made, bob)
    close(made, bob)
    with pytest.raises(Refused, match="ownership_offer_closed"):
        accept(made, bob)
    with pytest.raises(Refused, match="ownership_offer_closed"):
        close(made, ada)
    second = offer(ada, bob)
    close(second, ada)
    assert told(company) == [
        "ownership.offered",
        "ownership.declined",
        "ownership.offered",
        "ownership.offer_withdrawn",
    ]


def test_who_may_offer_to_whom(company: Organisation) -> None:
    ada, bob = owner_of(company), joined(company, "bob@atelier.example")
    eve = joined(company, "eve@atelier.example", standing=Standing.OWNER)
    other = customer(email="zed@elsewhere.example")
    with pytest.raises(NotFound):
        offer(ada, owner_of(other))
    with pytest.raises(Refused, match="ownership_is_given"):
        offer(bob, ada)
    with pytest.raises(Refused, match="already_owner"):
        offer(ada, eve)
    offer(ada, bob)
    with pytest.raises(Refused, match="ownership_offer_open"):
        offer(ada, bob)
    change_member(
        member=bob.id,
        status=MemberStatus.SUSPENDED,
        may_give_ownership=False,
        now=START,
        by="test",
    )
    assert OwnershipOffer.objects.get().status == "withdrawn"
    with pytest.raises(Refused, match="ownership_taker_not_active"):
        offer(ada, bob)


def test_an_offer_goes_with_the_giver(company: Organisation) -> None:
    ada, bob = owner_of(company), joined(company, "bob@atelier.example")
    joined(company, "eve@atelier.example", standing=Standing.OWNER)
    made = offer(ada, bob)
    remove_member(member=ada.id, now=START, by="test")
    with pytest.raises(Refused, match="ownership_offer_closed"):
        accept(made, bob)
    assert told(company)[-1] == "ownership.offer_withdrawn"


def test_two_owners_who_leave_at_the_same_moment_leave_one(company: Organisation) -> None:
    ada, eve = owner_of(company), joined(company, "eve@atelier.example", standing=Standing.OWNER)
    bob = joined(company, "bob@atelier.example")
    made = offer(ada, bob)

    def leaves(what: int) -> None:
        if what == 1:
            accept(made, bob)
        else:
            remove_member(member=(eve, bob)[what // 2].id, now=START, by="test")

    outcomes(3, leaves)
    owners = Member.objects.filter(organisation=company, standing="owner", status="active")
    assert owners.exists()


@pytest.fixture
def zoe() -> UUID:
    return add_staff(
        email="zoe@vendor.example",
        name="Zoé",
        roles={StaffRole.SUPPORT},
        now=START,
        by="command",
    ).ids[0]


def recover(company: Organisation, user: UUID, email: str, **more: object) -> Member:
    given = {"reason": "Ada left the company.", "now": START} | more
    written = recover_owner(organisation=company.id, user=user, email=email, **given)  # type: ignore[arg-type]
    return Member.objects.get(id=written.ids[0])


def test_staff_make_another_member_owner_on_record(company: Organisation, zoe: UUID) -> None:
    ada, bob = owner_of(company), joined(company, "bob@atelier.example")
    change_member(
        member=bob.id,
        status=MemberStatus.SUSPENDED,
        may_give_ownership=False,
        now=START,
        by="test",
    )
    member = recover(company, zoe, "bob@atelier.example", instead_of=ada.id)
    assert (member.status, member.standing) == ("active", "owner")
    assert standings(company)["ada"] == "member"
    record = Intervention.objects.get()
    assert (record.kind, record.reason) == ("recovery", "Ada left the company.")
    said = Event.objects.get(type="ownership.recovered")
    assert said.by == f"staff:{public_id('usr', zoe)}"
    assert said.data["member"] == public_id("mem", bob.id)
    assert "Ada" not in str(said.data)


def test_an_address_that_is_no_members_is_invited_as_owner(
    company: Organisation, zoe: UUID
) -> None:
    member = recover(company, zoe, "new@atelier.example", name="New")
    assert (member.status, member.standing) == ("invited", "owner")
    invitation = Invitation.objects.get()
    accept_invitation(invitation=invitation.id, now=START, by="test")
    assert standings(company) == {"ada": "owner", "new": "owner"}


def test_the_last_owner_goes_only_when_another_is_there(company: Organisation, zoe: UUID) -> None:
    with pytest.raises(Refused, match="last_owner"):
        recover(company, zoe, "new@atelier.example", instead_of=owner_of(company).id)
    assert not Invitation.objects.exists()


def test_a_reason_is_needed_and_not_everybody_may(company: Organisation, zoe: UUID) -> None:
    joined(company, "bob@atelier.example")
    with pytest.raises(Invalid):
        recover(company, zoe, "bob@atelier.example", reason="  ")
    finance = add_staff(
        email="fin@vendor.example",
        name="",
        roles={StaffRole.FINANCE},
        now=START,
        by="command",
    ).ids[0]
    with pytest.raises(NotFound):
        recover(company, finance, "bob@atelier.example")
    assert standings(company)["bob"] == "member"
