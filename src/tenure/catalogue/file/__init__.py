"""The catalogue file: read, checked, and written again. Pure: no database, no Django.

``parse_catalogue`` takes the text to a ``CatalogueFile``, or raises ``CatalogueFileRefused`` with
every error at its line and field; ``render_catalogue`` is the way back, in one canonical form.
"""

from __future__ import annotations

from tenure.catalogue.file.problems import CatalogueFileRefused, Problem
from tenure.catalogue.file.reading import parse_catalogue, read_catalogue
from tenure.catalogue.file.rendering import render_catalogue
from tenure.catalogue.file.sample import sample_catalogue, sample_source
from tenure.catalogue.file.shape import CatalogueFile

__all__ = [
    "CatalogueFile",
    "CatalogueFileRefused",
    "Problem",
    "parse_catalogue",
    "read_catalogue",
    "render_catalogue",
    "sample_catalogue",
    "sample_source",
]
