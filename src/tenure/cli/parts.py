"""``tenure web``, ``tenure worker`` and ``tenure decide``: one part of an installation alone."""

from __future__ import annotations

import os
import sys
from importlib import import_module
from typing import Annotated

import typer

from tenure.cli.running import use_database
from tenure.cli.wording import say
from tenure.host.garbage import FOR_BATCHES, look_seldom
from tenure.host.installation import database
from tenure.host.settings import read_settings

WEB_APPLICATION = "tenure.config.wsgi:application"
DECISION_NODE = "tenure.api.decisions.node"

Host = Annotated[str, typer.Option(help=say("The address to listen on.", "L’adresse d’écoute."))]
Port = Annotated[
    int,
    typer.Option(min=1, max=65535, help=say("The port to listen on.", "Le port d’écoute.")),
]
HoldBack = Annotated[
    bool,
    typer.Option(
        "--hold-back",
        hidden=True,
        help=say("Begin when standard input ends.", "Commencer à la fin de l’entrée standard."),
    ),
]


def web(host: Host = "127.0.0.1", port: Port = 8000, hold_back: HoldBack = False) -> None:
    """Answer pages and the API, and nothing else."""
    from tenure.host.webserver import serve_application

    settings = read_settings(os.environ)
    with database(settings) as url:
        use_database(url)
        serve_application(
            WEB_APPLICATION,
            interface="wsgi",
            host=host,
            port=port,
            workers=settings.web_workers,
            threads=settings.web_threads,
            hold_back=hold_back,
        )


def decide(host: Host = "127.0.0.1", port: Port = 8001) -> None:
    """Answer decisions, and nothing else."""
    settings = read_settings(os.environ)
    with database(settings) as url:
        use_database(url)
        node = import_module(DECISION_NODE)
        node.serve_node(host=host, port=port, workers=settings.decide_workers)


def worker() -> None:
    """Do what is due and what was put off: renewals, recovery, notices."""
    settings = read_settings(os.environ)
    with database(settings) as url:
        use_database(url)
        import django
        from django.core.management import execute_from_command_line

        django.setup()
        from tenure.notices.loop import sending_notices

        look_seldom(FOR_BATCHES)

        concurrency = f"--concurrency={settings.worker_concurrency}"
        kept = "--delete-jobs=successful"  # two a minute would be a million rows a year
        with sending_notices():
            execute_from_command_line([sys.argv[0], "procrastinate", "worker", concurrency, kept])
