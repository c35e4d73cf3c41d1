"""``tenure ledger``: the books for an accountant, and what stands on each account (R48)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from tenure.cli.output import figures, remark, result
from tenure.cli.running import installation
from tenure.cli.wording import language, say

app = typer.Typer(
    help=say("The books: export them, look at balances.", "Les comptes : exporter, consulter."),
    no_args_is_help=True,
)


class Layout(StrEnum):
    """How an export is laid out."""

    FEC = "fec"
    CSV = "csv"


@app.command(
    help=say(
        "Write the entries of a year: for the French tax office (FEC), or as CSV.",
        "Écrire les écritures d’une année : FEC pour l’administration fiscale, ou CSV.",
    )
)
def export(
    year: Annotated[int, typer.Option(min=2000, max=2200, help=say("Which year.", "L’année."))],
    layout: Annotated[
        Layout,
        typer.Option("--format", help=say("How it is laid out.", "La présentation.")),
    ] = Layout.FEC,
    folder: Annotated[
        Path,
        typer.Option(
            file_okay=False, exists=True, writable=True, help=say("Where to.", "Le dossier.")
        ),
    ] = Path(),
) -> None:
    """Prints the file's name; exits 1 where the vendor's SIREN is missing."""
    with installation(must_exist=True) as settings:
        from tenure.cli.migrate import bring_up_to_date
        from tenure.flows.bookkeeping import csv_lines, fec_file

        bring_up_to_date()
        days = date(year, 1, 1), date(year, 12, 31)
        if layout is Layout.FEC:
            name, lines = fec_file(first=days[0], last=days[1], sandbox=settings.sandbox)
        else:
            name, lines = f"tenure-{year}.csv", csv_lines(first=days[0], last=days[1])
        count = _write(folder / name, lines)
    remark(say(f"{count} lines.", f"{count} lignes."))
    result(str(folder / name))


def _write(path: Path, lines: Iterator[str]) -> int:
    """Beside the file first, so that nobody finds half of it; returns how many lines."""
    count = 0
    aside = path.with_name(path.name + ".part")
    with aside.open("w", encoding="utf-8", newline="") as file:
        for line in lines:
            file.write(line + "\r\n")
            count += 1
    aside.replace(path)
    return count


@app.command(
    help=say(
        "Print what stands on each account, by currency, up to a day.",
        "Afficher le solde de chaque compte, par devise, jusqu’à un jour.",
    )
)
def balances(
    on: Annotated[
        str | None,
        typer.Option(metavar="DATE", help=say("Up to which day.", "Jusqu’à quel jour.")),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help=say("As JSON.", "En JSON."))] = False,
) -> None:
    """Debits less credits in minor units."""
    try:
        day = date.fromisoformat(on) if on else None
    except ValueError as problem:
        raise typer.BadParameter(
            say("Write a day as 2027-03-31.", "Écrivez un jour comme 2027-03-31.")
        ) from problem
    with installation(must_exist=True):
        from tenure.base.money import Money
        from tenure.base.wording import money
        from tenure.billing.ledger.reports import account_balances
        from tenure.billing.ledger.rules.accounts import ACCOUNT_NAMES
        from tenure.cli.migrate import bring_up_to_date

        bring_up_to_date()
        found = account_balances(until=day)
    if as_json:
        figures([{"account": b.account, "currency": b.currency, "amount": b.amount} for b in found])
        return
    for each in found:
        amount = money(Money(each.amount, each.currency), language())
        name = ACCOUNT_NAMES[each.account][language() == "fr"]
        result(f"{name:<32} {amount:>24}")
