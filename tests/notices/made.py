"""Mails made at once, and looked at."""

from __future__ import annotations

from tenure.notices.making import make_mails_of
from tenure.notices.models import Mail
from tenure.notices.queries.told import all_moved
from tests.shop import START


def make_all() -> None:
    """Turn all that was told into mails."""
    while moved := all_moved(1000):
        make_mails_of(moved, now=START)


def kinds() -> list[str]:
    """The kinds of all mails, in the order in which they were made."""
    return list(Mail.objects.order_by("id").values_list("kind", flat=True))


def only(kind: str) -> Mail:
    """The one mail of a kind."""
    return Mail.objects.get(kind=kind)
