"""Documents and e-reporting data go to the approved platform, and its answers come back (R47).

Each step is committed by itself: what is to go, then, outside of any transaction, the handing
over, then that it went. Killed between, it is handed over again under the same name, which is one
parcel to whoever reads.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Final, TypeVar
from uuid import UUID

import structlog
from django.db import DatabaseError

from tenure.base.calendar import local_date, zone_named
from tenure.base.errors import NotFound
from tenure.base.ids import public_id
from tenure.billing.commands.deliveries import (
    freeze_report,
    mark_delivered,
    mark_reported,
    plan_deliveries,
    settle_answers,
    settle_report_answers,
    wait_again,
)
from tenure.billing.documents.content import parse
from tenure.billing.documents.mentions import treatment
from tenure.billing.models import Document, DocumentFormat, SalesReport
from tenure.billing.platforms import Acknowledgement, Parcel, Platform
from tenure.billing.platforms.choice import platform as chosen_platform
from tenure.billing.queries.deliveries import (
    cashed_on,
    documents_numbered,
    first_day_to_report,
    issued_on,
    kept_files,
    waiting_documents,
    waiting_reports,
)
from tenure.billing.rules.ereporting import report_name, sales_report
from tenure.catalogue.queries import known_catalogue
from tenure.events.journal import transaction
from tenure.flows.documents.facts import vendor_facts, vendor_zone
from tenure.flows.documents.files import document_file

_log = structlog.get_logger("tenure.flows")

Key = TypeVar("Key")

BATCH: Final = 50
MOST_SLIPS: Final = 500
MOST_DAYS: Final = 31
"""What one call does at the most of reports and of answers; the next goes on."""

AFTERMATH: Final = timedelta(hours=2)
"""A day is over for good so long after its midnight: nothing takes longer to commit."""

_FRANCE: Final = "FR"
_BY: Final = "worker"


def exchange(*, now: datetime) -> None:
    """All that there is to do with the platform of this installation; nothing if it has none."""
    found = chosen_platform()
    if found is None:
        return
    hand_over_documents(now=now, platform=found)
    report_sales(now=now, platform=found)
    read_answers(now=now, platform=found)


def hand_over_documents(*, now: datetime, platform: Platform) -> int:
    """Hand over every invoice and credit note that was not yet; ``now`` is the machine's instant.

    Returns how many went. One that cannot be made into files waits on, and keeps no other back.
    Raises ``OSError`` where the platform cannot be reached: what went is written down, the rest
    waits.
    """
    with transaction(now=now, by=_BY):
        plan_deliveries()
    count, last = 0, None
    while documents := waiting_documents(BATCH, after=last):
        count += _deliver(documents, now, platform)
        last = documents[-1].id
    return count


def hand_over_again(*, document: UUID, now: datetime, by: str) -> None:
    """Staff have what the platform refused handed over once more, by the worker's next round.

    Raises ``NotFound`` where nothing was refused.
    """
    with transaction(now=now, by=by):
        if not wait_again(document=document):
            raise NotFound


def _deliver(documents: Sequence[Document], now: datetime, platform: Platform) -> int:
    gone: list[UUID] = []
    kept = kept_files([document.id for document in documents])
    try:
        for document in documents:
            parcel = _made(document, kept)
            if parcel is not None:
                platform.hand_over(parcel)
                gone.append(document.id)
    finally:
        with transaction(now=now, by=_BY) as journal:
            mark_delivered(documents=gone, platform=platform.name, journal=journal)
    return len(gone)


def _made(document: Document, kept: Mapping[tuple[UUID, str], bytes]) -> Parcel | None:
    """The document's parcel; None, on record, where its files cannot be made.

    Whatever is wrong with the one, typesetting may say it in any way, and the law wants the
    others handed over.
    """
    try:
        return _parcel(document, kept)
    except DatabaseError:
        raise
    except Exception:  # noqa: BLE001 - see above; it is tried again by the next round
        _log.exception("document_cannot_be_made", document=public_id("doc", document.id))
        return None


def _parcel(document: Document, kept: Mapping[tuple[UUID, str], bytes]) -> Parcel:
    content = parse(document.content)
    files = {
        f"{document.number}.{form.value}": kept.get((document.id, form.value))
        or bytes(document_file(document=document.id, form=form, by=_BY).data)
        for form in (DocumentFormat.PDF, DocumentFormat.XML)
    }
    reached = content.buyer.electronic_address
    return Parcel(
        name=document.number,
        told={
            "kind": document.kind,
            "number": document.number,
            "issued_on": document.issued_on.isoformat(),
            "treatment": treatment(content),
            "seller": content.seller.siren,
            "buyer": content.buyer.siren,
            "buyer_address": f"{reached.scheme}:{reached.value}" if reached else "",
            "currency": document.currency,
            "total": document.total,
            "corrects": content.about.number if content.about else "",
            "content_sha256": document.sha256,
        },
        files=files,
    )


def report_sales(*, now: datetime, platform: Platform) -> int:
    """Freeze the report of each day that is over, and hand over those that were not.

    Only a vendor in France reports. Returns how many went; raises ``OSError`` as above.
    """
    known = known_catalogue()
    if vendor_facts(known).get("country") != _FRANCE:
        return 0
    zone = vendor_zone(known)
    for day in _days_over(local_date(now - AFTERMATH, zone_named(zone))):
        _freeze(day, zone, now)
    reports = waiting_reports(MOST_DAYS)
    gone: list[date] = []
    try:
        for report in reports:
            platform.hand_over(_report_parcel(report))
            gone.append(report.day)
    finally:
        with transaction(now=now, by=_BY):
            mark_reported(days=gone, platform=platform.name, at=now)
    return len(gone)


def _days_over(today: date) -> list[date]:
    first = first_day_to_report()
    if first is None:
        return []
    days = min((today - first).days, MOST_DAYS)
    return [first + timedelta(days=n) for n in range(days)]


def _freeze(day: date, zone: str, now: datetime) -> None:
    with transaction(now=now, by=_BY):
        report = sales_report(day, issued_on(day), cashed_on(day, zone))
        text = json.dumps(report, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        freeze_report(day=day, content=text, at=now)


def _report_parcel(report: SalesReport) -> Parcel:
    name = report_name(report.day)
    told = {"kind": "sales_report", "day": report.day.isoformat(), "content_sha256": report.sha256}
    return Parcel(name=name, told=told, files={f"{name}.json": report.content.encode()})


def read_answers(*, now: datetime, platform: Platform) -> int:
    """Take down what the platform said; returns how many of its slips were about ours."""
    slips = platform.acknowledgements(MOST_SLIPS)
    if not slips:
        return 0
    documents = documents_numbered([slip.parcel for slip in slips])
    days = {report_name(day): day for day in _reported([slip.parcel for slip in slips])}
    with transaction(now=now, by=_BY) as journal:
        settle_answers(answers=_newest(slips, documents), journal=journal)
        settle_report_answers(answers=_newest(slips, days))
    known = documents.keys() | days.keys()
    unknown = frozenset(slip.slip for slip in slips if slip.parcel not in known)
    platform.put_away(slips, unknown=unknown)
    return len(slips) - len(unknown)


def _reported(names: Sequence[str]) -> list[date]:
    """The days of those of ``names`` that are reports'."""
    days = SalesReport.objects.filter(
        day__in=[day for name in names if (day := _day_named(name)) is not None]
    )
    return list(days.values_list("day", flat=True))


def _day_named(name: str) -> date | None:
    try:
        day = date.fromisoformat(name.removeprefix("SALES-"))
    except ValueError:
        return None
    return day if report_name(day) == name else None


def _newest(
    slips: Sequence[Acknowledgement], known: Mapping[str, Key]
) -> dict[Key, Acknowledgement]:
    """The platform's last word on each that is known here."""
    told = [slip for slip in slips if slip.parcel in known]
    return {known[slip.parcel]: slip for slip in sorted(told, key=lambda slip: slip.at)}
