"""Somebody who fills a cart becomes a customer: an organisation, for the cart or by itself."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from tenure.base.ids import new_id
from tenure.catalogue.queries import currency_of_country
from tenure.events.journal import transaction
from tenure.orders.commands.carts import FALLBACK_CURRENCY, claim_cart, lock_cart
from tenure.orders.queries.policy import policy_in_force
from tenure.organisations.commands.organisation import (
    BillingAddress,
    NewOrganisation,
    create_organisation,
)
from tenure.organisations.models import User
from tenure.organisations.rules import academic_address
from tenure.policy.loading import academic_domains
from tenure.policy.words import Audience


def proves_student(email: str) -> bool:
    """Whether an address by itself proves a student, by the policy in force (R8)."""
    _, policy = policy_in_force()
    domains = academic_domains() | set(policy.students.further_academic_domains)
    return academic_address(email, domains).allowed


def open_organisation(
    *,
    cart: UUID,
    owner: User,
    owner_name: str,
    name: str,
    timezone: str,
    language: str,
    billing: BillingAddress,
    now: datetime,
    by: str,
) -> UUID:
    """An organisation for who fills ``cart``, whose it becomes in the same transaction (R10).

    Sent twice or from two tabs it is opened once: whoever comes second is given the organisation
    that the cart belongs to by then, and which may not be theirs. Its audience and country are
    those of the cart (R5, R11). Raises ``NotFound``, or ``Invalid`` if it is billed elsewhere.
    """
    organisation = new_id()
    with transaction(now=now, by=by, organisation=organisation) as journal:
        row = lock_cart(cart, None)
        if row.organisation_id is not None:
            return row.organisation_id
        draft = NewOrganisation(
            name=name,
            audience=Audience(row.audience),
            country=row.country,
            currency=currency_of_country(row.country) or FALLBACK_CURRENCY,
            timezone=timezone,
            language=language,
            billing=billing,
            owner_email=owner.email,
            owner_name=owner_name,
            proved=proves_student(owner.email),
        )
        create_organisation(organisation=organisation, draft=draft, journal=journal)
        claim_cart(row, organisation)
    return organisation
