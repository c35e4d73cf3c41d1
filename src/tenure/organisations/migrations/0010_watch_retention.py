"""Have it looked at, with the next work that is due, how long everybody's data last (R31)."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations

WATCH = """
    INSERT INTO organisations_retention (organisation_id, next_at)
    SELECT id, coalesce(test_clock, now()) FROM organisations_organisation
    ON CONFLICT DO NOTHING
"""


class Migration(migrations.Migration):
    """Organisations whose last subscription ended before this version are watched as well."""

    dependencies: ClassVar = [("organisations", "0009_retention_and_exports")]

    operations: ClassVar = [migrations.RunSQL(WATCH, migrations.RunSQL.noop)]
