"""What a catalogue file's entries must hold among each other: references, and nothing twice."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from graphlib import CycleError, TopologicalSorter
from typing import Any

from tenure.base.calendar import zone_names
from tenure.base.countries import iso_countries
from tenure.base.money import currencies
from tenure.base.verdicts import Code, Figure
from tenure.catalogue import errors
from tenure.catalogue.file.problems import Path, Problem, field_of
from tenure.catalogue.file.shape import (
    CatalogueFile,
    CurrencyEntry,
    OfferEntry,
    RoleEntry,
    VendorEntry,
)
from tenure.catalogue.file.source import Marks


@dataclass(slots=True)
class Entries:
    """The well-formed entries of a file with their indices, and which ids are known at all."""

    whole: CatalogueFile | None = None
    vendor: VendorEntry | None = None
    kept: dict[str, Sequence[tuple[int, Any]]] = field(default_factory=dict)
    known: dict[str, set[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, whole: CatalogueFile) -> Entries:
        """The entries of a file whose shape is right throughout."""
        made = cls(whole=whole, vendor=whole.vendor)
        for section in ("currencies", "applications", "solutions", "roles", "offers"):
            made.keep(section, list(enumerate(getattr(whole, section))))
        return made

    def keep(self, section: str, entries: Sequence[tuple[int, Any]]) -> None:
        """Take a section's well-formed entries."""
        self.kept[section] = entries
        key = "code" if section == "currencies" else "id"
        self.known[section] = {getattr(entry, key) for _, entry in entries}

    def know(self, section: str, ids: Iterable[object]) -> None:
        """Take the ids that malformed entries declare, so that no reference to them is blamed."""
        self.known[section].update(each for each in ids if isinstance(each, str))

    def lacks(self, section: str, given: str) -> bool:
        """Whether the file surely does not declare ``given``."""
        return section in self.kept and given not in self.known[section]


def check_entries(entries: Entries, marks: Marks, problems: list[Problem]) -> None:
    """Append to ``problems`` what does not hold among the entries."""
    _Checks(entries, marks, problems).run()


class _Checks:
    def __init__(self, entries: Entries, marks: Marks, problems: list[Problem]) -> None:
        self._entries = entries
        self._marks = marks
        self._problems = problems

    def run(self) -> None:
        if self._entries.vendor is not None:
            self._vendor(self._entries.vendor)
        self._currencies(self._entries.kept.get("currencies", ()))
        for section in ("applications", "solutions", "roles", "offers"):
            self._ids_once(section)
        for index, application in self._entries.kept.get("applications", ()):
            self._all_once(("applications", index, "permissions"), application.permissions)
        roles = self._entries.kept.get("roles", ())
        permissions = {
            application.id: frozenset(application.permissions)
            for _, application in self._entries.kept.get("applications", ())
        }
        for index, role in roles:
            self._role(index, role, permissions)
        self._circles(roles)
        for index, offer in self._entries.kept.get("offers", ()):
            self._offer(index, offer)

    def _problem(self, path: Path, code: Code, **figures: Figure) -> None:
        line = self._marks.line_of(path)
        self._problems.append(Problem(line, field_of(path), code, figures))

    def _vendor(self, vendor: VendorEntry) -> None:
        if vendor.country is not None and vendor.country not in iso_countries():
            self._problem(("vendor", "country"), errors.NO_SUCH_COUNTRY, given=vendor.country)
        if vendor.currency is not None and vendor.currency not in currencies():
            self._problem(("vendor", "currency"), errors.NO_SUCH_CURRENCY, given=vendor.currency)
        if vendor.timezone is not None and vendor.timezone not in zone_names():
            self._problem(("vendor", "timezone"), errors.NO_SUCH_TIMEZONE, given=vendor.timezone)
        for index, account in enumerate(vendor.accounts):
            path: Path = ("vendor", "accounts", index, "currency")
            if account.currency not in currencies():
                self._problem(path, errors.NO_SUCH_CURRENCY, given=account.currency)

    def _currencies(self, listed: Sequence[tuple[int, CurrencyEntry]]) -> None:
        lines: dict[str, int] = {}
        payers: dict[str, tuple[str, int]] = {}
        for index, currency in listed:
            path: Path = ("currencies", index, "code")
            if currency.code not in currencies():
                self._problem(path, errors.NO_SUCH_CURRENCY, given=currency.code)
            self._once(lines, path, currency.code)
            self._countries(("currencies", index, "countries"), currency.countries)
            for position, country in enumerate(currency.countries):
                place: Path = ("currencies", index, "countries", position)
                payer = payers.setdefault(country, (currency.code, self._marks.line_of(place)))
                if payer[0] != currency.code:
                    self._problem(
                        place,
                        errors.COUNTRY_OF_TWO_CURRENCIES,
                        given=country,
                        currency=payer[0],
                        first_line=payer[1],
                    )

    def _countries(self, path: Path, countries: tuple[str, ...]) -> None:
        if iso_countries().issuperset(countries) and len(set(countries)) == len(countries):
            return
        lines: dict[str, int] = {}
        for index, country in enumerate(countries):
            if country not in iso_countries():
                self._problem((*path, index), errors.NO_SUCH_COUNTRY, given=country)
            self._once(lines, (*path, index), country)

    def _once(self, lines: dict[str, int], path: Path, given: str) -> None:
        """Report ``given`` if it was seen before; ``lines`` holds where each was first."""
        if given in lines:
            self._problem(path, errors.GIVEN_TWICE, given=given, first_line=lines[given])
        else:
            lines[given] = self._marks.line_of(path)

    def _all_once(self, path: Path, given: tuple[str, ...]) -> None:
        if len(set(given)) < len(given):
            lines: dict[str, int] = {}
            for index, each in enumerate(given):
                self._once(lines, (*path, index), each)

    def _declared(self, section: str, path: Path, given: str) -> bool:
        if not self._entries.lacks(section, given):
            return True
        self._problem(path, errors.NOT_DECLARED, given=given, section=section)
        return False

    def _ids_once(self, section: str) -> None:
        lines: dict[str, int] = {}
        for index, entry in self._entries.kept.get(section, ()):
            self._once(lines, (section, index, "id"), entry.id)

    def _role(self, index: int, role: RoleEntry, permissions: Mapping[str, frozenset[str]]) -> None:
        here: Path = ("roles", index)
        self._declared("solutions", (*here, "solution"), role.solution)
        for application, granted in role.grants.items():
            path: Path = (*here, "grants", application)
            self._all_once(path, granted)
            if not self._declared("applications", path, application):
                continue
            known = permissions.get(application)
            if known is None or known.issuperset(granted):
                continue
            for position, permission in enumerate(granted):
                if permission not in known:
                    self._problem(
                        (*path, position),
                        errors.NO_SUCH_PERMISSION,
                        application=application,
                        given=permission,
                    )
        self._all_once((*here, "requires"), role.requires)
        for position, required in enumerate(role.requires):
            self._declared("roles", (*here, "requires", position), required)

    def _circles(self, roles: Sequence[tuple[int, RoleEntry]]) -> None:
        """Report each circle of roles once, at the first of its roles."""
        index_of = {role.id: index for index, role in roles}
        graph = {role.id: set(role.requires) & index_of.keys() for _, role in roles}
        while True:
            try:
                TopologicalSorter(graph).prepare()
            except CycleError as error:
                circle: list[str] = error.args[1]
                first = min(index_of[role] for role in circle)
                self._problem(
                    ("roles", first, "requires"),
                    errors.ROLES_IN_A_CIRCLE,
                    given=", ".join(sorted(set(circle))),
                )
                for role in circle:
                    graph[role] = set()
            else:
                return

    def _offer(self, index: int, offer: OfferEntry) -> None:
        here: Path = ("offers", index)
        self._all_once((*here, "roles"), offer.roles)
        for position, role in enumerate(offer.roles):
            self._declared("roles", (*here, "roles", position), role)
        self._countries((*here, "countries"), offer.countries)
        if offer.trial_days is not None and offer.prices:
            self._problem((*here, "prices"), errors.TRIAL_WITH_PRICE)
        first: dict[tuple[str, str, date | None], int] = {}
        for position, price in enumerate(offer.prices):
            path: Path = (*here, "prices", position)
            self._declared("currencies", (*path, "currency"), price.currency)
            key = (price.term, price.currency, price.valid_from)
            if key in first:
                self._problem(
                    path,
                    errors.GIVEN_TWICE,
                    given=" ".join(str(part) for part in key if part is not None),
                    first_line=self._marks.line_of((*here, "prices", first[key])),
                )
            first.setdefault(key, position)
