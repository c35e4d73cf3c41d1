"""What the books say: revenue by month and offer, what is still to be earned, balances (R48)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.conf import settings
from django.http import HttpResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tenure.base.errors import NotFound
from tenure.base.money import Money
from tenure.billing.ledger.reports import (
    Earned,
    account_balances,
    deferred_revenue,
    money_in_transit,
    revenue_by_month,
)
from tenure.billing.ledger.rules.accounts import ACCOUNT_NAMES
from tenure.billing.ledger.rules.posting import Balance
from tenure.catalogue.queries import vendor
from tenure.catalogue.queries.browsing import audiences_of
from tenure.flows.bookkeeping import accounting_currency, csv_lines, fec_file
from tenure.organisations.rules import StaffAbility
from tenure.support.queries.papers import first_year_on
from tenure.web.edge.doors import staff_page
from tenure.web.edge.forms import DateField, Form
from tenure.web.edge.names import Offers
from tenure.web.edge.visits import StaffVisit
from tenure.web.edge.words import audience

MONTHS: Final = 12
MOST_NAMED: Final = 8
"""So many offers of a month are named; the others stand together."""
_MOST_YEARS: Final = 10
_FIRST_YEAR: Final = 2000
_LAST_YEAR: Final = 2200


class DayForm(Form):
    """Up to which day the books are read."""

    on = DateField(label=_("Up to the end of"), required=False)


@dataclass(frozen=True, slots=True)
class Month:
    """What one month earned, and from which offers, the greatest first."""

    first: date
    total: Money
    offers: Sequence[tuple[str, Money]]


@dataclass(frozen=True, slots=True)
class Bar:
    """A month in the picture: where it stands, and how high, in a box of 100 by 40."""

    month: Month
    x: str
    y: str
    height: str


@staff_page(StaffAbility.PAYMENTS)
def revenue(visit: StaffVisit) -> HttpResponse:
    """Twelve months up to a day, what is deferred then, and where money stands."""
    form = DayForm(visit.request.GET)
    on = visit.today
    if form.is_valid() and form.cleaned_data["on"]:
        on = form.cleaned_data["on"]
    currency = accounting_currency(vendor(sandbox=settings.SANDBOX))
    first = _months_before(on, MONTHS - 1)
    months = _months(revenue_by_month(first=first, last=on), first, currency, visit.language)
    total = sum(month.total.amount for month in months)
    french, known = visit.language == "fr", first_year_on(visit.today)
    context = {
        "form": form,
        "on": on,
        "months": months,
        "bars": _bars(months),
        "most": max((month.total for month in months), key=lambda each: each.amount),
        "total": Money(total, currency),
        "deferred": [Money(amount, code) for code, amount in deferred_revenue(on=on)],
        "transit": _named(money_in_transit(), french=french),
        "balances": _named(account_balances(until=on), french=french),
        "years": _years(visit.today.year, known),
    }
    return visit.render("backoffice/revenue.html", context, status=form.status)


@staff_page(StaffAbility.PAYMENTS)
def export(visit: StaffVisit, form: str) -> HttpResponse:
    """A year's entries: for the French tax office, or as they stand.

    Raises ``Refused`` where the vendor's SIREN is missing.
    """
    year = visit.request.GET.get("year", "")
    if not (year.isascii() and year.isdecimal() and _FIRST_YEAR <= int(year) <= _LAST_YEAR):
        raise NotFound
    first, last = date(int(year), 1, 1), date(int(year), 12, 31)
    if form == "fec":
        name, lines = fec_file(first=first, last=last, sandbox=settings.SANDBOX)
    elif form == "csv":
        name, lines = f"tenure-{year}.csv", csv_lines(first=first, last=last)
    else:
        raise NotFound
    kind = "text/csv" if form == "csv" else "text/plain"
    return HttpResponse(
        _encoded(lines),
        content_type=f"{kind}; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _years(now: int, known: int) -> range:
    """The years with books, the last first; in a sandbox they may lie ahead."""
    last = max(now, known)
    return range(last, max(min(now, known), last - _MOST_YEARS) - 1, -1)


def _encoded(lines: Iterator[str]) -> Iterator[bytes]:
    for line in lines:
        yield f"{line}\r\n".encode()


def _months_before(day: date, count: int) -> date:
    """The first day of the month so many months before that of ``day``."""
    months = day.year * 12 + day.month - 1 - count
    return date(months // 12, months % 12 + 1, 1)


def _months(earned: Sequence[Earned], first: date, currency: str, language: str) -> list[Month]:
    by_month: defaultdict[date, list[Earned]] = defaultdict(list)
    for each in earned:
        by_month[each.month].append(each)
    shown = {
        month: sorted(found, key=lambda each: -each.amount) for month, found in by_month.items()
    }
    offers = {each.offer for found in shown.values() for each in found[:MOST_NAMED]}
    names = _names(offers, language)
    made, month = [], first
    for _number in range(MONTHS):
        found = shown.get(month, [])
        named = [(names[e.offer], Money(e.amount, currency)) for e in found[:MOST_NAMED]]
        rest = sum(each.amount for each in found[MOST_NAMED:])
        if rest:
            named.append((gettext("Other offers"), Money(rest, currency)))
        made.append(Month(month, Money(sum(e.amount for e in found), currency), named))
        month = _months_before(month, -1)
    return made


def _names(offers: set[str], language: str) -> dict[str, str]:
    """Offers by what they bring and whom they are for, since a role is sold to several."""
    named, whom = Offers(offers, language), audiences_of(offers)
    return {offer: f"{named.name(offer)} ({audience(whom[offer])})" for offer in offers}


def _bars(months: Sequence[Month]) -> list[Bar]:
    most = max(max(month.total.amount for month in months), 1)
    bars = []
    for number, month in enumerate(months):
        height = 38 * max(month.total.amount, 0) / most
        x = number * 100 / MONTHS + 1
        bars.append(Bar(month, f"{x:.2f}", f"{40 - height:.2f}", f"{height:.2f}"))
    return bars


def _named(balances: Sequence[Balance], *, french: bool) -> list[tuple[str, Money]]:
    return [
        (ACCOUNT_NAMES[each.account][french], Money(each.amount, each.currency))
        for each in balances
    ]
