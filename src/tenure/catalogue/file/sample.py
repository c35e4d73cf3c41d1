"""The sample catalogue: a vendor that does not exist, for the demo and for trying things out."""

from __future__ import annotations

from importlib.resources import files

from tenure.catalogue.file.reading import parse_catalogue
from tenure.catalogue.file.shape import CatalogueFile


def sample_source() -> str:
    """The text of the sample catalogue's file."""
    return (files("tenure.catalogue") / "sample.yaml").read_text("utf-8")


def sample_catalogue() -> CatalogueFile:
    """The sample catalogue."""
    return parse_catalogue(sample_source(), file="sample.yaml")
