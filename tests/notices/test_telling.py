"""What is asked of administrators and of the vendor's staff, and what comes of it."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

from tenure.base.ids import public_id
from tenure.events.journal import transaction
from tenure.flows.acting import begin_acting
from tenure.flows.ownership import offer_ownership
from tenure.flows.requests import answer_request, follow_up, make_request
from tenure.flows.role_requests import ask_for_role, decline_role_request, grant_role_request
from tenure.flows.staff import add_staff
from tenure.flows.verification import accept_proof, decline_proof
from tenure.notices.models import Mail
from tenure.organisations.commands.organisation import submit_proof
from tenure.organisations.models import Organisation, OwnershipOffer, StudentProof
from tenure.organisations.rules import StaffRole, Standing
from tenure.policy.words import Audience
from tenure.support.commands import NewRequest
from tenure.support.rules import RequestKind
from tests.flows.worlds import joined
from tests.notices.made import kinds, make_all, only
from tests.shop import START, customer, open_shop, owner_of, subscribe

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def company() -> Organisation:
    """A company with two designers' seats and nothing left to tell."""
    open_shop()
    made = customer()
    subscribe(made, quantity=2)
    settled()
    return made


def settled() -> None:
    """All that was told is told, and forgotten."""
    make_all()
    Mail.objects.all().delete()


def staff(email: str, role: StaffRole) -> UUID:
    """One of the vendor's staff; the user's id."""
    return add_staff(email=email, name="Nora Petit", roles=[role], now=START, by="command").ids[0]


def readers(kind: str) -> set[str]:
    """Who gets a kind of mail."""
    return set(Mail.objects.filter(kind=kind).values_list("to", flat=True))


def said(kind: str) -> str:
    """All that the one mail of a kind says."""
    return str(only(kind).letter)


def test_a_role_asked_for_goes_to_whoever_administers_and_the_answer_back(
    company: Organisation,
) -> None:
    bob = joined(company, "bob@atelier.example")
    joined(company, "adam@atelier.example", standing=Standing.ADMINISTRATOR)
    joined(company, "bill@atelier.example", standing=Standing.BILLING)
    settled()
    asked = ask_for_role(member=bob.id, role="designer", note="For Lyon.", now=START, by="test")
    make_all()
    assert readers("role_asked") == {"ada@atelier.example", "adam@atelier.example"}
    mail = Mail.objects.filter(kind="role_asked").earliest("id")
    assert mail.letter is not None
    assert mail.letter["quote"] == "For Lyon."
    grant_role_request(request=asked.ids[0], organisation=company.id, now=START, by="test")
    make_all()
    assert readers("role_granted") == {"bob@atelier.example"}


def test_a_role_declined_comes_with_its_word(company: Organisation) -> None:
    bob = joined(company, "bob@atelier.example")
    settled()
    asked = ask_for_role(member=bob.id, role="designer", note="", now=START, by="test")
    decline_role_request(
        request=asked.ids[0], organisation=company.id, word="Next year.", now=START, by="test"
    )
    make_all()
    assert kinds() == ["role_declined"]
    assert "Next year." in said("role_declined")


def test_an_ownership_offered_goes_to_whom_it_is_offered(company: Organisation) -> None:
    bob = joined(company, "bob@atelier.example", standing=Standing.ADMINISTRATOR)
    settled()
    offer_ownership(
        giver=owner_of(company).id, taker=bob.id, giver_stays=True, now=START, by="test"
    )
    make_all()
    assert readers("ownership_offered") == {"bob@atelier.example"}
    offer = OwnershipOffer.objects.get()
    page = f"/home/{public_id('org', company.id)}/ownership/{public_id('own', offer.id)}"
    assert page in said("ownership_offered")


def test_owners_see_who_of_the_staff_acts_for_them_and_why(company: Organisation) -> None:
    nora = staff("nora@vendor.test", StaffRole.SUPPORT)
    begin_acting(organisation=company.id, user=nora, reason="Ticket 4711", now=START)
    make_all()
    assert readers("acting_begun") == {"ada@atelier.example"}
    assert "Nora Petit" in said("acting_begun")
    assert "Ticket 4711" in said("acting_begun")


def contact(**named: object) -> NewRequest:
    """A visitor's contact about an offer."""
    facts: dict[str, object] = {
        "kind": RequestKind.SALES,
        "message": "For twelve people?",
        "language": "en",
        "email": "eve@school.test",
        "name": "Eve",
        "offer": "bench-business",
        "quantity": 12,
    }
    return NewRequest(**{**facts, **named})  # type: ignore[arg-type]


def test_a_visitors_contact_goes_to_support_and_its_answers_back(company: Organisation) -> None:
    nora = staff("nora@vendor.test", StaffRole.SUPPORT)
    staff("cato@vendor.test", StaffRole.CATALOGUE)
    settled()
    asked = make_request(new=contact(), now=START, by="visitor")
    make_all()
    assert readers("request_made") == {"nora@vendor.test"}
    assert readers("request_acknowledged") == {"eve@school.test"}
    assert "12 × Designer + Analyst" in said("request_acknowledged")
    assert "12 × Concepteur + Analyste" in said("request_made")
    assert only("request_made").organisation_id is None
    answer_request(request=asked.ids[0], user=nora, message="Yes.\n\nSoon.", now=START)
    make_all()
    assert readers("request_answered") == {"eve@school.test"}
    assert only("request_answered").language == "en"
    assert "'Yes.', 'Soon.'" in said("request_answered")
    follow_up(request=asked.ids[0], message="And when?", now=START, by="visitor")
    make_all()
    assert "And when?" in said("request_followed_up")


def test_without_staff_the_vendor_itself_is_asked(company: Organisation) -> None:
    make_request(new=contact(), now=START, by="visitor")
    make_all()
    assert readers("request_made") == {"sample@example.org"}


def test_an_organisation_that_asks_is_answered_at_its_owners(company: Organisation) -> None:
    make_request(new=contact(organisation=company.id, email="", name=""), now=START, by="test")
    make_all()
    assert readers("request_acknowledged") == {"ada@atelier.example"}
    assert only("request_made").organisation_id == company.id


def test_a_students_proof_is_answered_either_way(company: Organisation) -> None:
    student = customer(Audience.STUDENT, email="s@atelier.example")
    with transaction(now=START, by="test") as journal:
        submit_proof(organisation=student, given={"file": "card"}, journal=journal)
    settled()
    proof = StudentProof.objects.get()
    decline_proof(proof=proof.id, reason="It has run out.", now=START, by="test")
    make_all()
    assert readers("proof_declined") == {"s@atelier.example"}
    assert "It has run out." in said("proof_declined")
    accept_proof(organisation=student.id, now=START + timedelta(days=1), by="test")
    make_all()
    assert readers("proof_accepted") == {"s@atelier.example"}
