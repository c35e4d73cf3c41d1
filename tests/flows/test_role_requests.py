"""R40: a member asks for a role; it is granted, bought for, declined; nothing lapses unseen."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tenure.access.models import RoleRequest, Seat
from tenure.access.queries.requests import (
    open_requests,
    requests_to_answer,
    requests_to_serve,
)
from tenure.base.calendar import Term
from tenure.base.errors import Invalid, NotFound, Refused
from tenure.base.ids import public_id
from tenure.events.models import Event
from tenure.flows.clock import advance_clock
from tenure.flows.due import run_due
from tenure.flows.invitations import accept_invitation
from tenure.flows.members import change_member, remove_member
from tenure.flows.placing import CardPayment
from tenure.flows.renewals.paying import pay_now
from tenure.flows.role_requests import (
    ask_for_role,
    await_seat,
    decline_role_request,
    grant_role_request,
    withdraw_role_request,
)
from tenure.flows.seats import assign_seat, release_seat
from tenure.organisations.models import Member, Organisation
from tenure.organisations.rules import MemberStatus
from tenure.subscriptions.models import Subscription
from tests.flows.crowd import outcomes
from tests.flows.worlds import invited, joined, someone
from tests.shop import START, customer, open_shop, subscribe

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def company() -> Organisation:
    open_shop()
    return customer()


@pytest.fixture
def bob(company: Organisation) -> Member:
    return joined(company, "bob@atelier.example")


def ask(member: Member, role: str = "designer", note: str = "For the lathe.") -> UUID:
    return ask_for_role(member=member.id, role=role, note=note, now=START, by="member:x").ids[0]


def grant(request: UUID, company: Organisation) -> None:
    grant_role_request(request=request, organisation=company.id, now=START, by="member:ada")


def status(request: UUID) -> str:
    return RoleRequest.objects.get(id=request).status


def told() -> list[str]:
    rows = Event.objects.filter(type__startswith="role_request.").order_by("sequence")
    return [row.type.removeprefix("role_request.") for row in rows]


def test_who_holds_the_role_again_waits_no_longer(company: Organisation, bob: Member) -> None:
    lapsing = subscribe(company, term=Term.QUARTER, token="tok_ok_then_declined")
    assign_seat(subscription=lapsing.id, member=bob.id, now=START, by="test")
    later = START + timedelta(days=95)
    advance_clock(organisation=company.id, to=later, by="test", sandbox=True)
    made = [
        ask_for_role(member=each.id, role="designer", now=later, by="member:x").ids[0]
        for each in (bob, joined(company, "eve@atelier.example"))
    ]
    for each in made:
        await_seat(request=each, organisation=company.id, now=later, by="member:ada")
    pay_now(subscription=lapsing.id, payment=CardPayment("tok_ok"), now=later, by="member:ada")
    assert [status(each) for each in made] == ["granted", "awaiting_seat"]
    assert not requests_to_serve(later).exists()


def test_a_member_asks_and_administrators_see_it(company: Organisation, bob: Member) -> None:
    request = ask(bob, note="  For the lathe. ")
    waiting = open_requests(company.id)
    assert (waiting.count, waiting.oldest) == (1, START)
    (seen,) = requests_to_answer(company.id, at=START, on=START.date(), language="fr")
    assert (seen.id, seen.member_email, seen.note) == (request, bob.email, "For the lathe.")
    assert (seen.role.name, seen.free_in) == ("Concepteur", None)
    subscription = subscribe(company)
    (seen,) = requests_to_answer(company.id, at=START, on=START.date(), language="en")
    assert seen.free_in == subscription.id
    said = Event.objects.get(type="role_request.made")
    assert said.data == {
        "role_request": public_id("ask", request),
        "member": public_id("mem", bob.id),
        "role": "designer",
    }
    ask(joined(company, "eve@atelier.example"))


def test_what_can_be_asked_for(company: Organisation, bob: Member) -> None:
    ask(joined(company, "eve@atelier.example"))
    ask(bob, "analyst")
    subscription = subscribe(company)
    assign_seat(subscription=subscription.id, member=bob.id, now=START, by="test")
    for role, code in {
        "designer": "role_held",
        "analyst": "role_requested",
        "painter": "role_not_offered",
    }.items():
        with pytest.raises(Refused, match=code):
            ask(bob, role)
    maker = customer(email="m@atelier.example", clock=START)
    with pytest.raises(NotFound):
        ask_for_role(member=maker.id, role="designer", now=START, by="x")
    with pytest.raises(Invalid):
        ask(bob, note="x" * 501)


def test_who_is_not_active_asks_for_nothing(company: Organisation, bob: Member) -> None:
    change_member(
        member=bob.id,
        status=MemberStatus.SUSPENDED,
        may_give_ownership=False,
        now=START,
        by="test",
    )
    with pytest.raises(Refused, match="member_not_active"):
        ask(bob)


def test_granting_assigns_a_free_seat(company: Organisation, bob: Member) -> None:
    request = ask(bob)
    with pytest.raises(Refused) as refusal:
        grant(request, company)
    assert refusal.value.code.code == "no_free_seat"
    assert refusal.value.figures == {"available": 0, "roles": ("designer",)}
    subscribe(company)
    with pytest.raises(Refused, match="no_free_seat"):  # it is over by then
        grant_role_request(
            request=request, organisation=company.id, now=START + timedelta(days=400), by="x"
        )
    for _ in range(2):
        grant(request, company)
    assert status(request) == "granted"
    assert Seat.objects.get(member=bob).subscription.offer_id == "designer-business"
    assert told() == ["made", "granted"]
    for again in (decline, withdraw):
        with pytest.raises(Refused, match="role_request_closed"):
            again(request, company, bob)


def decline(request: UUID, company: Organisation, _: Member) -> None:
    decline_role_request(
        request=request, organisation=company.id, word="Next year.", now=START, by="member:ada"
    )


def withdraw(request: UUID, _: Organisation, bob: Member) -> None:
    withdraw_role_request(request=request, member=bob.id, now=START, by="member:bob")


def test_declining_says_why_and_the_member_may_ask_again(
    company: Organisation, bob: Member
) -> None:
    request = ask(bob)
    with pytest.raises(Invalid):
        decline_role_request(
            request=request, organisation=company.id, word=" ", now=START, by="member:ada"
        )
    for _ in range(2):
        decline(request, company, bob)
    row = RoleRequest.objects.get()
    assert (row.status, row.answer, row.closed_at) == ("declined", "Next year.", START)
    assert open_requests(company.id).count == 0
    ask(bob)
    assert told() == ["made", "declined", "made"]


def test_the_member_withdraws_and_nobody_else(company: Organisation, bob: Member) -> None:
    request = ask(bob)
    eve = joined(company, "eve@atelier.example")
    with pytest.raises(NotFound):
        withdraw(request, company, eve)
    for _ in range(2):
        withdraw(request, company, bob)
    assert (status(request), told()) == ("withdrawn", ["made", "withdrawn"])


def test_a_stranger_s_request_is_not_found(company: Organisation, bob: Member) -> None:
    request = ask(bob)
    other = customer(email="zed@elsewhere.example")
    for call in (grant_role_request, await_seat):
        with pytest.raises(NotFound):
            call(request=request, organisation=other.id, now=START, by="x")
    with pytest.raises(NotFound):
        grant(someone(), company)


def test_what_is_bought_for_it_is_given_to_who_waited_longest(
    company: Organisation, bob: Member
) -> None:
    eve, dan = (joined(company, f"{name}@atelier.example") for name in ("eve", "dan"))
    elsewhere = ask(joined(customer(email="zed@elsewhere.example"), "zoe@elsewhere.example"))
    undecided, first, second = ask(dan), ask(bob), ask(eve)
    RoleRequest.objects.filter(id=elsewhere).update(status="awaiting_seat")
    for request in (second, first, first):
        await_seat(request=request, organisation=company.id, now=START, by="member:ada")
    assert open_requests(company.id).count == 3
    subscribe(company)
    assert (status(first), status(second)) == ("granted", "awaiting_seat")
    subscribe(company)
    assert status(second) == "granted"
    subscribe(company)
    assert (status(undecided), status(elsewhere)) == ("open", "awaiting_seat")


def test_a_trial_serves_it_too(company: Organisation, bob: Member) -> None:
    request = ask(bob)
    await_seat(request=request, organisation=company.id, now=START, by="member:ada")
    subscribe(company, "designer-trial", term=Term.TRIAL)
    assert status(request) == "granted"


def test_several_roles_are_served_as_they_are_bought(company: Organisation, bob: Member) -> None:
    requests = [ask(bob, role) for role in ("designer", "analyst")]
    for request in requests:
        await_seat(request=request, organisation=company.id, now=START, by="member:ada")
    subscribe(company, "designer-business")
    subscribe(company, "analyst-business")
    assert [status(request) for request in requests] == ["granted", "granted"]
    assert Seat.objects.filter(member=bob).count() == 2


def waits_for_a_freed_seat(company: Organisation) -> tuple[UUID, Subscription, Member]:
    """A request that awaits a seat, where the one there is has a holder still."""
    subscription = subscribe(company)
    eve = joined(company, "eve@atelier.example")
    assign_seat(subscription=subscription.id, member=eve.id, now=START, by="test")
    request = ask(joined(company, "bob@atelier.example"))
    await_seat(request=request, organisation=company.id, now=START, by="member:ada")
    return request, subscription, eve


def test_the_worker_gives_a_seat_that_became_free() -> None:
    open_shop()
    request, subscription, eve = waits_for_a_freed_seat(customer(clock=None))
    run_due(now=START)
    assert status(request) == "awaiting_seat"
    release_seat(subscription=subscription.id, member=eve.id, now=START, by="test")
    assert requests_to_serve(START).exists()
    ended = START + timedelta(days=400)
    assert not requests_to_serve(ended).exists()  # its seats serve nobody any more
    assert (run_due(now=START), status(request)) == (1, "granted")
    assert run_due(now=START) == 0


def test_the_worker_leaves_test_clocks_alone(company: Organisation) -> None:
    request, subscription, eve = waits_for_a_freed_seat(company)
    release_seat(subscription=subscription.id, member=eve.id, now=START, by="test")
    run_due(now=START)
    assert status(request) == "awaiting_seat"
    soon = START + timedelta(minutes=1)
    advance_clock(organisation=company.id, to=soon, by="test", sandbox=True)
    assert status(request) == "granted", "with nothing due on the way"
    assert Event.objects.get(type="role_request.granted").at == START


def test_who_is_given_the_role_otherwise_has_it_granted(company: Organisation, bob: Member) -> None:
    request, other = ask(bob), ask(bob, "analyst")
    subscription = subscribe(company)
    assign_seat(subscription=subscription.id, member=bob.id, now=START, by="test")
    assert (status(request), status(other)) == ("granted", "open")
    release_seat(subscription=subscription.id, member=bob.id, now=START, by="test")
    ask(bob)


def test_an_accepted_invitation_closes_what_was_asked(company: Organisation, bob: Member) -> None:
    subscribe(company)
    request = ask(bob)
    others = ask(joined(company, "eve@atelier.example"))
    remove_member(member=bob.id, now=START, by="test")
    assert (status(request), status(others)) == ("withdrawn", "open")
    invitation = invited(company, bob.email, "designer")
    accept_invitation(invitation=invitation.id, now=START, by="test")
    assert told() == ["made", "made", "withdrawn"]


def test_a_suspended_member_is_not_granted_and_keeps_asking(
    company: Organisation, bob: Member
) -> None:
    subscribe(company)
    request = ask(bob)
    change_member(
        member=bob.id,
        status=MemberStatus.SUSPENDED,
        may_give_ownership=False,
        now=START,
        by="test",
    )
    with pytest.raises(Refused, match="member_not_active"):
        grant(request, company)
    assert status(request) == "open"
    await_seat(request=request, organisation=company.id, now=START, by="member:ada")
    assert not requests_to_serve(START).exists()
    subscribe(company)
    assert status(request) == "awaiting_seat"
    change_member(
        member=bob.id, status=MemberStatus.ACTIVE, may_give_ownership=False, now=START, by="test"
    )
    assert requests_to_serve(START).exists()
    Seat.objects.update(organisation=customer(email="zed@elsewhere.example"))
    assert not requests_to_serve(START).exists(), "another's seats serve nobody here"


def test_the_last_free_seat_goes_to_one_of_many(company: Organisation) -> None:
    people = [joined(company, f"p{n}@atelier.example") for n in range(6)]
    requests = [ask(person) for person in people]
    subscribe(company)

    results = outcomes(6, lambda number: grant(requests[number], company))
    assert results == {"done": 1, "no_free_seat": 5}


def statements(company: Organisation) -> int:
    with CaptureQueriesContext(
        connection,
    ) as captured:
        requests_to_answer(company.id, at=START, on=START.date(), language="en")
        open_requests(company.id)
    return len(captured)


def test_as_many_statements_for_thirty_as_for_three(company: Organisation) -> None:
    subscribe(company)
    for n in range(3):
        ask(joined(company, f"p{n}@atelier.example"))
    few = statements(company)
    for n in range(3, 30):
        ask(joined(company, f"p{n}@atelier.example"))
    assert statements(company) == few <= 9
