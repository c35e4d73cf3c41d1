"""R46: papers are numbered without a gap, chained, unchanged, and say what was paid."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from tenure.base.ids import public_id
from tenure.billing.documents.content import Content, canonical, contradictions, parse
from tenure.flows.verify.checks import Tally, find, rows
from tenure.flows.verify.telling import ToldOnce, told_once

_NUMBERED: Final = """
    SELECT coalesce(held.series, numbered.series) || '-' || coalesce(held.year, numbered.year),
           held.last, held.last_sha256, numbered.documents, numbered.first, numbered.last,
           numbered.well_named, tail.sha256
    FROM billing_documentseries AS held
    FULL JOIN (
        SELECT series, year, count(*) AS documents, min(sequence) AS first, max(sequence) AS last,
               bool_and(number = series || '-' || year || '-'
                        || lpad(sequence::text, greatest(6, length(sequence::text)), '0'))
               AS well_named
        FROM billing_document GROUP BY series, year
    ) AS numbered ON (numbered.series, numbered.year) = (held.series, held.year)
    LEFT JOIN billing_document AS tail
      ON (tail.series, tail.year, tail.sequence) = (held.series, held.year, held.last)
    ORDER BY 1
"""


def documents_numbered(_now: datetime) -> Tally:
    """R46: each series and year is numbered 1, 2, 3 … to its last, by which its row stands."""
    tally = Tally()
    for name, last, last_hash, count, first, highest, well_named, tail in rows(_NUMBERED):
        tally.looked_at += count or 0
        if last is None:
            tally.fail(name, "documents_without_series")
        elif (count, first, highest) != (last, 1, last):
            tally.fail(name, "numbers_broken")
        elif not well_named:
            tally.fail(name, "number_is_not_its_sequence")
        elif tail != last_hash:
            tally.fail(name, "series_is_not_at_its_last")
    return tally


def documents_chained(now: datetime) -> Tally:
    """R46: each content has its hash, and each document carries that of the one before."""
    return find(
        "doc",
        of="SELECT count(*) FROM billing_document",
        found="""
            SELECT id,
                   CASE WHEN encode(sha256(convert_to(content, 'UTF8')), 'hex') <> sha256
                        THEN 'content_is_not_its_hash'
                        ELSE 'chain_broken' END AS what,
                   false AS in_flight
            FROM (
                SELECT document.*, lag(sha256) OVER (
                    PARTITION BY series, year ORDER BY sequence
                ) AS hash_before
                FROM billing_document AS document
            ) AS told
            WHERE encode(sha256(convert_to(content, 'UTF8')), 'hex') <> sha256
               OR CASE
                   WHEN hash_before IS NOT NULL THEN previous_sha256 <> hash_before
                   WHEN previous_sha256 = '' THEN false
                   ELSE NOT EXISTS (
                       SELECT 1 FROM billing_document AS earlier
                       WHERE earlier.series = told.series AND earlier.year < told.year
                         AND earlier.sha256 = told.previous_sha256
                   )
               END
        """,
        now=now,
    )


_CONTENTS: Final = """
    SELECT id, content, kind, series, year, sequence, number, issued_on, currency,
           total_net, total_tax, total, previous_sha256
    FROM billing_document ORDER BY series, year, sequence
"""


def documents_say_so(_now: datetime) -> Tally:
    """R44, R46: what a document says is what its row says, and adds up."""
    tally = Tally()
    for id_, content, *row in rows(_CONTENTS):
        tally.looked_at += 1
        wrong = _wrong(content, tuple(row))
        if wrong:
            tally.fail(public_id("doc", id_), wrong)
    return tally


def _wrong(text: str, row: tuple[object, ...]) -> str | None:
    try:
        said = parse(text)
    except ValueError:
        return "cannot_be_read"
    if canonical(said).decode() != text:
        return "not_canonical"
    if _as_row(said) != row:
        return "says_other_than_its_row"
    return "does_not_add_up" if contradictions(said) else None


def _as_row(said: Content) -> tuple[object, ...]:
    return (
        said.kind.value,
        said.series,
        said.year,
        said.sequence,
        said.number,
        said.issued_on,
        said.currency,
        said.net,
        said.tax,
        said.total,
        said.previous_sha256,
    )


def orders_invoiced(now: datetime) -> Tally:
    """R46: a paid order that costs anything has one invoice that is not taken back, of its sum.

    Issued anew it may carry another tax (R45), and what was given back whole is taken back whole.
    No more is taken back than was invoiced, and only renewals are invoiced ahead.
    """
    return find(
        "ord",
        of="SELECT count(*) FROM orders_order",
        found="""
            SELECT orders.id,
                   CASE WHEN paper.foreign THEN 'of_another_organisation'
                        WHEN paper.excess THEN 'credited_beyond_its_invoice'
                        WHEN coalesce(paper.standing, 0) = 0 THEN 'paid_and_not_invoiced'
                        WHEN paper.standing > 1 THEN 'invoiced_twice'
                        WHEN orders.paid_at IS NULL THEN 'invoiced_and_not_paid'
                        ELSE 'invoice_is_not_its_order' END AS what,
                   false AS in_flight
            FROM orders_order AS orders
            LEFT JOIN (
                SELECT invoice.order_id,
                       count(*) FILTER (WHERE invoice.total > invoice.credited) AS standing,
                       bool_or(invoice.credited > invoice.total) AS excess,
                       bool_or(orders.organisation_id <> invoice.organisation_id) AS foreign,
                       bool_and(
                           (invoice.currency, invoice.total_net)
                           = (orders.currency, orders.total_net)
                           AND (orders.total = invoice.total OR invoice.anew)
                       ) FILTER (WHERE invoice.total > invoice.credited) AS agrees
                FROM (
                    SELECT document.*, coalesce(
                        (SELECT sum(note.total) FROM billing_document AS note
                         WHERE note.corrects_id = document.id), 0) AS credited,
                        count(*) OVER (PARTITION BY document.order_id) > 1 AS anew
                    FROM billing_document AS document WHERE document.kind = 'invoice'
                ) AS invoice
                JOIN orders_order AS orders ON orders.id = invoice.order_id
                GROUP BY invoice.order_id
            ) AS paper ON paper.order_id = orders.id
            WHERE paper.foreign OR paper.excess OR NOT coalesce(paper.agrees, true)
               OR orders.status = 'paid' AND orders.total > 0
                  AND coalesce(paper.standing, 0) <> 1
                  AND NOT coalesce(coalesce(paper.standing, 0) = 0 AND orders.total <= (
                      SELECT sum(refund.amount) FROM billing_refund AS refund
                      WHERE refund.order_id = orders.id), false)
               OR paper.standing > 1
               OR paper.standing > 0 AND orders.paid_at IS NULL AND orders.kind <> 'renewal'
        """,
        now=now,
    )


def files_unchanged(now: datetime) -> Tally:
    """R46: a file that was made is still what it was."""
    return find(
        "doc",
        of="SELECT count(*) FROM billing_documentfile",
        found="""
            SELECT document_id AS id, 'file_is_not_its_hash' AS what, false AS in_flight
            FROM billing_documentfile
            WHERE encode(sha256(data), 'hex') <> sha256
        """,
        now=now,
    )


_TOLD: Final = (
    ToldOnce(
        "doc",
        "document.issued",
        "document",
        "SELECT id, organisation_id FROM billing_document ORDER BY id",
    ),
)


def documents_told(_now: datetime) -> Tally:
    """A document is told once as issued."""
    return told_once(_TOLD)
