"""R36: people invited from a file, all or none, with a dry run and a verdict for each line."""

from __future__ import annotations

from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tenure.access.models import Seat
from tenure.base.errors import NotFound
from tenure.events.models import Event
from tenure.flows.invitation_file import ManyInvited, invite_many
from tenure.flows.members import remove_member
from tenure.organisations.models import Invitation, Member, Organisation
from tenure.organisations.rules import Standing
from tenure.organisations.rules.invitation_file import Person, read_invitation_file
from tests.flows.worlds import joined, someone
from tests.shop import START, customer, open_shop, subscribe

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def company() -> Organisation:
    open_shop()
    return customer()


def people(count: int, *roles: str, start: int = 0) -> list[Person]:
    return [
        Person(number + 2, f"p{number}@plan.example", f"P {number}", Standing.MEMBER, roles)
        for number in range(start, start + count)
    ]


def invite(company: UUID, whom: list[Person], *, dry_run: bool = False) -> ManyInvited:
    return invite_many(
        organisation=company, people=whom, dry_run=dry_run, now=START, by="member:ada"
    )


def codes(result: ManyInvited) -> list[str]:
    return [line.verdict.code.code for line in result.lines]


def test_more_than_ten_come_in_with_their_seats(company: Organisation) -> None:
    subscribe(company, quantity=12)
    dry = invite(company.id, people(12, "designer"), dry_run=True)
    assert dry.allowed
    assert dry.written is None
    assert not Invitation.objects.exists()
    done = invite(company.id, people(12, "designer"))
    assert done.written is not None
    assert len(done.written.ids) == Invitation.objects.count() == 12
    assert Seat.objects.filter(invitation__isnull=False).count() == 12
    assert Event.objects.filter(type="member.invited").count() == 12
    assert Member.objects.get(email="p3@plan.example").name == "P 3"


def test_one_wrong_line_keeps_all_out_and_each_says_why(company: Organisation) -> None:
    subscribe(company, quantity=2)
    bob = joined(company, "bob@plan.example")
    gone = joined(company, "gone@plan.example")
    remove_member(member=gone.id, now=START, by="test")
    before = Invitation.objects.count()
    whom = [
        Person(2, "a@plan.example", roles=("designer",)),
        Person(3, bob.email),
        Person(4, "b@plan.example", roles=("painter",)),
        Person(5, "a@plan.example"),
        Person(6, "c@plan.example", standing=Standing.OWNER),
        Person(7, gone.email, roles=("designer",)),
        Person(8, "d@plan.example", roles=("designer", "analyst")),
    ]
    result = invite(company.id, whom)
    assert codes(result) == [
        "line_invitable",
        "already_member",
        "line_role_unknown",
        "line_twice",
        "ownership_is_given",
        "line_invitable",
        "no_free_seat",
    ]
    assert result.lines[-1].verdict.figures["roles"] == ("designer", "analyst")
    assert (result.allowed, result.written) == (False, None)
    assert Invitation.objects.count() == before
    again = invite(company.id, [whom[0], whom[5]])
    assert again.written is not None


def test_what_the_reader_read_can_be_invited(company: Organisation) -> None:
    read = read_invitation_file(b"email;name\nbob@plan.example;Bob\n", {"designer"})
    result = invite(company.id, list(read.people))
    assert result.written is not None
    assert Member.objects.get(email="bob@plan.example").status == "invited"


def test_nobody_is_nothing_and_a_stranger_is_not_found(company: Organisation) -> None:
    assert invite(company.id, []) == ManyInvited(())
    with pytest.raises(NotFound):
        invite(someone(), people(1))


def test_as_many_statements_for_three_hundred_as_for_three(company: Organisation) -> None:
    subscribe(company, quantity=310)

    def statements(whom: list[Person]) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert invite(company.id, whom).written is not None
        return len(captured)

    few = statements(people(3, "designer"))
    assert statements(people(300, "designer", start=3)) == few


def test_thousands_are_no_trouble(company: Organisation) -> None:
    assert invite(company.id, people(9000)).written is not None
    assert Member.objects.filter(organisation=company, status="invited").count() == 9000
