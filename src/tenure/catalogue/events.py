"""What happened to the catalogue."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class CatalogueImported:
    """A catalogue file came into force as ``version``; how many entries and prices it changed."""

    type: ClassVar[str] = "catalogue.imported"

    version: int
    added: int
    changed: int
    withdrawn: int
    prices: int
