"""An event whose identifiers can be asked for by the names of what they stand for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from babel.lists import format_list
from django.utils.translation import get_language, gettext

from tenure.access.queries.history import Names
from tenure.base.money import Money
from tenure.web.edge.templatetags.amounts import money
from tenure.web.edge.templatetags.days import day, moment


@dataclass(frozen=True, slots=True)
class Event:
    """What an event holds, as a sentence needs it: names, days and amounts in words."""

    data: Mapping[str, Any]
    names: Names
    zone: str

    def member(self, field: str = "member") -> str:
        """Whom it is about."""
        return self.names.members.get(str(self.data.get(field)), gettext("somebody"))

    @property
    def invited(self) -> str:
        """Whom the invitation is for."""
        return self.names.invited.get(str(self.data.get("invitation")), gettext("somebody"))

    @property
    def offer(self) -> str:
        """What the subscription is called."""
        for field in ("subscription", "offer"):
            word = str(self.data.get(field))
            if word in self.names.offers:
                return self.names.offers[word]
        return str(self.data.get("offer", gettext("a subscription")))

    @property
    def role(self) -> str:
        """Which role."""
        word = str(self.data.get("role"))
        return self.names.roles.get(word, word)

    @property
    def roles(self) -> str:
        """Which roles; empty without any."""
        named = [self.names.roles.get(word, word) for word in self.data.get("roles", ())]
        return str(format_list(named, locale=get_language() or "en")) if named else ""

    @property
    def key(self) -> str:
        """Which key of the API."""
        return self.names.keys.get(str(self.data.get("api_key")), "")

    @property
    def staff(self) -> str:
        """Who of the vendor's staff."""
        return self.names.users.get(str(self.data.get("staff")), gettext("the vendor's staff"))

    def amount(self, field: str) -> str:
        """An amount of money."""
        held = self.data.get(field) or {"amount": 0, "currency": "EUR"}
        return money(Money(held["amount"], held["currency"]))

    def day(self, field: str) -> str:
        """A local day."""
        return day(date.fromisoformat(str(self.data[field])))

    def moment(self, field: str) -> str:
        """An instant, in the organisation's zone."""
        return moment(datetime.fromisoformat(str(self.data[field])), self.zone)

    def number(self, field: str) -> int:
        """A whole number."""
        return int(self.data.get(field, 0))

    def text(self, field: str) -> str:
        """A word."""
        return str(self.data.get(field, ""))


class Sentence(NamedTuple):
    """How an event is told: an icon, and what makes its sentence."""

    icon: str
    tell: Callable[[Event], str]
