"""The cards that one can pay with: those on file, a new one at Stripe, or the sandbox's (R14).

The sandbox's are known by what they do. Elsewhere a new card is given on Stripe's own page, so that
its number never comes here.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from uuid import UUID

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tenure.base.ids import public_id
from tenure.billing.gateways.choice import takes_cards_itself
from tenure.billing.models import PaymentMethod
from tenure.billing.queries.payment_methods import active_methods

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

PAGE: Final = "page"
"""What is chosen for a card that is given on the gateway's own page."""

_BRANDS: Final = {"amex": "American Express", "mastercard": "Mastercard", "visa": "Visa"}


class SavedCard(NamedTuple):
    """A card on file; ``value`` is what the form sends."""

    value: str
    name: str
    what: str
    default: bool


def card_name(method: PaymentMethod) -> str:
    """A card as people tell it by."""
    return f"{_BRANDS.get(method.brand, method.brand)} •••• {method.last4}"


def saved_cards(organisation: UUID | None) -> Sequence[SavedCard]:
    """The cards that an organisation has on file, its default first; one statement."""
    if organisation is None:
        return ()
    found = [
        SavedCard(
            public_id("pm", method.id),
            card_name(method),
            gettext("On file, valid until %(month)s/%(year)s.")
            % {"month": f"{method.exp_month:02}", "year": method.exp_year},
            method.is_default,
        )
        for method in active_methods(organisation)
    ]
    return sorted(found, key=lambda card: not card.default)


def card_values(saved: Sequence[SavedCard]) -> list[str]:
    """All that can be chosen."""
    return [*(card.value for card in saved), *((PAGE,) if takes_cards_itself() else TOKENS)]


def cards_shown(chosen: str, saved: Sequence[SavedCard]) -> dict[str, Any]:
    """What the choice of a card is drawn from."""
    page = takes_cards_itself()
    return {
        "saved": saved,
        "page": page,
        "usual": () if page else USUAL,
        "others": () if page else OTHERS,
        "chosen": chosen,
        "chose_other": any(each.token == chosen for each in OTHERS),
    }
