"""Importing a file's text as the command does."""

from __future__ import annotations

from datetime import UTC, datetime

from tenure.catalogue.commands import ImportResult
from tenure.catalogue.file import parse_catalogue
from tenure.flows.catalogue_import import import_file

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


def bring_in(text: str, *, now: datetime = NOON) -> ImportResult:
    """Bring the catalogue that ``text`` says into force."""
    return import_file(file=parse_catalogue(text), source=text, now=now, by="command")
