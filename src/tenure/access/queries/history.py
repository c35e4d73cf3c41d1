"""The journal as an organisation's console shows it: what happened, with names in place of ids."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db.models import Q

from tenure.base.errors import NotFound
from tenure.base.ids import parse_public_id, public_id
from tenure.catalogue.models import OfferRole, Role
from tenure.catalogue.searching import search_words
from tenure.events.models import Event
from tenure.organisations.models import ApiKey, Invitation, Member, PersonKey, User
from tenure.subscriptions.models import Subscription

MOST: Final = 50
"""How many events one page shows."""
_MOST_PEOPLE: Final = 50


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which events are wanted: by how their types begin, by who was part of it, by when.

    ``person`` is looked for in names and addresses; ``begins`` and ``ends`` are UTC instants,
    half-open. What is empty filters nothing.
    """

    kinds: Collection[str] = ()
    person: str = ""
    begins: datetime | None = None
    ends: datetime | None = None


@dataclass(frozen=True, slots=True)
class HistoryPage:
    """Some events, the newest first, and the number of the last of them if there are more."""

    events: Sequence[Event]
    last: int | None


def history(
    organisation: UUID, wanted: Wanted, before: int | None = None, most: int = MOST
) -> HistoryPage:
    """What happened in an organisation, the last first; two statements at the most."""
    rows = Event.objects.filter(organisation_id=organisation)
    if wanted.kinds:
        named = Q()
        for kind in wanted.kinds:
            named |= Q(type__startswith=f"{kind}.")
        rows = rows.filter(named)
    if wanted.person:
        rows = rows.filter(_part_of(organisation, wanted.person))
    if wanted.begins is not None:
        rows = rows.filter(at__gte=wanted.begins)
    if wanted.ends is not None:
        rows = rows.filter(at__lt=wanted.ends)
    if before is not None:
        rows = rows.filter(sequence__lt=before)
    found = list(rows.order_by("-sequence")[: most + 1])
    last = found[most - 1].sequence if len(found) > most else None
    return HistoryPage(found[:most], last)


def _part_of(organisation: UUID, person: str) -> Q:
    """Whoever is called so did it, or it happened to them."""
    people = Member.objects.annotate(called=PersonKey("name", "email")).filter(
        organisation_id=organisation
    )
    for word in search_words(person):
        people = people.filter(called__contains=word)
    ids = [public_id("mem", id_) for id_ in people.values_list("id", flat=True)[:_MOST_PEOPLE]]
    return (
        Q(by__in=[f"member:{id_}" for id_ in ids])
        | Q(data__member__in=ids)
        | Q(data__giver__in=ids)
    )


@dataclass(frozen=True, slots=True)
class Names:
    """What is called how, by the identifiers as the journal has them.

    ``offers`` gives the roles' names of a subscription's offer, by subscription; ``invited`` the
    member whom an invitation is for.
    """

    members: Mapping[str, str]
    offers: Mapping[str, str]
    invited: Mapping[str, str]
    roles: Mapping[str, str]
    keys: Mapping[str, str]
    users: Mapping[str, str]


def names_in(events: Iterable[Event], language: str) -> Names:
    """The names that events speak of; seven statements for any number of them."""
    told = list(events)
    subscriptions = _ids(told, "subscription", "sub")
    offers = dict(Subscription.objects.filter(id__in=subscriptions).values_list("id", "offer_id"))
    by_offer = _offer_names({*offers.values(), *_words(told, "offer")}, language)
    named = {public_id("sub", id_): by_offer.get(offer, offer) for id_, offer in offers.items()}
    return Names(
        members=_called(Member, _ids(told, "member", "mem") | _ids(told, "giver", "mem"), "mem"),
        offers=by_offer | named,
        invited=_invited(_ids(told, "invitation", "inv")),
        roles=_role_names(_words(told, "role") | _words(told, "roles"), language),
        keys={
            public_id("key", id_): name
            for id_, name in ApiKey.objects.filter(id__in=_ids(told, "api_key", "key")).values_list(
                "id", "name"
            )
        },
        users=_called(User, _ids(told, "staff", "usr"), "usr"),
    )


_ACTORS: Final = {"mem": "member", "usr": "staff", "key": "api_key"}


def _ids(events: Sequence[Event], field: str, prefix: str) -> set[UUID]:
    """The identifiers in a field of events, and of those who did them."""
    found = set()
    for event in events:
        words = [event.data.get(field)]
        if _ACTORS.get(prefix) == field:
            words.append(event.by.partition(":")[2])
        for word in words:
            if isinstance(word, str) and word.startswith(f"{prefix}_"):
                try:
                    found.add(parse_public_id(prefix, word))
                except NotFound:
                    continue
    return found


def _words(events: Sequence[Event], field: str) -> set[str]:
    """The catalogue's ids in a field of events."""
    found: set[str] = set()
    for event in events:
        value: Any = event.data.get(field, ())
        found.update([value] if isinstance(value, str) else value)
    return found


def _called(model: type[Member] | type[User], ids: Collection[UUID], prefix: str) -> dict[str, str]:
    rows = model.objects.filter(id__in=ids).values_list("id", "name", "email")
    return {public_id(prefix, id_): name or email for id_, name, email in rows}


def _invited(ids: Collection[UUID]) -> dict[str, str]:
    rows = Invitation.objects.filter(id__in=ids).values_list("id", "member__name", "email")
    return {public_id("inv", id_): name or email for id_, name, email in rows}


def _role_names(ids: Collection[str], language: str) -> dict[str, str]:
    rows = Role.objects.filter(id__in=ids).values_list("id", "name")
    return {id_: name[language] for id_, name in rows}


def _offer_names(ids: Collection[str], language: str) -> dict[str, str]:
    links = OfferRole.objects.filter(offer_id__in=ids).order_by("offer_id", "position")
    found: dict[str, str] = {}
    for offer, name in links.values_list("offer_id", "role__name"):
        before = f"{found[offer]} + " if offer in found else ""
        found[offer] = before + name[language]
    return found
