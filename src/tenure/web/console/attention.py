"""What needs an administrator's attention, until when, and the one thing to do about it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext, ngettext

from tenure.base.calendar import Span, Term
from tenure.base.ids import public_id
from tenure.catalogue.queries import RoleListing
from tenure.policy.model import Policy
from tenure.subscriptions.models import Source
from tenure.subscriptions.queries.facts import wants_more
from tenure.subscriptions.queries.views import SubscriptionView
from tenure.subscriptions.rules.periods import SubscriptionStatus
from tenure.subscriptions.rules.renewal import reminder_days
from tenure.web.edge.names import Offers, named
from tenure.web.edge.templatetags.days import day as in_words

SOON: Final = timedelta(days=7)
"""What has to be done within this time is urgent."""
END_IN_SIGHT: Final = timedelta(days=30)
"""How long ahead it is said that something ends."""
_RANKS: Final = {"error": 0, "warning": 1, "info": 2}
OVER: Final = (
    SubscriptionStatus.LAPSED,
    SubscriptionStatus.ENDED,
    SubscriptionStatus.CANCELLED,
)


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that needs attention; ``tone`` is ``error``, ``warning`` or ``info``."""

    tone: str
    title: str
    text: str
    href: str
    action: str
    until: date | None = None

    @property
    def urgency(self) -> tuple[int, date]:
        """By which items are sorted: the worst first, then what ends first."""
        return _RANKS[self.tone], self.until or date.max


@dataclass(frozen=True, slots=True)
class Looked:
    """What is looked at: an organisation's subscriptions on a local day, with their names."""

    organisation: str
    views: Sequence[SubscriptionView]
    offers: Offers
    policy: Policy
    today: date

    def name(self, view: SubscriptionView) -> str:
        """What the subscription is called."""
        return self.offers.name(view.subscription.offer_id)

    def page(self, view: SubscriptionView) -> str:
        """Where the subscription is shown."""
        return subscription_path(self.organisation, view.subscription.id)

    def store(self, view: SubscriptionView) -> str:
        """Where its roles are bought."""
        row = view.subscription
        return buying_path(self.organisation, self.offers.roles(row.offer_id), row.quantity)


def subscription_path(organisation: str, subscription: UUID) -> str:
    """The page of one subscription."""
    return reverse("console_subscription", args=[organisation, public_id("sub", subscription)])


def buying_path(organisation: str, roles: Sequence[RoleListing], quantity: int) -> str:
    """Where what has ended, or is tried, is bought: at its role, or in the store if it has more."""
    if len(roles) != 1:
        return reverse("console_extend", args=[organisation])
    page = reverse("console_more_seats", args=[organisation, roles[0].id])
    return f"{page}?quantity={quantity}"


def of_subscriptions(looked: Looked) -> Iterator[Item]:
    """Deadlines, ends, trials and data that are about to go."""
    yield from _deadlines(looked)
    for view in looked.views:
        if view.status is SubscriptionStatus.ACTIVE and not _renews(view):
            yield from _end(looked, view)
        elif view.status in OVER:
            yield from _retention(looked, view)


def _renews(view: SubscriptionView) -> bool:
    return wants_more(view.subscription, view.current.number)


def _tone(until: date, today: date) -> str:
    return "warning" if until - today <= SOON else "info"


def _deadlines(looked: Looked) -> Iterator[Item]:
    """What renews, from the day of its first reminder to its last day to stop that (R21, R25)."""
    by_day: defaultdict[tuple[date, date], list[SubscriptionView]] = defaultdict(list)
    for view in looked.views:
        last_day = view.current.opt_out_on
        active = view.status is SubscriptionStatus.ACTIVE
        if active and _renews(view) and last_day and _is_near(view, last_day, looked):
            by_day[last_day, view.current.ends_on].append(view)
    for (last_day, ends_on), views in by_day.items():
        yield _deadline(looked, views, last_day, ends_on)


def _is_near(view: SubscriptionView, last_day: date, looked: Looked) -> bool:
    current = view.current
    days = reminder_days(
        Span(current.starts_on, current.ends_on), Term(view.subscription.term), looked.policy
    )
    first = min([*days, last_day - SOON])
    return first <= looked.today <= last_day


def _deadline(
    looked: Looked, views: Sequence[SubscriptionView], last_day: date, ends_on: date
) -> Item:
    tone = _tone(last_day, looked.today)
    seats = sum(view.subscription.next_quantity for view in views)
    quantity = ngettext("%(seats)d seat", "%(seats)d seats", seats) % {"seats": seats}
    if len(views) == 1:
        title = gettext("%(name)s renews on %(day)s") % {
            "name": looked.name(views[0]),
            "day": in_words(ends_on),
        }
        text = gettext("%(seats)s. You can stop that until the day named here.") % {
            "seats": quantity
        }
        return Item(tone, title, text, looked.page(views[0]), gettext("Look"), last_day)
    title = gettext("%(count)d subscriptions renew on %(day)s") % {
        "count": len(views),
        "day": in_words(ends_on),
    }
    text = gettext("%(names)s; %(seats)s. You can stop that until the day named here.") % {
        "names": named([looked.name(view) for view in views]),
        "seats": quantity,
    }
    listed = reverse("console_subscriptions", args=[looked.organisation])
    return Item(tone, title, text, listed, gettext("Look"), last_day)


def _end(looked: Looked, view: SubscriptionView) -> Iterator[Item]:
    """What ends soon because nothing follows: a trial, or without renewal (R9, R23)."""
    last_day = view.current.ends_on - timedelta(days=1)
    if last_day - looked.today > END_IN_SIGHT:
        return
    about = {"name": looked.name(view), "day": in_words(last_day)}
    tone = _tone(last_day, looked.today)
    if view.subscription.term == Term.TRIAL:
        title = gettext("The trial of %(name)s ends") % about
        text = gettext("Buy it to go on; who holds a seat keeps it.")
        yield Item(tone, title, text, looked.store(view), gettext("Buy"), last_day)
        return
    title = gettext("%(name)s ends and does not renew") % about
    text = gettext("Until then you can switch the renewal on again.")
    yield Item(tone, title, text, looked.page(view), gettext("Look"), last_day)


def _retention(looked: Looked, view: SubscriptionView) -> Iterator[Item]:
    """What has ended, as long as its data last (R31), unless its roles go on by another."""
    until = view.current.data_until_on
    if looked.today > until or _goes_on(looked, view):
        return
    lapsed = view.status is SubscriptionStatus.LAPSED
    title = (
        gettext("%(name)s has lapsed: nobody can use it")
        if lapsed
        else gettext("%(name)s has ended: its data go soon")
    ) % {"name": looked.name(view)}
    if lapsed and view.subscription.source == Source.STORE:
        text = gettext("Pay until the day named here, and it goes on from where it ended.")
        yield Item("error", title, text, looked.page(view), gettext("Pay now"), until)
        return
    text = gettext("Its data are kept until the day named here. Buy it again to go on.")
    tone = "error" if lapsed else "warning"
    yield Item(tone, title, text, looked.store(view), gettext("Buy again"), until)


def _goes_on(looked: Looked, over: SubscriptionView) -> bool:
    """Whether its roles run by another. What lapsed has holders: they are only helped by what
    was bought since, not by seats of others that ran beside it."""
    since = over.current.ends_on if over.status is SubscriptionStatus.LAPSED else date.min
    running = {
        role.id
        for view in looked.views
        if view.status is SubscriptionStatus.ACTIVE and view.subscription.anchor_on >= since
        for role in looked.offers.roles(view.subscription.offer_id)
    }
    return {role.id for role in looked.offers.roles(over.subscription.offer_id)} <= running
