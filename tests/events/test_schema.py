"""What migrations made is what the models declare."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.db import connection

pytestmark = pytest.mark.django_db


def test_every_declared_constraint_and_index_is_in_the_database() -> None:
    """Also those that a migration took away by the way: Django drops, together with a foreign
    key's index, every other one on the same column alone."""
    missing, checked = set(), 0
    with connection.cursor() as cursor:
        for model in apps.get_models():
            table = model._meta.db_table
            there = connection.introspection.get_constraints(cursor, table)
            named = [each.name for each in (*model._meta.constraints, *model._meta.indexes)]
            missing |= {f"{table}: {name}" for name in named} - {f"{table}: {n}" for n in there}
            checked += len(named)
            for field in model._meta.local_concrete_fields:
                if field.unique and field.column is not None:
                    held = any(
                        each["unique"] and each["columns"] == [field.column]
                        for each in there.values()
                    )
                    missing |= set() if held else {f"{table}: unique {field.column}"}
    assert missing == set()
    assert checked > 150
