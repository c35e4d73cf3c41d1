"""A back office with something on every page."""

from __future__ import annotations

from dataclasses import dataclass

from tenure.base.ids import public_id
from tenure.events.journal import transaction
from tenure.flows.acting import begin_acting, end_acting
from tenure.flows.requests import answer_request, make_request
from tenure.orders.models import Order
from tenure.organisations.commands.organisation import submit_proof
from tenure.organisations.models import Organisation, StaffMember, StudentProof, User
from tenure.organisations.rules import StaffRole
from tenure.policy.words import Audience
from tenure.support.commands import NewRequest
from tenure.support.models import Request
from tenure.support.rules import RequestKind
from tests.shop import START, customer, fill_cart, order_cart, subscribe
from tests.web.people import Company, person


@dataclass(frozen=True)
class Office:
    """The cast of the back office, and one of each thing that it looks at."""

    company: Company
    admin: User
    finance: User
    cataloguer: User
    order: str
    case: str
    proof: str

    @property
    def support(self) -> User:
        """Who helps customers."""
        return self.company.staff

    def paths(self) -> list[str]:
        """Every page that is looked at."""
        org, usr = self.company.id, public_id("usr", self.support.id)
        words = [
            "",
            "customers",
            "customers?q=atelier",
            f"customers/{org}",
            f"customers/{org}/owner",
            f"customers/{org}/act",
            "orders",
            "orders?status=paid",
            f"orders/{self.order}",
            "requests",
            "requests?status=answered",
            f"requests/{self.case}",
            "proofs",
            f"proofs/{self.proof}",
            "catalogue",
            "catalogue/roles",
            "catalogue/offers",
            "catalogue/offers?q=design&audience=business",
            "catalogue/offers/designer-business",
            "journal",
            "journal?type=order&day=2027-03-01",
            "staff",
            f"staff/{usr}",
            f"staff/{usr}/end",
        ]
        return [f"/backoffice/{word}" for word in words]


def staff_of(email: str, name: str, *roles: StaffRole) -> User:
    """One of the vendor's staff."""
    user = person(email, name)
    StaffMember.objects.create(user=user, roles=list(roles), created_at=START)
    return user


def ask(message: str, organisation: Organisation | None = None) -> Request:
    """A request of a customer, or of a visitor."""
    new = NewRequest(
        kind=RequestKind.SALES if organisation is None else RequestKind.BILLING,
        message=message,
        language="fr",
        organisation=organisation.id if organisation else None,
        email="" if organisation else "eve@plan.example",
        name="" if organisation else "Ève Martin",
        offer="bench-business",
        country="FR",
        audience="business",
        quantity=12,
    )
    return Request.objects.get(id=make_request(new=new, now=START, by="visitor").ids[0])


def student(number: int = 0) -> StudentProof:
    """A student whose order waits for the proof that was handed in."""
    student = customer(Audience.STUDENT, email=f"student{number}@mail.example")
    order_cart(student, fill_cart(student, ("designer-student", 1)))
    given = {"document": "certificat-de-scolarite.pdf", "school": "Université de Lyon"}
    with transaction(now=START, by="test", organisation=student.id) as journal:
        submit_proof(organisation=student, given=given, journal=journal)
    return StudentProof.objects.order_by("-id")[0]


def office(company: Company) -> Office:
    """Everything once."""
    organisation = company.organisation
    subscribe(organisation, quantity=3)
    order_cart(organisation, fill_cart(organisation, ("designer-business", 1)), "tok_declined")
    order_cart(organisation, fill_cart(organisation, ("designer-business", 2)), "tok_unknown")
    admin = staff_of("root@vendor.example", "Zoé Root", StaffRole.ADMIN)
    answered = ask("Une facture nous manque.\n\nPouvez-vous la renvoyer ?", organisation)
    answer_request(request=answered.id, user=admin.id, message="La voici.", now=START)
    case = ask("Combien coûte l'établi pour douze personnes ?\nPour un an.")
    begin_acting(
        organisation=organisation.id,
        user=company.staff.id,
        reason="They asked for help with an invitation.",
        now=START,
    )
    end_acting(organisation=organisation.id, user=company.staff.id, now=START)
    return Office(
        company=company,
        admin=admin,
        finance=staff_of("fin@vendor.example", "Fin", StaffRole.FINANCE),
        cataloguer=staff_of("cat@vendor.example", "Cat", StaffRole.CATALOGUE),
        order=public_id("ord", Order.objects.earliest("id").id),
        case=public_id("req", case.id),
        proof=public_id("prf", student().id),
    )
