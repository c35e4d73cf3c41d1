"""Archives of everything held are asked for, made by the worker, fetched, and dropped (R31)."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db.models import Q, QuerySet
from procrastinate.contrib.django import app as jobs

from tenure.base.clock import machine_now
from tenure.base.errors import NotFound, Refused
from tenure.base.ids import new_id
from tenure.billing.documents.content import DocumentKind
from tenure.billing.models import Document, DocumentFormat
from tenure.events.asked import Asked
from tenure.events.journal import transaction
from tenure.flows.documents.files import document_file
from tenure.flows.locks import lock_organisation
from tenure.flows.retention.archive import Sink, write_archive
from tenure.flows.written import Written
from tenure.orders.queries.policy import policy_in_force
from tenure.organisations.errors import EXPORT_NOT_READY
from tenure.organisations.events import ExportAsked, ExportMade
from tenure.organisations.models import Export, ExportPart, ExportStatus

BATCH: Final = 100
"""So many archives are made, or dropped, at a time."""
MOST_KEPT: Final = 3
"""So many archives of an organisation are kept: whoever asks for another gives up the oldest."""
TRIES: Final = 3
"""How often it is begun anew because a document was issued meanwhile."""

_JOB: Final = "tenure.config.jobs.make_exports"


def ask_for_export(
    *, organisation: UUID, now: datetime, by: str, asked: Asked | None = None
) -> Written:
    """Have an archive made; whoever asks while one waits is given that one.

    Older ones than the newest few are dropped, so that asking often fills no disk. Returns the
    export. Raises ``NotFound``.
    """
    with transaction(now=now, by=by, organisation=organisation, asked=asked) as journal:
        lock_organisation(organisation, journal)
        waiting = Export.objects.filter(organisation=organisation, status=ExportStatus.WAITING)
        export = waiting.first()
        if export is None:
            export = Export.objects.create(
                id=new_id(), organisation_id=organisation, asked_at=journal.at, asked_by=by
            )
            journal.record(organisation, ExportAsked(export=export.id))
            kept = Export.objects.filter(organisation=organisation, status=ExportStatus.READY)
            _drop([row.id for row in kept.order_by("-id")[MOST_KEPT - 1 :]], machine_now())
        journal.made = export.id
        journal.touch(organisation)
    jobs.configure_task(_JOB, allow_unknown=True).defer(timestamp=0)
    return Written((export.id,), journal.revisions[organisation])


def make_exports() -> int:
    """Make the archives that wait; returns how many. Any number of workers may.

    Clocks of customers do not matter here, as for mail: an archive says what is, not what is due.
    """
    waiting = Export.objects.filter(status=ExportStatus.WAITING).order_by("id")
    return sum(_make(export) for export in waiting[:BATCH])


def drop_exports(*, now: datetime) -> int:
    """Drop the archives that were there long enough; ``now`` is the machine's instant.

    All of them, some at a time; returns how many.
    """
    old = Q(status=ExportStatus.READY, made_at__lte=now - kept_for())
    done, count = 0, BATCH
    while count == BATCH:
        with transaction(now=now, by="worker"):
            rows = Export.objects.select_for_update(skip_locked=True).filter(old)
            ids = list(rows.order_by("made_at").values_list("id", flat=True)[:BATCH])
            _drop(ids, now)
        count = len(ids)
        done += count
    return done


def _drop(exports: Collection[UUID], now: datetime) -> None:
    ExportPart.objects.filter(export__in=exports).delete()
    Export.objects.filter(id__in=exports).update(status=ExportStatus.DROPPED, dropped_at=now)


def kept_for() -> timedelta:
    """How long archives can be fetched, by the policy in force."""
    return timedelta(days=policy_in_force()[1].retention.export_kept_days)


def archive_of(export: UUID) -> Iterator[bytes]:
    """The bytes of an archive, piece by piece.

    Raises at once: ``NotFound`` for what was dropped, ``Refused`` (``export_not_ready``).
    """
    row = Export.objects.defer("receipt").filter(id=export).first()
    if row is None or row.status == ExportStatus.DROPPED:
        raise NotFound
    if row.status == ExportStatus.WAITING:
        raise Refused(EXPORT_NOT_READY)
    return _pieces(export)


def _pieces(export: UUID) -> Iterator[bytes]:
    number = 0
    while (
        data := ExportPart.objects.filter(export=export, number=number)
        .values_list("data", flat=True)
        .first()
    ) is not None:
        yield bytes(data)
        number += 1


def _make(export: Export) -> bool:
    """Make one archive; False if somebody else does, or it is not wanted any more."""
    for _ in range(TRIES):
        _make_papers(export)
        made = _write(export)
        if made is not None:
            return made and _told(export)
    return False


def _write(export: Export) -> bool | None:
    """Write the pieces, in one snapshot; None if a document's file is still to be made."""
    with transaction(
        now=export.asked_at, by="worker", organisation=export.organisation_id, snapshot=True
    ):
        waiting = Export.objects.select_for_update(skip_locked=True, of=("self",)).filter(
            id=export.id, status=ExportStatus.WAITING
        )
        row = waiting.first()
        if row is None:
            return False
        if _without_files(export).exists():
            return None
        ExportPart.objects.filter(export=row).delete()

        def keep(number: int, data: bytes) -> None:
            ExportPart.objects.create(
                organisation_id=row.organisation_id, export=row, number=number, data=data
            )

        sink = Sink(keep)
        export.receipt = write_archive(row, sink)
        export.size, export.sha256 = sink.size, sink.sha256
    return True


def _told(export: Export) -> bool:
    """Say that it is there, unless it went meanwhile with all else."""
    with transaction(
        now=export.asked_at, by="worker", organisation=export.organisation_id
    ) as journal:
        lock_organisation(export.organisation_id, journal)
        done = Export.objects.filter(id=export.id, status=ExportStatus.WAITING).update(
            status=ExportStatus.READY,
            made_at=machine_now(),
            size=export.size,
            sha256=export.sha256,
            receipt=export.receipt,
        )
        if done:
            journal.record(export.organisation_id, ExportMade(export=export.id))
    return bool(done)


def _make_papers(export: Export) -> None:
    """Make the files of documents that nobody has asked for yet, each kept for good (R46)."""
    for id_, kind in _without_files(export).values_list("id", "kind").iterator():
        for form in DocumentFormat:
            if form == DocumentFormat.PDF or DocumentKind(kind).is_fiscal:
                document_file(document=id_, form=form, by="worker")


def _without_files(export: Export) -> QuerySet[Document]:
    rows = Document.objects.filter(organisation=export.organisation_id)
    fiscal = Q(kind__in=[kind.value for kind in DocumentKind if kind.is_fiscal])
    has = {form: Q(id__in=rows.filter(files__format=form).values("id")) for form in DocumentFormat}
    return rows.filter(~has[DocumentFormat.PDF] | fiscal & ~has[DocumentFormat.XML])
