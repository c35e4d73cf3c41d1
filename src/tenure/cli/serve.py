"""``tenure serve`` and ``tenure demo``: a whole installation in one command."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from typing import Annotated, Final

import typer

from tenure.cli.output import result
from tenure.cli.wording import language, say
from tenure.host.cluster import open_cluster
from tenure.host.installation import Hold, hold_for_serving
from tenure.host.ports import Listener, free_port
from tenure.host.postgres import LEFTOVER_SECONDS, Server
from tenure.host.settings import Settings, find_settings, read_settings
from tenure.host.supervisor import Part, Signals, StopAsked, Supervisor, taken_signals

Host = Annotated[str, typer.Option(help=say("The address to listen on.", "L’adresse d’écoute."))]
Port = Annotated[
    int,
    typer.Option(
        min=0,
        max=65535,
        help=say("The port to listen on; 0: any free one.", "Le port d’écoute ; 0 : un libre."),
    ),
]
DecidePort = Annotated[
    int | None,
    typer.Option(
        min=0,
        max=65535,
        help=say(
            "Run the decision node too, on this port.",
            "Lancer aussi le nœud de décision, sur ce port.",
        ),
    ),
]
DataDir = Annotated[
    Path | None,
    typer.Option(
        file_okay=False,
        help=say(
            "The directory of this installation's data (TENURE_DATA_DIR).",
            "Le répertoire des données de cette installation (TENURE_DATA_DIR).",
        ),
    ),
]


def serve(
    host: Host = "127.0.0.1",
    port: Port = 8000,
    decide_port: DecidePort = None,
    data_dir: DataDir = None,
) -> None:
    """Run everything: database, migrations, web, worker, and decisions if they have a port."""
    _serve(host, port, decide_port, data_dir, demo=False)


def demo(
    host: Host = "127.0.0.1",
    port: Port = 8000,
    decide_port: DecidePort = None,
    data_dir: DataDir = None,
) -> None:
    """The same with a sandbox, the sample catalogue and sample organisations."""
    os.environ["TENURE_SANDBOX"] = "1"
    _serve(host, port, decide_port, data_dir, demo=True)


def _serve(
    host: str, port: int, decide_port: int | None, data_dir: Path | None, *, demo: bool
) -> None:
    if data_dir is not None:
        os.environ["TENURE_DATA_DIR"] = str(data_dir.absolute())
    if port and port == decide_port:
        raise typer.BadParameter(say("Two ports are needed.", "Il faut deux ports distincts."))
    settings = read_settings(os.environ)
    try:
        with taken_signals() as signals, Hold(settings.data_dir, "serve") as held:
            hold_for_serving(held, settings.data_dir, pause=signals.pause)
            listeners = _listeners(host, port, decide_port, held, signals)
            _run(settings, listeners, held, signals, demo=demo)
    except StopAsked:  # before anything ran
        return


def _listeners(
    host: str, port: int, decide_port: int | None, held: Hold, signals: Signals
) -> tuple[Listener, ...]:
    """Where to listen, tried out; after a kill what held the ports is given time to die."""
    patience = LEFTOVER_SECONDS if held.after_a_kill else 0
    found = [free_port(host, port, option="--port", seconds=patience, pause=signals.pause)]
    if decide_port is not None:
        option = "--decide-port"
        found.append(
            free_port(host, decide_port, option=option, seconds=patience, pause=signals.pause)
        )
    return tuple(found)


def _run(
    settings: Settings,
    listeners: tuple[Listener, ...],
    held: Hold,
    signals: Signals,
    *,
    demo: bool,
) -> None:
    server = None
    if settings.database_url is None:
        cluster = open_cluster(settings.data_dir, settings.server_dir, pause=signals.pause)
        server = Server(cluster)
    url = settings.database_url if server is None else server.url
    environ = _environ(str(url), listeners, demo=demo)
    told = read_settings(environ)

    def ready(printed: str) -> None:
        held.tell(database_url=url, public_url=told.public_url, decide_url=told.decide_url)
        result(f"Ready: {listeners[0].url}")
        if printed:
            result(printed.rstrip())

    Supervisor(
        parts=_parts(listeners),
        environ=environ,
        server=server,
        signals=signals,
        language=language(),
    ).run(
        prepare=[sys.executable, "-m", "tenure.cli.preparation", *(["--demo"] if demo else [])],
        connected=lambda: held.tell(database_url=url),
        ready=ready,
    )


_LISTENING: Final = (("web", "--hold-back"), ("decide",))
"""What listens, in the order of the addresses; the web server's imports take the longest."""


def _parts(listeners: tuple[Listener, ...]) -> list[Part]:
    tenure = (sys.executable, "-m", "tenure.cli")
    parts = [
        Part(
            name,
            (*tenure, name, "--host", listener.host, "--port", str(listener.port), *more),
            f"{listener.probe_url}/readyz",
            holds_back=bool(more),
        )
        for (name, *more), listener in zip(_LISTENING, listeners, strict=False)
    ]
    return [*parts, Part("worker", (*tenure, "worker"), death_signal=signal.SIGKILL)]


def _environ(url: str, listeners: tuple[Listener, ...], *, demo: bool) -> dict[str, str]:
    """What the parts are told; whatever the operator set stands."""
    given = {found.setting.name for found in find_settings(os.environ) if found.source}
    assumed = {
        "TENURE_PUBLIC_URL": listeners[0].probe_url,
        "TENURE_LOG_FORMAT": "console" if demo or sys.stderr.isatty() else "json",
        "TENURE_LOG_LEVEL": "WARNING" if demo else "INFO",
    }
    if len(listeners) > 1:
        assumed["TENURE_DECIDE_URL"] = listeners[1].probe_url
    if listeners[0].is_wildcard and demo:
        assumed["TENURE_ALLOWED_HOSTS"] = "*"
    environ = {**os.environ, "DATABASE_URL": url}
    environ |= {name: value for name, value in assumed.items() if name not in given}
    environ.setdefault("DJANGO_SETTINGS_MODULE", "tenure.config.settings")
    return environ
