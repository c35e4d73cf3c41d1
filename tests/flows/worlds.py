"""A small world in which everything that can stand in the books stands once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from tenure.base.calendar import Term
from tenure.base.ids import new_id
from tenure.base.money import Money
from tenure.billing.commands.documents import keep_file
from tenure.billing.models import Document, DocumentFormat
from tenure.events.asked import Asked
from tenure.events.journal import transaction
from tenure.flows.acting import begin_acting, end_acting
from tenure.flows.cancellation import NewCancellation, ask_cancellation
from tenure.flows.clock import advance_clock
from tenure.flows.invitations import accept_invitation, invite, withdraw_invitation
from tenure.flows.members import change_member, remove_member
from tenure.flows.ownership import close_ownership_offer, offer_ownership
from tenure.flows.purchase import withdraw_order
from tenure.flows.refunds import refund_order
from tenure.flows.renewal_choice import choose_renewal
from tenure.flows.requests import answer_request, make_request
from tenure.flows.retention.exporting import ask_for_export, make_exports
from tenure.flows.retention.persons import erase_person
from tenure.flows.retention.purging import confirm_purge
from tenure.flows.role_requests import ask_for_role, decline_role_request
from tenure.flows.seat_changes.adding import MoreSeats, add_seats
from tenure.flows.seat_losses import choose_losses
from tenure.flows.seats import assign_seat
from tenure.flows.staff import add_staff
from tenure.organisations.commands.invitations import NewInvitation
from tenure.organisations.models import Invitation, Member, Organisation
from tenure.organisations.rules import MemberStatus, StaffRole, Standing
from tenure.policy.words import Audience
from tenure.subscriptions.models import Subscription
from tenure.support.commands import NewRequest
from tenure.support.rules import RequestKind
from tests.flows.transfers import TOTAL, by_transfer, imported, transfer_for
from tests.shop import START, customer, fill_cart, open_shop, order_cart, owner_of, subscribe


@dataclass(frozen=True)
class World:
    """A company with people and seats, a maker, and two students who wait for their proof."""

    company: Organisation
    owner: Member
    designers: Subscription
    analysts: Subscription
    maker: Organisation
    student: Organisation


def asked(call: str = "POST /api/v1/orders", key: str = "first") -> Asked:
    """A caller's key."""
    return Asked(scope=UUID(int=7), key=key, call=call, body_hash=bytes(32))


def joined(
    organisation: Organisation, email: str, *roles: str, standing: Standing = Standing.MEMBER
) -> Member:
    """A member who was invited and accepted."""
    written = invite(
        organisation=organisation.id,
        invitations=[NewInvitation(email=email, standing=standing, roles=roles)],
        may_give_ownership=True,
        now=START,
        by="test",
    )
    accept_invitation(invitation=written.ids[0], name="", now=START, by="test")
    return Member.objects.get(organisation=organisation, email=email)


def invited(organisation: Organisation, email: str, *roles: str) -> Invitation:
    """A pending invitation."""
    written = invite(
        organisation=organisation.id,
        invitations=[NewInvitation(email=email, standing=Standing.MEMBER, roles=roles)],
        may_give_ownership=False,
        now=START,
        by="test",
        asked=asked(key=email),
    )
    return Invitation.objects.get(id=written.ids[0])


def make_world() -> World:
    """Everything once; each organisation has a test clock."""
    open_shop()
    company = customer()
    owner = owner_of(company)
    designers = subscribe(company, "designer-business", 5)
    analysts = subscribe(company, "analyst-business", 2, term=Term.QUARTER)
    assign_seat(subscription=designers.id, member=owner.id, now=START, by="test")
    assign_seat(subscription=analysts.id, member=owner.id, now=START, by="test")
    add_seats(wanted=MoreSeats(analysts.id, 1, None), now=START, by="test")
    bob = joined(company, "bob@atelier.example", "designer")
    _people_ask(company, owner, bob)
    refund_order(
        order=designers.order_line.order_id,
        amount=Money(1000, "EUR"),
        reason="A gesture.",
        now=START,
        by="test",
    )
    suspended = joined(company, "cleo@atelier.example", "designer")
    change_member(
        member=suspended.id,
        status=MemberStatus.SUSPENDED,
        may_give_ownership=False,
        now=START,
        by="test",
    )
    invited(company, "eve@atelier.example", "designer", "analyst")
    withdrawn = invited(company, "fay@atelier.example", "designer")
    withdraw_invitation(invitation=withdrawn.id, now=START, by="test")
    gone = joined(company, "dan@atelier.example", "designer")
    remove_member(member=gone.id, now=START, by="test")
    erase_person(member=gone.id, now=START, by="test")
    for token in ("tok_declined", "tok_unknown", "tok_authenticate"):
        order_cart(company, fill_cart(company, ("designer-business", 1)), token)
    fill_cart(company, ("designer-business", 2))
    maker = customer(Audience.CREATOR, "JP", timezone="Asia/Tokyo", email="m@atelier.example")
    subscribe(maker, "designer-creator", term=Term.MONTH)
    order = order_cart(
        maker, fill_cart(maker, ("designer-creator", 1), term=Term.MONTH), "tok_authenticate"
    )
    withdraw_order(order=order.order, now=START, by="test")
    advance_clock(organisation=maker.id, to=START + timedelta(days=40), by="test", sandbox=True)
    student = customer(Audience.STUDENT, email="s@atelier.example")
    order_cart(student, fill_cart(student, ("designer-student", 1)))
    late = customer(Audience.STUDENT, email="late@atelier.example")
    order_cart(late, fill_cart(late, ("designer-student", 1)))
    invited(late, "gus@atelier.example")
    advance_clock(organisation=late.id, to=START + timedelta(days=20), by="test", sandbox=True)
    trier = customer(email="trier@atelier.example")
    subscribe(trier, "designer-trial", 1, term=Term.TRIAL)
    advance_clock(organisation=trier.id, to=START + timedelta(days=40), by="test", sandbox=True)
    _taken_back()
    _fewer_seats()
    _file_is_kept()
    _data_go()
    _transfers()
    return World(company, owner, designers, analysts, maker, student)


def _taken_back() -> None:
    """An order that was cancelled, with its seat and its money (R30)."""
    leaver = customer(email="leaver@atelier.example")
    left = subscribe(leaver, "analyst-business", 3)
    assign_seat(subscription=left.id, member=owner_of(leaver).id, now=START, by="test")
    invited(leaver, "ivy@atelier.example", "analyst")
    new = NewCancellation(order=left.order_line.order_id, language="en")
    ask_cancellation(new=new, now=START, by="test")


def _fewer_seats() -> None:
    """A quarter of which the next one has fewer seats: who loses theirs was chosen (R26)."""
    firm = customer(email="firm@atelier.example")
    bought = subscribe(firm, "analyst-business", 3, term=Term.QUARTER)
    members = [owner_of(firm), *(joined(firm, f"{n}@atelier.example") for n in ("ned", "ora"))]
    for member in members:
        assign_seat(subscription=bought.id, member=member.id, now=START, by="test")
    choose_renewal(subscription=bought.id, next_quantity=2, now=START, by="test")
    choose_losses(subscription=bought.id, members=[members[0].id], now=START, by="test")
    advance_clock(organisation=firm.id, to=START + timedelta(days=100), by="test", sandbox=True)


def _data_go() -> None:
    """An organisation that took everything along, and whose data are gone (R31)."""
    parting = customer(email="parting@atelier.example")
    subscribe(parting, "designer-trial", 1, term=Term.TRIAL)
    invited(parting, "pia@atelier.example")
    ask_for_export(organisation=parting.id, now=START, by="test")
    make_exports()
    gone_at = START + timedelta(days=60)
    advance_clock(organisation=parting.id, to=gone_at, by="test", sandbox=True)
    confirm_purge(organisation=parting.id, now=gone_at, by="test")


def _transfers() -> None:
    """An order paid by transfer with a surplus, one in part, and money that was let go of."""
    payer = customer(email="payer@atelier.example")
    paid, part, gone = (by_transfer(payer) for _ in range(3))
    imported(transfer_for(paid, TOTAL + 1000), transfer_for(part, 1000), transfer_for(gone, 2000))
    withdraw_order(order=gone, now=START, by="test")


def _people_ask(company: Organisation, owner: Member, bob: Member) -> None:
    """Requests for roles and to the vendor, an offer of ownership, staff who act."""
    declined = ask_for_role(member=bob.id, role="analyst", now=START, by="test").ids[0]
    decline_role_request(
        request=declined, organisation=company.id, word="No.", now=START, by="test"
    )
    ask_for_role(member=bob.id, role="analyst", now=START, by="test")
    offer = offer_ownership(
        giver=owner.id, taker=bob.id, giver_stays=True, now=START, by="test"
    ).ids[0]
    close_ownership_offer(offer=offer, member=bob.id, now=START, by="test")
    zoe = add_staff(
        email="zoe@vendor.example", name="Zoé", roles={StaffRole.SUPPORT}, now=START, by="test"
    ).ids[0]
    begin_acting(organisation=company.id, user=zoe, reason="They asked.", now=START)
    end_acting(organisation=company.id, user=zoe, now=START)
    question = NewRequest(RequestKind.OTHER, "Why?", "en", email="v@atelier.example")
    request = make_request(new=question, now=START, by="visitor").ids[0]
    answer_request(request=request, user=zoe, message="So.", now=START)


def _file_is_kept() -> None:
    """One document was asked for as a file."""
    with transaction(now=START, by="test"):
        keep_file(
            document=Document.objects.earliest("id"),
            form=DocumentFormat.PDF,
            data=b"%PDF-1.7",
            made_at=START,
        )


def someone() -> UUID:
    """An id that nobody has."""
    return new_id()
