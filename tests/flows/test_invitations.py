"""R36: invitations reserve their seats, run out, are sent again, withdrawn, accepted."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from tenure.access.models import Seat
from tenure.base.calendar import Term
from tenure.base.errors import NotFound, Refused
from tenure.catalogue.file import parse_catalogue
from tenure.events.models import Event
from tenure.flows.catalogue_import import import_file
from tenure.flows.clock import advance_clock
from tenure.flows.invitations import (
    accept_invitation,
    invite,
    resend_invitation,
    withdraw_invitation,
)
from tenure.flows.members import remove_member
from tenure.flows.written import Written
from tenure.organisations.commands.invitations import NewInvitation
from tenure.organisations.models import Invitation, Member, Organisation, User
from tenure.organisations.rules import Standing
from tenure.subscriptions.models import Subscription
from tests.flows.worlds import invited, joined, someone
from tests.shop import CATALOGUE, START, customer, open_shop, subscribe

pytestmark = pytest.mark.django_db(transaction=True)

RUNS_OUT = datetime(2027, 3, 15, 23, tzinfo=UTC)
"""The end of 15 March in Paris, fourteen days after the first."""

INSTANT = timedelta(microseconds=1)

WITH_BUNDLE = CATALOGUE.replace(
    """  audience: business
  channel: contact
  countries: [FR]
""",
    """  audience: business
  channel: online
  countries: [FR]
  prices:
  - {term: year, currency: EUR, amount: 200000}
""",
)


@pytest.fixture(autouse=True)
def _shop() -> None:
    open_shop()


def send(organisation: Organisation, *people: NewInvitation, owner: bool = False) -> Written:
    """Invite people."""
    return invite(
        organisation=organisation.id,
        invitations=people,
        may_give_ownership=owner,
        now=START,
        by="test",
    )


def person(email: str, *roles: str, standing: Standing = Standing.MEMBER) -> NewInvitation:
    """Somebody to invite."""
    return NewInvitation(f"{email}@atelier.example", standing, roles)


def refused(work: Callable[[], object]) -> tuple[str, dict[str, object]]:
    """The code and the figures of a refusal."""
    with pytest.raises(Refused) as refusal:
        work()
    return refusal.value.code.code, dict(refusal.value.figures)


def reserved(invitation: Invitation) -> set[str]:
    """The offers of the seats that an invitation keeps."""
    return set(
        Seat.objects.filter(invitation=invitation).values_list("subscription__offer", flat=True)
    )


def test_who_accepts_holds_what_was_reserved() -> None:
    company = customer()
    subscribe(company, "designer-business", 2)
    subscribe(company, "analyst-business", 1)
    invitation = invited(company, "bob@atelier.example", "designer", "analyst", "designer")
    assert invitation.roles == ["designer", "analyst"]
    assert invitation.expires_at == RUNS_OUT
    assert reserved(invitation) == {"designer-business", "analyst-business"}
    last = RUNS_OUT - INSTANT
    written = accept_invitation(invitation=invitation.id, name="Bob B.", now=last, by="test")
    bob = Member.objects.get(id=written.ids[1])
    assert (bob.status, bob.name, bob.id) == ("active", "Bob B.", invitation.member_id)
    assert bob.user is not None
    assert bob.user.email == "bob@atelier.example"
    seats = Seat.objects.filter(member=bob)
    assert {seat.assigned_at for seat in seats} == {last}
    assert seats.count() == 2
    assert not Seat.objects.filter(invitation__isnull=False).exists()
    again = accept_invitation(invitation=invitation.id, name="Other", now=last, by="test")
    assert again.ids == written.ids
    assert Event.objects.filter(type="member.joined").count() == 1


def test_one_login_belongs_to_several_organisations() -> None:
    first, second = customer(), customer(email="bea@elsewhere.example")
    known = joined(first, "bob@atelier.example")
    other = joined(second, "bob@atelier.example")
    assert known.user_id == other.user_id
    assert User.objects.filter(email="bob@atelier.example").count() == 1


def test_the_seat_is_of_the_paid_that_ends_last_and_is_oldest_once_the_trial_is_replaced() -> None:
    company = customer()
    subscribe(company, "designer-trial", 2, term=Term.TRIAL)
    assert reserved(invited(company, "a@atelier.example", "designer")) == {"designer-trial"}
    later = START + timedelta(days=1)
    quarter = subscribe(company, "designer-business", 2, term=Term.QUARTER)
    assert Seat.objects.get(invitation__email="a@atelier.example").subscription == quarter  # R9
    year = [subscribe(company, "designer-business", 1, now=START) for _ in range(2)]
    subscribe(company, "designer-business", 1, now=later)

    def whose(email: str) -> Subscription:
        invite(
            organisation=company.id,
            invitations=[person(email, "designer")],
            may_give_ownership=False,
            now=later,
            by="test",
        )
        seat = Seat.objects.get(invitation__email=f"{email}@atelier.example")
        return seat.subscription

    assert whose("b").created_at == later
    assert {whose("c").id, whose("d").id} == {each.id for each in year}
    assert whose("e").term == Term.QUARTER
    code, figures = refused(lambda: whose("g"))
    assert (code, figures["roles"]) == ("no_free_seat", ("designer",))


def test_one_seat_serves_several_roles() -> None:
    import_file(file=parse_catalogue(WITH_BUNDLE), source=WITH_BUNDLE, now=START, by="command")
    company = customer()
    subscribe(company, "bench-business", 2)
    both = invited(company, "bob@atelier.example", "designer", "analyst")
    assert Seat.objects.filter(invitation=both).count() == 1
    subscribe(company, "analyst-business", 1)
    analyst = invited(company, "cleo@atelier.example", "analyst", "designer")
    assert reserved(analyst) == {"bench-business"}


def test_all_are_invited_or_none() -> None:
    company = customer()
    subscribe(company, "designer-business", 1)
    code, figures = refused(
        lambda: send(company, person("a", "designer"), person("b", "designer", "analyst"))
    )
    assert (code, figures) == ("no_free_seat", {"available": 0, "roles": ("designer", "analyst")})
    assert not Invitation.objects.exists()
    send(company, person("a", "designer"), person("b"))
    assert Seat.objects.filter(invitation__isnull=False).count() == 1


def test_whom_nobody_invites() -> None:
    company = customer()
    joined(company, "bob@atelier.example")
    invited(company, "cleo@atelier.example")
    for people in (
        [person("ada")],
        [person("bob")],
        [person("cleo")],
        [person("dan"), person("dan")],
    ):
        assert refused(lambda people=people: send(company, *people))[0] == "already_member"
    many = [person(f"m{number}") for number in range(11)]
    assert refused(lambda: send(company, *many)) == ("too_many_at_a_time", {"most": 10})
    assert len(send(company, *many[:10]).ids) == 10
    owner = person("eve", standing=Standing.OWNER)
    assert refused(lambda: send(company, owner))[0] == "ownership_is_given"
    invitation = send(company, owner, owner=True).ids[0]
    accept_invitation(invitation=invitation, now=START, by="test")
    assert Member.objects.filter(organisation=company, standing="owner").count() == 2


def test_who_comes_back_is_the_same_member() -> None:
    company = customer()
    subscribe(company, quantity=1)
    bob = joined(company, "bob@atelier.example", "designer")
    remove_member(member=bob.id, now=START, by="test")
    again = send(
        company,
        NewInvitation("bob@atelier.example", Standing.BILLING, ("designer",), name="Robert"),
    )
    invitation = Invitation.objects.get(id=again.ids[0])
    assert invitation.member_id == bob.id
    bob.refresh_from_db()
    assert (bob.status, bob.standing, bob.name) == ("invited", "billing", "Robert")
    accept_invitation(invitation=invitation.id, now=START, by="test")
    bob.refresh_from_db()
    assert (bob.status, bob.seats.count()) == ("active", 1)


def test_an_invitation_runs_out_on_the_clock() -> None:
    company = customer()
    designers = subscribe(company, quantity=1)
    invitation = invited(company, "bob@atelier.example", "designer")
    advance_clock(organisation=company.id, to=RUNS_OUT - INSTANT, by="test", sandbox=True)
    assert Seat.objects.get(subscription=designers).invitation_id == invitation.id
    told = advance_clock(organisation=company.id, to=RUNS_OUT, by="test", sandbox=True)
    assert [(event.type, event.at) for event in told.events] == [
        ("seat.released", RUNS_OUT),
        ("invitation.expired", RUNS_OUT),
        ("organisation.clock_advanced", RUNS_OUT),
    ]
    invitation.refresh_from_db()
    assert (invitation.status, invitation.closed_at) == ("expired", RUNS_OUT)
    assert Member.objects.get(id=invitation.member_id).status == "removed"
    assert Seat.objects.get(subscription=designers).invitation_id is None


def test_sending_again_runs_anew() -> None:
    company = customer()
    invitation = invited(company, "bob@atelier.example")
    resend_invitation(invitation=invitation.id, now=START + timedelta(days=3), by="test")
    invitation.refresh_from_db()
    assert invitation.expires_at == RUNS_OUT + timedelta(days=3)
    accept_invitation(invitation=invitation.id, now=RUNS_OUT, by="test")


CLOSED = {
    "accepted": lambda i: accept_invitation(invitation=i, now=START, by="test"),
    "withdrawn": lambda i: withdraw_invitation(invitation=i, now=START, by="test"),
    "expired": lambda _i: None,
}


@pytest.mark.parametrize("status", CLOSED)
def test_what_is_closed_stays_so(status: str) -> None:
    company = customer()
    invitation = invited(company, "bob@atelier.example").id
    CLOSED[status](invitation)
    closed = ("invitation_closed", {"invitation_status": status})
    later = {"invitation": invitation, "now": RUNS_OUT, "by": "test"}
    assert refused(lambda: resend_invitation(**later)) == closed
    if status == "accepted":
        assert refused(lambda: withdraw_invitation(**later)) == closed
    else:
        assert refused(lambda: accept_invitation(**later)) == closed
        withdraw_invitation(**later)
        withdraw_invitation(**later)
        assert Invitation.objects.get().status == "withdrawn"
        assert Event.objects.filter(type="invitation.withdrawn").count() == 1


def test_an_invitation_that_does_not_exist() -> None:
    for work in (accept_invitation, resend_invitation, withdraw_invitation):
        with pytest.raises(NotFound):
            work(invitation=someone(), now=START, by="test")
    with pytest.raises(NotFound):
        send(customer(), person("a", "no-such-role"))
    with pytest.raises(NotFound):
        invite(
            organisation=someone(),
            invitations=[person("a")],
            may_give_ownership=False,
            now=START,
            by="test",
        )
