"""``tenure simulate``: a vendor's life with faults, in a database of its own."""

from __future__ import annotations

import os
import secrets
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from tenure.cli.bars import days
from tenure.cli.output import figures, remark, result
from tenure.cli.running import use_database
from tenure.cli.wording import say
from tenure.host.cluster import discard_cluster, open_cluster
from tenure.host.postgres import Server

if TYPE_CHECKING:
    from tenure.flows.simulation.playing import Violation
    from tenure.flows.simulation.report import Report
    from tenure.flows.simulation.stage import Stage
    from tenure.flows.simulation.story import Story

_SHRINKING_SECONDS: Final = 120
"""How long a short history is looked for."""


def simulate(
    seed: Annotated[
        int | None,
        typer.Option(help=say("The story to play; by chance.", "L’histoire à jouer ; au hasard.")),
    ] = None,
    years: Annotated[
        float, typer.Option(min=0.01, max=20, help=say("How long.", "Combien de temps."))
    ] = 1,
    organisations: Annotated[
        int, typer.Option(min=1, max=20_000, help=say("How many customers.", "Combien de clients."))
    ] = 100,
    jobs: Annotated[
        int,
        typer.Option(
            min=0,
            max=64,
            help=say(
                "By how many processes, each with some of the customers; 0: as many as cores.",
                "Par combien de processus, chacun avec une part des clients ; 0 : autant que de "
                "coeurs.",
            ),
        ),
    ] = 0,
    killed: Annotated[
        int,
        typer.Option(
            min=0,
            max=100,
            help=say(
                "Of customers' processes that die, how many percent are killed by a signal.",
                "Parmi les processus de clients qui meurent, combien de pour cent le sont par un "
                "signal.",
            ),
        ),
    ] = 20,
    data_dir: Annotated[
        Path | None,
        typer.Option(
            help=say(
                "Keep the throw-away database here, to begin sooner next time.",
                "Garder ici la base jetable, pour commencer plus vite la prochaine fois.",
            )
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help=say("As JSON.", "En JSON."))] = False,
) -> None:
    """Play the story of a seed against the rulebook; exits 1 at the first violation."""
    chosen = secrets.randbelow(1 << 31) if seed is None else seed
    remark(say(f"Seed {chosen}.", f"Graine {chosen}."))
    with _throw_away(data_dir):
        from tenure.flows.simulation.story import tell

        story = tell(seed=chosen, years=years, organisations=organisations)
        story = replace(story, killed=killed)
        told = _play(story, jobs or os.cpu_count() or 1)
    told = {"seed": chosen, "years": years, "organisations": organisations, **told}
    if as_json:
        figures(told)
    else:
        for line in lines(told):
            result(line)
    if told["violation"] is not None:
        raise typer.Exit(1)


def _play(story: Story, jobs: int) -> dict[str, Any]:
    from tenure.cli.migrate import bring_up_to_date
    from tenure.flows.simulation.preparing import prepare
    from tenure.flows.simulation.stage import Stage

    def make_ready() -> None:
        bring_up_to_date()
        prepare()

    with Stage(make_ready) as stage:
        return played(story, stage, jobs=jobs)


def played(story: Story, stage: Stage, *, jobs: int) -> dict[str, Any]:
    """The figures of a story that is played on ``stage``, and its first violation or none."""
    from tenure.flows.simulation.shards import play

    with days(story.days) as told:
        began = time.monotonic()
        report, violation = play(story, stage, jobs=jobs, told=told)
        figures_ = _figures(report, time.monotonic() - began)
    found = None if violation is None else _shown(story, violation, stage)
    return figures_ | {"violation": found}


def _shown(story: Story, violation: Violation, stage: Stage) -> dict[str, Any]:
    """A violation, with the shortest history that was found to show it."""
    from tenure.flows.simulation.shrinking import Shrinking
    from tenure.flows.simulation.story import START

    remark(violation.what)
    remark(say("A violation; looking for a short way to it.", "Une violation ; abrégeons-la."))
    until = time.monotonic() + _SHRINKING_SECONDS
    shrinking = Shrinking(stage.clear, lambda: time.monotonic() < until)
    short, last = shrinking.shortest(story, violation)
    whose = {each.index: each for each in short.foundings}
    return {
        "what": violation.what,
        "on": f"{START + timedelta(minutes=violation.minute):%Y-%m-%d}",
        "customer": violation.customer,
        "shortest": last.what,
        "customers": [str(each) for each in whose.values()],
        "history": [f"{op.customer}: {op}" for op in short.ops],
        "worker_runs": [str(minute) for minute in short.ticks],
        "replays": shrinking.replays,
    }


def _figures(report: Report, seconds: float) -> dict[str, Any]:
    return {
        "operations": report.operations,
        "seconds": round(seconds, 1),
        "operations_per_minute": round(report.operations / seconds * 60),
        "days": report.days,
        "deaths": report.deaths,
        "killed": report.killed,
        "books_compared": report.compared,
        "books_written_down": report.written,
        "decisions_compared": report.decisions,
        "done": dict(sorted(report.done.items())),
    }


def lines(told: dict[str, Any], indent: str = "") -> Iterator[str]:
    """The same for people to read."""
    for name, value in told.items():
        if isinstance(value, dict):
            yield f"{indent}{name}:"
            yield from lines(value, f"{indent}  ")
        elif isinstance(value, list):
            yield f"{indent}{name}:"
            yield from (f"{indent}  {each}" for each in value)
        else:
            yield f"{indent}{name}: {value}"


@contextmanager
def _throw_away(data_dir: Path | None) -> Iterator[None]:
    """Django over an embedded PostgreSQL that no installation knows, a sandbox."""
    with tempfile.TemporaryDirectory(prefix="tenure-simulation-") as made:
        place = Path(made) if data_dir is None else data_dir
        place.mkdir(parents=True, exist_ok=True)
        place.chmod(0o711)
        cluster = open_cluster(place / "data", place / "server", durable=False)
        server = Server(cluster, durable=False)
        server.start()
        try:
            _be_a_sandbox(place / "data")
            use_database(server.url)
            import django

            django.setup()
            yield
            from django.db import connections

            connections.close_all()
        finally:
            server.stop()
            if data_dir is None:
                discard_cluster(place / "data")


def _be_a_sandbox(data_dir: Path) -> None:
    os.environ.update(
        TENURE_SANDBOX="1",
        TENURE_SECRET_KEY="simulation",  # noqa: S106 - of what is thrown away
        TENURE_DATA_DIR=str(data_dir),
        TENURE_LOG_LEVEL="WARNING",
    )
    for name in ("TENURE_STRIPE_SECRET_KEY", "TENURE_STRIPE_SECRET_KEY_FILE"):
        os.environ.pop(name, None)
