"""Why a card was declined, in plain words, by the gateway's word for it."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext

STEP_WANTED: Final = "authentication_required"
"""The gateway's word where nobody was there to take the step that the bank asks for."""


def decline_reason(code: str) -> str:
    """What to tell a buyer; something that is true of any refusal if the word is unknown."""
    return {
        "card_declined": gettext("The bank declined the card, and did not say why."),
        "insufficient_funds": gettext("There is not enough money on the account of this card."),
        "expired_card": gettext("The card has expired."),
        "unknown_card": gettext("The bank does not know this card."),
        "authentication_failed": gettext("The step that your bank asks for was not passed."),
        "abandoned": gettext("The step that your bank asks for was given up."),
        STEP_WANTED: gettext(
            "Your bank asks for a step that only you can take; pay again, and take it."
        ),
        "incorrect_cvc": gettext("The security code of the card is wrong."),
        "amount_too_small": gettext("The amount is too small to be paid by card."),
        "amount_too_large": gettext("The amount is too large to be paid by card."),
        "not_charged": gettext("The card could not be reached, and was not charged."),
    }.get(code, gettext("The bank did not accept the card."))
