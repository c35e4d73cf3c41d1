"""Sentences about renewals: what was announced, and what came of it (R24 to R26)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext, ngettext

from tenure.web.console.sentences.said import Event, Sentence


def _reminded(event: Event) -> str:
    about = {"offer": event.offer, "day": event.day("renews_on")}
    if event.data.get("amount") is None:
        return gettext("%(offer)s is no longer offered, so that it is not renewed on %(day)s.") % (
            about
        )
    return gettext("The renewal of %(offer)s on %(day)s was announced, for %(amount)s.") % {
        **about,
        "amount": event.amount("amount"),
    }


def _losses_ahead(event: Event) -> str:
    count = len(event.data.get("members", ()))
    return ngettext(
        "%(count)d member loses a seat of %(offer)s on %(day)s, unless another is chosen.",
        "%(count)d members lose a seat of %(offer)s on %(day)s, unless others are chosen.",
        count,
    ) % {"count": count, "offer": event.offer, "day": event.day("on")}


def _trial_ending(event: Event) -> str:
    return gettext("It was announced that the trial of %(offer)s ends on %(day)s.") % {
        "offer": event.offer,
        "day": event.day("ends_on"),
    }


def _trial_replaced(event: Event) -> str:
    return gettext("What was bought took the place of the trial of %(offer)s.") % {
        "offer": event.offer
    }


def _proof_asked(_event: Event) -> str:
    return gettext("A renewal asked for the proof of studies anew.")


SENTENCES: Final[Mapping[str, Sentence]] = {
    "seat.losses_ahead": Sentence(icon="armchair", tell=_losses_ahead),
    "organisation.proof_asked": Sentence(icon="school", tell=_proof_asked),
    "subscription.trial_ending": Sentence(icon="clock", tell=_trial_ending),
    "subscription.trial_replaced": Sentence(icon="packages", tell=_trial_replaced),
    "subscription.renewal_reminded": Sentence(icon="mail", tell=_reminded),
}
