"""The first locks of a flow: the organisation's row, and then what is looked at in it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Final
from uuid import UUID

from tenure.base.errors import NotFound, Refused
from tenure.events.journal import Journal
from tenure.events.rows import AMONG, read_rows, run, to_read
from tenure.events.sending import Question
from tenure.organisations.errors import ORGANISATION_PURGED
from tenure.organisations.models import Member, Organisation
from tenure.subscriptions.models import Subscription


def lock_organisation(organisation: UUID, journal: Journal) -> Organisation:
    """The organisation, locked until commit against others that lock it; ``NotFound``.

    Its test clock may have been advanced since the caller read it: the ``journal`` follows, so
    that nothing happens at an instant that is over (R2).
    """
    found = read_rows(Organisation, _LOCKED, [organisation])
    if not found:
        raise NotFound
    clock = found[0].test_clock
    if clock is not None and clock > journal.at:
        journal.at = clock
    return found[0]


def lock_moving(organisation: UUID, to: datetime, journal: Journal) -> None:
    """Lock an organisation whose test clock goes on to ``to``, unless it is past that by now.

    The ``journal`` follows the clock, as in ``lock_organisation``. Raises ``NotFound`` without one.
    """
    found = run(_MOVE, [to, organisation])
    if not found:
        raise NotFound
    journal.at = max(journal.at, found[0][0])


_MOVE: Final = """
    UPDATE organisations_organisation SET test_clock = greatest(test_clock, %s)
    WHERE id = %s AND test_clock IS NOT NULL RETURNING test_clock
"""
"""An update of what is no key locks its row as ``FOR NO KEY UPDATE`` does."""


_LOCKED: Final = "WHERE id = %s FOR NO KEY UPDATE"


def to_lock_organisation(organisation: UUID) -> Question:
    """What ``lock_organisation`` asks, to be foreseen."""
    return to_read(Organisation, _LOCKED, [organisation])


def lock_living(organisation: UUID, journal: Journal) -> Organisation:
    """The organisation, locked, where something new may begin: ``Refused`` with
    ``organisation_purged`` once its data are gone (R31), also for whoever waited for that."""
    row = lock_organisation(organisation, journal)
    if row.purged_at is not None:
        raise Refused(ORGANISATION_PURGED)
    return row


def lock_organisations(ids: Iterable[UUID], journal: Journal) -> None:
    """Lock organisations that are known to exist, in the order of their ids; one statement.

    The ``journal`` follows the test clock of one that is alone, as in ``lock_organisation``.
    """
    found = run(
        f"SELECT test_clock FROM organisations_organisation WHERE id {AMONG} "  # noqa: S608 - of constants
        "ORDER BY id FOR NO KEY UPDATE",
        [list(ids)],
    )
    if len(found) == 1 and found[0][0] is not None:
        journal.at = max(journal.at, found[0][0])


def lock_subscription_first(
    subscription: UUID, journal: Journal, *, living: bool = False
) -> tuple[Organisation, Subscription]:
    """The organisation and then its subscription, both locked; ``NotFound``.

    With ``living`` something new may begin: ``Refused`` as by ``lock_living``.
    """
    rows = Subscription.objects.filter(id=subscription)
    whose = rows.values_list("organisation_id", flat=True).first()
    if whose is None:
        raise NotFound
    organisation = (lock_living if living else lock_organisation)(whose, journal)
    return organisation, rows.select_for_update(no_key=True).get()


def lock_member_first(member: UUID, journal: Journal) -> Member:
    """The member, locked after the organisation; ``NotFound``."""
    found = Member.objects.filter(id=member).values_list("organisation_id", flat=True).first()
    if found is None:
        raise NotFound
    lock_organisation(found, journal)
    return lock_member(member)


def lock_member(member: UUID) -> Member:
    """The member, who is known to exist, locked until commit."""
    return Member.objects.select_for_update(no_key=True).get(id=member)
