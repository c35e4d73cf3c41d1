"""What an audience can browse by: solutions, applications, and the words that can be found."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from tenure.catalogue.models import Application, Role, Solution
from tenure.catalogue.searching import Vocabulary
from tenure.events.rows import read_values
from tenure.policy.words import Audience

Texts = Mapping[str, str]
"""A text by language: ``en``, ``fr``."""


@dataclass(frozen=True, slots=True)
class Family:
    """A solution with how many offers and roles of it there are, and what the roles are called."""

    id: str
    name: Texts
    offers: int
    roles: tuple[Texts, ...]


@dataclass(frozen=True, slots=True)
class Program:
    """An application that some role on the shelf opens."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Shelf:
    """All that is sold to one audience, or contacted about, in the file's order."""

    offers: int
    families: tuple[Family, ...]
    programs: tuple[Program, ...]
    vocabulary: Vocabulary


_OFFERS: Final = """
    SELECT offer.audience, role.solution_id, count(DISTINCT offer.id)
    FROM catalogue_offer AS offer
    JOIN catalogue_offerrole AS link ON link.offer_id = offer.id
    JOIN catalogue_role AS role ON role.id = link.role_id
    WHERE offer.withdrawn_at IS NULL
    GROUP BY GROUPING SETS ((offer.audience), (offer.audience, role.solution_id))
"""
_ROLES: Final = """
    SELECT DISTINCT offer.audience, link.role_id
    FROM catalogue_offer AS offer
    JOIN catalogue_offerrole AS link ON link.offer_id = offer.id
    WHERE offer.withdrawn_at IS NULL
"""
_WORDS: Final = """
    SELECT DISTINCT offer.audience, word
    FROM catalogue_offer AS offer, unnest(string_to_array(offer.search_text, ' ')) AS word
    WHERE offer.withdrawn_at IS NULL
"""


def shelves() -> dict[Audience, Shelf]:
    """The shelf of each audience. Six statements for any number of offers."""
    counted = {(audience, solution): many for audience, solution, many in read_values(_OFFERS, [])}
    held: defaultdict[str, set[str]] = defaultdict(set)
    for audience, role in read_values(_ROLES, []):
        held[audience].add(role)
    words: defaultdict[str, list[str]] = defaultdict(list)
    for audience, word in read_values(_WORDS, []):
        words[audience].append(word)
    roles = list(Role.objects.order_by("position", "id"))
    solutions = list(Solution.objects.order_by("position", "id"))
    programs = list(Application.objects.order_by("position", "id"))
    found = {}
    for audience in Audience:
        own = [role for role in roles if role.id in held[audience]]
        opened = {program for role in own for program in role.grants}
        found[audience] = Shelf(
            offers=counted.get((audience, None), 0),
            families=tuple(
                Family(
                    id=solution.id,
                    name=solution.name,
                    offers=counted[audience, solution.id],
                    roles=tuple(role.name for role in own if role.solution_id == solution.id),
                )
                for solution in solutions
                if (audience, solution.id) in counted
            ),
            programs=tuple(Program(row.id, row.name) for row in programs if row.id in opened),
            vocabulary=Vocabulary(words[audience]),
        )
    return found
