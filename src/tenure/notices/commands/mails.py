"""Mails are written down; the worker sends them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from django.utils import translation

from tenure.events.writing import insert_once
from tenure.notices.letters.accounts import AccountMail, account_letter
from tenure.notices.letters.letter import kept, one_line
from tenure.notices.models import Mail


def post_mail(
    *,
    kind: AccountMail,
    to: str,
    language: str,
    facts: Mapping[str, str],
    key: str,
    now: datetime,
    name: str = "",
    useless_after: datetime | None = None,
) -> None:
    """Write a mail that a page asks for; the worker sends it within seconds.

    ``facts`` are those that ``kind`` names; ``key`` says what it is about (``reset:usr_…:…``):
    asked for again under the same key, nothing more is sent. ``language`` is ``en`` or ``fr``;
    ``now`` the machine's instant. After ``useless_after`` it is no longer sent: a code that has
    run out helps nobody. Raises ``KeyError`` if a fact is missing. One statement.
    """
    with translation.override(language):
        letter = account_letter(kind, facts)
    mail = Mail(
        key=f"page:{key}",
        kind=kind.value,
        to=to,
        to_name=name,
        language=language,
        subject=one_line(letter.subject),
        letter=kept(letter),
        happened_at=now,
        created_at=now,
        due_at=now,
        useless_after=useless_after,
    )
    keep_mails([mail])


def keep_mails(mails: Sequence[Mail]) -> None:
    """Write mails down, each key once. A statement for each thousand of them."""
    for first in range(0, len(mails), _AT_ONCE):
        insert_once(mails[first : first + _AT_ONCE])


_AT_ONCE: Final = 1000
