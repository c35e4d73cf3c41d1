"""The tables: who refers to whom, whose each row is, and what models never do."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connections
from django.db.models import Model

from tests.structure.tree import functions, layer_ranks, modules, named, parsed, tree_of

BELONGS_TO_NO_ORGANISATION = {
    "organisations.Organisation": "it is one",
    "organisations.User": "a login may belong to several",
    "organisations.StaffMember": "the vendor's staff",
    "orders.PolicyVersion": "the vendor's rules",
    "catalogue.CatalogueVersion": "the vendor's catalogue",
    "catalogue.Vendor": "the vendor",
    "catalogue.Currency": "the vendor's catalogue",
    "catalogue.Solution": "the vendor's catalogue",
    "catalogue.Application": "the vendor's catalogue",
    "catalogue.Role": "the vendor's catalogue",
    "catalogue.Offer": "the vendor's catalogue",
    "catalogue.OfferRole": "the vendor's catalogue",
    "catalogue.Price": "the vendor's catalogue",
    "billing.BankImport": "what the vendor's bank says",
    "billing.BankResolution": "what staff decided about money of nobody",
    "billing.PayoutFile": "one file for the bank holds transfers to many",
    "billing.BankLine": "money of nobody yet; its allocations name whose it is",
    "billing.BankStagedLine": "a file that is still being read",
    "billing.DocumentSeries": "one numbering for all customers",
    "billing.SalesReport": "the vendor's, told to the tax office",
    "billing.SandboxCharge": "the books of another party, which only plays to be elsewhere",
    "billing.SandboxRefund": "the books of another party, as its charges",
    "billing.ExchangeRate": "what the central bank publishes",
    "events.IdempotencyKey": "it belongs to the key that asked, and the vendor's asks for all",
}
"""The exceptions to `Every row that belongs to a customer names its organisation`."""

SIGNALS = {"django.dispatch", "django.db.models.signals", "django.core.signals"}


def our_models() -> list[type[Model]]:
    """The tables that are Tenure's own."""
    return [model for model in apps.get_models() if model.__module__.startswith("tenure.")]


def area_of(model: type[Model]) -> str:
    """The layer in which a table is at home."""
    return model.__module__.split(".")[1]


def references() -> Iterator[tuple[type[Model], Any]]:
    """Each foreign key of ours, with what it points to."""
    for model in our_models():
        for field in model._meta.get_fields():
            if field.is_relation and field.concrete:
                yield model, field


def test_foreign_keys_point_downwards() -> None:
    ranks = layer_ranks()
    upwards = [
        f"{model._meta.label}.{field.name} -> {field.related_model._meta.label}"
        for model, field in references()
        if ranks[area_of(field.related_model)] > ranks[area_of(model)]
    ]
    assert upwards == []


def test_every_row_of_a_customer_names_its_organisation() -> None:
    nameless = {
        model._meta.label
        for model in our_models()
        if "organisation_id" not in {field.attname for field in model._meta.concrete_fields}
    }
    assert nameless == set(BELONGS_TO_NO_ORGANISATION)


@pytest.mark.django_db
def test_the_migrations_make_these_tables() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_only_flows_open_transactions() -> None:
    assert connections["default"].settings_dict["ATOMIC_REQUESTS"] is False


def test_models_only_hold() -> None:
    overriding = [
        f"{named(path)}:{node.lineno} {node.name}"
        for path in modules()
        if "models" in tree_of(path)
        for node in functions(path)
        if node.name in {"save", "delete", "full_clean", "clean", "refresh_from_db"}
    ]
    assert overriding == []


def test_nothing_travels_by_signal() -> None:
    imported = [
        f"{named(path)}:{node.lineno}"
        for path in modules()
        for node in ast.walk(parsed(path))
        if (isinstance(node, ast.ImportFrom) and node.module in SIGNALS)
        or (isinstance(node, ast.Import) and SIGNALS & {name.name for name in node.names})
    ]
    assert imported == []
