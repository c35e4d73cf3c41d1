"""R31: of every table that holds an organisation's rows it is said what becomes of them."""

from __future__ import annotations

from django.apps import apps

from tenure.flows.retention.held import HELD, AtPurge
from tests.structure.held_table import PAPER, TABLE, table


def test_every_table_with_an_organisation_is_held() -> None:
    named = {held.label for held in HELD}
    missing = {
        model._meta.label
        for model in apps.get_models()
        if {"organisation", "organisation_id"}
        & {column.name for column in model._meta.concrete_fields}
    } - named
    assert not missing, (
        f"Say in flows/retention/held.py what becomes of {sorted(missing)} when an organisation's "
        "data are exported, and when they are purged."
    )


def test_what_is_blanked_and_hidden_is_there() -> None:
    for held in HELD:
        columns = {column.name for column in held.model._meta.concrete_fields}
        assert {*held.blank, *held.hidden} <= columns, held.label
        assert not held.blank or held.at_purge is AtPurge.PSEUDONYMISED, held.label
    assert len({held.label for held in HELD}) == len(HELD)


def test_the_paper_says_so() -> None:
    (shown,) = TABLE.findall(PAPER.read_text(encoding="utf-8"))
    assert shown == table(), "Write it anew: python -m tests.structure.held_table"
