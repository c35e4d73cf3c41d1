"""What waits on the first page beside subscriptions: orders, people, seats, ownership."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext, ngettext

from tenure.access.queries.usage import SeatCounts, TeamCounts
from tenure.access.queries.waiting import Waiting
from tenure.base.calendar import local_date, zone_named
from tenure.base.ids import public_id
from tenure.organisations.models import Member, OwnershipOffer
from tenure.web.console.attention import SOON, Item
from tenure.web.edge.names import named
from tenure.web.edge.visits import Desk

_INVITATION: Final = "invitation"
ROLE_REQUEST: Final = "role_request"


def of_what_waits(desk: Desk, waiting: Sequence[Waiting], *, manages: bool) -> Iterator[Item]:
    """Orders that are not paid; who manages people sees invitations and requests as well."""
    for each in waiting:
        if each.kind in _ORDERS:
            yield _ORDERS[each.kind](desk, each)
        elif manages:
            yield _invitations(desk, each) if each.kind == _INVITATION else _asked(desk, each)


def of_people(
    desk: Desk,
    team: TeamCounts,
    seats: Sequence[SeatCounts],
    offers: Sequence[OwnershipOffer],
    lacking: Sequence[Member],
) -> Iterator[Item]:
    """Free seats, members without any, the ownership that is offered, factors that are missing."""
    free = sum(each.free for each in seats)
    if free:
        yield _free_seats(desk, team, free)
    elif seats and team.without_seat:
        yield _without_seat(desk, team.without_seat)
    for offer in offers:
        yield from _ownership(desk, offer)
    if lacking:
        yield _factors(desk, lacking)


def _last_day(desk: Desk, each: Waiting) -> date | None:
    """The last local day before the instant at which it expires."""
    if each.until is None:
        return None
    return local_date(each.until, zone_named(desk.place.timezone)) - timedelta(days=1)


def _order_page(desk: Desk, each: Waiting) -> str:
    """Where it is paid; with several of them, their list."""
    if each.count > 1:
        return reverse("console_orders", args=[desk.organisation_id])
    return f"/orders/{public_id('ord', each.first)}"


def _unpaid(desk: Desk, each: Waiting) -> Item:
    title = ngettext("%(count)d order is not paid", "%(count)d orders are not paid", each.count) % {
        "count": each.count
    }
    text = gettext("The card was declined; nothing was charged. Pay with another one.")
    return Item("error", title, text, _order_page(desk, each), gettext("Pay"))


def _authentication(desk: Desk, each: Waiting) -> Item:
    title = ngettext(
        "Your bank asks for a step to pay %(count)d order",
        "Your bank asks for a step to pay %(count)d orders",
        each.count,
    ) % {"count": each.count}
    text = gettext("Nothing is charged before that.")
    return Item("error", title, text, _order_page(desk, each), gettext("Go on"))


def _transfer(desk: Desk, each: Waiting) -> Item:
    title = ngettext(
        "%(count)d order waits for your transfer",
        "%(count)d orders wait for your transfer",
        each.count,
    ) % {"count": each.count}
    text = gettext("It begins on the day on which the money is here.")
    until = _last_day(desk, each)
    return Item("warning", title, text, _order_page(desk, each), gettext("Look"), until)


def _verification(desk: Desk, each: Waiting) -> Item:
    title = gettext("We still need the proof that you are a student")
    text = gettext("Your order waits for it; nothing is charged before.")
    until = _last_day(desk, each)
    return Item("warning", title, text, _order_page(desk, each), gettext("Look"), until)


def _unknown(desk: Desk, each: Waiting) -> Item:
    title = ngettext(
        "The payment of %(count)d order is being checked",
        "The payments of %(count)d orders are being checked",
        each.count,
    ) % {"count": each.count}
    text = gettext("There is nothing to do: we ask the bank, and never charge twice.")
    return Item("info", title, text, _order_page(desk, each), gettext("Look"))


_ORDERS: Final[dict[str, Callable[[Desk, Waiting], Item]]] = {
    "declined": _unpaid,
    "authentication_required": _authentication,
    "awaiting_transfer": _transfer,
    "awaiting_verification": _verification,
    "payment_unknown": _unknown,
}


def _invitations(desk: Desk, each: Waiting) -> Item:
    title = ngettext(
        "%(count)d invitation expires soon", "%(count)d invitations expire soon", each.count
    ) % {"count": each.count}
    text = gettext("Then the seats that it keeps are free again. You can send it again.")
    page = f"/console/{desk.organisation_id}/members/invitations"
    return Item("warning", title, text, page, gettext("Send again"), _last_day(desk, each))


def _asked(desk: Desk, each: Waiting) -> Item:
    title = ngettext(
        "%(count)d request for a role waits for your answer",
        "%(count)d requests for roles wait for your answer",
        each.count,
    ) % {"count": each.count}
    text = gettext("Grant it from a free seat, buy one, or decline with a word.")
    return Item(
        "warning", title, text, f"/console/{desk.organisation_id}/roles/requests", gettext("Answer")
    )


def _free_seats(desk: Desk, team: TeamCounts, free: int) -> Item:
    title = ngettext("%(count)d seat is free", "%(count)d seats are free", free) % {"count": free}
    text = gettext("Paid for, and used by nobody.")
    if team.without_seat:
        text = ngettext(
            "Paid for, and used by nobody; %(count)d member holds none yet.",
            "Paid for, and used by nobody; %(count)d members hold none yet.",
            team.without_seat,
        ) % {"count": team.without_seat}
    return Item("info", title, text, f"/console/{desk.organisation_id}/roles", gettext("Assign"))


def _without_seat(desk: Desk, count: int) -> Item:
    title = ngettext("%(count)d member holds no seat", "%(count)d members hold no seat", count) % {
        "count": count
    }
    text = gettext("All seats are taken. Buy more, or free one.")
    page = reverse("console_extend", args=[desk.organisation_id])
    return Item("info", title, text, page, gettext("Buy seats"))


def _ownership(desk: Desk, offer: OwnershipOffer) -> Iterator[Item]:
    page = reverse("console_ownership", args=[desk.organisation_id])
    about = {"giver": offer.giver.name or offer.giver.email, "taker": called(offer.taker)}
    if offer.taker_id == desk.member:
        title = gettext("%(giver)s offers you the ownership") % about
        text = gettext("You become an owner when you accept.")
        yield Item("warning", title, text, page, gettext("Answer"))
    elif offer.giver_id == desk.member:
        title = gettext("%(taker)s has not yet answered your offer of the ownership") % about
        text = gettext("Until then nothing changes. You can take it back.")
        yield Item("info", title, text, page, gettext("Look"))


def _factors(desk: Desk, lacking: Sequence[Member]) -> Item:
    title = ngettext(
        "%(count)d administrator lacks the second factor",
        "%(count)d administrators lack the second factor",
        len(lacking),
    ) % {"count": len(lacking)}
    text = gettext("They cannot come in before they set it up: %(names)s.") % {
        "names": named([called(member) for member in lacking])
    }
    page = reverse("console_security", args=[desk.organisation_id])
    return Item("info", title, text, page, gettext("Look"))


def called(member: Member) -> str:
    """What a member is called: by name, or by address."""
    return member.name or member.email


__all__ = ["ROLE_REQUEST", "SOON", "called", "of_people", "of_what_waits"]
