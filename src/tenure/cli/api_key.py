"""``tenure api-key``: keys for programs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import typer

from tenure.base.clock import machine_now
from tenure.base.ids import parse_public_id, public_id
from tenure.cli.output import figures, remark, result
from tenure.cli.running import installation
from tenure.cli.wording import say

if TYPE_CHECKING:
    from tenure.organisations.models import ApiKey

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


def _owner(organisation: str | None) -> UUID | None:
    return parse_public_id("org", organisation) if organisation else None


_Whose = Annotated[
    str | None,
    typer.Option(
        "--organisation",
        metavar="ID",
        help=say(
            "Whose keys: org_…; the vendor's own if it is left out.",
            "À qui sont les clés : org_… ; sans elle, celles du vendeur.",
        ),
    ),
]


@app.callback()
def group() -> None:
    """Keys for programs."""


@app.command(
    help=say(
        "Make a key and print it, this once; without an organisation it is the vendor's.",
        "Créer une clé et l’afficher, cette seule fois ; sans organisation, c’est celle du "
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
        from tenure.flows.api_keys import make_api_key

        bring_up_to_date()
        made = make_api_key(
            organisation=_owner(organisation), name=name, now=machine_now(), by="command"
        )
        result(made.text)
        remark(
            say(
                "Keep it: it cannot be shown again.",
                "Conservez-la : elle ne pourra plus être affichée.",
            )
        )


@app.command(
    name="list",
    help=say(
        "Print the keys, the newest first: what each is for and whether it still works.",
        "Afficher les clés, la plus récente d’abord : à quoi chacune sert, et si elle vaut encore.",
    ),
)
def list_keys(
    organisation: _Whose = None,
    json: Annotated[
        bool, typer.Option("--json", help=say("Print JSON.", "Afficher en JSON."))
    ] = False,
) -> None:
    """One line each, or JSON; exit 1 if there is no such organisation."""
    with installation():
        from tenure.base.errors import NotFound
        from tenure.organisations.models import Organisation
        from tenure.organisations.queries import api_keys_of

        owner = _owner(organisation)
        if owner is not None and not Organisation.objects.filter(id=owner).exists():
            raise NotFound
        rows = api_keys_of(owner)
    if json:
        figures([_facts(row) for row in rows])
        return
    for row in rows:
        result(_line(row))


@app.command(
    help=say(
        "Refuse a key from now on; `tenure api-key list` names the keys.",
        "Refuser une clé dès maintenant ; `tenure api-key list` nomme les clés.",
    ),
)
def revoke(
    key: Annotated[
        str,
        typer.Argument(
            metavar="KEY",
            help=say("Which: key_…, not its text.", "Laquelle : key_…, et non son texte."),
        ),
    ],
    organisation: _Whose = None,
) -> None:
    """Exit 1 if it is not there, or not that one's; revoking it again changes nothing."""
    with installation():
        from tenure.flows.api_keys import revoke_api_key

        owner = _owner(organisation)
        revoke_api_key(
            organisation=owner, key=parse_public_id("key", key), now=machine_now(), by="command"
        )
        remark(say(f"{key} is refused from now on.", f"{key} est refusée dès maintenant."))


def _facts(row: ApiKey) -> dict[str, Any]:
    owner = row.organisation_id
    return {
        "id": public_id("key", row.id),
        "name": row.name,
        "organisation": public_id("org", owner) if owner else None,
        "created_at": row.created_at.isoformat(),
        "revoked_at": row.revoked_at.isoformat() if row.revoked_at else None,
    }


def _line(row: ApiKey) -> str:
    made, gone = row.created_at.date(), row.revoked_at
    words = say(f"made {made}", f"créée le {made}")
    if gone is not None:
        words += say(f", revoked {gone.date()}", f", révoquée le {gone.date()}")
    return f"{public_id('key', row.id)}  {row.name}  {words}"
