"""A catalogue as YAML, in one canonical form: the same catalogue always gives the same bytes.

Written by hand and not by a library, because it must be quick for many offers, keep each price on
a line of its own, and quote exactly what YAML 1.1 and 1.2 would not both read as the same text.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from tenure.catalogue.file.shape import (
    Bilingual,
    BilingualText,
    CatalogueFile,
    OfferEntry,
    RoleEntry,
    VendorEntry,
)

_PLAIN: Final = re.compile(r"[^\W\d_][\w .()'’/+&·–—-]*(:[\w.()/+-]+)*")
_AMBIGUOUS: Final = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null", "nan"})


def render_catalogue(catalogue: CatalogueFile) -> str:
    """The canonical text of ``catalogue``; parsing it gives ``catalogue`` again."""
    return "\n".join(_document(catalogue)) + "\n"


def _document(catalogue: CatalogueFile) -> Iterator[str]:
    vendor = list(_vendor(catalogue.vendor))
    if vendor:
        yield "vendor:"
        yield from vendor
        yield ""
    yield "currencies:"
    for currency in catalogue.currencies:
        yield f"  - code: {_text(currency.code)}"
        if currency.countries:
            yield f"    countries: {_flow(currency.countries)}"
    yield from _section("applications", catalogue.applications)
    for application in catalogue.applications:
        yield f"  - id: {_text(application.id)}"
        yield f"    name: {_text(application.name)}"
        yield f"    permissions: {_flow(application.permissions)}"
    yield from _section("solutions", catalogue.solutions)
    for solution in catalogue.solutions:
        yield f"  - id: {_text(solution.id)}"
        yield f"    name: {_both(solution.name)}"
    yield from _section("roles", catalogue.roles)
    order = {application.id: index for index, application in enumerate(catalogue.applications)}
    for role in catalogue.roles:
        yield from _role(role, order)
    yield from _section("offers", catalogue.offers)
    for offer in catalogue.offers:
        yield from _offer(offer)


def _section(name: str, entries: tuple[object, ...]) -> Iterator[str]:
    yield ""
    yield f"{name}:" if entries else f"{name}: []"


def _vendor(vendor: VendorEntry) -> Iterator[str]:
    values: Mapping[str, str | None] = vendor.model_dump(exclude={"accounts"})
    for key, value in values.items():
        if value is not None:
            yield f"  {key}: {_text(value)}"
    if vendor.accounts:
        yield "  accounts:"
    for account in vendor.accounts:
        yield f"    - currency: {_text(account.currency)}"
        yield f"      iban: {_text(account.iban)}"
        if account.bic is not None:
            yield f"      bic: {_text(account.bic)}"


def _role(role: RoleEntry, order: Mapping[str, int]) -> Iterator[str]:
    yield f"  - id: {_text(role.id)}"
    yield f"    name: {_both(role.name)}"
    if role.description is not None:
        yield "    description:"
        yield f"      en: {_text(role.description.en)}"
        yield f"      fr: {_text(role.description.fr)}"
    yield f"    solution: {_text(role.solution)}"
    yield "    grants:" if role.grants else "    grants: {}"
    for application in sorted(role.grants, key=order.__getitem__):
        yield f"      {_text(application)}: {_flow(role.grants[application])}"
    if role.requires:
        yield f"    requires: {_flow(role.requires)}"


def _offer(offer: OfferEntry) -> Iterator[str]:
    yield f"  - id: {_text(offer.id)}"
    yield f"    roles: {_flow(offer.roles)}"
    yield f"    audience: {offer.audience}"
    yield f"    channel: {offer.channel}"
    if offer.countries:
        yield f"    countries: {_flow(offer.countries)}"
    if offer.trial_days is not None:
        yield f"    trial_days: {offer.trial_days}"
    if offer.prices:
        yield "    prices:"
    for price in offer.prices:
        since = f", from: {price.valid_from.isoformat()}" if price.valid_from else ""
        yield (
            f"      - {{term: {price.term}, currency: {_text(price.currency)}, "
            f"amount: {price.amount}{since}}}"
        )


def _flow(values: Iterable[str]) -> str:
    return f"[{', '.join(_text(value) for value in values)}]"


def _both(name: Bilingual | BilingualText) -> str:
    return f"{{en: {_text(name.en)}, fr: {_text(name.fr)}}}"


def _text(value: str) -> str:
    """A scalar that every reader of YAML takes for this text, plain where that is certain."""
    if (
        _PLAIN.fullmatch(value)
        and not value.endswith(" ")
        and value.lower() not in _AMBIGUOUS
        and "  " not in value
    ):
        return value
    return _quoted(value)


def _quoted(value: str) -> str:
    return json.dumps(value, ensure_ascii=False).translate(_ESCAPED)


_ESCAPED: Final = {
    code: f"\\u{code:04x}" for code in (*range(0x7F, 0xA0), 0x2028, 0x2029, 0xFEFF, 0xFFFE, 0xFFFF)
}
