"""The geometry of pictures: shares of a width in percent, since nothing may be styled inline."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import NamedTuple, Protocol

from django.template import Library

register = Library()


class _Period(Protocol):
    @property
    def starts_on(self) -> date: ...

    @property
    def ends_on(self) -> date: ...


class Stretch(NamedTuple):
    """A period on the line: where it begins and how wide it is, in percent; its last day."""

    x: str
    width: str
    tense: str
    """``past``, ``current`` or ``next``."""
    last_day: date
    period: _Period


class Line(NamedTuple):
    """A time line: its stretches, and where today and the deadline are; ``None``: beyond it."""

    stretches: list[Stretch]
    today: str | None
    deadline: str | None


class Steps(NamedTuple):
    """Two lines that go by steps, in a box of 100 by 40: what is paid, and what is used below."""

    paid: str
    used: str
    most: int


def _percent(part: float, whole: float) -> str:
    """A share as SVG writes it, the same in every language."""
    return f"{100 * part / whole if whole else 0:.2f}%"


@register.simple_tag
def time_line(periods: Sequence[_Period], today: date, deadline: date | None = None) -> Line:
    """``{% time_line periods today deadline as line %}``: periods in their order, to scale."""
    if not periods:
        return Line([], None, None)
    first, end = periods[0].starts_on, periods[-1].ends_on
    whole = (end - first).days

    def at(day: date | None) -> str | None:
        inside = day is not None and first <= day <= end
        return _percent((day - first).days, whole) if day and inside else None

    return Line([_stretch(each, first, whole, today) for each in periods], at(today), at(deadline))


def _stretch(period: _Period, first: date, whole: int, today: date) -> Stretch:
    if period.ends_on <= today:
        tense = "past"
    else:
        tense = "current" if period.starts_on <= today else "next"
    return Stretch(
        _percent((period.starts_on - first).days, whole),
        _percent((period.ends_on - period.starts_on).days, whole),
        tense,
        period.ends_on - timedelta(days=1),
        period,
    )


@register.simple_tag
def shares(whole: int, *parts: int) -> list[tuple[str, str]]:
    """``{% shares paid used reserved as parts %}``: begin and width of each, in percent."""
    placed, begin = [], 0
    for part in parts:
        placed.append((_percent(begin, whole), _percent(part, whole)))
        begin += part
    return placed


@register.simple_tag
def steps_over_time(points: Iterable[tuple[date, int, int]]) -> Steps:
    """``{% steps_over_time points as steps %}`` of (day, used, paid), in the order of days."""
    known = list(points)
    most = max((max(used, paid) for _, used, paid in known), default=0)
    return Steps(
        _outline([(day, paid) for day, _, paid in known], most),
        _outline([(day, used) for day, used, _ in known], most),
        most,
    )


def _outline(values: Sequence[tuple[date, int]], most: int) -> str:
    """The path of a line that stays until it jumps; empty with nothing to draw."""
    if not values:
        return ""
    first = values[0][0]
    whole = (values[-1][0] - first).days or 1
    drawn = ""
    for day, value in values:
        x, y = 100 * (day - first).days / whole, 40 - 38 * value / (most or 1)
        drawn += f"H{x:.2f}V{y:.2f}" if drawn else f"M{x:.2f} {y:.2f}"
    return drawn + "H100"
