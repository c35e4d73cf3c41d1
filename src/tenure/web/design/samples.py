"""What the components show on the page of the design system: a small company, made up."""

from __future__ import annotations

from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any, Final, NamedTuple

from django import forms
from django.utils.translation import gettext_lazy

from tenure.base.calendar import Span
from tenure.base.money import Money
from tenure.web.edge.states import STATES


class Row(NamedTuple):
    """A line of the sample table."""

    offer: str
    state: str
    quantity: int
    ends_on: date
    total: Money


class Person(NamedTuple):
    """A line of the sample matrix: which of the roles they hold."""

    name: str
    cells: tuple[str, ...]


class SampleForm(forms.Form):
    """One field of each kind, sent with mistakes."""

    email = forms.EmailField(
        label=gettext_lazy("E-mail address"), help_text=gettext_lazy("The invitation goes there.")
    )
    country = forms.ChoiceField(
        label=gettext_lazy("Country"), choices=[("FR", "France"), ("BE", "Belgique")]
    )
    note = forms.CharField(
        label=gettext_lazy("Note"), required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    agreed = forms.BooleanField(label=gettext_lazy("I agree to pay the total at once"))


_ROLES: Final = ("Drafter", "Modeller", "Analyst", "Surveyor", "Estimator", "Reviewer", "Planner")
_NAMES: Final = (
    "Ada Lovelace",
    "Bachir Haddad",
    "Chloé Dufresne-Montgolfier",
    "Dmitri Ivanov",
    "Élodie Ngo",
    "Fatou Sow",
    "Grace Hopper",
    "Hugo van den Berg",
)
_HELD: Final = ("assigned", "free", "free", "reserved", "free", "full", "assigned")


SHELLS: Final = ("store", "console", "home", "backoffice", "narrow")
"""The bases of pages, by the middle of their names."""


def sample_visit() -> Any:
    """What ``base_console.html`` reads of a visit: staff act for a company with a test clock."""
    now = datetime(2027, 11, 6, 13, 5, tzinfo=UTC)
    place = SimpleNamespace(name="Plan B SARL", timezone="Europe/Paris", test_clock=now)
    return SimpleNamespace(
        organisation_id="org_00000000000000000000000001",
        place=place,
        now=now,
        acting=True,
        standing="owner",
    )


def samples() -> dict[str, Any]:
    """The context of the page."""
    today = date(2027, 11, 6)
    return {
        "today": today,
        "now": datetime(2027, 11, 6, 13, 5, tzinfo=UTC),
        "deadline": date(2027, 11, 18),
        "total": Money(123456, "EUR"),
        "whole": Money(120000, "EUR"),
        "periods": [
            Span(date(2025, 11, 23), date(2026, 11, 23)),
            Span(date(2026, 11, 23), date(2027, 11, 23)),
            Span(date(2027, 11, 23), date(2028, 11, 23)),
        ],
        "rows": [
            Row("Drafter", "active", 12, date(2027, 11, 23), Money(120000, "EUR")),
            Row("Modeller", "renewal_off", 3, date(2028, 1, 31), Money(1234550, "EUR")),
            Row("Analyst", "lapsed", 120, date(2027, 10, 1), Money(9900, "EUR")),
        ],
        "states": list(STATES),
        "points": [
            (date(2026, 11, 23), 0, 10),
            (date(2027, 1, 4), 6, 10),
            (date(2027, 3, 15), 10, 10),
            (date(2027, 4, 1), 12, 15),
            (date(2027, 8, 1), 9, 15),
            (date(2027, 11, 6), 14, 20),
        ],
        "roles": _ROLES,
        "people": [Person(name, _HELD[i % 3 :] + _HELD[: i % 3]) for i, name in enumerate(_NAMES)],
        "form": SampleForm({"email": "ada", "country": "FR"}),
        "clean": SampleForm(prefix="clean"),
    }
