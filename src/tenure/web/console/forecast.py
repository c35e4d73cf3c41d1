"""Forecast: what is charged on which day, who loses what, and last days, for any date ahead."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final
from uuid import UUID

from django.http import HttpResponse
from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy as _of

from tenure.access.queries.forecast import Ahead, Loss, forecast_of
from tenure.base.calendar import add_months
from tenure.base.clock import machine_now
from tenure.base.errors import Invalid
from tenure.base.ics import MEDIA_TYPE, DayEvent, calendar
from tenure.base.ids import public_id
from tenure.base.money import Money
from tenure.notices.calendars import (
    calendar_address,
    calendar_owner,
    revoke_calendar,
    share_calendar,
)
from tenure.notices.links import console_page as console_address
from tenure.organisations.models import Member
from tenure.organisations.rules import Ability
from tenure.subscriptions.rules.forecast import Charge, Deadline, DeadlineKind, EndReason
from tenure.web.edge.doors import ACTION, console_page, public_page
from tenure.web.edge.forms import DateField, Form
from tenure.web.edge.names import Offers, named
from tenure.web.edge.templatetags.amounts import money
from tenure.web.edge.visits import Desk, Visit

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

KINDS: Final[Mapping[DeadlineKind, _StrPromise]] = {
    DeadlineKind.REMINDER: _("Reminder of the renewal"),
    DeadlineKind.OPT_OUT: _("Last day to stop the renewal"),
    DeadlineKind.RENEWAL_INVOICE: _("Invoice of the renewal"),
    DeadlineKind.END: _("Last day, unless something is done"),
    DeadlineKind.RETENTION_WARNING: _("Warning that data go"),
    DeadlineKind.RETENTION: _("Last day of the data"),
    DeadlineKind.QUOTE: _("Last day of a quote"),
    DeadlineKind.TRANSFER: _("Last day of a transfer"),
    DeadlineKind.VERIFICATION: _("Last day of a proof"),
    DeadlineKind.INVITATION: _("Last day of an invitation"),
    DeadlineKind.CARD_EXPIRY: _("Last day of the card"),
}
REASONS: Final[Mapping[EndReason, _StrPromise]] = {
    EndReason.RENEWAL_OFF: _("auto-renewal is off"),
    EndReason.TRIAL_ENDS: _("the trial ends"),
    EndReason.NOT_RENEWED_HERE: _("it was not bought here"),
    EndReason.OFFER_WITHDRAWN: _("it is no longer sold"),
    EndReason.NO_CARD: _("there is no card to charge"),
    EndReason.NOT_VERIFIED: _("the proof of being a student is missing"),
    EndReason.UNPAID: _("the renewal is not paid"),
    EndReason.QUANTITY_REDUCED: _("there are fewer seats"),
}
_METHODS: Final = {False: _of("paying by", "card"), True: _of("paying by", "bank transfer")}
_MOST_ROWS: Final = 400


class UntilForm(Form):
    """How far ahead."""

    until = DateField(label=_("Until"))


@dataclass(frozen=True, slots=True)
class ChargeRow:
    """One charge, as the table and the picture show it."""

    on: date
    amount: Money | None
    what: str
    method: str
    x: str
    height: str
    y: str


@dataclass(frozen=True, slots=True)
class DayRow:
    """What has the same day and kind."""

    on: date
    kind: str
    what: str
    x: str
    is_urgent: bool


@dataclass(frozen=True, slots=True)
class LossRow:
    """Who loses what, and why."""

    on: date
    member: str
    roles: str
    reason: str
    x: str


@console_page(Ability.SUBSCRIPTIONS, Ability.BILLING)
def forecast(desk: Desk) -> HttpResponse:
    """What follows if nobody chooses anything else."""
    form = UntilForm(desk.request.GET if "until" in desk.request.GET else None)
    until = form.cleaned_data["until"] if form.is_bound and form.is_valid() else None
    try:
        ahead = forecast_of(desk.organisation, at=desk.now, until=until)
    except Invalid as wrong:
        form.refuse(wrong, {})
        ahead = forecast_of(desk.organisation, at=desk.now)
    if not form.is_bound:
        form = UntilForm(initial={"until": ahead.until})
    offers = Offers(set(ahead.offers.values()), desk.language)
    charges = charge_rows(ahead, offers)
    context = {
        "form": form,
        "ahead": ahead,
        "charges": charges[:_MOST_ROWS],
        "totals": totals(ahead.charges),
        "losses": loss_rows(ahead, offers)[:_MOST_ROWS],
        "days": day_rows(ahead, offers)[:_MOST_ROWS],
        "marks": months(ahead),
        "manages": desk.may(Ability.SUBSCRIPTIONS),
        "address": calendar_address(desk.organisation),
    }
    return desk.render("console/forecast.html", context, status=form.status)


@console_page(Ability.SUBSCRIPTIONS, methods=ACTION)
def share(desk: Desk) -> HttpResponse:
    """A new secret address for calendar programs, or none any more."""
    if desk.request.POST.get("do") == "revoke":
        revoke_calendar(organisation=desk.organisation, now=desk.now, by=desk.by)
        desk.tell(gettext("The address leads nowhere any more."))
    else:
        share_calendar(organisation=desk.organisation, now=desk.now, by=desk.by)
        desk.tell(gettext("The calendar has a new address; one from before leads nowhere."))
    return desk.redirect(f"/console/{desk.organisation_id}/forecast")


@public_page(indexed=False)
def feed(visit: Visit, token: str) -> HttpResponse:
    """The days of an organisation for calendar programs, in its language; no login."""
    del visit
    place = calendar_owner(token)
    now = place.test_clock or machine_now()
    with translation.override(place.language):
        ahead = forecast_of(place.id, at=now)
        offers = Offers(set(ahead.offers.values()), place.language)
        events = list(_events(ahead, offers, console_address(place.id, "forecast")))
        written = calendar(events, name=place.name, language=place.language, made_at=now)
    answer = HttpResponse(written, content_type=MEDIA_TYPE)
    answer["Content-Disposition"] = 'inline; filename="tenure.ics"'
    answer["Cache-Control"] = "private, no-store"
    return answer


def _events(ahead: Ahead, offers: Offers, url: str) -> Iterator[DayEvent]:
    for each in ahead.charges:
        what = names_of(each.subscriptions, ahead, offers)
        parts = [gettext("Renewal"), what]
        if each.amount is not None:
            parts.append(money(Money(each.amount, each.currency)))
        named_by = public_id("sub", each.subscriptions[0])
        uid = f"charge:{named_by}:{each.on}@tenure"
        yield DayEvent(uid, each.on, ": ".join(parts[:2]), ", ".join(parts[1:]), url)
    for day in ahead.deadlines:
        if day.kind is DeadlineKind.REMINDER:
            continue
        of = (day.subscription,) if day.subscription else ()
        title = ": ".join(filter(None, [str(KINDS[day.kind]), names_of(of, ahead, offers)]))
        about = public_id("sub", day.subscription) if day.subscription else ""
        yield DayEvent(f"{day.kind}:{about}:{day.about}@tenure", last_day(day), title, "", url)


def names_of(subscriptions: Iterable[UUID], ahead: Ahead, offers: Offers) -> str:
    """What subscriptions are called, each name once; empty for none."""
    names = [offers.name(ahead.offers[id_]) for id_ in subscriptions]
    return named(names) if names else ""


def charge_rows(ahead: Ahead, offers: Offers) -> list[ChargeRow]:
    """The charges, as high in the picture as they are dear."""
    dearest = max((each.amount or 0 for each in ahead.charges), default=0) or 1
    return [
        ChargeRow(
            on=each.on,
            amount=None if each.amount is None else Money(each.amount, each.currency),
            what=names_of(each.subscriptions, ahead, offers),
            method=str(_METHODS[each.by_transfer]),
            x=place_of(each.on, ahead),
            height=f"{8 + 62 * (each.amount or 0) / dearest:.1f}",
            y=f"{90 - 8 - 62 * (each.amount or 0) / dearest:.1f}",
        )
        for each in ahead.charges
    ]


def day_rows(ahead: Ahead, offers: Offers) -> list[DayRow]:
    """Last days, those of one day and kind together."""
    found: defaultdict[tuple[date, DeadlineKind], list[Deadline[UUID]]] = defaultdict(list)
    for each in sorted(ahead.deadlines, key=last_day):
        found[last_day(each), each.kind].append(each)
    return [
        DayRow(
            on=on,
            kind=str(KINDS[kind]),
            what=names_of((d.subscription for d in days if d.subscription), ahead, offers),
            x=place_of(on, ahead),
            is_urgent=kind is DeadlineKind.OPT_OUT,
        )
        for (on, kind), days in found.items()
    ]


def last_day(deadline: Deadline[UUID]) -> date:
    """The day to know: of what ends the last one, not the first without it (R19)."""
    return deadline.on - timedelta(days=1 if deadline.kind is DeadlineKind.END else 0)


def loss_rows(ahead: Ahead, offers: Offers) -> list[LossRow]:
    """Losses by day, member and reason; one statement for any number of them."""
    if not ahead.losses:
        return []
    people = Member.objects.in_bulk({each.member for each in ahead.losses})
    listed = (role for offer in set(ahead.offers.values()) for role in offers.roles(offer))
    roles = {role.id: role.name for role in listed}
    found: defaultdict[tuple[date, UUID, EndReason], list[Loss]] = defaultdict(list)
    for each in ahead.losses:
        found[each.on, each.member, each.reason].append(each)
    return [
        LossRow(
            on=on,
            member=people[member].name or people[member].email,
            roles=named([roles.get(each.role, each.role) for each in losses]),
            reason=str(REASONS[reason]),
            x=place_of(on, ahead),
        )
        for (on, member, reason), losses in found.items()
    ]


def totals(charges: Sequence[Charge[UUID]]) -> list[Money]:
    """The sum of what is known, by currency."""
    sums: defaultdict[str, int] = defaultdict(int)
    for each in charges:
        sums[each.currency] += each.amount or 0
    return [Money(amount, currency) for currency, amount in sorted(sums.items())]


def place_of(on: date, ahead: Ahead) -> str:
    """Where a day stands in the picture, from the left."""
    whole = max((ahead.until - ahead.today).days, 1)
    return f"{2 + 94 * (on - ahead.today).days / whole:.2f}%"


def months(ahead: Ahead) -> list[tuple[date, str, str]]:
    """The first days of months to be written below the picture: some three of them.

    Each with its place, and with what of its text stands there: near the end, the text's end.
    """
    first = ahead.today.replace(day=1)
    whole = (ahead.until.year - first.year) * 12 + ahead.until.month - first.month
    step = max(-(-whole // 3), 1)
    days = [add_months(first, number) for number in range(step, whole + 1, step)]
    late = ahead.until - (ahead.until - ahead.today) / 6
    return [
        (day, place_of(day, ahead), "end" if day > late else "middle")
        for day in days
        if day <= ahead.until
    ]
