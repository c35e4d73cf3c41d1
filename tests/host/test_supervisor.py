"""A whole that is started, looked after and stopped, and leaves nothing behind."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import urllib.request
from collections.abc import Callable

import psycopg
import pytest

from tenure.host.installation import begin_anew, find_running
from tests.host.places import Place, eventually
from tests.patience import PATIENCE


class Whole:
    """A supervisor that has said that it is ready."""

    def __init__(self, place: Place, *parts: str, port: int = 0) -> None:
        self.place = place
        self.process = place.popen("-m", "tests.host.supervised", str(port), *parts)
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        found = re.match(r"Ready: (http://127\.0\.0\.1:(\d+)) prepared", line)
        assert found, (line, self.process.communicate(timeout=PATIENCE))
        self.url, self.port = found[1], int(found[2])

    def answering(self) -> int:
        """The web worker that answers at this moment."""
        with urllib.request.urlopen(self.url, timeout=PATIENCE) as answer:  # noqa: S310 - our own
            return int(answer.read())

    def answers(self) -> bool:
        """Whether any web worker answers."""
        try:
            return self.answering() > 0
        except OSError:
            return False

    def stop(self, number: signal.Signals) -> tuple[int, str]:
        """Signal it; its exit status and what it wrote on stderr."""
        self.process.send_signal(number)
        _, errors = self.process.communicate(timeout=PATIENCE)
        return self.process.returncode, errors


def refusal(place: Place, *arguments: str) -> str:
    """What a supervisor says that leaves with exit 1."""
    process = place.popen("-m", "tests.host.supervised", *arguments)
    output, errors = process.communicate(timeout=PATIENCE)
    assert (process.returncode, output) == (1, ""), errors
    return errors


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_asked_to_stop_it_leaves_nothing(place: Place, number: signal.Signals) -> None:
    whole = Whole(place, "abandons")
    assert whole.answers()
    status, errors = whole.stop(number)
    assert status == 0
    assert errors == "Stopping.\n"
    assert place.is_deserted(0)
    assert find_running(place.data_dir) is None


def test_killed_it_leaves_nothing_and_the_next_one_starts(place: Place) -> None:
    whole = Whole(place)
    assert whole.stop(signal.SIGKILL)[0] == -signal.SIGKILL
    again = Whole(place, port=whole.port)
    assert len(place.pids("tests.host.supervised")) == 1
    again.stop(signal.SIGKILL)
    assert place.is_deserted()


def test_killed_together_with_the_web_server_it_leaves_nothing(place: Place) -> None:
    whole = Whole(place)
    for pid in (whole.process.pid, min(place.pids("parts web"))):
        os.kill(pid, signal.SIGKILL)
    whole.process.communicate()
    assert place.is_deserted()


def test_a_second_one_says_so_and_leaves(place: Place) -> None:
    whole = Whole(place)
    errors = refusal(place, "0")
    assert f"already runs on {place.data_dir} (process {whole.process.pid})" in errors
    assert whole.answers()
    whole.stop(signal.SIGTERM)


@pytest.mark.parametrize(
    "victim",
    [
        lambda whole: whole.answering(),
        lambda whole: min(whole.place.pids("parts web")),
        lambda whole: whole.place.pids("parts abandons")[0],
    ],
    ids=["a web worker", "the web server", "a part that has children"],
)
def test_what_is_killed_comes_back(place: Place, victim: Callable[[Whole], int]) -> None:
    whole = Whole(place, "abandons")
    assert eventually(lambda: len(place.pids("parts grandchild")) == 1)
    pid = victim(whole)
    count = len(place.survivors())
    os.kill(pid, signal.SIGKILL)
    assert eventually(lambda: pid not in place.pids("parts") and len(place.survivors()) == count)
    assert eventually(whole.answers)
    whole.stop(signal.SIGTERM)
    assert place.is_deserted(0)


def test_asked_to_begin_anew_its_parts_do_and_nothing_is_said(place: Place) -> None:
    assert begin_anew(place.data_dir) is False
    whole = Whole(place, "sleeps")
    before = {*place.pids("parts web"), *place.pids("parts sleeps")}
    assert begin_anew(place.data_dir) is True
    assert eventually(lambda: not before & {*place.pids("parts web"), *place.pids("parts sleeps")})
    assert eventually(lambda: whole.answers() and len(place.pids("parts sleeps")) == 1)
    assert whole.answering() not in before
    assert "ended" not in whole.stop(signal.SIGTERM)[1]
    assert place.is_deserted(0)


def test_the_database_comes_back_at_the_same_address(place: Place) -> None:
    whole = Whole(place)
    running = find_running(place.data_dir)
    assert running is not None
    assert running.database_url is not None
    url = running.database_url
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 1 AS one")
    [postmaster] = place.pids("postgres -D")
    os.kill(postmaster, signal.SIGKILL)
    assert eventually(lambda: place.pids("postgres -D") not in ([], [postmaster]))

    def kept() -> bool:
        try:
            with psycopg.connect(url, connect_timeout=int(PATIENCE)) as connection:
                return connection.execute("SELECT one FROM kept").fetchone() == (1,)
        except psycopg.OperationalError:
            return False

    assert eventually(kept)
    assert "PostgreSQL ended (SIGKILL)" in whole.stop(signal.SIGTERM)[1]


def test_a_part_that_ends_again_and_again_ends_the_whole(place: Place) -> None:
    errors = ""
    whole = Whole(place, "exit:7")
    _, errors = whole.process.communicate(timeout=PATIENCE)
    assert whole.process.returncode == 1
    assert "exit:7 ended 5 times within 60 seconds (last: exit 7)" in errors
    assert place.is_deserted(0)


def test_a_part_deaf_to_requests_is_killed(place: Place) -> None:
    whole = Whole(place, "stubborn")
    whole.process.send_signal(signal.SIGINT)
    stop = place.pids("tests.host.supervised")
    assert stop == [whole.process.pid]
    whole.process.send_signal(signal.SIGTERM)  # the second request cuts short
    whole.process.communicate(timeout=PATIENCE)
    assert whole.process.returncode == 0
    assert place.is_deserted(0)


def test_an_application_that_cannot_be_loaded_ends_the_whole(place: Place) -> None:
    errors = refusal(place, "0", "broken")
    assert "web ended 5 times" in errors
    assert "has no attribute 'missing'" in errors
    assert place.is_deserted(0)


def test_a_failed_preparation_ends_the_whole(place: Place) -> None:
    assert "could not be brought up to date" in refusal(place, "0", "unprepared")
    assert place.is_deserted(0)


def test_a_taken_port_is_named_at_once(place: Place) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        errors = refusal(place, str(port))
    assert f"127.0.0.1:{port} cannot be listened on" in errors
    assert "--port" in errors


def test_asked_to_stop_while_it_starts_it_leaves_nothing(place: Place) -> None:
    process = place.popen("-m", "tests.host.supervised", "0", "mute")
    assert eventually(lambda: bool(place.pids("parts web")))
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=PATIENCE)
    assert process.returncode == 0
    assert place.is_deserted(0)


def test_under_nohup_a_hang_up_is_nothing(place: Place) -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        whole = Whole(place)
    finally:
        signal.signal(signal.SIGHUP, before)
    whole.process.send_signal(signal.SIGHUP)
    with pytest.raises(subprocess.TimeoutExpired):
        whole.process.wait(0.3)
    assert whole.answers()
    whole.stop(signal.SIGTERM)
