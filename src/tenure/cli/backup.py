"""``tenure backup``: the whole installation in a file, while it runs."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import IO, TYPE_CHECKING, Annotated, Any, Final

import typer

from tenure.cli.bars import bytes_of
from tenure.cli.output import figures, remark, result
from tenure.cli.running import reachable
from tenure.cli.wording import say
from tenure.host.installation import database
from tenure.host.settings import Settings, read_settings

if TYPE_CHECKING:
    from tenure.flows.backup.manifest import Manifest

KEPT_FILES: Final = ("secret-key", "demo-key")
"""What lies in the data directory and cannot be made again; the database is in the backup."""
OUTPUT: Final = Path("-")


def backup(
    file: Annotated[
        Path,
        typer.Argument(
            help=say("Where to; - is standard output.", "Où ; - désigne la sortie standard.")
        ),
    ],
    overwrite: Annotated[
        bool,
        typer.Option(
            "--overwrite",
            help=say("Replace an earlier backup.", "Remplacer une sauvegarde précédente."),
        ),
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help=say("Print figures as JSON.", "Afficher en JSON."))
    ] = False,
) -> None:
    """Write one consistent state of everything; the file is there when it is whole."""
    if file == OUTPUT and (as_json or sys.stdout.isatty()):
        raise typer.BadParameter(
            say(
                "Standard output takes the backup alone: send it to a file or a pipe.",
                "La sortie standard ne reçoit que la sauvegarde : dirigez-la vers un fichier ou "
                "un tube.",
            )
        )
    settings = read_settings(os.environ)
    with _destination(file, overwrite=overwrite) as output:
        manifest = _take(settings, output)
    if file == OUTPUT:
        remark(_sentence(manifest))
    elif as_json:
        figures(_figures(file, manifest))
    else:
        result(_sentence(manifest))
        _warn_of_place(file, settings)


@contextmanager
def _destination(file: Path, *, overwrite: bool) -> Iterator[IO[bytes]]:
    if file == OUTPUT:
        yield sys.stdout.buffer
        sys.stdout.flush()
        return
    from tenure.flows.backup.target import written_whole

    with written_whole(file, overwrite=overwrite) as output:
        yield output


def _take(settings: Settings, output: IO[bytes]) -> Manifest:
    from tenure.base.clock import machine_now
    from tenure.flows.backup.taking import take_backup

    sizes: dict[str, int] = {}
    with (
        database(settings, must_exist=True) as url,
        reachable(),
        bytes_of(sizes) as went_by,
    ):
        return take_backup(
            url,
            output,
            now=machine_now(),
            version=version("tenure"),
            files=_files(settings),
            told=went_by,
            sized=sizes.__setitem__,
        )


def _files(settings: Settings) -> dict[str, bytes]:
    """What is kept of the data directory; a key that a setting gives is the operator's to keep."""
    given = settings.given_secret_key is not None
    return {
        name: (settings.data_dir / name).read_bytes()
        for name in KEPT_FILES
        if (settings.data_dir / name).is_file() and not (given and name == "secret-key")
    }


def _sentence(manifest: Manifest) -> str:
    rows, tables = manifest.rows, len(manifest.tables)
    return say(
        f"Backed up: {rows} rows of {tables} tables.",
        f"Sauvegardé : {rows} lignes de {tables} tables.",
    )


def _figures(file: Path, manifest: Manifest) -> dict[str, Any]:
    return {
        "file": str(file),
        "bytes": file.stat().st_size,
        "taken_at": manifest.taken_at.isoformat().replace("+00:00", "Z"),
        "version": manifest.version,
        "migrations": len(manifest.migrations),
        "tables": len(manifest.tables),
        "rows": manifest.rows,
    }


def _warn_of_place(file: Path, settings: Settings) -> None:
    """A backup that is lost together with what it is a backup of."""
    if file.resolve().is_relative_to(settings.data_dir.resolve()):
        remark(
            say(
                "It lies in the data directory, and is lost with it: copy it to another place.",
                "Elle se trouve dans le répertoire de données et se perdrait avec lui : copiez-la "
                "ailleurs.",
            )
        )
