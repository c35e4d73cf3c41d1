"""Organisations: customers as they are created, read, edited and listed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from hashlib import sha256
from typing import Any, Final, Literal, cast
from uuid import UUID

import msgspec
from django.conf import settings
from typing_extensions import TypedDict

from tenure.api.callers import Call
from tenure.api.calls import Answer, Calls, etag_of, wanted_tags
from tenure.api.errors import FIELD_UNKNOWN
from tenure.api.fields import (
    ABSENT,
    Body,
    Change,
    Country,
    Email,
    Given,
    Maybe20,
    Maybe100,
    Maybe200,
    Moment,
    Text20,
    Text100,
    Text200,
    TimeZone,
)
from tenure.api.lists import Cursor, Limit, page_by_id
from tenure.api.shapes import Day, Instant, Page, instant
from tenure.base.errors import FieldError, Invalid, NotFound, Stale
from tenure.base.ids import new_id, public_id
from tenure.catalogue.queries import currency_of_country
from tenure.events.journal import Journal, transaction
from tenure.events.models import Stream
from tenure.events.queries import revision_of
from tenure.flows.clock import clock_verdict
from tenure.flows.locks import lock_organisation
from tenure.flows.vat_checks import look_up_now
from tenure.orders.commands.carts import FALLBACK_CURRENCY
from tenure.orders.queries.policy import policy_in_force
from tenure.organisations.commands.organisation import (
    BillingAddress,
    NewOrganisation,
    change_organisation,
    create_organisation,
    restore_organisation,
    suspend_organisation,
)
from tenure.organisations.models import Organisation, Retention, VatCheck
from tenure.organisations.queries import owners_of, vat_checks_of
from tenure.organisations.rules import academic_address
from tenure.policy.loading import academic_domains
from tenure.policy.words import Audience

calls = Calls("Organisations")

Language = Literal["en", "fr"]

_BILLING_COLUMNS: Final = {
    "name": "billing_name",
    "line1": "billing_line1",
    "line2": "billing_line2",
    "postal_code": "billing_postal_code",
    "city": "billing_city",
    "region": "billing_region",
    "country": "billing_country",
    "vat_number": "vat_number",
    "siren": "siren",
    "purchase_order": "purchase_order",
}


class OwnerIn(Body):
    """Who owns the organisation; they are an active member at once."""

    email: Email
    name: Text200


class BillingIn(Body):
    """Where the organisation is billed; its country decides currency and tax (R5)."""

    name: Text200
    line1: Text200
    line2: Maybe200 = None
    postal_code: Text20
    city: Text100
    region: Maybe100 = None
    country: Country
    vat_number: Maybe20 = None
    siren: Maybe20 = None
    purchase_order: Maybe100 = None


class OrganisationIn(Body):
    """A customer to be; ``test_clock`` in a sandbox only (R2)."""

    name: Text200
    audience: Literal["business", "creator", "student"]
    country: Country
    timezone: TimeZone
    language: Language
    owner: OwnerIn
    billing: BillingIn
    test_clock: Moment | None = None


class BillingChange(Change):
    """What changes of where the organisation is billed."""

    name: Given[Text200] = ABSENT
    line1: Given[Text200] = ABSENT
    line2: Maybe200 = None
    postal_code: Given[Text20] = ABSENT
    city: Given[Text100] = ABSENT
    region: Maybe100 = None
    country: Given[Country] = ABSENT
    vat_number: Maybe20 = None
    siren: Maybe20 = None
    purchase_order: Maybe100 = None


class OrganisationChange(Change):
    """What changes of an organisation; ``status`` is the vendor's to set."""

    name: Given[Text200] = ABSENT
    country: Given[Country] = ABSENT
    timezone: Given[TimeZone] = ABSENT
    language: Given[Language] = ABSENT
    billing: Given[BillingChange] = ABSENT
    status: Given[Literal["active", "suspended"]] = ABSENT


class OwnerOut(TypedDict):
    """The longest-standing active owner."""

    email: str
    name: str


class BillingOut(TypedDict):
    """Where the organisation is billed."""

    name: str
    line1: str
    line2: str | None
    postal_code: str
    city: str
    region: str | None
    country: str
    vat_number: str | None
    siren: str | None
    purchase_order: str | None


class VatCheckOut(TypedDict):
    """What the register of its country says of the VAT number (R45).

    ``waiting`` and ``unavailable`` are asked again; an order is charged its tax meanwhile, and
    credited and invoiced anew when the number is validated. ``consultation`` is the register's
    number for the look-up.
    """

    status: Literal["waiting", "unavailable", "valid", "invalid"]
    answered_at: Instant | None
    consultation: str | None


class OrganisationOut(TypedDict):
    """A customer; ``test_clock`` is where its clock stands, null for the machine's time.

    ``vat_check`` is null where there is no number, or none that a register here knows. While no
    subscription runs, ``data_available_until`` is the last day on which data are there;
    ``purge_due_at`` is since when they are due to go, ``purged_at`` when they went (R31).
    """

    id: str
    name: str
    audience: str
    country: str
    currency: str
    timezone: str
    language: str
    owner: OwnerOut | None
    billing: BillingOut
    test_clock: Instant | None
    status: Literal["active", "suspended", "purged"]
    verified_at: Instant | None
    data_available_until: Day | None
    purge_due_at: Instant | None
    purged_at: Instant | None
    vat_check: VatCheckOut | None
    revision: int


def _resumed(call: Call, made: UUID) -> Answer:
    """It was made before the call was cut short."""
    del call
    return _made(made)


@calls.post(
    "/organisations", {201: OrganisationOut}, vendor_only=True, shows_version=True, resume=_resumed
)
def create_customer(call: Call, body: OrganisationIn) -> Answer:
    """Create an organisation with its owner; by the vendor's key."""
    if body.test_clock is not None:
        verdict = clock_verdict(None, body.test_clock, sandbox=settings.SANDBOX)
        if not verdict:
            raise Invalid([FieldError("test_clock", verdict.code, verdict.figures)])
    id_, now = new_id(), body.test_clock or call.now
    draft = _draft(body)
    with transaction(now=now, by=call.by, organisation=id_, asked=call.asked) as journal:
        create_organisation(organisation=id_, draft=draft, journal=journal)
        journal.made = id_
    if draft.billing.vat_number:
        look_up_now(organisation=id_, now=now)
    return _made(id_)


@calls.get("/organisations", Page[OrganisationOut])
def list_organisations(call: Call, limit: Limit = 50, cursor: Cursor = None) -> Answer:
    """All organisations, oldest first; to an organisation's key there is only its own."""
    rows = Organisation.objects.all()
    if call.caller.organisation is not None:
        rows = rows.filter(id=call.caller.organisation)
    shown, following = page_by_id("organisations", rows, limit, cursor)
    return Answer({"data": organisations_out(shown), "next_cursor": following})


@calls.get("/organisations/{organisation}", OrganisationOut, shows_version=True)
def get_organisation(call: Call) -> Answer:
    """One organisation."""
    row = Organisation.objects.get(id=call.organisation)
    return Answer(organisations_out([row])[0], etag=_etag(row))


@calls.patch("/organisations/{organisation}", OrganisationOut, shows_version=True, edits=True)
def edit_organisation(call: Call, body: OrganisationChange) -> Answer:
    """Edit an organisation; its status is the vendor's to set (R41)."""
    if body.status is not None and not call.caller.is_vendor:
        raise Invalid([FieldError("status", FIELD_UNKNOWN)])
    tags = wanted_tags(call.request)
    with transaction(now=call.now, by=call.by, organisation=call.organisation) as journal:
        row = lock_organisation(call.organisation, journal)
        if tags is not None and _etag(row) not in tags:
            raise Stale
        changes = _changes(body)
        if changes or body.status is None:
            change_organisation(organisation=row, changes=changes, journal=journal)
        _set_status(row, body.status, journal)
    revision = journal.revisions[row.id]
    if "vat_number" in changes and look_up_now(organisation=row.id, now=journal.at):
        revision = revision_of(row.id)
    return Answer(organisations_out([row])[0], revision=revision, etag=_etag(row))


def organisations_out(rows: Sequence[Organisation]) -> list[OrganisationOut]:
    """Organisations as they go out; four statements for any number of them."""
    ids = [row.id for row in rows]
    owners = owners_of(ids)
    checks = vat_checks_of(rows)
    streams = Stream.objects.filter(organisation_id__in=ids)
    revisions = dict(streams.values_list("organisation_id", "revision"))
    kept = dict(
        Retention.objects.filter(organisation_id__in=ids).values_list("organisation_id", "until_on")
    )
    return [
        {
            "id": public_id("org", row.id),
            "name": row.name,
            "audience": row.audience,
            "country": row.country,
            "currency": row.currency,
            "timezone": row.timezone,
            "language": row.language,
            "owner": _owner(owners.get(row.id)),
            "billing": _billing(row),
            "test_clock": instant(row.test_clock) if row.test_clock else None,
            "status": row.status,  # type: ignore[typeddict-item]  # one of the three
            "verified_at": instant(row.verified_at) if row.verified_at else None,
            "data_available_until": _day(kept.get(row.id)),
            "purge_due_at": instant(row.purge_due_at) if row.purge_due_at else None,
            "purged_at": instant(row.purged_at) if row.purged_at else None,
            "vat_check": _vat_check(checks.get(row.id)),
            "revision": revisions.get(row.id, 0),
        }
        for row in rows
    ]


def _made(organisation: UUID) -> Answer:
    row = Organisation.objects.filter(id=organisation).first()
    if row is None:
        raise NotFound
    (out,) = organisations_out([row])
    return Answer(
        out,
        status=201,
        revision=out["revision"],
        location=f"/api/v1/organisations/{out['id']}",
        etag=_etag(row),
    )


def _draft(body: OrganisationIn) -> NewOrganisation:
    _, policy = policy_in_force()
    domains = academic_domains() | set(policy.students.further_academic_domains)
    billing = body.billing
    return NewOrganisation(
        name=body.name,
        audience=Audience(body.audience),
        country=body.country,
        currency=currency_of_country(body.country) or FALLBACK_CURRENCY,
        timezone=body.timezone,
        language=body.language,
        billing=BillingAddress(
            **{name: value or "" for name, value in billing.model_dump().items()}
        ),
        owner_email=body.owner.email,
        owner_name=body.owner.name,
        proved=academic_address(body.owner.email, domains).allowed,
        test_clock=body.test_clock,
    )


def _changes(body: OrganisationChange) -> dict[str, Any]:
    """The columns that a change names, with their new values; a new country, a new currency."""
    given = body.model_dump(exclude_unset=True, exclude={"billing", "status"})
    if body.billing is not None:
        for name, value in body.billing.model_dump(exclude_unset=True).items():
            given[_BILLING_COLUMNS[name]] = value or ""
    if "country" in given:
        currency = currency_of_country(given["country"])
        given["currency"] = currency or FALLBACK_CURRENCY
    return given


def _set_status(row: Organisation, status: str | None, journal: Journal) -> None:
    if status == "suspended":
        suspend_organisation(organisation=row, journal=journal)
    elif status == "active":
        restore_organisation(organisation=row, journal=journal)


def _etag(row: Organisation) -> str:
    """The tag of what can be edited here: what happens beside it makes no edit stale."""
    edited = [row.name, row.country, row.timezone, row.language, row.status]
    edited += [getattr(row, column) for column in _BILLING_COLUMNS.values()]
    return etag_of(sha256(msgspec.json.encode(edited)).hexdigest()[:24])


def _day(on: date | None) -> str | None:
    return on.isoformat() if on else None


def _owner(owner: Any) -> OwnerOut | None:
    return {"email": owner.email, "name": owner.name} if owner else None


def _vat_check(check: VatCheck | None) -> VatCheckOut | None:
    if check is None:
        return None
    return {
        "status": cast(Any, check.outcome),
        "answered_at": instant(check.answered_at) if check.answered_at else None,
        "consultation": check.consultation or None,
    }


def _billing(row: Organisation) -> BillingOut:
    return {
        "name": row.billing_name,
        "line1": row.billing_line1,
        "line2": row.billing_line2 or None,
        "postal_code": row.billing_postal_code,
        "city": row.billing_city,
        "region": row.billing_region or None,
        "country": row.billing_country,
        "vat_number": row.vat_number or None,
        "siren": row.siren or None,
        "purchase_order": row.purchase_order or None,
    }
