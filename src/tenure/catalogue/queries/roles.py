"""Roles: what they are called, and what they let their holders do."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from tenure.catalogue.models import Application, Role
from tenure.events.rows import read_values

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


_BY_OFFER: Final = """
    SELECT l.offer_id, r.id, r.name->>%s, r.description->>%s, r.solution_id, s.name->>%s,
           r.requires, r.grants::text
    FROM catalogue_offerrole AS l JOIN catalogue_role AS r ON r.id = l.role_id
    JOIN catalogue_solution AS s ON s.id = r.solution_id
    WHERE l.offer_id = ANY((SELECT %s::text[])::text[]) ORDER BY l.offer_id, l.position
"""


def roles_by_offer(offers: Iterable[str], language: str) -> dict[str, tuple[RoleListing, ...]]:
    """The roles of each of ``offers``, in the offer's order. One statement."""
    wanted = set(offers)
    found: defaultdict[str, list[RoleListing]] = defaultdict(list)
    for offer, *told in read_values(_BY_OFFER, [language, language, language, list(wanted)]):
        id_, name, description, solution, solution_name, requires, grants = told
        found[offer].append(
            RoleListing(
                id=id_,
                name=name,
                description=description or "",
                solution=solution,
                solution_name=solution_name,
                requires=tuple(requires),
                grants=_grants(json.loads(grants)),
            )
        )
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
