"""Sentences about what is held: how long, what was taken along, and what went (R31)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext, ngettext

from tenure.web.console.sentences.said import Event, Sentence


def _warned(event: Event) -> str:
    left = event.number("days_left")
    return ngettext(
        "You were told that your data go in %(count)d day: they are kept until %(until)s.",
        "You were told that your data go in %(count)d days: they are kept until %(until)s.",
        left,
    ) % {"count": left, "until": event.day("data_available_until")}


def _due(event: Event) -> str:
    return gettext("Your data were kept until %(until)s and are now due to be deleted.") % {
        "until": event.day("data_available_until")
    }


def _withdrawn(_event: Event) -> str:
    return gettext("It was paid again, so your data are not deleted.")


def _confirmed(_event: Event) -> str:
    return gettext("The data were deleted, and what was personal here with them.")


def _erased(_event: Event) -> str:
    return gettext("A member was erased: nothing here names them any more.")


def _asked(_event: Event) -> str:
    return gettext("An archive of everything held here was asked for.")


def _made(_event: Event) -> str:
    return gettext("The archive of everything held here was made.")


SENTENCES: Final[Mapping[str, Sentence]] = {
    "data.retention_warned": Sentence("clock", _warned),
    "data.purge_due": Sentence("circle-x", _due),
    "data.purge_withdrawn": Sentence("circle-check", _withdrawn),
    "data.purge_confirmed": Sentence("circle-x", _confirmed),
    "person.erased": Sentence("users", _erased),
    "data.export_asked": Sentence("download", _asked),
    "data.export_made": Sentence("download", _made),
}
"""By the type of the event."""
