"""``tenure rates``: exchange rates of the European Central Bank, read from its files (R48)."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tenure.cli.output import result
from tenure.cli.running import installation
from tenure.cli.wording import say

app = typer.Typer(
    help=say("Exchange rates for the books.", "Les taux de change des comptes."),
    no_args_is_help=True,
)


@app.callback()
def rates() -> None:
    """So that ``import`` stays a word of its own."""


@app.command(
    "import",
    help=say(
        "Read the central bank's file (eurofxref, XML or CSV); what is known stays as it is.",
        "Lire le fichier de la BCE (eurofxref, XML ou CSV) ; ce qui est connu reste inchangé.",
    ),
)
def import_rates(
    file: Annotated[
        Path,
        typer.Argument(
            exists=True, dir_okay=False, readable=True, help=say("The file.", "Le fichier.")
        ),
    ],
) -> None:
    """Prints how many rates are new; exits 1 if this is no such file."""
    with installation():
        from tenure.cli.migrate import bring_up_to_date
        from tenure.flows.exchange_rates import keep_rates

        bring_up_to_date()
        count = keep_rates(file.read_bytes())
    result(say(f"{count} new rates.", f"{count} nouveaux taux."))
