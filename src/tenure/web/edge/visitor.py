"""Who looks at a page: a person or nobody, their organisations, language, country, audience."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest

from tenure.base.clock import machine_now
from tenure.base.countries import iso_countries
from tenure.base.errors import NotFound
from tenure.base.ids import parse_public_id, public_id
from tenure.base.wording import LANGUAGES
from tenure.flows.acting import Acting, acting_of
from tenure.orders.rules.evidence import named_country
from tenure.organisations.models import User
from tenure.organisations.queries import Membership, PersonStanding, standing_of
from tenure.organisations.rules import MemberStatus, StaffAbility
from tenure.policy.words import Audience

LANGUAGE: Final = "language"
COUNTRY: Final = "country"
AUDIENCE: Final = "audience"
ORGANISATION: Final = "organisation"
ACTING: Final = "acting_for"
"""Under which name the session keeps for whom a person of the vendor's staff acts."""

LONGEST_ACTING: Final = timedelta(hours=1)
"""After which staff must begin to act for a customer anew."""

_NOBODY: Final = PersonStanding((), frozenset())
_AUDIENCES: Final = frozenset(audience.value for audience in Audience)
_REGION: Final = re.compile(r"[a-z]{2,3}(?:-[A-Za-z]{4})?-([A-Za-z]{2})\b")


class Visitor:
    """Who looks. What costs a statement is read when it is first asked for, and once.

    ``kept`` collects what is to be remembered in cookies when the answer goes out.
    """

    def __init__(self, request: HttpRequest) -> None:
        self._request = request
        self.arrived_at = machine_now()
        self.kept: dict[str, str] = {}
        self.counts: dict[str, int] = {}
        """What the navigation counts, so that it is counted once."""
        self.membership: Membership | None = None
        """What they are in the organisation whose page this is."""

    @cached_property
    def user(self) -> User | None:
        """The person who is logged in."""
        user = getattr(self._request, "user", None)
        return user if user is not None and user.is_authenticated else None

    @cached_property
    def _everywhere(self) -> PersonStanding:
        return standing_of(self.user.id) if self.user else _NOBODY

    def look_again(self) -> None:
        """What was read of them is read anew: an organisation may just have become theirs."""
        vars(self).pop("_everywhere", None)

    @property
    def network_country(self) -> str:
        """Where their address on the network is, as the proxy that is trusted with it says."""
        header = settings.COUNTRY_HEADER
        return named_country(self._request.headers.get(header, "")) if header else ""

    @property
    def memberships(self) -> tuple[Membership, ...]:
        """Their organisations, by name, suspended memberships included.

        Read along with ``staff_abilities``: one statement for both.
        """
        return self._everywhere.memberships

    @property
    def active_memberships(self) -> tuple[Membership, ...]:
        """The organisations that they may enter."""
        return tuple(m for m in self.memberships if m.status is MemberStatus.ACTIVE)

    @property
    def standing(self) -> str:
        """What they are in the organisation whose page this is; empty elsewhere."""
        return self.membership.standing.value if self.membership else ""

    @cached_property
    def timezone(self) -> str:
        """The zone in which they read instants: that of the page's organisation, or of theirs."""
        places = [self.membership] if self.membership else list(self.active_memberships)
        return places[0].organisation.timezone if places else "UTC"

    @property
    def staff_abilities(self) -> frozenset[StaffAbility]:
        """What they look after for the vendor; nothing for everybody else."""
        return self._everywhere.abilities

    @cached_property
    def acting(self) -> Acting | None:
        """By what they act for a customer as the vendor's staff, if they do; two statements."""
        noted = self._request.session.get(ACTING) if self.user else None
        if self.user is None or not isinstance(noted, Mapping):
            return None
        if self.arrived_at - datetime.fromisoformat(str(noted["since"])) > LONGEST_ACTING:
            return None
        return acting_of(self.user.id, UUID(str(noted["organisation"])))

    @cached_property
    def language(self) -> str:
        """``en`` or ``fr``: as just chosen, as kept with the person, as kept here, as asked."""
        chosen = self._request.GET.get(LANGUAGE, "")
        if chosen in LANGUAGES:
            return chosen
        if self.user and self.user.language in LANGUAGES:
            return self.user.language
        return accepted_language(self._request)

    @cached_property
    def country(self) -> str:
        """Where they buy, as picked; else guessed, which only preselects (R5); may be empty."""
        kept = self._request.COOKIES.get(COUNTRY, "")
        return kept if kept in iso_countries() else self.guessed_country

    @property
    def picked_country(self) -> bool:
        """Whether they picked the country themselves."""
        return self._request.COOKIES.get(COUNTRY, "") in iso_countries()

    @cached_property
    def guessed_country(self) -> str:
        """The region of the first language that their browser asks for; may be empty (R5)."""
        found = _REGION.search(self._request.META.get("HTTP_ACCEPT_LANGUAGE", "")[:200])
        region = found.group(1).upper() if found else ""
        return region if region in iso_countries() else ""

    @cached_property
    def audience(self) -> str:
        """For whom they buy, as picked (R3); empty before."""
        kept = self._request.COOKIES.get(AUDIENCE, "")
        return kept if kept in _AUDIENCES else ""

    @cached_property
    def last_organisation(self) -> UUID | None:
        """The organisation whose console they opened last in this browser; may not be theirs."""
        try:
            return parse_public_id("org", self._request.COOKIES.get(ORGANISATION, ""))
        except NotFound:
            return None

    def keep(self, *, language: str = "", country: str = "", audience: str = "") -> None:
        """Remember what was picked, for a year; what is unknown is left out."""
        picked = {
            LANGUAGE: language if language in LANGUAGES else "",
            COUNTRY: country if country in iso_countries() else "",
            AUDIENCE: audience if audience in _AUDIENCES else "",
        }
        self.kept |= {name: value for name, value in picked.items() if value}

    def enter(self, membership: Membership) -> None:
        """This is a page of that organisation; the next login leads here."""
        self.membership = membership
        self.enter_organisation(membership.organisation.id)

    def enter_organisation(self, organisation: UUID) -> None:
        """Remember the organisation for the next login."""
        if organisation != self.last_organisation:
            self.kept[ORGANISATION] = public_id("org", organisation)


def visitor_of(request: HttpRequest) -> Visitor:
    """Who looks; made once for a request."""
    found: Visitor | None = getattr(request, "visitor", None)
    if found is None:
        found = Visitor(request)
        request.visitor = found  # type: ignore[attr-defined]  # read here alone
    return found


def visitor(request: HttpRequest) -> dict[str, Any]:
    """The context processor: ``visitor`` in every template."""
    return {"visitor": visitor_of(request)}


def begin_acting(request: HttpRequest, organisation: UUID) -> None:
    """From now on this person of the staff acts for a customer; the flow puts it on record."""
    since = visitor_of(request).arrived_at
    request.session[ACTING] = {"organisation": str(organisation), "since": since.isoformat()}


def end_acting(request: HttpRequest) -> None:
    """They act for themselves again."""
    request.session.pop(ACTING, None)


def accepted_language(request: HttpRequest) -> str:
    """The language that this browser keeps, else the one of ours that it would rather have."""
    kept = request.COOKIES.get(LANGUAGE, "")
    if kept in LANGUAGES:
        return kept
    wishes: list[tuple[float, str]] = []
    for wish in request.META.get("HTTP_ACCEPT_LANGUAGE", "")[:500].lower().split(","):
        tag, _, weight = wish.partition(";q=")
        language = tag.strip().partition("-")[0]
        try:
            quality = float(weight) if weight else 1.0
        except ValueError:
            continue
        if language in LANGUAGES and quality > 0:
            wishes.append((-quality, language))
    return min(wishes, key=lambda each: each[0])[1] if wishes else LANGUAGES[0]
