"""``tenure policy``: check a file, bring it into force, show what is."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tenure.base.clock import machine_now
from tenure.base.countries import EU_COUNTRIES
from tenure.base.wording import sentence
from tenure.cli.output import remark, result
from tenure.cli.running import installation
from tenure.cli.wording import language, say
from tenure.policy.loading import (
    PolicyInvalid,
    academic_domains,
    default_policy,
    parse_policy,
    policy_warnings,
    render,
)
from tenure.policy.model import Policy

app = typer.Typer(
    help=say("The commercial rules: check, apply, show.", "Les règles : vérifier, appliquer."),
    no_args_is_help=True,
)

_File = Annotated[
    Path,
    typer.Argument(
        exists=True,
        dir_okay=False,
        readable=True,
        help=say("The policy file (TOML).", "Le fichier de règles (TOML)."),
    ),
]


@app.command(
    help=say(
        "Read a policy file and name what is wrong with it.",
        "Lire un fichier de règles et nommer ce qui ne va pas.",
    )
)
def check(file: _File) -> None:
    """Exit 1 with every wrong key; warn of what a vendor should know before going live (R33)."""
    policy = _policy(file, _text(file))
    for warning in policy_warnings(policy, consumer_countries=EU_COUNTRIES):
        remark(f"{file}: {sentence(warning.code, warning.figures, language())}")
    result(say(f"{file}: this policy can be used.", f"{file} : ces règles sont utilisables."))


@app.command(
    help=say(
        "Make a policy the version in force for what is bought from now on.",
        "Mettre des règles en vigueur pour tout achat à venir.",
    )
)
def apply(file: _File) -> None:
    """Bring the file into force (R32); prints the version's number."""
    source = _text(file)
    _policy(file, source)
    with installation():
        from tenure.cli.migrate import bring_up_to_date
        from tenure.flows.policy import bring_into_force

        bring_up_to_date()
        number = bring_into_force(source=source, now=machine_now(), by="command")
        result(say(f"Version {number} is in force.", f"La version {number} est en vigueur."))


@app.command(
    help=say("Show the policy in force.", "Afficher les règles en vigueur."),
)
def show(
    default: Annotated[
        bool,
        typer.Option(
            "--default",
            help=say("Show the default instead.", "Afficher plutôt les règles par défaut."),
        ),
    ] = False,
) -> None:
    """Print the policy as a file that can be applied again, every key with its rule."""
    if default:
        result(render(default_policy()).rstrip())
        remark(
            say(
                f"{len(academic_domains())} academic domains come with it (R8).",
                f"{len(academic_domains())} domaines universitaires l’accompagnent (R8).",
            )
        )
        return
    with installation():
        from tenure.cli.migrate import bring_up_to_date
        from tenure.orders.queries.policy import policy_in_force

        bring_up_to_date()
        number, policy = policy_in_force()
        result(render(policy).rstrip())
        remark(say(f"This is version {number}.", f"Ceci est la version {number}."))


def _policy(file: Path, source: str) -> Policy:
    """The policy; where it cannot be used, every wrong key with its file and line, and exit 1."""
    try:
        return parse_policy(source)
    except PolicyInvalid as refused:
        for wrong in refused.field_errors:
            line = wrong.figures.get("line")
            place = f"{file}:{line}" if line else str(file)
            key = f"{wrong.field}: " if wrong.field else ""
            remark(f"{place}: {key}{sentence(wrong.code, wrong.figures, language())}")
        raise typer.Exit(1) from refused


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        remark(
            say(
                f"{file}: not UTF-8 (byte {error.start}); save it as UTF-8.",
                f"{file} : pas en UTF-8 (octet {error.start}) ; enregistrez-le en UTF-8.",
            )
        )
        raise typer.Exit(1) from error
