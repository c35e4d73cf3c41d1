"""Roles: what they are called, and what they let their holders do."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from tenure.catalogue.models import Application, OfferRole, Role

Grants = Mapping[str, frozenset[str]]
"""The permissions that a role gives, by application."""


@dataclass(frozen=True, slots=True)
class RoleListing:
    """A role in a reader's language; ``solution`` is the id of its family."""

    id: str
    name: str
    description: str
    solution: str
    solution_name: str
    requires: tuple[str, ...]
    grants: Grants


def grants_by_role(ids: Iterable[str] | None = None) -> dict[str, Grants]:
    """What each role grants, withdrawn ones too: what was sold is honoured to its end (R5).

    Without ``ids``, all roles. One statement.
    """
    rows = Role.objects.all() if ids is None else Role.objects.filter(id__in=set(ids))
    return {role: _grants(grants) for role, grants in rows.values_list("id", "grants")}


def roles_of(ids: Iterable[str], language: str) -> dict[str, RoleListing]:
    """The roles ``ids`` in ``language`` (``en`` or ``fr``), withdrawn ones too. One statement."""
    rows = Role.objects.filter(id__in=set(ids)).select_related("solution")
    return {row.id: _listing(row, language) for row in rows}


def roles_by_offer(offers: Iterable[str], language: str) -> dict[str, tuple[RoleListing, ...]]:
    """The roles of each of ``offers``, in the offer's order. One statement."""
    wanted = set(offers)
    found: defaultdict[str, list[RoleListing]] = defaultdict(list)
    links = OfferRole.objects.filter(offer_id__in=wanted).select_related("role__solution")
    for link in links.order_by("offer_id", "position"):
        found[link.offer_id].append(_listing(link.role, language))
    return {offer: tuple(found[offer]) for offer in wanted}


def application_names(ids: Iterable[str]) -> dict[str, str]:
    """What the applications ``ids`` are called, withdrawn ones too. One statement."""
    rows = Application.objects.filter(id__in=set(ids))
    return dict(rows.values_list("id", "name"))


def _listing(row: Role, language: str) -> RoleListing:
    return RoleListing(
        id=row.id,
        name=row.name[language],
        description=row.description[language] if row.description else "",
        solution=row.solution_id,
        solution_name=row.solution.name[language],
        requires=tuple(row.requires),
        grants=_grants(row.grants),
    )


def _grants(stored: Mapping[str, Iterable[str]]) -> Grants:
    return {application: frozenset(names) for application, names in stored.items()}
