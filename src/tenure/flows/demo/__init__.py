"""The sandbox that ``tenure demo`` shows: a catalogue, and customers with a year behind them.

Their histories are made through the real flows, on test clocks that began a year ago. What
stands already is left alone, so a second start is quick.
"""

from __future__ import annotations

from datetime import datetime
from importlib.resources import files

from tenure.base.ids import new_id
from tenure.catalogue.file import parse_catalogue
from tenure.catalogue.queries import current_version
from tenure.events.journal import transaction
from tenure.events.rows import read_values
from tenure.flows.catalogue_import import import_file
from tenure.flows.demo.life import BY, Person, Sample, begin
from tenure.flows.demo.people import SAMPLES, STAFF
from tenure.flows.demo.years import YEARS, ask_as_a_stranger
from tenure.flows.staff import add_staff
from tenure.organisations.commands.api_keys import keep_api_key
from tenure.organisations.models import Organisation, User
from tenure.organisations.queries import to_find_key
from tenure.organisations.rules import StaffRole

__all__ = ["SAMPLES", "STAFF", "Person", "Sample", "prepare_demo"]


def prepare_demo(*, key: str, now: datetime) -> list[Organisation]:
    """Make sure that the sample catalogue, its customers, the vendor's staff and ``key`` are there.

    ``now`` is the machine's UTC instant, at which the histories end.
    """
    if current_version() is None:
        source = files("tenure.catalogue").joinpath("sample.yaml").read_text(encoding="utf-8")
        import_file(file=parse_catalogue(source), source=source, now=now, by=BY)
    if not read_values(*to_find_key(key)):
        with transaction(now=now, by=BY) as journal:
            keep_api_key(name="demo", organisation=None, text=key, journal=journal)
    if not User.objects.filter(email=STAFF.email).exists():
        add_staff(email=STAFF.email, name=STAFF.name, roles=tuple(StaffRole), now=now, by=BY)
        ask_as_a_stranger(now)
    known = {
        organisation.name: organisation
        for organisation in Organisation.objects.filter(
            name__in=[sample.name for sample in SAMPLES], test_clock__isnull=False
        ).order_by("-id")
    }
    return [known.get(sample.name) or _live(sample, now) for sample in SAMPLES]


def _live(sample: Sample, now: datetime) -> Organisation:
    """Found a sample customer, and have them live until ``now``."""
    life = begin(sample, organisation=new_id(), until=now)
    YEARS[sample.name](life)
    life.end()
    return Organisation.objects.get(id=life.organisation)
