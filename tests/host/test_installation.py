"""Commands that find what runs on a data directory, or run it themselves."""

from __future__ import annotations

import signal
import subprocess

import psycopg
import pytest

from tenure.host.errors import HostError
from tenure.host.installation import Hold, Running, database, find_running, hold_for_serving
from tenure.host.settings import read_settings
from tests.host.places import Place, eventually

_COMMAND = """
import os, sys
from tenure.host.installation import database
from tenure.host.settings import read_settings
with database(read_settings(os.environ)) as url:
    print(url, flush=True)
    sys.stdin.readline()
print("done", flush=True)
"""


class Command:
    """A command that uses the database until it is told to end."""

    def __init__(self, place: Place) -> None:
        self.process = subprocess.Popen(
            place.python("-c", _COMMAND),
            env=place.environ,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.url = self._line()

    def _line(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()

    def let_go(self) -> None:
        """Let it leave its block."""
        assert self.process.stdin is not None
        self.process.stdin.write("\n")
        self.process.stdin.flush()

    def is_done(self) -> bool:
        """Whether it has ended well."""
        return self.process.poll() == 0


def test_the_url_that_is_set_is_used_as_it_is(bare_place: Place) -> None:
    settings = read_settings({**bare_place.environ, "DATABASE_URL": "postgresql://u@h/n"})
    with database(settings) as url:
        assert url == "postgresql://u@h/n"
    assert not bare_place.data_dir.exists()


def test_the_first_command_starts_it_the_others_join_and_the_first_waits(place: Place) -> None:
    first = Command(place)
    second = Command(place)
    assert second.url == first.url
    first.let_go()
    with psycopg.connect(second.url) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    assert not first.is_done()
    assert len(place.pids("postgres -D")) == 1
    second.let_go()
    assert eventually(lambda: first.is_done() and second.is_done())
    assert place.is_deserted(0)
    assert not (place.data_dir / "running.json").exists()


def test_a_command_that_is_killed_leaves_no_database(place: Place) -> None:
    first = Command(place)
    first.process.kill()
    first.process.wait()
    second = Command(place)  # which waits for what the first one left
    assert second.url == first.url
    second.let_go()
    assert eventually(second.is_done)
    assert place.is_deserted()


def test_what_runs_is_found_only_while_it_runs(place: Place) -> None:
    assert find_running(place.data_dir) is None
    with Hold(place.data_dir, "serve") as held:
        assert held.take()
        assert not held.after_a_kill
        held.tell(database_url="postgresql://u@h/n", public_url="http://x")
        found = find_running(place.data_dir)
        assert isinstance(found, Running)
        assert (found.kind, found.public_url) == ("serve", "http://x")
        with database(read_settings(place.environ)) as url:
            assert url == "postgresql://u@h/n"
        with Hold(place.data_dir, "serve") as other, pytest.raises(HostError, match="already runs"):
            hold_for_serving(other, place.data_dir)
        assert find_running(place.data_dir) == found
    assert find_running(place.data_dir) is None


def test_the_word_of_a_dead_one_counts_for_nothing(place: Place) -> None:
    command = Command(place)
    command.process.send_signal(signal.SIGKILL)
    command.process.wait()
    assert (place.data_dir / "running.json").exists()
    assert find_running(place.data_dir) is None
    with Hold(place.data_dir, "serve") as held:
        hold_for_serving(held, place.data_dir)
        assert held.after_a_kill
    assert place.is_deserted()
