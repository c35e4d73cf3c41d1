"""A running installation, as an operator has it: one command, a data directory, two ports."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex
from typing import Final
from urllib.parse import urlsplit, urlunsplit

import psycopg

from tenure.host.installation import find_running
from tests.host.places import Place, new_place
from tests.patience import PATIENCE

TENURE: Final = str(Path(sys.executable).with_name("tenure"))


@dataclass(frozen=True)
class Installation:
    """``tenure demo``, once it said that it is ready."""

    environ: dict[str, str]
    url: str
    decide_url: str
    vendor_key: str

    def command(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run the command on this installation, while it runs."""
        return subprocess.run(
            [TENURE, *arguments],
            env=self.environ,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )

    def says(self, *arguments: str) -> str:
        """What the command prints when all is well."""
        done = self.command(*arguments)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout.strip()


@contextmanager
def running_installation() -> Iterator[Installation]:
    """Start the demonstration on free ports; stopped in the end, as by Ctrl-C."""
    with new_place() as place, a_database() as url:
        environ = place.environ | ({"DATABASE_URL": url} if url else {})
        errors = place.path / "stderr"
        with errors.open("w") as stderr:
            process = subprocess.Popen(
                [TENURE, "demo", "--port", "0", "--decide-port", "0"],
                env=environ,
                stdout=subprocess.PIPE,
                stderr=stderr,
                text=True,
            )
        try:
            yield _ready(process, place, environ, errors)
        finally:
            process.terminate()
            status = process.wait(PATIENCE)
        assert status == 0, errors.read_text()
        assert place.is_deserted(), place.survivors()


def _ready(
    process: subprocess.Popen[str], place: Place, environ: dict[str, str], errors: Path
) -> Installation:
    """The installation, once it printed what there is to know."""
    assert process.stdout is not None
    printed = ""
    while not (key := re.search(r"export KEY=(\S+)", printed)):
        line = process.stdout.readline()
        assert line, printed + errors.read_text()
        printed += line
    ready = re.search(r"^Ready: (http://127\.0\.0\.1:\d+)$", printed, re.MULTILINE)
    running = find_running(place.data_dir)
    assert ready, printed
    assert running is not None
    assert running.decide_url is not None
    return Installation(environ, ready[1], running.decide_url, key[1])


@contextmanager
def a_database() -> Iterator[str | None]:
    """A database on the server that the tests were given; None if they were given none.

    An installation has its embedded server then, as it has on an operator's machine.
    """
    if "tenure-tests-" in os.environ["TENURE_DATA_DIR"]:
        yield None
        return
    name = f"tenure_journeys_{token_hex(4)}"
    given = os.environ["DATABASE_URL"]
    with psycopg.connect(given, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
        yield urlunsplit(urlsplit(given)._replace(path=f"/{name}"))
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
