"""``tenure restore``: the installation as a backup holds it, all or nothing, also while it runs."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from tenure.cli.backup import KEPT_FILES
from tenure.cli.bars import bytes_of
from tenure.cli.migrate import LOCK, bring_up_to_date
from tenure.cli.output import figures, remark, result
from tenure.cli.running import reachable, use_database
from tenure.cli.wording import say
from tenure.host.installation import begin_anew, database
from tenure.host.private_files import private_directory, write_private
from tenure.host.settings import Settings, read_settings

if TYPE_CHECKING:
    from tenure.flows.backup.archive import Backup

AFFORDED: Final = (
    "periods_paid",
    "seats_once",
    "documents_numbered",
    "documents_chained",
    "files_unchanged",
    "policies",
    "owners",
    "streams",
)
"""The checks that are made before the restored state takes the place of the present one: those
that would show a table that is not what it was. The others are for ``tenure verify``."""


def restore(
    file: Annotated[
        Path,
        typer.Argument(
            exists=True, dir_okay=False, readable=True, help=say("The backup.", "La sauvegarde.")
        ),
    ],
    replace: Annotated[
        bool,
        typer.Option(
            "--replace",
            help=say(
                "Also where the installation holds data, which are then gone.",
                "Même si l’installation contient des données, qui sont alors perdues.",
            ),
        ),
    ] = False,
    despite_failures: Annotated[
        bool,
        typer.Option(
            "--despite-failures",
            help=say(
                "Also where what is restored does not pass every check.",
                "Même si ce qui est restauré ne passe pas tous les contrôles.",
            ),
        ),
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help=say("Print figures as JSON.", "Afficher en JSON."))
    ] = False,
) -> None:
    """Check the backup, build its state beside the present one, and put it in its place."""
    from tenure.flows.backup.archive import open_backup

    settings = read_settings(os.environ)
    with open_backup(file, ours=version("tenure")) as backup:
        sizes = {part.table or part.name: 2 * part.bytes for part in backup.manifest.parts}
        with bytes_of(sizes) as went_by:
            backup.check(went_by)
            files = _files(backup)
            with database(settings) as url, reachable():
                left_out, failing = _restore(
                    url, backup, went_by, replace=replace, despite=despite_failures
                )
        _keep(files, settings)
    if as_json:
        figures(_figures(backup, left_out, failing))
    else:
        _tell(backup, left_out, failing)


def _restore(
    url: str, backup: Backup, told: Callable[[str, int], None], *, replace: bool, despite: bool
) -> tuple[list[str], list[str]]:
    _set_up_django(url)
    from tenure.flows.backup import tables
    from tenure.flows.backup.staging import (
        build,
        django_in_staging,
        fill,
        lock_alone,
        refuse_data,
        staging,
    )
    from tenure.flows.backup.swapping import swap
    from tenure.flows.backup.taking import connected

    with connected(url) as connection:
        lock_alone(connection)
        schema = tables.schema_of(connection) or "public"
        if not replace:
            refuse_data(connection, schema)
        with staging(connection, backup):
            with django_in_staging():
                told(say("schema", "schéma"), 0)
                build(backup.manifest, file=str(backup.path), ours=version("tenure"))
                left_out = fill(connection, backup, told)
                told(say("migrations and checks", "migrations et contrôles"), 0)
                bring_up_to_date()
                failing = _check(despite=despite)
            swap(connection, schema, replace=replace, migrating=LOCK)
    return left_out, failing


def _set_up_django(url: str) -> None:
    use_database(url)
    import django

    django.setup()


def _check(*, despite: bool) -> list[str]:
    """Make the checks that can be afforded; returns those that fail, or raises ``Refused``."""
    from tenure.base.clock import machine_now
    from tenure.base.errors import Refused
    from tenure.flows.backup.errors import UNSOUND
    from tenure.flows.verify.run import verify
    from tenure.flows.verify.table import CHECKS

    checks = [check for check in CHECKS if check.name in AFFORDED]
    done = verify(now=machine_now(), checks=checks)
    failing = [each.check.name for each in done if not each.holds]
    if failing and not despite:
        raise Refused(UNSOUND, checks=", ".join(failing))
    return failing


def _files(backup: Backup) -> dict[str, str]:
    """The files of the data directory that the backup holds; no other name is looked at."""
    from tenure.flows.backup.archive import damaged

    found = {part.name: part for part in backup.manifest.parts}
    held = {name: found[f"files/{name}"] for name in KEPT_FILES if f"files/{name}" in found}
    try:
        return {name: backup.content(part).decode("ascii") for name, part in held.items()}
    except UnicodeDecodeError as error:
        raise damaged(backup.path, "files") from error


def _keep(files: dict[str, str], settings: Settings) -> None:
    """Put the keys back where they are kept; one that a setting gives stays as it is.

    What runs with another key starts anew.
    """
    changed = False
    for name, content in files.items():
        path = settings.data_dir / name
        if name == "secret-key" and settings.given_secret_key is not None:
            continue
        if path.is_file() and path.read_text(encoding="utf-8") == content:
            continue
        write_private(private_directory(settings.data_dir) / name, content)
        changed = True
    if changed and begin_anew(settings.data_dir):
        remark(
            say(
                "The secret key was restored too; Tenure's parts start anew with it.",
                "La clé secrète a été restaurée aussi ; les processus de Tenure redémarrent avec.",
            )
        )


def _tell(backup: Backup, left_out: Sequence[str], failing: Sequence[str]) -> None:
    manifest = backup.manifest
    at = f"{manifest.taken_at:%Y-%m-%d %H:%M:%S} UTC"
    result(
        say(
            f"Restored: {manifest.rows} rows of {len(manifest.tables)} tables, as of {at}.",
            f"Restauré : {manifest.rows} lignes de {len(manifest.tables)} tables, au {at}.",
        )
    )
    if left_out:
        names = ", ".join(left_out)
        remark(say(f"Not of Tenure, left out: {names}.", f"Étranger à Tenure, omis : {names}."))
    if failing:
        names = ", ".join(failing)
        remark(say(f"Checks that fail: {names}.", f"Contrôles en échec : {names}."))


def _figures(backup: Backup, left_out: Sequence[str], failing: Sequence[str]) -> dict[str, Any]:
    manifest = backup.manifest
    return {
        "file": str(backup.path),
        "taken_at": manifest.taken_at.isoformat().replace("+00:00", "Z"),
        "version": manifest.version,
        "tables": len(manifest.tables),
        "rows": manifest.rows,
        "left_out": list(left_out),
        "failing": list(failing),
    }
