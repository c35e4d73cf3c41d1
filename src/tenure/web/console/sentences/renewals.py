"""Sentences about renewals: ordered, paid, declined, begun, given up (R20 to R26)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext, ngettext

from tenure.web.console.sentences.said import Event, Sentence


def _ordered(event: Event) -> str:
    return gettext("The next period of %(offer)s, from %(day)s on, was ordered.") % {
        "offer": event.offer,
        "day": event.day("starts_on"),
    }


def _renewed(event: Event) -> str:
    return gettext("%(offer)s is renewed from %(day)s to %(end)s.") % {
        "offer": event.offer,
        "day": event.day("starts_on"),
        "end": event.day("ends_on"),
    }


def _reinstated(event: Event) -> str:
    return gettext("%(offer)s goes on from where it had lapsed, without a gap.") % {
        "offer": event.offer
    }


def _declined(event: Event) -> str:
    about = {"offer": event.offer, "until": event.day("payable_until")}
    if event.data.get("next_attempt_on"):
        return gettext(
            "The card was declined for the renewal of %(offer)s; it is tried again on %(day)s."
        ) % {**about, "day": event.day("next_attempt_on")}
    return (
        gettext(
            "The card was declined for the renewal of %(offer)s; it can be paid until %(until)s."
        )
        % about
    )


def _step(event: Event) -> str:
    return gettext(
        "The bank wants you to confirm the renewal of %(offer)s; it can be paid until %(until)s."
    ) % {"offer": event.offer, "until": event.day("payable_until")}


def _given_up(event: Event) -> str:
    return gettext("Nobody paid the renewal of %(offer)s; it can no longer be paid.") % {
        "offer": event.offer
    }


def _stopped(event: Event) -> str:
    return gettext("The renewal of %(offer)s that had been ordered was taken back.") % {
        "offer": event.offer
    }


def _fewer(event: Event) -> str:
    quantity = event.number("quantity")
    return ngettext(
        "%(offer)s has %(count)d seat in the period that began.",
        "%(offer)s has %(count)d seats in the period that began.",
        quantity,
    ) % {"offer": event.offer, "count": quantity}


SENTENCES: Final[Mapping[str, Sentence]] = {
    "subscription.renewal_ordered": Sentence(icon="refresh", tell=_ordered),
    "subscription.renewed": Sentence(icon="refresh", tell=_renewed),
    "subscription.reinstated": Sentence(icon="circle-check", tell=_reinstated),
    "subscription.renewal_declined": Sentence(icon="alert-triangle", tell=_declined),
    "subscription.renewal_authentication_required": Sentence(icon="alert-triangle", tell=_step),
    "subscription.renewal_given_up": Sentence(icon="circle-minus", tell=_given_up),
    "subscription.renewal_taken_back": Sentence(icon="arrow-back-up", tell=_stopped),
    "subscription.seats_reduced": Sentence(icon="armchair", tell=_fewer),
}
