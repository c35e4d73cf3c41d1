"""``tenure serve`` and ``tenure demo`` as they are: the whole installation, from a shell."""

from __future__ import annotations

import itertools
import json
import os
import re
import shlex
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest

from tests.host.places import Place, new_place
from tests.patience import PATIENCE


@pytest.fixture
def place() -> Iterator[Place]:
    """A place with an empty database."""
    with new_place(furnished=True) as made:
        yield made


def started(place: Place, *arguments: str) -> tuple[subprocess.Popen[str], str]:
    """A whole installation that is ready, and where."""
    process = place.popen("-m", "tenure.cli", *arguments)
    assert process.stdout is not None
    found = re.fullmatch(r"Ready: (http://127\.0\.0\.1:\d+)\n", process.stdout.readline())
    assert found, process.communicate(timeout=PATIENCE)
    return process, found[1]


def stop(process: subprocess.Popen[str], number: signal.Signals) -> tuple[str, str]:
    """End it; what else it wrote."""
    process.send_signal(number)
    output, errors = process.communicate(timeout=PATIENCE)
    assert process.returncode == (-number if number is signal.SIGKILL else 0), errors
    return output, errors


def command(place: Place, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run another command on the same data directory."""
    return subprocess.run(
        [sys.executable, "-m", "tenure.cli", *arguments],
        env=place.environ,
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_whole_installation(place: Place) -> None:
    process, url = started(place, "serve", "--port", "0", "--decide-port", "0")
    running = json.loads((place.data_dir / "running.json").read_text())
    assert (running["pid"], running["public_url"]) == (process.pid, url)
    for address in (url, running["decide_url"]):
        with urllib.request.urlopen(f"{address}/readyz", timeout=PATIENCE) as answer:  # noqa: S310
            assert answer.status == 200
    second = command(place, "serve", "--port", "0")
    assert (second.returncode, second.stdout) == (1, "")
    assert f"already runs on {place.data_dir} (process {process.pid})" in second.stderr
    joined = command(place, "migrate")
    assert (joined.returncode, joined.stdout) == (0, "")
    assert len(place.pids("postgres -D")) == 1
    slow = place.pids("tenure.cli worker")
    for pid in slow:
        os.kill(pid, signal.SIGSTOP)  # as late as on a busy machine: the database is gone by then
    stop(process, signal.SIGKILL)
    assert place.is_deserted()


def what_it_says(process: subprocess.Popen[str]) -> str:
    """What there is to try, up to the address of the description."""
    assert process.stdout is not None
    lines = []
    while not lines or "openapi.json" not in lines[-1]:
        lines.append(process.stdout.readline())
    return "".join(lines)


def call(words: list[str]) -> Any:
    """What curl would get, as those words call it."""
    pairs = list(itertools.pairwise(words))
    headers = dict(text.split(": ", 1) for flag, text in pairs if flag == "-H")
    body = next((text.encode() for flag, text in pairs if flag == "-d"), None)
    request = urllib.request.Request(words[-1], data=body, headers=headers)  # noqa: S310 - our own
    with urllib.request.urlopen(request, timeout=PATIENCE) as answer:  # noqa: S310
        return json.load(answer)


@pytest.mark.unmeasured
def test_the_demonstration_says_what_to_try_and_it_works(place: Place) -> None:
    process, _ = started(place, "demo", "--port", "0")
    said = what_it_says(process)
    stop(process, signal.SIGINT)
    assert place.is_deserted(0)
    key = re.search(r"export KEY=(tenure_\S+)", said)
    assert key
    again, url = started(place, "demo", "--port", "0")
    said = what_it_says(again)
    assert key[0] in said
    calls = said.replace("\\\n", " ").replace("$KEY", key[1]).splitlines()
    offers, subscriptions, decision = (
        call(shlex.split(line)) for line in calls if line.strip().startswith("curl ")
    )
    assert len(offers["data"]) == 3
    assert {found["status"] for found in subscriptions["data"]} == {"active", "cancelled", "ended"}
    assert decision["decision"] is True
    assert call([f"{url}/api/v1/openapi.json"])["openapi"].startswith("3.1")
    stop(again, signal.SIGTERM)
    assert place.is_deserted(0)
