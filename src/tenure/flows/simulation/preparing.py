"""An installation to simulate in: the default policy and the sample catalogue."""

from __future__ import annotations

from tenure.catalogue.file import parse_catalogue
from tenure.catalogue.queries import current_version
from tenure.flows.catalogue_import import import_file
from tenure.flows.policy import ensure_policy
from tenure.flows.simulation.deeds.deed import BY
from tenure.flows.simulation.rulebook.goods import catalogue_text
from tenure.flows.simulation.story import START


def prepare() -> None:
    """Both come into force, if they have not."""
    ensure_policy(now=START)
    if current_version() is None:
        source = catalogue_text()
        import_file(file=parse_catalogue(source), source=source, now=START, by=BY)
