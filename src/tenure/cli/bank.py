"""``tenure bank``: read what the bank says."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tenure.base.clock import machine_now
from tenure.cli.output import figures, remark, result
from tenure.cli.running import installation
from tenure.cli.wording import say

if TYPE_CHECKING:
    from tenure.flows.bank_import import Imported

app = typer.Typer(
    help=say("The vendor's bank: statements.", "La banque du vendeur : relevés."),
    no_args_is_help=True,
)


@app.callback()
def bank() -> None:
    """A family of its own, also while it has one member."""


@app.command(
    name="import",
    help=say(
        "Read a statement (camt.053, MT940 or CSV) and match its transfers with orders.",
        "Lire un relevé (camt.053, MT940 ou CSV) et rapprocher ses virements des commandes.",
    ),
)
def import_(
    file: Annotated[
        Path,
        typer.Argument(
            exists=True,
            dir_okay=False,
            readable=True,
            help=say("The bank's file.", "Le fichier de la banque."),
        ),
    ],
    mapping: Annotated[
        Path | None,
        typer.Option(
            exists=True,
            dir_okay=False,
            readable=True,
            help=say(
                "What the columns of a CSV mean (TOML).",
                "Ce que signifient les colonnes d’un CSV (TOML).",
            ),
        ),
    ] = None,
    encoding: Annotated[
        str | None,
        typer.Option(
            help=say(
                "The encoding of an MT940 or CSV file; UTF-8 unless told.",
                "L’encodage d’un fichier MT940 ou CSV ; UTF-8 sauf mention contraire.",
            )
        ),
    ] = None,
    json: Annotated[
        bool, typer.Option("--json", help=say("Print figures as JSON.", "Afficher en JSON."))
    ] = False,
) -> None:
    """Print how many lines were matched, partial, surplus, unknown, already read."""
    with installation():
        from tenure.billing.bank.mapping import parse_mapping
        from tenure.cli.migrate import bring_up_to_date
        from tenure.flows.bank_import import import_statement

        bring_up_to_date()
        with file.open("rb") as source:
            imported = import_statement(
                source=source,
                name=file.name,
                now=machine_now(),
                by="command",
                mapping=parse_mapping(_text(mapping)) if mapping else None,
                encoding=encoding,
            )
        figures(_figures(imported)) if json else _tell(imported)


def _figures(imported: Imported) -> dict[str, Any]:
    told = imported.told
    return {
        "file": imported.name,
        "format": imported.format,
        "lines": told.lines,
        "matched": told.matched,
        "partial": told.partial,
        "surplus": told.surplus,
        "unknown": told.unknown,
        "already_read": told.already_read,
        "noted": told.noted,
        "unmatched": told.unmatched,
    }


def _tell(imported: Imported) -> None:
    told = imported.told
    for name, count in (
        (say("matched", "rapprochés"), told.matched),
        (say("partial", "partiels"), told.partial),
        (say("surplus", "trop-perçus"), told.surplus),
        (say("unknown", "inconnus"), told.unknown),
        (say("already read", "déjà lus"), told.already_read),
    ):
        result(f"{name}: {count}")
    if told.noted:
        remark(
            say(
                f"{told.noted} further lines ask for nothing.",
                f"{told.noted} autres lignes n’appellent rien.",
            )
        )


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace")
