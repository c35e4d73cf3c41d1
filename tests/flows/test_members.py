"""R34, R37: standing and status, who leaves, and the owner who cannot."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tenure.access.models import Seat
from tenure.base.errors import NotFound, Refused
from tenure.events.models import Event
from tenure.flows.invitations import accept_invitation
from tenure.flows.members import change_member, remove_member
from tenure.organisations.models import Invitation, Member
from tenure.organisations.queries import bill_readers, owners
from tenure.organisations.rules import MemberStatus, Standing
from tests.flows.worlds import invited, joined, someone
from tests.shop import START, customer, open_shop, owner_of, subscribe

pytestmark = pytest.mark.django_db(transaction=True)


def change(
    member: Member,
    *,
    standing: Standing | None = None,
    status: MemberStatus | None = None,
    vendor: bool = False,
) -> int:
    """Change a member, by the organisation's own key unless told; returns the revision."""
    written = change_member(
        member=member.id,
        standing=standing,
        status=status,
        may_give_ownership=vendor,
        now=START,
        by="test",
    )
    member.refresh_from_db()
    return written.revision


def refused(work: Callable[[], object]) -> tuple[str, dict[str, object]]:
    """The code and the figures of a refusal."""
    with pytest.raises(Refused) as refusal:
        work()
    return refusal.value.code.code, dict(refusal.value.figures)


def told() -> list[str]:
    """What the journal tells of members since they joined."""
    types = Event.objects.filter(type__startswith="member.").order_by("sequence")
    return [type_ for type_ in types.values_list("type", flat=True) if type_ != "member.invited"]


def test_standing_and_status_change_and_are_told_once() -> None:
    company = customer()
    bob = joined(company, "bob@atelier.example")
    revisions = [
        change(bob, standing=Standing.ADMINISTRATOR),
        change(bob, standing=Standing.ADMINISTRATOR),
        change(bob, status=MemberStatus.SUSPENDED, standing=Standing.BILLING),
        change(bob, status=MemberStatus.SUSPENDED),
        change(bob, status=MemberStatus.ACTIVE),
        change(bob, status=MemberStatus.ACTIVE),
    ]
    assert (bob.standing, bob.status) == ("billing", "active")
    assert told() == [
        "member.joined",
        "member.standing_changed",
        "member.standing_changed",
        "member.suspended",
        "member.restored",
    ]
    assert revisions == sorted(set(revisions))


def test_the_last_active_owner_stays() -> None:
    company = customer()
    ada = owner_of(company)
    works: list[Callable[[], object]] = [
        lambda: change(ada, standing=Standing.MEMBER, vendor=True),
        lambda: change(ada, status=MemberStatus.SUSPENDED),
        lambda: remove_member(member=ada.id, now=START, by="test"),
    ]
    for work in works:
        assert refused(work)[0] == "last_owner"
    bea = joined(company, "bea@atelier.example", standing=Standing.OWNER)
    change(bea, status=MemberStatus.SUSPENDED)
    for work in works:
        assert refused(work)[0] == "last_owner"
    change(bea, standing=Standing.MEMBER, status=MemberStatus.ACTIVE, vendor=True)
    change(bea, standing=Standing.OWNER, vendor=True)
    remove_member(member=ada.id, now=START, by="test")
    assert refused(lambda: remove_member(member=bea.id, now=START, by="test"))[0] == "last_owner"


def test_ownership_is_not_an_administrators_to_give_or_take() -> None:
    company = customer()
    ada = owner_of(company)
    bob = joined(company, "bob@atelier.example")
    bea = joined(company, "bea@atelier.example", standing=Standing.OWNER)
    joined(
        customer(email="eve@elsewhere.example"), "ed@elsewhere.example", standing=Standing.BILLING
    )
    assert owners(company.id) == bill_readers(company.id, 5) == [ada, bea]
    for member, standing in ((bob, Standing.OWNER), (bea, Standing.MEMBER)):
        code, _ = refused(lambda m=member, s=standing: change(m, standing=s))
        assert code == "ownership_is_given"


def test_both_changes_or_neither() -> None:
    company = customer()
    eve = Member.objects.get(id=invited(company, "eve@atelier.example").member_id)
    code, figures = refused(
        lambda: change(eve, standing=Standing.BILLING, status=MemberStatus.SUSPENDED)
    )
    assert (code, figures) == ("member_not_joined", {"member_status": "invited"})
    eve.refresh_from_db()
    assert eve.standing == "member"
    assert refused(lambda: change(eve, status=MemberStatus.ACTIVE))[0] == "member_not_joined"


def test_who_is_invited_comes_with_the_standing_given_meanwhile() -> None:
    company = customer()
    invitation = invited(company, "eve@atelier.example")
    eve = Member.objects.get(id=invitation.member_id)
    change(eve, standing=Standing.ADMINISTRATOR)
    accept_invitation(invitation=invitation.id, now=START, by="test")
    eve.refresh_from_db()
    assert (eve.standing, eve.status) == ("administrator", "active")


def test_who_is_removed_leaves_everything() -> None:
    company = customer()
    subscribe(company, "designer-business", 2)
    subscribe(company, "analyst-business", 1)
    bob = joined(company, "bob@atelier.example", "designer", "analyst")
    eve = invited(company, "eve@atelier.example", "designer")
    assert Seat.objects.filter(member__isnull=True, invitation__isnull=True).count() == 0
    remove_member(member=bob.id, now=START, by="test")
    remove_member(member=eve.member_id, now=START, by="test")
    revision = remove_member(member=bob.id, now=START, by="test").revision
    assert Seat.objects.filter(member__isnull=True, invitation__isnull=True).count() == 3
    assert Invitation.objects.get(id=eve.id).status == "withdrawn"
    assert set(
        Member.objects.filter(id__in=[bob.id, eve.member_id]).values_list("status", flat=True)
    ) == {"removed"}
    assert told().count("member.removed") == 2
    assert revision > 0
    code, figures = refused(lambda: change(bob, standing=Standing.ADMINISTRATOR))
    assert (code, figures) == ("member_not_joined", {"member_status": "removed"})
    assert refused(lambda: change(bob, status=MemberStatus.ACTIVE))[0] == "member_not_joined"


def test_a_member_who_does_not_exist() -> None:
    with pytest.raises(NotFound):
        remove_member(member=someone(), now=START, by="test")
    with pytest.raises(NotFound):
        change_member(member=someone(), may_give_ownership=True, now=START, by="test")


@pytest.fixture(autouse=True)
def _shop() -> None:
    open_shop()
