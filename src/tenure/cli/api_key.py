"""``tenure api-key``: keys for programs."""

from __future__ import annotations

from typing import Annotated

import typer

from tenure.base.clock import machine_now
from tenure.base.ids import parse_public_id
from tenure.cli.output import remark, result
from tenure.cli.running import installation
from tenure.cli.wording import say

LONGEST_NAME = 100

app = typer.Typer(
    help=say("Keys for programs.", "Les clés des programmes."),
    no_args_is_help=True,
)


def _name(text: str) -> str:
    name = text.strip()
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise typer.BadParameter(
            say(
                f"1 to {LONGEST_NAME} printable characters are needed.",
                f"Il faut de 1 à {LONGEST_NAME} caractères imprimables.",
            )
        )
    return name


@app.callback()
def group() -> None:
    """Keys for programs."""


@app.command(
    help=say(
        "Make a key and print it, this once; without an organisation it is the vendor's.",
        "Créer une clé et l'afficher, cette seule fois ; sans organisation, c'est celle du "
        "vendeur.",
    )
)
def create(
    name: Annotated[
        str,
        typer.Option(
            callback=_name,
            help=say("What the key is for.", "Ce à quoi sert la clé."),
        ),
    ],
    organisation: Annotated[
        str | None,
        typer.Option(
            metavar="ID",
            help=say(
                "Whose it is: org_…; only what its administrators may is possible with it.",
                "À qui elle est : org_… ; elle ne permet que ce que peuvent ses administrateurs.",
            ),
        ),
    ] = None,
) -> None:
    """Print the key on stdout; only its hash is kept."""
    with installation():
        from tenure.cli.migrate import bring_up_to_date
        from tenure.events.journal import transaction
        from tenure.flows.locks import lock_organisation
        from tenure.organisations.commands.api_keys import create_api_key

        bring_up_to_date()
        owner = parse_public_id("org", organisation) if organisation else None
        now = machine_now()
        with transaction(now=now, by="command", organisation=owner) as journal:
            if owner is not None:
                lock_organisation(owner, journal)
            _, text = create_api_key(name=name, organisation=owner, journal=journal)
        result(text)
        remark(
            say(
                "Keep it: it cannot be shown again.",
                "Conservez-la : elle ne pourra plus être affichée.",
            )
        )
