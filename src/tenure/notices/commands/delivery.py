"""Mails are claimed, tried, settled: each step is a transaction of its own.

Whoever is killed between claiming and settling leaves the mail to the next, once its lease is
over; both send it under the same Message-ID.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import F

from tenure.base.ids import new_id
from tenure.events.journal import transaction
from tenure.notices.models import Mail
from tenure.notices.rules import LEASE, Attempt, MailStatus, Outcome, next_attempt


def claim_mails(*, now: datetime, most: int) -> list[Mail]:
    """Take up to ``most`` mails that are due, for the time of the lease, the oldest first.

    Two statements; nobody waits for whoever else is claiming.
    """
    claim = new_id()
    with transaction(now=now, by="worker"):
        due = Mail.objects.select_for_update(skip_locked=True).filter(
            status=MailStatus.WAITING, due_at__lte=now
        )
        mails = list(due.order_by("due_at", "id")[:most])
        Mail.objects.filter(id__in=[mail.id for mail in mails]).update(
            claim=claim, due_at=now + LEASE, attempts=F("attempts") + 1
        )
    for mail in mails:
        mail.claim, mail.attempts = claim, mail.attempts + 1
    return mails


def settle_mail(*, mail: Mail, attempt: Attempt, now: datetime, keep_letter: bool) -> None:
    """Write what became of a claimed mail; nothing if its lease ran out and another has it.

    Unless told to ``keep_letter``, what a sent mail said is forgotten, and what is of no use
    later: it may hold secrets. One statement.
    """
    outcome = attempt.outcome
    changes: dict[str, object] = {"claim": None, "problem": attempt.problem}
    again = next_attempt(mail.attempts, now) if outcome is Outcome.LATER else None
    if again is not None and (mail.useless_after is None or again < mail.useless_after):
        changes |= {"due_at": again}
    else:
        changes |= {"status": _ENDS[outcome], "settled_at": now}
        secret = outcome is Outcome.SENT or mail.useless_after is not None
        if secret and not keep_letter:
            changes |= {"letter": None}
    Mail.objects.filter(id=mail.id, claim=mail.claim).update(**changes)


_ENDS = {
    Outcome.SENT: MailStatus.SENT.value,
    Outcome.NEVER: MailStatus.REFUSED.value,
    Outcome.LATER: MailStatus.GIVEN_UP.value,
    Outcome.SHOWN: MailStatus.SHOWN.value,
}


def show_mails(*, now: datetime) -> int:
    """In a sandbox that sends none: what waits is shown, and stays so. One statement."""
    waiting = Mail.objects.filter(status=MailStatus.WAITING)
    return waiting.update(status=MailStatus.SHOWN.value, settled_at=now)


def drop_useless(*, now: datetime) -> int:
    """Mails that help nobody any more are given up, and what they said is forgotten."""
    useless = Mail.objects.filter(
        status=MailStatus.WAITING, useless_after__lte=now, claim__isnull=True
    )
    return useless.update(status=MailStatus.GIVEN_UP.value, settled_at=now, letter=None)


def forget_mails(*, now: datetime, after: timedelta) -> int:
    """Forget mails that were settled so long ago; their cursors stay, so that none comes twice."""
    return Mail.objects.filter(settled_at__lt=now - after).delete()[0]
