"""What each standing may, in the reader's words (R34, R35)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

from django.utils.translation import gettext_lazy

from tenure.organisations.rules import Standing

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


class StandingWords(NamedTuple):
    """A standing: the value that forms send, its word, what it may."""

    value: str
    word: str | _StrPromise
    may: str | _StrPromise


STANDINGS: Final = {
    Standing.OWNER: StandingWords(
        "owner",
        gettext_lazy("Owner"),
        gettext_lazy("All that an administrator may, and giving the ownership away."),
    ),
    Standing.ADMINISTRATOR: StandingWords(
        "administrator",
        gettext_lazy("Administrator"),
        gettext_lazy("Buys and renews roles, invites members, assigns roles, changes settings."),
    ),
    Standing.BILLING: StandingWords(
        "billing",
        gettext_lazy("Billing"),
        gettext_lazy("Sees billing, and their own roles."),
    ),
    Standing.MEMBER: StandingWords(
        "member",
        gettext_lazy("Member"),
        gettext_lazy("Uses their roles, and sees who else is in the team."),
    ),
    Standing.EXTERNAL: StandingWords(
        "external",
        gettext_lazy("External"),
        gettext_lazy("Uses their roles, and sees nobody else."),
    ),
}
"""From what may most to what may least."""

INVITABLE: Final = (
    Standing.MEMBER,
    Standing.EXTERNAL,
    Standing.BILLING,
    Standing.ADMINISTRATOR,
)
"""What somebody can be invited as; the ownership is offered (R34)."""


def words_of(standings: Sequence[Standing]) -> list[StandingWords]:
    """The words of some standings, in their order."""
    return [STANDINGS[standing] for standing in standings]
