"""A shop to look at: the small one of the tests, or one with as many offers as wanted."""

from __future__ import annotations

from collections.abc import Callable

from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tenure.catalogue.file import parse_catalogue
from tenure.flows.catalogue_import import import_file
from tests.shop import CATALOGUE, START, open_shop

MORE = """- id: designer-old
  roles: [designer]
  audience: business
  channel: online
  countries: [FR]
  prices:
  - {term: year, currency: EUR, amount: 110000}
"""


def text(response: HttpResponse) -> str:
    """A page in one line, with its spaces plain."""
    return " ".join(response.content.decode().replace("\u00a0", " ").replace("\u202f", " ").split())


def large_shop(offers: int) -> None:
    """The shop with so many offers more, each of a role of its own."""
    open_shop()
    roles = "".join(
        f"- id: role-{n}\n  name: {{en: Role {n}, fr: Rôle {n}}}\n"
        f"  description: {{en: Does {n}., fr: Fait {n}.}}\n"
        "  solution: design\n  grants: {modeller: [draw], solver: [run]}\n"
        for n in range(offers)
    )
    sold = "".join(
        f"- id: role-{n}-business\n  roles: [role-{n}, designer]\n  audience: business\n"
        "  channel: online\n  countries: [FR]\n  prices:\n"
        "  - {term: year, currency: EUR, amount: 100}\n"
        "  - {term: quarter, currency: EUR, amount: 50}\n"
        for n in range(offers)
    )
    head, _, tail = CATALOGUE.partition("offers:\n")
    source = f"{head}{roles}offers:\n{tail}{sold}"
    import_file(file=parse_catalogue(source), source=source, now=START, by="command")


def withdraw_one() -> str:
    """An offer that was sold, and is no more."""
    for source in (CATALOGUE + MORE, CATALOGUE + "# without\n"):
        import_file(file=parse_catalogue(source), source=source, now=START, by="command")
    return "designer-old"


def statements(look: Callable[[], object]) -> int:
    """How many statements a page takes once the catalogue is known."""
    look()
    with CaptureQueriesContext(connection) as asked:
        look()
    return len(asked)


def french() -> Client:
    """A browser from France that reads French."""
    return Client(headers={"Accept-Language": "fr-FR,fr;q=0.9"})


def english() -> Client:
    """A browser from France that reads English: the first region that it names is taken."""
    return Client(headers={"Accept-Language": "en-FR,en;q=0.9"})
