"""Settings, in a sandbox: the test clock, so that a year can be seen to pass (R2)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from django.conf import settings
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from tenure.base.calendar import add_months, first_instant, local_date, zone_named
from tenure.events.queries import events_between, sequence_of
from tenure.flows.clock import advance_clock
from tenure.flows.due import next_due
from tenure.organisations.rules import Ability
from tenure.web.console.telling import told
from tenure.web.edge.doors import FORM, console_page, sandbox_only
from tenure.web.edge.forms import DateField, Form
from tenure.web.edge.visits import Desk

_AHEAD: Final = timedelta(days=3660)
_MOST: Final = 200
_SINCE: Final = "since"


class ClockForm(Form):
    """Until when the clock is advanced."""

    day = DateField(label=_("Advance to"), help_text=_("To the first minute of that day."))


@sandbox_only
@console_page(Ability.SUBSCRIPTIONS, methods=FORM)
def clock(desk: Desk) -> HttpResponse:
    """Where the clock stands; advance it, and see what happened, in order."""
    form = ClockForm(desk.request.POST if desk.posted else None)
    if desk.posted and form.is_valid():
        day = form.cleaned_data["day"]
        with form.refusals({"to": "day"}):
            before = sequence_of(desk.organisation)
            advance_clock(
                organisation=desk.organisation,
                to=first_instant(day, zone_named(desk.place.timezone)),
                by=desk.by,
                sandbox=settings.SANDBOX,
            )
            page = reverse("console_clock", args=[desk.organisation_id])
            return desk.redirect(page, **{_SINCE: str(before)})
    context = {"form": form, "happened": _happened(desk), **_ways(desk)}
    return desk.render("console/clock.html", context, status=form.status)


def _happened(desk: Desk) -> object:
    """What the advance before this page made happen, in order; None if there was none."""
    word = desk.request.GET.get(_SINCE, "")
    if not word.isdecimal() or len(word) > 18:
        return None
    since = int(word)
    happened = events_between(desk.organisation, since, since + _MOST)
    return told(happened, desk.language, desk.place.timezone)


def _ways(desk: Desk) -> dict[str, object]:
    """Days to advance to by one click: the next thing that is due, and some stretches."""
    if desk.place.test_clock is None:
        return {"next_day": None, "stretches": []}
    today = desk.today
    due = next_due(desk.organisation, desk.now + _AHEAD)
    next_day: date | None = None
    if due is not None:
        zone = zone_named(desk.place.timezone)
        next_day = local_date(due, zone)
        if first_instant(next_day, zone) < due:
            next_day += timedelta(days=1)
    stretches = [
        (_("A day"), today + timedelta(days=1)),
        (_("A month"), add_months(today, 1)),
        (_("Three months"), add_months(today, 3)),
        (_("A year"), add_months(today, 12)),
    ]
    return {"next_day": next_day, "stretches": stretches}
