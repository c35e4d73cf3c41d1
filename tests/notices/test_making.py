"""The journal becomes mails: once, to the right people, in their language, while it is so."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tenure.base.calendar import Term
from tenure.base.clock import machine_now
from tenure.catalogue.models import OfferRole
from tenure.events.models import Stream
from tenure.flows.invitations import resend_invitation
from tenure.flows.members import change_member, remove_member
from tenure.flows.recovery import recover_of_organisation
from tenure.flows.renewal_choice import choose_renewal
from tenure.notices.making import Watch, make_mails_of
from tenure.notices.models import Cursor, Mail
from tenure.notices.queries.told import all_moved
from tenure.notices.tail import OVERLAP, SWEEP
from tenure.organisations.models import Organisation, User
from tenure.organisations.rules import MemberStatus, Standing
from tenure.policy.words import Audience
from tests.flows.crowd import at_once
from tests.flows.worlds import invited, joined, make_world
from tests.notices.made import kinds, make_all, only
from tests.shop import START, customer, fill_cart, open_shop, order_cart, subscribe

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def shop() -> None:
    open_shop()


def company(**named: str) -> Organisation:
    """A company in Paris, with its owner, and nothing left to tell."""
    made = customer(**named)  # type: ignore[arg-type]
    make_all()
    return made


def test_an_order_is_confirmed_to_its_owner_in_the_organisations_language() -> None:
    organisation = company()
    subscribe(organisation, quantity=2)
    make_all()
    mail = only("order_paid")
    assert mail.to == "ada@atelier.example"
    assert mail.language == "fr"
    assert mail.organisation_id == organisation.id
    assert mail.happened_at == START
    assert "2\u202f880,00\u00a0€" in mail.subject


def test_what_somebody_prefers_is_their_language() -> None:
    organisation = company()
    User.objects.filter(email="ada@atelier.example").update(language="en")
    subscribe(organisation)
    make_all()
    assert only("order_paid").subject == "Your order is paid: €1,440.00"


def test_billing_contacts_and_whoever_bought_are_told_as_well() -> None:
    organisation = company()
    joined(organisation, "bill@atelier.example", standing=Standing.BILLING)
    joined(organisation, "plain@atelier.example")
    make_all()
    subscribe(organisation)
    make_all()
    told = set(Mail.objects.filter(kind="order_paid").values_list("to", flat=True))
    assert told == {"ada@atelier.example", "bill@atelier.example"}


def test_an_invitation_goes_to_whom_it_invites_and_again_when_sent_again() -> None:
    organisation = company()
    subscribe(organisation)
    make_all()
    invitation = invited(organisation, "eve@atelier.example", "designer")
    make_all()
    mail = only("invitation")
    assert mail.to == "eve@atelier.example"
    assert mail.letter is not None
    assert "/invitations/accept_" in mail.letter["button"]["url"]
    assert ["Vos rôles", "Concepteur"] in mail.letter["facts"]
    resend_invitation(invitation=invitation.id, now=START + timedelta(days=1), by="test")
    make_all()
    again = Mail.objects.filter(kind="invitation").latest("id")
    assert again.subject == "Rappel\u00a0: Ada et associés vous invite"


def test_an_invitation_that_is_closed_by_then_makes_no_mail() -> None:
    organisation = company()
    joined(organisation, "bob@atelier.example")
    make_all()
    assert "invitation" not in kinds()


def test_members_are_told_what_became_of_them() -> None:
    organisation = company()
    bob = joined(organisation, "bob@atelier.example")
    make_all()
    for status in (MemberStatus.SUSPENDED, MemberStatus.ACTIVE):
        change_member(member=bob.id, status=status, may_give_ownership=False, now=START, by="test")
        make_all()
    remove_member(member=bob.id, now=START, by="test")
    make_all()
    told = Mail.objects.filter(to="bob@atelier.example").order_by("id")
    assert list(told.values_list("kind", flat=True)) == [
        "member_suspended",
        "member_restored",
        "member_removed",
    ]


def test_who_never_came_in_is_not_told_of_going() -> None:
    organisation = company()
    invitation = invited(organisation, "eve@atelier.example")
    make_all()
    remove_member(member=invitation.member_id, now=START, by="test")
    make_all()
    assert "member_removed" not in kinds()


def test_switching_auto_renewal_says_when_it_ends_and_until_when_that_can_be_changed() -> None:
    organisation = company()
    subscription = subscribe(organisation)
    make_all()
    choose_renewal(subscription=subscription.id, auto_renew=False, now=START, by="test")
    make_all()
    off = only("auto_renewal_switched")
    assert off.letter is not None
    assert ["Dernier jour", "29 février 2028"] in off.letter["facts"]
    choose_renewal(subscription=subscription.id, auto_renew=True, now=START, by="test")
    make_all()
    on = Mail.objects.filter(kind="auto_renewal_switched").latest("id")
    assert on.letter is not None
    assert ["Se renouvelle le", "1er mars 2028"] in on.letter["facts"]
    assert ["Dernier jour pour l’arrêter", "25 février 2028"] in on.letter["facts"]


def test_a_student_is_asked_for_the_proof() -> None:
    student = customer(Audience.STUDENT, email="s@atelier.example")
    order_cart(student, fill_cart(student, ("designer-student", 1)))
    make_all()
    mail = only("order_awaits_proof")
    assert mail.letter is not None
    assert ["Votre commande est conservée jusqu’au", "15 mars 2027"] in mail.letter["facts"]


def test_a_trial_is_no_paid_order() -> None:
    organisation = company()
    subscribe(organisation, "designer-trial", term=Term.TRIAL)
    make_all()
    assert only("order_paid").subject == "Votre essai a commencé"


def test_a_decline_at_the_checkout_is_seen_there_and_one_found_later_is_told() -> None:
    organisation = company()
    order_cart(organisation, fill_cart(organisation, ("designer-business", 1)), "tok_declined")
    make_all()
    assert "order_declined" not in kinds()
    order_cart(
        organisation,
        fill_cart(organisation, ("designer-business", 1)),
        "tok_unknown_not_charged",
    )
    recover_of_organisation(organisation.id, now=START)
    make_all()
    assert only("order_declined").letter is not None


def test_nothing_is_told_twice_by_however_many_workers() -> None:
    world = make_world()
    joined(world.company, "new@atelier.example")
    streams = list(Stream.objects.values_list("organisation_id", flat=True))
    Cursor.objects.all().delete()
    Mail.objects.all().delete()
    at_once(6, lambda _: make_mails_of(streams, now=START))
    at_once(6, lambda _: make_mails_of(streams, now=START))
    made = Mail.objects.count()
    assert made == Mail.objects.values("key").distinct().count() > 5
    Cursor.objects.update(sequence=0)
    make_all()
    assert Mail.objects.count() == made


def test_as_many_statements_for_many_organisations_as_for_few() -> None:
    def statements(count: int, mark: str) -> int:
        for number in range(count):
            subscribe(customer(email=f"{mark}{number}@atelier.example"))
        with CaptureQueriesContext(connection) as caught:
            make_all()
        return len(caught)

    few, many = statements(3, "few"), statements(12, "many")
    assert many == few < 40


def test_a_watch_finds_what_is_new_at_the_tail_and_what_it_missed_in_a_sweep() -> None:
    organisation = company()
    watch = Watch()
    now = machine_now()
    while watch.is_behind:
        watch.make_mails(now=now)
    subscribe(organisation)
    assert watch.make_mails(now=now + timedelta(seconds=1)) > 0
    assert kinds() == ["order_paid"]
    long_after = now + OVERLAP + timedelta(minutes=10)
    watch.make_mails(now=long_after)
    subscribe(organisation)
    assert watch.make_mails(now=long_after + timedelta(seconds=1)) == 0
    assert watch.make_mails(now=long_after + SWEEP) > 0
    assert kinds() == ["order_paid", "order_paid"]


def test_one_organisations_trouble_does_not_keep_others_waiting() -> None:
    organisation, broken = company(), company(email="broken@atelier.example")
    subscribe(organisation)
    subscribe(broken, "analyst-business")
    links = list(OfferRole.objects.filter(offer_id="analyst-business"))
    OfferRole.objects.filter(offer_id="analyst-business").delete()
    make_mails_of([organisation.id, broken.id], now=START)
    assert kinds() == ["order_paid"]
    OfferRole.objects.bulk_create(links)
    make_all()
    assert kinds() == ["order_paid", "order_paid"]


def test_the_vendors_own_streams_are_read_on() -> None:
    make_all()
    assert all_moved(10) == []
    assert Mail.objects.count() == 0
