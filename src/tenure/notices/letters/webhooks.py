"""What is said of endpoints that take nothing any more."""

from __future__ import annotations

from django.utils.translation import gettext

from tenure.notices.letters.letter import Button, Letter
from tenure.notices.letters.people import hello
from tenure.notices.webhooks.rules import DisabledWhy


def answer_of(why: str) -> str:
    """Why nothing is sent any more, in a sentence."""
    if why == DisabledWhy.GONE:
        return gettext("It answered that it wants nothing any more (410).")
    return gettext("It took nothing in all attempts of three days.")


def disabled(*, name: str, address: str, answer: str, url: str) -> Letter:
    """Nothing is sent to an endpoint until somebody enables it."""
    return Letter(
        subject=gettext("Your webhook is disabled"),
        preheader=answer,
        heading=gettext("Your webhook is disabled"),
        greeting=hello(name),
        lead=(answer, gettext("Nothing is sent there until you enable it again.")),
        facts=((gettext("Address"), address),),
        button=Button(gettext("See what was answered"), url),
        after=(
            gettext(
                "Nothing is lost: once enabled, it is told everything from where it stopped, in "
                "order."
            ),
        ),
        why=gettext("You have this mail because you look after this webhook."),
    )
