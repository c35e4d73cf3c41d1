"""What is held about an organisation: taken along, deleted, and one person erased (R31)."""

from __future__ import annotations

from datetime import timedelta
from typing import Literal
from uuid import UUID

from typing_extensions import TypedDict

from tenure.api.callers import Call
from tenure.api.calls import Answer, Calls
from tenure.api.lists import Cursor, Limit, page_by_id
from tenure.api.members import MemberOut, member_out
from tenure.api.shapes import Instant, Page, instant
from tenure.base.errors import NotFound
from tenure.base.ids import public_id
from tenure.events.queries import revision_of
from tenure.flows.retention.exporting import archive_of, ask_for_export, kept_for
from tenure.flows.retention.persons import erase_person
from tenure.flows.retention.purging import confirm_purge
from tenure.organisations.errors import EXPORT_NOT_READY, LAST_OWNER, OWNERS_ALONE
from tenure.organisations.models import Export, ExportStatus, Member, Organisation
from tenure.organisations.queries import export_of
from tenure.subscriptions.errors import (
    NOTHING_KEPT,
    PURGE_WAITS_FOR_DATA,
    PURGE_WAITS_FOR_MONEY,
    PURGE_WAITS_FOR_REQUEST,
    PURGE_WAITS_FOR_SUBSCRIPTION,
)

calls = Calls("Organisations")


class ExportOut(TypedDict):
    """An archive of everything held about an organisation.

    ``waiting`` is still to be made; ``ready`` is fetched from ``download`` until ``expires_at``;
    then it is ``dropped``. ``sha256`` is that of its bytes; its receipt lies in it.
    """

    id: str
    organisation: str
    status: Literal["waiting", "ready", "dropped"]
    asked_at: Instant
    asked_by: str
    size: int | None
    sha256: str | None
    expires_at: Instant | None
    download: str | None


class PurgeOut(TypedDict):
    """What became of an organisation's data."""

    status: Literal["purged"]
    purged_at: Instant


def _export_again(call: Call, made: UUID) -> Answer:
    """It was asked for before the call was cut short."""
    del call
    row = Export.objects.filter(id=made).first()
    if row is None:
        raise NotFound
    return _asked(row, revision_of(row.organisation_id))


@calls.post(
    "/organisations/{organisation}/export",
    {202: ExportOut},
    after_purge=True,
    resume=_export_again,
)
def export_organisation(call: Call) -> Answer:
    """Have an archive made of everything held about the organisation (R31).

    It is ready within moments; where it is read stands in `Location`.
    """
    written = ask_for_export(
        organisation=call.organisation, now=call.now, by=call.by, asked=call.asked
    )
    return _asked(Export.objects.get(id=written.ids[0]), written.revision)


@calls.get("/organisations/{organisation}/exports", Page[ExportOut])
def list_exports(call: Call, limit: Limit = 50, cursor: Cursor = None) -> Answer:
    """The archives that were asked for, oldest first."""
    rows = Export.objects.filter(organisation_id=call.organisation).defer("receipt")
    shown, following = page_by_id("exports", rows, limit, cursor)
    kept = kept_for()
    return Answer({"data": [_out(row, kept) for row in shown], "next_cursor": following})


@calls.get("/organisations/{organisation}/exports/{export}", ExportOut)
def get_export(call: Call) -> Answer:
    """One archive: whether it is ready, and where it is fetched."""
    return Answer(_out(export_of(call.organisation, call.ids["export"]), kept_for()))


@calls.get(
    "/organisations/{organisation}/exports/{export}/archive",
    None,
    file="application/zip",
    refuses=(EXPORT_NOT_READY,),
)
def get_archive(call: Call) -> Answer:
    """The archive: a ZIP file with JSON, CSV, the documents and a receipt with their hashes."""
    row = export_of(call.organisation, call.ids["export"])
    return Answer(archive_of(row.id), filename=f"{public_id('exp', row.id)}.zip")


@calls.post(
    "/organisations/{organisation}/purge-confirmation",
    {202: PurgeOut},
    vendor_only=True,
    after_purge=True,
    refuses=(
        NOTHING_KEPT,
        PURGE_WAITS_FOR_SUBSCRIPTION,
        PURGE_WAITS_FOR_MONEY,
        PURGE_WAITS_FOR_REQUEST,
        PURGE_WAITS_FOR_DATA,
    ),
)
def confirm_purge_of_organisation(call: Call) -> Answer:
    """The vendor's platform has deleted the data; what is personal here goes with them (R31).

    Accounting documents stay for their legal time. Confirming it again changes nothing.
    """
    written = confirm_purge(
        organisation=call.organisation, now=call.now, by=call.by, asked=call.asked
    )
    purged_at = Organisation.objects.values_list("purged_at", flat=True).get(id=call.organisation)
    if purged_at is None:
        raise NotFound
    out: PurgeOut = {"status": "purged", "purged_at": instant(purged_at)}
    return Answer(out, status=202, revision=written.revision)


@calls.post("/members/{member}/erasure", {200: MemberOut}, refuses=(LAST_OWNER, OWNERS_ALONE))
def erase_member(call: Call) -> Answer:
    """Erase a person: removed, and named nowhere any more but on accounting documents (R31).

    Not the last owner, and an owner by the vendor's key alone. Erasing them again changes nothing.
    """
    written = erase_person(
        member=call.ids["member"],
        by_owner=call.caller.is_vendor,
        now=call.now,
        by=call.by,
        asked=call.asked,
    )
    row = Member.objects.get(id=call.ids["member"])
    return Answer(member_out(row), revision=written.revision)


def _asked(row: Export, revision: int) -> Answer:
    out = _out(row, kept_for())
    return Answer(out, status=202, revision=revision, location=_address(row))


def _address(row: Export) -> str:
    organisation = public_id("org", row.organisation_id)
    return f"/api/v1/organisations/{organisation}/exports/{public_id('exp', row.id)}"


def _out(row: Export, kept: timedelta) -> ExportOut:
    until = row.made_at + kept if row.made_at else None
    ready = row.status == ExportStatus.READY
    return {
        "id": public_id("exp", row.id),
        "organisation": public_id("org", row.organisation_id),
        "status": row.status,  # type: ignore[typeddict-item]  # a constraint keeps it among these
        "asked_at": instant(row.asked_at),
        "asked_by": row.asked_by,
        "size": row.size,
        "sha256": row.sha256 or None,
        "expires_at": instant(until) if until else None,
        "download": f"{_address(row)}/archive" if ready else None,
    }
