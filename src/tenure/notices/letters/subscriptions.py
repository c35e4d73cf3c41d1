"""What is told of a subscription: whether it renews, and until when that can be changed (R21)."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext

from tenure.notices.letters.figures import day, seats_in_words
from tenure.notices.letters.letter import Button, Letter
from tenure.notices.letters.people import administrator_why


def renewal_on(
    *,
    organisation: str,
    offer: str,
    quantity: int,
    renews_on: date,
    opt_out_on: date | None,
    url: str,
    language: str,
) -> Letter:
    """Auto-renewal is on: on which day, and the last day to switch it off (R21)."""
    facts = [*_what(offer, quantity), (gettext("Renews by itself on"), day(renews_on, language))]
    if opt_out_on is not None:
        facts.append((gettext("Last day to stop that"), day(opt_out_on, language)))
    return Letter(
        subject=gettext("%(offer)s renews by itself") % {"offer": offer},
        preheader=gettext("Auto-renewal was switched on."),
        heading=gettext("Auto-renewal is on"),
        lead=(gettext("It goes on without a gap, for the same term, until you stop it."),),
        facts=tuple(facts),
        button=Button(gettext("See my subscriptions"), url),
        why=administrator_why(organisation),
    )


def renewal_off(
    *, organisation: str, offer: str, quantity: int, last_day: date, url: str, language: str
) -> Letter:
    """Auto-renewal is off: fully usable to its end, when nothing follows (R23)."""
    return Letter(
        subject=gettext("%(offer)s ends on %(day)s")
        % {"offer": offer, "day": day(last_day, language)},
        preheader=gettext("Auto-renewal was switched off."),
        heading=gettext("Auto-renewal is off"),
        lead=(gettext("Until then everything works as before; nothing is charged after it."),),
        facts=(
            *_what(offer, quantity),
            (gettext("Last day"), day(last_day, language)),
            (gettext("Can be switched on again until"), day(last_day, language)),
        ),
        button=Button(gettext("See my subscriptions"), url),
        why=administrator_why(organisation),
    )


def renewal_off_later(
    *,
    organisation: str,
    offer: str,
    quantity: int,
    renews_on: date,
    last_day: date,
    url: str,
    language: str,
) -> Letter:
    """Switched off from the next period on: it renews once more, and then ends (R21)."""
    return Letter(
        subject=gettext("%(offer)s renews once more, then ends") % {"offer": offer},
        preheader=gettext("Auto-renewal was switched off from the next period on."),
        heading=gettext("Auto-renewal is off from the next period on"),
        lead=(gettext("It renews once more, and ends by itself after that."),),
        facts=(
            *_what(offer, quantity),
            (gettext("Renews for the last time on"), day(renews_on, language)),
            (gettext("Last day"), day(last_day, language)),
        ),
        button=Button(gettext("See my subscriptions"), url),
        why=administrator_why(organisation),
    )


def _what(offer: str, quantity: int) -> list[tuple[str, str]]:
    return [(gettext("Subscription"), f"{offer}, {seats_in_words(quantity)}")]
