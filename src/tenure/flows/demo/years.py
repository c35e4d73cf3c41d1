"""What became of each sample customer, up to today."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final
from uuid import UUID

from tenure.base.calendar import Term
from tenure.flows.demo.life import BAD_CARD, BY, GOOD_CARD, Life, Person, by_member
from tenure.flows.demo.money import await_transfers, buy_by_mistake
from tenure.flows.demo.people import (
    BASILE,
    FANNY,
    FIRST,
    HADDAD,
    HUGO,
    KUMO,
    LEA,
    LUMIERE,
    MARCO,
    NINA,
    ODILE,
    OMAR,
    REN,
    RIVERA,
    SPRING,
    SUMMER,
    YANN,
)
from tenure.flows.members import change_member, remove_member
from tenure.flows.purchase import pay_order
from tenure.flows.renewal_choice import choose_renewal
from tenure.flows.requests import make_request
from tenure.flows.role_requests import ask_for_role, decline_role_request
from tenure.flows.verification import hand_in_proof
from tenure.organisations.rules import MemberStatus, Standing
from tenure.support.commands import NewRequest
from tenure.support.rules import RequestKind


def _lumiere(life: Life) -> None:
    """A company that grew to thirty people, and whose first purchase renews soon."""
    life.buy({"mechanical-designer-business": 4, "drafter-business": 10})
    life.assign(LUMIERE.owner, "mechanical-designer-business")
    hugo = life.invite([HUGO], "mechanical-designer", standing=Standing.ADMINISTRATOR)
    first = life.invite(FIRST, "drafter")
    life.days_pass(1, hours=2)
    life.accept([*hugo, *first])
    _spring(life)
    _summer(life)
    _autumn(life)
    _lately(life)


def _spring(life: Life) -> None:
    life.days_pass(58)
    life.buy({"structural-analyst-business": 2}, Term.QUARTER)
    life.assign(OMAR, "structural-analyst-business")
    _renews_no_more(life, "structural-analyst-business")
    life.days_pass(20)
    bookkeeper = life.invite([ODILE], standing=Standing.BILLING)
    life.buy({"product-studio-business": 6, "part-designer-business": 6})
    life.assign(HUGO, "product-studio-business")
    life.days_pass(3)
    life.accept([*bookkeeper, *life.invite(SPRING[:4], "industrial-designer")])
    life.accept(life.invite(SPRING[4:], "part-designer"))


def _summer(life: Life) -> None:
    life.days_pass(90)
    order = life.buy({"sheet-metal-designer-business": 8}, payment=BAD_CARD)
    life.days_pass(0, hours=1)
    pay_order(order=order, payment=GOOD_CARD, now=life.now, by=life.by_owner)
    came = life.invite(SUMMER, "sheet-metal-designer")
    life.invite([YANN])  # who never answered
    life.days_pass(2)
    life.accept(came)


def _autumn(life: Life) -> None:
    life.days_pass(60)
    buy_by_mistake(life)
    remove_member(member=life.member(BASILE), now=life.now, by=life.by_owner)
    change_member(
        member=life.member(SUMMER[-1]),
        status=MemberStatus.SUSPENDED,
        may_give_ownership=False,
        now=life.now,
        by=life.by_owner,
    )
    life.accept(life.invite([MARCO], "part-designer", standing=Standing.EXTERNAL))
    life.days_pass(40)
    life.buy({"data-manager-business": 3}, Term.QUARTER)
    life.assign(HUGO, "data-manager-business")
    life.assign(OMAR, "data-manager-business")
    asked = _ask(life, FIRST[3], "animator", "Pour les présentations aux clients.")
    life.days_pass(1)
    decline_role_request(
        request=asked,
        organisation=life.organisation,
        word="Pas cette année : nous faisons faire nos animations.",
        now=life.now,
        by=life.by_owner,
    )


def _lately(life: Life) -> None:
    life.days_pass(63)
    life.buy({"flow-analyst-trial": 1}, Term.TRIAL, payment=None)
    life.assign(OMAR, "flow-analyst-trial")
    life.invite([NINA], "drafter")
    life.days_pass(9)
    life.invite([FANNY], "industrial-designer")
    _ask(life, LEA, "visual-artist", "J'en ai besoin pour le prochain salon.")
    _ask(life, SPRING[5], "structural-analyst", "Pour vérifier les pièces du châssis.")
    contact = NewRequest(
        kind=RequestKind.SALES,
        message="Quel serait le prix de la soufflerie virtuelle pour six personnes ?",
        language="fr",
        organisation=life.organisation,
        email=HUGO.email,
        name=HUGO.name,
        offer="virtual-wind-tunnel-business",
        country="FR",
        audience="business",
        quantity=6,
    )
    make_request(new=contact, now=life.now, by=life.by_owner)
    await_transfers(life)


def _kumo(life: Life) -> None:
    """A maker with one companion: a year's roles, and one by the month."""
    life.buy({"mechanical-designer-creator": 2})
    life.assign(KUMO.owner, "mechanical-designer-creator")
    life.accept(life.invite([REN], "mechanical-designer"))
    life.days_pass(170)
    life.buy({"drafter-creator": 1})
    life.assign(KUMO.owner, "drafter-creator")
    life.days_pass(165)
    life.buy({"print-technician-creator": 1}, Term.MONTH)
    life.assign(REN, "print-technician-creator")


def _rivera(life: Life) -> None:
    """A student whose address proves it."""
    life.buy({"mechanical-designer-student": 1})
    life.assign(RIVERA.owner, "mechanical-designer-student")
    life.days_pass(175)
    life.buy({"drafter-student": 1})
    life.assign(RIVERA.owner, "drafter-student")


def _haddad(life: Life) -> None:
    """A student whose proof waits for the vendor's staff, and an order for the proof."""
    life.buy({"product-studio-student": 1})
    life.days_pass(1)
    given = {
        "school": "École d'architecture de Toulouse",
        "number": "2027-31415",
        "link": "https://etudes.example/certificat/2027-31415",
    }
    hand_in_proof(organisation=life.organisation, given=given, now=life.now, by=life.by_owner)


YEARS: Final[Mapping[str, Callable[[Life], None]]] = {
    LUMIERE.name: _lumiere,
    KUMO.name: _kumo,
    RIVERA.name: _rivera,
    HADDAD.name: _haddad,
}


def ask_as_a_stranger(now: datetime) -> None:
    """Somebody who is no customer asks for what is not sold online (R4)."""
    new = NewRequest(
        kind=RequestKind.SALES,
        message="We are forty engineers in Porto. What would a campus licence cost?",
        language="en",
        email="teresa@ponte.example",
        name="Teresa Pinto",
        offer="engineering-campus-business",
        country="PT",
        audience="business",
        quantity=40,
    )
    make_request(new=new, now=now, by=BY)


def _renews_no_more(life: Life, offer: str) -> None:
    choose_renewal(
        subscription=life.subscription(offer), auto_renew=False, now=life.now, by=life.by_owner
    )


def _ask(life: Life, person: Person, role: str, note: str) -> UUID:
    member = life.member(person)
    asked = ask_for_role(member=member, role=role, note=note, now=life.now, by=by_member(member))
    return asked.ids[0]
