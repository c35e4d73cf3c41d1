"""Writes of an organisation's own row, each inside the caller's journal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from tenure.base.errors import FieldError, Invalid, Refused
from tenure.events.journal import Journal
from tenure.organisations.commands.vat import begin_vat_check
from tenure.organisations.errors import COUNTRY_NOT_THAT_OF_BILLING, NOT_A_STUDENT
from tenure.organisations.events import (
    OrganisationChanged,
    OrganisationCreated,
    OrganisationRestored,
    OrganisationSuspended,
    OrganisationVerified,
    ProofSubmitted,
    SecondFactorRequired,
)
from tenure.organisations.models import Member, Organisation, StudentProof, User
from tenure.organisations.rules import MemberStatus, Standing
from tenure.organisations.rules.numbers import checked_numbers
from tenure.policy.words import Audience


@dataclass(frozen=True, slots=True)
class BillingAddress:
    """Where an organisation is billed; ``country`` is ISO 3166 and decides its currency (R5)."""

    name: str
    line1: str
    postal_code: str
    city: str
    country: str
    line2: str = ""
    region: str = ""
    vat_number: str = ""
    siren: str = ""
    purchase_order: str = ""


@dataclass(frozen=True, slots=True)
class NewOrganisation:
    """A customer to be; ``currency`` is that of its country, ``timezone`` an IANA name.

    ``test_clock`` is the UTC instant at which its clock is to stand, in a sandbox (R2);
    ``owner_email`` is in lower case; ``proved`` says whether that address proves a student (R8).
    """

    name: str
    audience: Audience
    country: str
    currency: str
    timezone: str
    language: str
    billing: BillingAddress
    owner_email: str
    owner_name: str
    proved: bool
    test_clock: datetime | None = None


def create_organisation(
    *, organisation: UUID, draft: NewOrganisation, journal: Journal
) -> Organisation:
    """Write an organisation with its owner, who is active at once (R34).

    A student's whose owner has an academic address is verified with it (R8). Raises ``Invalid``
    if it is not billed where it is, or of a number that cannot be one.
    """
    _check_country(draft.country, draft.billing.country)
    billing = _with_numbers(draft.billing)
    made = Organisation(
        id=organisation,
        name=draft.name,
        audience=draft.audience,
        country=draft.country,
        currency=draft.currency,
        timezone=draft.timezone,
        language=draft.language,
        test_clock=draft.test_clock,
        created_at=journal.at,
        **_billing_columns(billing),
    )
    made.save(force_insert=True)
    user = _user(draft.owner_email, draft.owner_name, journal.at)
    owner = Member.objects.create(
        organisation=made,
        user=user,
        email=draft.owner_email,
        name=draft.owner_name,
        standing=Standing.OWNER,
        status=MemberStatus.ACTIVE,
        created_at=journal.at,
    )
    journal.record(made.id, OrganisationCreated(organisation=made.id, member=owner.id))
    if draft.proved and draft.audience == Audience.STUDENT:
        verify_student(organisation=made, journal=journal)
    if made.vat_number:
        begin_vat_check(organisation=made, journal=journal)
    return made


def change_organisation(
    *, organisation: Organisation, changes: dict[str, Any], journal: Journal
) -> None:
    """Edit the locked ``organisation``: ``changes`` are its columns with their new values.

    What says the same changes nothing. Raises ``Invalid`` if it would not be billed where it is,
    or of a number that cannot be one there; one that stands is not looked at while neither it nor
    the country changes. A new number is to be looked up, and counts for nothing until it was.
    """
    changes = _with_checked(organisation, changes)
    changed = {
        name: value for name, value in changes.items() if getattr(organisation, name) != value
    }
    for name, value in changed.items():
        setattr(organisation, name, value)
    _check_country(organisation.country, organisation.billing_country)
    if not changed:
        journal.touch(organisation.id)
        return
    if "vat_number" in changed:
        organisation.vat_validated_at = None
        begin_vat_check(organisation=organisation, journal=journal)
    organisation.save(update_fields=[*changed, "vat_validated_at"])
    journal.record(
        organisation.id,
        OrganisationChanged(organisation=organisation.id, fields=tuple(sorted(changed))),
    )


def suspend_organisation(*, organisation: Organisation, journal: Journal) -> None:
    """Suspend the locked ``organisation``: every decision is no until it is restored (R41)."""
    if organisation.suspended_at is not None:
        journal.touch(organisation.id)
        return
    organisation.suspended_at = journal.at
    organisation.save(update_fields=["suspended_at"])
    journal.record(organisation.id, OrganisationSuspended(organisation=organisation.id))


def restore_organisation(*, organisation: Organisation, journal: Journal) -> None:
    """Take the suspension of the locked ``organisation`` back; without one nothing changes."""
    if organisation.suspended_at is None:
        journal.touch(organisation.id)
        return
    organisation.suspended_at = None
    organisation.save(update_fields=["suspended_at"])
    journal.record(organisation.id, OrganisationRestored(organisation=organisation.id))


def require_second_factor(*, organisation: Organisation, required: bool, journal: Journal) -> None:
    """Whether those who administer the locked ``organisation`` need a second factor to log in."""
    if organisation.second_factor_required == required:
        journal.touch(organisation.id)
        return
    organisation.second_factor_required = required
    organisation.save(update_fields=["second_factor_required"])
    journal.record(
        organisation.id, SecondFactorRequired(organisation=organisation.id, required=required)
    )


def submit_proof(*, organisation: Organisation, given: Mapping[str, Any], journal: Journal) -> None:
    """Keep a student's proof, as ``given``, for the vendor's staff (R8); a verified one stays so.

    Raises ``Refused`` (``not_a_student``) for another audience.
    """
    _refuse_other_audiences(organisation)
    if organisation.verified_at is not None:
        journal.touch(organisation.id)
        return
    StudentProof.objects.create(
        organisation=organisation, given=dict(given), submitted_at=journal.at
    )
    journal.record(organisation.id, ProofSubmitted(organisation=organisation.id))


def verify_student(*, organisation: Organisation, journal: Journal) -> None:
    """The locked ``organisation`` is proved to be a student's (R8); once is enough.

    Raises ``Refused`` (``not_a_student``) for another audience.
    """
    _refuse_other_audiences(organisation)
    if organisation.verified_at is not None:
        journal.touch(organisation.id)
        return
    organisation.verified_at = journal.at
    organisation.save(update_fields=["verified_at"])
    StudentProof.objects.filter(organisation=organisation, decided_at__isnull=True).update(
        decided_at=journal.at
    )
    journal.record(organisation.id, OrganisationVerified(organisation=organisation.id))


def _refuse_other_audiences(organisation: Organisation) -> None:
    if organisation.audience != Audience.STUDENT:
        raise Refused(NOT_A_STUDENT, audience=organisation.audience)


def _user(email: str, name: str, at: datetime) -> User:
    """The login of that address, made if there is none; two at once get the same one."""
    user, _ = User.objects.get_or_create(
        email=email, defaults={"name": name, "created_at": at, "password": "!"}
    )
    return user


def _billing_columns(billing: BillingAddress) -> dict[str, str]:
    return {
        "billing_name": billing.name,
        "billing_line1": billing.line1,
        "billing_line2": billing.line2,
        "billing_postal_code": billing.postal_code,
        "billing_city": billing.city,
        "billing_region": billing.region,
        "billing_country": billing.country,
        "vat_number": billing.vat_number,
        "siren": billing.siren,
        "purchase_order": billing.purchase_order,
    }


def _with_numbers(billing: BillingAddress) -> BillingAddress:
    """Where it is billed, with its numbers as they are kept; raises ``Invalid``."""
    numbers, errors = checked_numbers(
        country=billing.country, vat_number=billing.vat_number, company=billing.siren
    )
    if errors:
        raise Invalid(errors)
    return replace(billing, vat_number=numbers.vat_number, siren=numbers.siren)


def _with_checked(organisation: Organisation, changes: dict[str, Any]) -> dict[str, Any]:
    """``changes`` with those of the numbers that they touch as they are kept (R45)."""

    def said(name: str) -> str:
        return str(changes.get(name, getattr(organisation, name)))

    touched = {name for name in _CHECKED if said(name) != getattr(organisation, name)}
    moved = said("billing_country") != organisation.billing_country
    numbers, errors = checked_numbers(
        country=said("billing_country"),
        vat_number=said("vat_number") if moved or "vat_number" in touched else "",
        company=said("siren") if "siren" in touched else "",
    )
    if errors:
        raise Invalid(errors)
    kept = {"vat_number": numbers.vat_number, "siren": numbers.siren}
    return {**changes, **{name: kept[name] for name in touched}}


_CHECKED: Final = ("vat_number", "siren")


def _check_country(country: str, billing_country: str) -> None:
    if country != billing_country:
        raise Invalid([FieldError("billing.country", COUNTRY_NOT_THAT_OF_BILLING)])
