"""``tenure migrate``: brings the database up to date."""

from __future__ import annotations

from typing import Annotated

import typer

from tenure.base.clock import machine_now
from tenure.cli.output import remark
from tenure.cli.running import installation
from tenure.cli.wording import say

LOCK = 7_305_808_869_231_650_405
"""Any number that nobody else locks: several machines may start at the same moment."""


def migrate(
    verbose: Annotated[
        bool,
        typer.Option("--verbose", help=say("Name each migration.", "Nommer chaque migration.")),
    ] = False,
) -> None:
    """Bring the database up to date; nothing happens if it is."""
    with installation():
        bring_up_to_date(verbosity=1 if verbose else 0)
        remark(say("The database is up to date.", "La base de données est à jour."))


def bring_up_to_date(*, verbosity: int = 0) -> None:
    """Apply the migrations that are missing, one machine at a time; Django is set up.

    Where no policy ever was in force, the default is from now on (R32); orders paid before there
    were invoices get theirs (R46).
    """
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    from tenure.flows.documents.catching_up import issue_missing_invoices
    from tenure.flows.late_booking import book_what_is_missing
    from tenure.flows.policy import ensure_policy

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        try:
            executor = MigrationExecutor(connection)
            if executor.migration_plan(executor.loader.graph.leaf_nodes()):
                call_command("migrate", interactive=False, verbosity=verbosity)
            ensure_policy(now=machine_now())
            issue_missing_invoices(now=machine_now())
            book_what_is_missing(now=machine_now())
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])
