"""Decisions, strictly fresh, over HTTP: ours beside the same server that gives an empty answer.

    python -m benchmarks.decisions [--seconds 10] [--organisations 10000] [--json]

Starts an installation of its own with the decision node, fills it by COPY, and asks with ``wrk``
(Debian's package ``wrk``) on the same cores. The limit is the same server with as many processes,
sent the same questions, which reads them and answers nothing. While changes stream in, every
change is followed by
questions on other connections, and each answer is held against the change it follows.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from typing import Any

import httpx

from benchmarks.decisions_world import KEY, Place, World, make_world, question
from tenure.base.ids import public_id
from tenure.host.installation import find_running

CONNECTIONS = 64
HEADERS = {"Authorization": f"Bearer {KEY}", "Content-Type": "application/json"}
CHANGES_PER_SECOND = 50
CHANGERS = 8

LUA = """
local requests, position, pause = {}, 0, 0
function init(args)
  local headers = {["Authorization"] = "Bearer %s", ["Content-Type"] = "application/json"}
  pause = tonumber(args[2])
  for line in io.lines(args[1]) do
    requests[#requests + 1] = wrk.format("POST", nil, headers, line)
  end
  math.randomseed(os.time())
  position = math.random(#requests)
end
function delay()
  local wanted = 2 * pause * math.random()
  local whole = math.floor(wanted)
  return math.random() < wanted - whole and whole + 1 or whole
end
function request()
  position = position %% #requests + 1
  return requests[position]
end
function done(summary, latency)
  local bad = summary.errors
  io.write(string.format('{"rate": %%f, "p99": %%f, "bad": %%d}\\n',
    summary.requests / summary.duration * 1e6, latency:percentile(99) / 1000,
    bad.status + bad.connect + bad.read + bad.write + bad.timeout))
end
"""


@dataclass(frozen=True)
class Load:
    """What one run of wrk said, and what it cost the whole installation."""

    rate: float
    p99: float
    cpu: float = 0
    """Microseconds of processor time a request."""


@contextmanager
def installation(place: str) -> Iterator[tuple[str, str, str]]:
    """The addresses of database, web and decision node of an installation made for this run."""
    environ = {
        **os.environ,
        "TENURE_DATA_DIR": f"{place}/data",
        "TENURE_SANDBOX": "1",
        "TENURE_LOG_LEVEL": "ERROR",
    }
    command = [sys.executable, "-m", "tenure.cli", "serve", "--port", "0", "--decide-port", "0"]
    served = subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, text=True)
    try:
        if not re.match(r"Ready: ", (served.stdout or sys.stdin).readline()):
            raise SystemExit("The installation did not start.")
        running = find_running(Path(place) / "data")
        if running is None or not (running.database_url and running.decide_url):
            raise SystemExit("The installation does not say where it is.")
        yield running.database_url, str(running.public_url), running.decide_url
    finally:
        served.terminate()
        served.wait(timeout=30)


@contextmanager
def empty_node() -> Iterator[str]:
    """The address of the same server, as many processes of it, with the decision left out."""
    with socket.create_server(("127.0.0.1", 0)) as found:
        port = found.getsockname()[1]
    served = subprocess.Popen([sys.executable, "-m", "benchmarks.empty", str(port)])
    try:
        url = f"http://127.0.0.1:{port}"
        with httpx.Client(transport=httpx.HTTPTransport(retries=10)) as client:
            client.post(url, json={}).raise_for_status()
        yield url
    finally:
        served.terminate()
        served.wait(timeout=30)


def cpu_seconds(root: int) -> float:
    """The processor time that ``root`` and all that came of it have taken."""
    of: dict[int, list[tuple[int, int]]] = {}
    for place in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = place.read_text().rpartition(") ")[2].split()
        except OSError:
            continue
        of.setdefault(int(fields[1]), []).append((int(place.parent.name), sum_of_time(fields)))
    ticks, waiting = 0, [root]
    while waiting:
        for process, taken in of.get(waiting.pop(), ()):
            ticks += taken
            waiting.append(process)
    return ticks / os.sysconf("SC_CLK_TCK")


def sum_of_time(fields: Sequence[str]) -> int:
    """Of the system and outside of it, in ticks."""
    return int(fields[11]) + int(fields[12])


def ask(url: str, script: Path, bodies: Path, seconds: float, pause: float = 0) -> Load:
    """Ask with wrk; ``pause`` is the mean time in ms that a connection waits before it asks."""
    before = cpu_seconds(os.getpid())
    said = subprocess.run(
        [
            *("wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds:.0f}s", "-s", str(script)),
            *(url, "--", str(bodies), str(pause)),
        ],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    found = json.loads(said.splitlines()[-1])
    if found["bad"]:
        raise SystemExit(f"{found['bad']} questions at {url} were not answered.")
    taken = cpu_seconds(os.getpid()) - before
    return Load(found["rate"], found["p99"], taken / (found["rate"] * seconds) * 1e6)


def pause_for(rate: float, url: str, script: Path, bodies: Path) -> float:
    """The pause in ms at which ``rate`` questions a second are asked: an answer takes time too."""
    pause = wanted = CONNECTIONS / rate * 1000
    for _ in range(3):
        found = ask(url, script, bodies, 2, pause)
        pause = max(0.0, pause + wanted - CONNECTIONS / found.rate * 1000)
    return pause


def freshness(web: str, node: str, world: World, seconds: float) -> tuple[int, int]:
    """Suspend and restore members, 50 times a second in all, and ask after each change.

    Returns how many changes there were, and how many answers did not follow theirs.
    """
    changers = range(CHANGERS)
    with ThreadPoolExecutor(CHANGERS) as pool:
        done = pool.map(
            lambda each: _change(web, node, world.places[each::CHANGERS], seconds), changers
        )
        changes, stale = (sum(column) for column in zip(*done, strict=True))
    return changes, stale


def _change(web: str, node: str, places: Sequence[Place], seconds: float) -> tuple[int, int]:
    """One of those who make changes, in places of its own; it asks on two connections."""
    chance = random.Random(2)  # noqa: S311 - a fixed choice of people
    changes = stale = 0
    with ExitStack() as open_ones:
        vendor, *clients = (
            open_ones.enter_context(httpx.Client(base_url=url, headers=HEADERS))
            for url in (web, node, node)
        )
        end = time.perf_counter() + seconds
        for wanted in cycle(("suspended", "active")):
            began = time.perf_counter()
            if began >= end:
                break
            if wanted == "suspended":
                place = chance.choice(places)
                member, (_, role) = chance.choice(place.members[1:]), place.subscriptions[0]
                asked = question(place.organisation, member, role, chance)
            path = f"/api/v1/members/{public_id('mem', member)}"
            vendor.patch(path, json={"status": wanted}).raise_for_status()
            changes += 1
            for client in clients:
                answer = client.post("/access/v1/evaluation", json=asked).json()
                stale += answer["decision"] is not (wanted == "active")
            pause = CHANGERS / CHANGES_PER_SECOND - (time.perf_counter() - began)
            time.sleep(max(0.0, pause))
    return changes, stale


def measure(place: Path, asked: argparse.Namespace) -> dict[str, Any]:
    """Everything, in one run."""
    script = place / "ask.lua"
    script.write_text(LUA % KEY)
    with installation(str(place)) as (database, _, _):
        world = make_world(database, organisations=asked.organisations, members=20, roles=3)
    # Started anew: what is copied past the journal raises no revision that a node would see.
    with installation(str(place)) as (_, web, node):
        chance = random.Random(3)  # noqa: S311 - the same questions every time
        single, batch = place / "single", place / "batch"
        questions = [world.question(chance) for _ in range(20 * len(world.places))]
        single.write_text("\n".join(json.dumps(each) for each in questions))
        batches = ([world.question(chance) for _ in range(100)] for _ in range(1000))
        batch.write_text("\n".join(json.dumps({"evaluations": each}) for each in batches))
        evaluation, evaluations = f"{node}/access/v1/evaluation", f"{node}/access/v1/evaluations"
        ask(evaluation, script, single, asked.warm_up)
        time.sleep(asked.rest)
        with empty_node() as bare:
            limit = ask(bare, script, single, asked.seconds)
        ours = ask(evaluation, script, single, asked.seconds)
        hundred = ask(evaluations, script, batch, asked.seconds)
        pause = pause_for(ours.rate / 2, evaluation, script, single)
        half = ask(evaluation, script, single, asked.seconds, pause)
        under_load = threading.Thread(target=ask, args=(evaluation, script, single, asked.seconds))
        under_load.start()
        changes, stale = freshness(web, node, world, asked.seconds - 1)
        under_load.join()
    return {
        "single_per_second": round(ours.rate),
        "limit_per_second": round(limit.rate),
        "ratio": round(ours.rate / limit.rate, 3),
        "in_batches_of_100_per_second": round(hundred.rate * 100),
        "cpu_us_single": round(ours.cpu, 1),
        "cpu_us_in_batches": round(hundred.cpu / 100, 1),
        "cpu_us_limit": round(limit.cpu, 1),
        "batch_to_single": round(hundred.rate * 100 / ours.rate, 1),
        "half_load_per_second": round(half.rate),
        "p99_ms_at_half_load": round(half.p99, 2),
        "changes_per_second": round(changes / (asked.seconds - 1), 1),
        "answers_checked": 2 * changes,
        "stale": stale,
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--warm-up", type=float, default=40, help="until every process knows all")
    parser.add_argument(
        "--rest", type=float, default=40, help="until the first uses of the day are written down"
    )
    parser.add_argument("--organisations", type=int, default=10_000)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    if shutil.which("wrk") is None:
        raise SystemExit("wrk is needed: apt-get install wrk")
    with tempfile.TemporaryDirectory() as place:
        figures = measure(Path(place), asked)
    if asked.json:
        print(json.dumps(figures, indent=2))
        return
    for name, value in figures.items():
        print(f"{name:>30}  {value}")


if __name__ == "__main__":
    main()
