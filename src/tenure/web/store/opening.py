"""What a role opens, by the names that people know."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from babel.lists import format_list
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from tenure.catalogue.queries import KnownCatalogue, RoleListing
from tenure.policy.words import Audience


@dataclass(frozen=True, slots=True)
class Opened:
    """An application that a role opens, with what its holder may do there."""

    name: str
    permissions: tuple[str, ...]


def programs_of(known: KnownCatalogue, role: RoleListing) -> tuple[Opened, ...]:
    """What ``role`` opens, in the catalogue's order."""
    programs = known.shelves().programs
    found = []
    for id_ in sorted(role.grants, key=list(programs).index):
        program = programs[id_]
        allowed = tuple(each for each in program.permissions if each in role.grants[id_])
        found.append(Opened(program.name, allowed))
    return tuple(found)


def links_to(roles: Iterable[RoleListing], audience: Audience, language: str) -> SafeString:
    """Roles by their names, each leading to its page, as a list in a sentence."""
    links = [
        format_html(
            '<a class="link-plain" href="{}">{}</a>',
            reverse("store_role", args=[audience.value, role.id]),
            role.name,
        )
        for role in roles
    ]
    return SafeString(format_list(links, locale=language)) if links else SafeString()
