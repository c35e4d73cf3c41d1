"""What an audience can browse by: solutions, applications, and the words that can be found."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
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
    """An application, with its permissions in the file's order."""

    id: str
    name: str
    permissions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Shelf:
    """All that is sold to one audience, or contacted about, in the file's order.

    ``programs`` are those that some of its roles open.
    """

    offers: int
    families: tuple[Family, ...]
    programs: tuple[Program, ...]
    vocabulary: Vocabulary


@dataclass(frozen=True, slots=True)
class Shelves:
    """The shelf of each audience, and which roles are on it; all applications, withdrawn ones
    too, by their id; and a role to show what roles are: the first that opens several of them."""

    of: Mapping[Audience, Shelf]
    roles: Mapping[Audience, frozenset[str]]
    programs: Mapping[str, Program]
    example: str | None

    def sold_to(self, role: str) -> tuple[Audience, ...]:
        """To whom ``role`` is sold, in some offer."""
        return tuple(audience for audience in Audience if role in self.roles[audience])


SEVERAL: Final = 3
"""Applications that an example opens, if any role opens as many."""


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


def shelves() -> Shelves:
    """What there is to browse by. Six statements for any number of offers."""
    counted = {(audience, solution): many for audience, solution, many in read_values(_OFFERS, [])}
    held: defaultdict[str, set[str]] = defaultdict(set)
    for audience, role in read_values(_ROLES, []):
        held[audience].add(role)
    words: defaultdict[str, list[str]] = defaultdict(list)
    for audience, word in read_values(_WORDS, []):
        words[audience].append(word)
    roles = list(Role.objects.order_by("position", "id"))
    solutions = list(Solution.objects.order_by("position", "id"))
    programs = {
        row.id: Program(row.id, row.name, tuple(row.permissions))
        for row in Application.objects.order_by("position", "id")
    }
    found = {}
    for audience in Audience:
        own = [role for role in roles if role.id in held[audience]]
        opened = {program for role in own for program in role.grants}
        found[audience] = Shelf(
            offers=counted.get((audience, None), 0),
            families=tuple(
                _family(solution, counted[audience, solution.id], own)
                for solution in solutions
                if (audience, solution.id) in counted
            ),
            programs=tuple(each for each in programs.values() if each.id in opened),
            vocabulary=Vocabulary(words[audience]),
        )
    sold = [role for role in roles if any(role.id in ids for ids in held.values())]
    by_audience = {audience: frozenset(held[audience]) for audience in Audience}
    return Shelves(found, by_audience, programs, _example(sold))


def _family(solution: Solution, offers: int, roles: Sequence[Role]) -> Family:
    names = tuple(role.name for role in roles if role.solution_id == solution.id)
    return Family(solution.id, solution.name, offers, names)


def _example(roles: Sequence[Role]) -> str | None:
    best = max(roles, key=lambda role: min(len(role.grants), SEVERAL), default=None)
    return best.id if best else None
