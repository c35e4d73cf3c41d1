"""Reads of mails: whether any is due, the mailbox of a sandbox, what did not arrive."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from tenure.base.errors import NotFound
from tenure.notices.models import Mail
from tenure.notices.rules import MailStatus


def is_any_due(now: datetime) -> bool:
    """Whether there is a mail to be sent. One statement."""
    return Mail.objects.filter(status=MailStatus.WAITING, due_at__lte=now).exists()


def mailbox_page(
    *, to: str = "", before: UUID | None = None, limit: int
) -> tuple[Sequence[Mail], bool]:
    """Mails, newest first, without what they say, and whether there are more.

    ``to`` is a part of the address; ``before`` the last mail of the page before. One statement.
    """
    mails = Mail.objects.defer("letter").order_by("-id")
    if to:
        mails = mails.filter(to__icontains=to)
    if before is not None:
        mails = mails.filter(id__lt=before)
    found = list(mails[: limit + 1])
    return found[:limit], len(found) > limit


def mail_of(id_: UUID) -> Mail:
    """One mail; ``NotFound`` if there is none. One statement."""
    mail = Mail.objects.filter(id=id_).first()
    if mail is None:
        raise NotFound
    return mail


def undelivered(*, limit: int) -> Sequence[Mail]:
    """What was refused or given up, the last first, for staff to see. One statement."""
    failed = Mail.objects.filter(status__in=[MailStatus.REFUSED, MailStatus.GIVEN_UP])
    return list(failed.defer("letter").order_by("-settled_at")[:limit])
