"""Sentences about seats, requests for roles and subscriptions (R21 to R26, R36 to R40)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext, ngettext

from tenure.web.console.sentences.said import Event, Sentence


def _assigned(event: Event) -> str:
    about = {"member": event.member(), "offer": event.offer}
    return gettext("A seat of %(offer)s was assigned to %(member)s.") % about


def _freed(event: Event) -> str:
    about = {"member": event.member(), "offer": event.offer}
    return gettext("%(member)s no longer holds a seat of %(offer)s.") % about


def _reserved(event: Event) -> str:
    about = {"member": event.invited, "offer": event.offer}
    return gettext("A seat of %(offer)s is kept for %(member)s, who is invited.") % about


def _released(event: Event) -> str:
    about = {"member": event.invited, "offer": event.offer}
    return gettext("A seat of %(offer)s is no longer kept for %(member)s.") % about


def _losses(event: Event) -> str:
    about = {"offer": event.offer}
    if not event.data.get("members"):
        return gettext("Nobody is chosen any more to lose a seat of %(offer)s.") % about
    return gettext("It was chosen who loses a seat of %(offer)s with the next period.") % about


def _asks(event: Event) -> dict[str, str]:
    return {"member": event.member(), "role": event.role}


def _asked(event: Event) -> str:
    return gettext("%(member)s asked for the role %(role)s.") % _asks(event)


def _awaits(event: Event) -> str:
    return gettext("A seat is to be bought, so that %(member)s gets the role %(role)s.") % _asks(
        event
    )


def _granted(event: Event) -> str:
    return gettext("%(member)s was granted the role %(role)s.") % _asks(event)


def _declined(event: Event) -> str:
    return gettext("%(member)s was declined the role %(role)s.") % _asks(event)


def _withdrawn(event: Event) -> str:
    return gettext("%(member)s no longer asks for the role %(role)s.") % _asks(event)


def _started(event: Event) -> str:
    quantity = event.number("quantity")
    return ngettext(
        "%(offer)s began on %(day)s with %(count)d seat.",
        "%(offer)s began on %(day)s with %(count)d seats.",
        quantity,
    ) % {"offer": event.offer, "day": event.day("starts_on"), "count": quantity}


def _recorded(event: Event) -> str:
    return gettext("%(offer)s, bought elsewhere, was recorded from %(day)s to %(end)s.") % {
        "offer": event.offer,
        "day": event.day("starts_on"),
        "end": event.day("ends_on"),
    }


def _switched(event: Event) -> str:
    about = {"offer": event.offer}
    if event.data.get("auto_renew"):
        return gettext("The renewal of %(offer)s was switched on.") % about
    if event.data.get("from_next_period"):
        return gettext("The renewal of %(offer)s was switched off from the next period on.") % about
    return gettext("The renewal of %(offer)s was switched off.") % about


def _quantity(event: Event) -> str:
    quantity = event.number("next_quantity")
    return ngettext(
        "%(count)d seat of %(offer)s was chosen for the next period.",
        "%(count)d seats of %(offer)s were chosen for the next period.",
        quantity,
    ) % {"offer": event.offer, "count": quantity}


def _passed(event: Event) -> str:
    about = {"offer": event.offer, "day": event.day("deadline")}
    return gettext("%(day)s was the last day to stop the renewal of %(offer)s.") % about


def _ends(event: Event) -> dict[str, str]:
    return {"offer": event.offer, "until": event.day("data_available_until")}


def _lapsed(event: Event) -> str:
    return gettext(
        "%(offer)s lapsed, since it was not paid on; its data are kept until %(until)s."
    ) % (_ends(event))


def _ended(event: Event) -> str:
    return gettext("%(offer)s ended; its data are kept until %(until)s.") % _ends(event)


def _seats_added(event: Event) -> str:
    seats = event.number("seats")
    return ngettext(
        "%(count)d seat was added to %(offer)s from %(day)s on; there are %(all)d now.",
        "%(count)d seats were added to %(offer)s from %(day)s on; there are %(all)d now.",
        seats,
    ) % {
        "offer": event.offer,
        "day": event.day("starts_on"),
        "count": seats,
        "all": event.number("quantity"),
    }


def _seats_too_late(event: Event) -> str:
    return gettext(
        "The money for more seats of %(offer)s came when their period was over; it goes back."
    ) % {"offer": event.offer}


def _seats_taken_back(event: Event) -> str:
    seats = event.number("seats")
    return ngettext(
        "%(count)d seat of %(offer)s was taken back with its order; there are %(all)d now.",
        "%(count)d seats of %(offer)s were taken back with their order; there are %(all)d now.",
        seats,
    ) % {"offer": event.offer, "count": seats, "all": event.number("quantity")}


def _cancelled(event: Event) -> str:
    return gettext("%(offer)s was cancelled; its data are kept until %(until)s.") % _ends(event)


SENTENCES: Final[Mapping[str, Sentence]] = {
    "seat.assigned": Sentence(icon="armchair", tell=_assigned),
    "seat.freed": Sentence(icon="armchair", tell=_freed),
    "seat.reserved": Sentence(icon="mail", tell=_reserved),
    "seat.released": Sentence(icon="armchair", tell=_released),
    "seat.losses_chosen": Sentence(icon="armchair", tell=_losses),
    "role_request.made": Sentence(icon="message", tell=_asked),
    "role_request.awaits_seat": Sentence(icon="shopping-bag", tell=_awaits),
    "role_request.granted": Sentence(icon="circle-check", tell=_granted),
    "role_request.declined": Sentence(icon="circle-x", tell=_declined),
    "role_request.withdrawn": Sentence(icon="arrow-back-up", tell=_withdrawn),
    "subscription.started": Sentence(icon="packages", tell=_started),
    "subscription.recorded": Sentence(icon="packages", tell=_recorded),
    "subscription.auto_renewal_switched": Sentence(icon="refresh", tell=_switched),
    "subscription.next_quantity_chosen": Sentence(icon="armchair", tell=_quantity),
    "subscription.opt_out_deadline_passed": Sentence(icon="clock", tell=_passed),
    "subscription.seats_added": Sentence(icon="armchair", tell=_seats_added),
    "subscription.seats_too_late": Sentence(icon="alert-triangle", tell=_seats_too_late),
    "subscription.seats_taken_back": Sentence(icon="armchair", tell=_seats_taken_back),
    "subscription.lapsed": Sentence(icon="alert-triangle", tell=_lapsed),
    "subscription.cancelled": Sentence(icon="circle-x", tell=_cancelled),
    "subscription.ended": Sentence(icon="circle-minus", tell=_ended),
}
