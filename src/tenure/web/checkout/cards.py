"""The cards of the sandbox, by what they do; outside of a sandbox there are none (R14)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


class Card(NamedTuple):
    """A card that behaves as it says; ``token`` is the gateway's word for it."""

    token: str
    name: str | _StrPromise
    what: str | _StrPromise


USUAL: Final = (
    Card("tok_ok", _("A card that works"), _("Paid at once.")),
    Card(
        "tok_authenticate",
        _("A card whose bank asks for a step"),
        _("You confirm on a page of the bank."),
    ),
    Card("tok_declined", _("A card that is declined"), _("Nothing is charged.")),
)
OTHERS: Final = (
    Card("tok_insufficient_funds", _("A card without enough money"), _("Nothing is charged.")),
    Card("tok_expired", _("A card that has expired"), _("Nothing is charged.")),
    Card(
        "tok_unknown",
        _("A card whose answer is lost"),
        _("It is charged, and we find that out later."),
    ),
    Card(
        "tok_unknown_not_charged",
        _("A card that cannot be reached"),
        _("It is not charged, and we find that out later."),
    ),
    Card(
        "tok_ok_then_declined",
        _("A card that works once"),
        _("Paid at once; every renewal is declined."),
    ),
)
TOKENS: Final = tuple(card.token for card in (*USUAL, *OTHERS))
