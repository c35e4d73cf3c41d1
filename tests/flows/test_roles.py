"""A role given to members, or taken: from whichever subscription serves it best (R36, R38)."""

from __future__ import annotations

import pytest

from tenure.access.models import Seat
from tenure.base.calendar import Term
from tenure.base.errors import NotFound, Refused
from tenure.flows.members import change_member
from tenure.flows.policy import bring_into_force
from tenure.flows.roles import give_role, take_role
from tenure.organisations.models import Member, Organisation
from tenure.organisations.rules import MemberStatus
from tenure.subscriptions.models import Subscription
from tests.flows.crowd import DONE, outcomes
from tests.flows.worlds import joined
from tests.shop import START, customer, open_shop, subscribe

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def company() -> Organisation:
    open_shop()
    return customer()


def give(company: Organisation, *members: Member, role: str = "designer") -> int:
    ids = [member.id for member in members]
    written = give_role(organisation=company.id, role=role, members=ids, now=START, by="member:ada")
    return len(written.ids)


def take(company: Organisation, member: Member, role: str = "designer") -> int:
    written = take_role(
        organisation=company.id, role=role, member=member.id, now=START, by="member:ada"
    )
    return len(written.ids)


def held(member: Member) -> int:
    return Seat.objects.filter(member=member).count()


def test_all_are_given_it_or_none(company: Organisation) -> None:
    subscribe(company, quantity=2)
    people = [joined(company, f"p{n}@atelier.example") for n in range(3)]
    with pytest.raises(Refused) as refused:
        give(company, *people)
    assert refused.value.code.code == "no_free_seat"
    assert refused.value.figures["roles"] == ("designer",)
    assert not any(map(held, people))
    assert give(company, *people[:2]) == 2
    assert give(company, *people[:2], people[0]) == 0


def test_the_paid_before_the_trial_and_both_are_taken(company: Organisation) -> None:
    trial = subscribe(company, "designer-trial", term=Term.TRIAL)
    paid = subscribe(company)
    Subscription.objects.filter(id=trial.id).update(cancelled_at=None)  # as if it had not ended it
    bob, eve = joined(company, "bob@atelier.example"), joined(company, "eve@atelier.example")
    give(company, bob)
    assert Seat.objects.get(member=bob).subscription_id == paid.id
    give(company, eve)
    assert Seat.objects.get(member=eve).subscription_id == trial.id
    Seat.objects.filter(member=eve).update(member=bob)
    assert take(company, bob) == 2
    assert take(company, bob) == 0


def test_nothing_is_taken_while_a_seat_is_locked(company: Organisation) -> None:
    bring_into_force(source="[seats]\nlock_days = 30\n", now=START, by="command")
    subscribe(company)
    bob = joined(company, "bob@atelier.example")
    give(company, bob)
    Seat.objects.filter(member=bob).update(first_used_on=START.date())
    with pytest.raises(Refused) as refused:
        take(company, bob)
    assert refused.value.code.code == "seat_locked"
    assert held(bob) == 1


def test_who_rests_or_belongs_elsewhere_is_given_nothing(company: Organisation) -> None:
    subscribe(company)
    other = joined(customer(email="x@elsewhere.example"), "eve@elsewhere.example")
    for act in (give, take):
        with pytest.raises(NotFound):
            act(company, other)
    bob = joined(company, "bob@atelier.example")
    change_member(
        member=bob.id,
        status=MemberStatus.SUSPENDED,
        may_give_ownership=False,
        now=START,
        by="member:ada",
    )
    with pytest.raises(Refused) as refused:
        give(company, bob)
    assert refused.value.code.code == "member_not_active"


def test_one_of_many_administrators_gives_the_last_seat(company: Organisation) -> None:
    subscribe(company)
    people = [joined(company, f"p{n}@atelier.example") for n in range(8)]
    found = outcomes(8, lambda number: give(company, people[number]))
    assert found == {DONE: 1, "no_free_seat": 7}
    assert sum(map(held, people)) == 1
