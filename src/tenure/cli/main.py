"""The command ``tenure``: every subcommand is registered here and lives in a module of its own."""

from __future__ import annotations

import sys

import typer

from tenure.base.errors import TenureError
from tenure.cli import (
    api_key,
    backup,
    bank,
    catalogue,
    due,
    ledger,
    migrate,
    parts,
    policy,
    rates,
    restore,
    serve,
    settings,
    simulate,
    staff,
    verify,
)
from tenure.cli.output import remark
from tenure.cli.wording import language, lines_of, say
from tenure.host.errors import HostError

app = typer.Typer(
    name="tenure",
    help=say(
        "Sells roles for a term, and knows who may do what today.",
        "Vend des rôles pour un terme, et sait qui peut faire quoi aujourd’hui.",
    ),
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

app.add_typer(api_key.app, name="api-key")
app.add_typer(bank.app, name="bank")
app.add_typer(catalogue.app, name="catalogue")
app.add_typer(ledger.app, name="ledger")
app.add_typer(policy.app, name="policy")
app.add_typer(rates.app, name="rates")
app.add_typer(staff.app, name="staff")

_command = app.command


def main() -> None:
    """Run the command; exits 0 on success, 1 if what it checked does not hold, 2 on a wrong call.

    What Tenure refuses, and what the machine cannot do, is a sentence on stderr and exit 1.
    """
    try:
        app(prog_name="tenure")
    except HostError as error:
        remark(error.text(language()))
    except TenureError as error:
        for line in lines_of(error, language()):
            remark(line)
    else:
        return
    sys.exit(1)


_command(
    help=say(
        "Run everything: database, migrations, web, worker, and decisions if given a port.",
        "Lancer le tout : base de données, migrations, web, tâches, et décisions si elles ont "
        "un port.",
    )
)(serve.serve)
_command(
    help=say(
        "The same with a sandbox, the sample catalogue and sample organisations.",
        "De même, avec un bac à sable, le catalogue et les organisations d’exemple.",
    )
)(serve.demo)
_command(help=say("Answer pages and the API alone.", "Répondre aux pages et à l’API seulement."))(
    parts.web
)
_command(
    help=say("Do what is due and what was put off.", "Faire ce qui est dû et ce qui a été remis.")
)(parts.worker)
_command(help=say("Answer decisions alone.", "Répondre aux décisions seulement."))(parts.decide)
_command(help=say("Bring the database up to date.", "Mettre la base de données à jour."))(
    migrate.migrate
)
_command(
    help=say(
        "Print every setting: value, meaning, and where it came from.",
        "Afficher chaque réglage : valeur, sens et origine.",
    )
)(settings.settings)
_command(
    name="renew",
    help=say(
        "Renew what is due; with --at, advance every test clock to that moment.",
        "Renouveler ce qui est dû ; avec --at, avancer chaque horloge de test jusqu’à ce moment.",
    ),
)(due.run_due)
_command(
    name="run-due",
    help=say(
        "Do what is due; with --at, advance every test clock to that moment.",
        "Faire ce qui est dû ; avec --at, avancer chaque horloge de test jusqu’à ce moment.",
    ),
)(due.run_due)
_command(
    help=say(
        "Check all that is always true, in one snapshot, while the installation runs.",
        "Contrôler tout ce qui est toujours vrai, d’un seul regard, en pleine marche.",
    )
)(verify.verify)
_command(
    help=say(
        "Play a vendor's life with faults in a database of its own, against the rulebook.",
        "Jouer la vie d’un vendeur, pannes comprises, dans une base à part, contre les règles.",
    )
)(simulate.simulate)
_command(
    help=say(
        "Write the whole installation to a file, while it runs.",
        "Écrire toute l’installation dans un fichier, en pleine marche.",
    )
)(backup.backup)
_command(
    help=say(
        "Put the installation back as a backup holds it, also while it runs.",
        "Remettre l’installation dans l’état d’une sauvegarde, même en pleine marche.",
    )
)(restore.restore)
