"""Sending: claim, hand over, settle; a batch at a time, over one connection."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.conf import settings

from tenure.notices.commands.delivery import claim_mails, drop_useless, settle_mail, show_mails
from tenure.notices.models import Mail
from tenure.notices.queries.mails import is_any_due
from tenure.notices.queries.sender import sender
from tenure.notices.rules import Attempt, Outcome, is_nobodys
from tenure.notices.smtp import Office, opened

BATCH: Final = 50
"""So many mails are claimed at a time."""


def deliver(*, now: datetime) -> int:
    """Send what is due, as this installation was told to; returns how many were tried.

    Without a server a sandbox shows its mails, and a live installation keeps them waiting.
    """
    drop_useless(now=now)
    if settings.SMTP is None:
        return show_mails(now=now) if settings.SANDBOX else 0
    if not is_any_due(now):
        return 0
    with opened(settings.SMTP, sender=sender(), mail_from=settings.MAIL_FROM) as office:
        return deliver_by(office, now=now, sandbox=settings.SANDBOX)


def deliver_by(office: Office, *, now: datetime, sandbox: bool) -> int:
    """Send one batch of what is due; returns how many were tried.

    A sandbox sends nothing to addresses that can be nobody's (RFC 2606), and forgets nothing. If
    the server is not to be reached, the rest of the batch waits as if it had been tried.
    """
    mails = claim_mails(now=now, most=BATCH)
    lost: Attempt | None = None
    for mail in mails:
        attempt = lost or _try(office, mail, sandbox=sandbox)
        settle_mail(mail=mail, attempt=attempt, now=now, keep_letter=sandbox)
        lost = lost or (None if attempt.reached else attempt)
    return len(mails)


def _try(office: Office, mail: Mail, *, sandbox: bool) -> Attempt:
    if sandbox and is_nobodys(mail.to):
        return Attempt(Outcome.SHOWN)
    return office.send(mail)
