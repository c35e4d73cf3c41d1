"""Which contract somebody means who is not logged in (R33)."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from tenure.base.errors import NotFound
from tenure.base.ids import parse_public_id
from tenure.billing.models import Document
from tenure.orders.models import Order
from tenure.orders.queries.policy import policy_numbered
from tenure.organisations.models import Member
from tenure.organisations.rules import Ability, MemberStatus, Standing, ability_verdict
from tenure.policy.words import Audience


@dataclass(frozen=True, slots=True)
class Contract:
    """A consumer's order, and which of its people named it."""

    order: Order
    member: Member


def contract_named(email: str, number: str) -> Contract | None:
    """The order of that number, or of the invoice of that number, whose bill ``email`` looks
    after; None where they do not belong together, or the order has no statutory rights (R33).

    Three statements at the most.
    """
    order = _order(number.strip())
    if order is None or not _protected(order):
        return None
    people = Member.objects.filter(
        organisation_id=order.organisation_id,
        email=email.strip().lower(),
        status=MemberStatus.ACTIVE,
    )
    for member in people:
        if ability_verdict(Standing(member.standing), Ability.BILLING):
            return Contract(order, member)
    return None


def _order(number: str) -> Order | None:
    rows = Order.objects.select_related("organisation")
    try:
        return rows.filter(id=parse_public_id("ord", number)).first()
    except NotFound:
        invoice: UUID | None = (
            Document.objects.filter(number=number[:40], kind="invoice")
            .values_list("order_id", flat=True)
            .first()
        )
        return rows.filter(id=invoice).first() if invoice else None


def _protected(order: Order) -> bool:
    buyer, rights = order.organisation, policy_numbered(order.policy_version_id).statutory_eu
    return rights.protects(Audience(buyer.audience), buyer.country)
