"""A small catalogue that is right, to change and to break, and a maker of large ones."""

from __future__ import annotations

from tenure.catalogue.file import CatalogueFileRefused, parse_catalogue

SMALL = """\
# The smallest shop that has one of everything.
vendor:
  name: Atelier Exemple
  country: FR
  timezone: Europe/Paris
  postal_code: 01000
  siren: 123456782

currencies:
  - code: EUR
  - {code: USD, countries: [US]}
  - code: JPY
    countries: [JP]

applications:
  - id: cad
    name: CAD
    permissions: [open, save, print]
  - id: cam
    name: CAM
    permissions:
      - open
      - post

solutions:
  - id: design
    name: {en: Design, fr: Conception}
  - id: making
    name: {en: Making, fr: Fabrication}

roles:
  - id: designer
    name: {en: Designer, fr: Concepteur}
    description: {en: Draws parts., fr: Dessine des pièces.}
    solution: design
    grants:
      cad: [open, save]
  - id: machinist
    name: {en: Machinist, fr: Usineur}
    description: Mills.
    solution: making
    grants: {cad: [open], cam: [open, post]}
    requires: [designer]

offers:
  - id: designer-business
    roles: [designer]
    audience: business
    channel: online
    countries: [FR, DE, NO, US]
    prices:
      - {term: year, currency: EUR, amount: 120000}
      - {term: year, currency: EUR, amount: 130000, from: 2027-01-01}
      - {term: quarter, currency: EUR, amount: 33000}
      - {term: year, currency: USD, amount: 140000}
  - id: designer-creator
    roles: [designer]
    audience: creator
    channel: online
    countries: [FR, JP]
    prices:
      - {term: year, currency: EUR, amount: 30000}
      - {term: month, currency: JPY, amount: 4500, from: "2026-01-01"}
  - id: both-business
    roles: [designer, machinist]
    audience: business
    channel: contact
  - id: machinist-trial
    roles: [machinist]
    audience: business
    channel: online
    countries: [FR]
    trial_days: 30
"""


def line_of(needle: str, source: str = SMALL) -> int:
    """The number of the first line of ``source`` that holds ``needle``."""
    return next(n for n, line in enumerate(source.splitlines(), 1) if needle in line)


def wrong(text: str | bytes) -> list[tuple[int, str, str]]:
    """Line, field and code of every error of a file that must be refused."""
    try:
        parse_catalogue(text, file="shop.yaml")
    except CatalogueFileRefused as refused:
        return [(each.line, each.field, each.code.code) for each in refused.problems]
    raise AssertionError("The file was taken.")


_HEAD = """\
currencies: [{code: EUR}, {code: USD, countries: [US]}, {code: GBP, countries: [GB]}]
applications: [{id: app, name: App, permissions: [open, save]}]
solutions: [{id: one, name: {en: One, fr: Un}}]
roles:
"""


def large(offers: int, *, roles: int = 40, price: int = 100) -> str:
    """A catalogue with so many offers of six prices each."""
    parts = [_HEAD]
    parts += (
        f"  - {{id: role-{n}, name: {{en: Role {n}, fr: Rôle {n}}}, solution: one, "
        f"grants: {{app: [open]}}}}\n"
        for n in range(roles)
    )
    parts.append("offers:\n")
    for n in range(offers):
        parts.append(
            f"  - id: offer-{n}\n    roles: [role-{n % roles}]\n    audience: business\n"
            "    channel: online\n    countries: [FR, DE, US, GB]\n    prices:\n"
        )
        parts += (
            f"      - {{term: {term}, currency: {currency}, amount: {price + n}}}\n"
            for term in ("year", "quarter")
            for currency in ("EUR", "USD", "GBP")
        )
    return "".join(parts)
