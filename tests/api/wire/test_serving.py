"""The processes of a server: replaced when they die, and all gone at its end."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator

import pytest

from tenure.host.processes import attempts
from tests.patience import PATIENCE

SERVER = """
import asyncio, os, sys
from http import HTTPStatus
from tenure.api.wire.serving import serve

class Told:
    most_bytes = 10
    def begin(self, loop): pass
    async def end(self): sys.stdout.write("ended\\n")
    def door(self, head): return self.say
    def say(self, to, body): to.answer(HTTPStatus.OK, b"", str(os.getpid()).encode())
    def too_long(self, connection): pass
    def overloaded(self, connection): pass
    def malformed(self, connection, status): pass

serve(Told, host="127.0.0.1", port=int(sys.argv[1]), workers=2)
"""


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


@pytest.fixture
def server() -> Iterator[tuple[subprocess.Popen[str], int]]:
    port = free_port()
    command = [sys.executable, "-c", SERVER, str(port)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as served:
        yield served, port
        served.kill()


def who_answers(port: int) -> int:
    for _ in attempts(PATIENCE):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=PATIENCE) as reply:
                return int(reply.read())
        except OSError:
            continue
    raise AssertionError("Nobody answers.")


def test_who_dies_is_replaced_and_all_end_together(
    server: tuple[subprocess.Popen[str], int],
) -> None:
    served, port = server
    first = who_answers(port)
    os.kill(first, signal.SIGKILL)
    assert who_answers(port) not in {first, served.pid}
    served.send_signal(signal.SIGTERM)
    assert served.wait(timeout=PATIENCE) == 0
    assert served.stdout is not None
    assert "ended" in served.stdout.read()


def test_an_address_that_somebody_holds(server: tuple[subprocess.Popen[str], int]) -> None:
    _, port = server
    who_answers(port)
    command = [sys.executable, "-c", SERVER, str(port)]
    second = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert second.returncode != 0
    assert "in use" in second.stderr


def test_nobody_outlives_the_one_that_looks_after_them(
    server: tuple[subprocess.Popen[str], int],
) -> None:
    served, port = server
    who_answers(port)
    served.kill()
    served.wait(timeout=PATIENCE)
    for _ in attempts(PATIENCE):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=PATIENCE).close()
        except OSError:
            return
    raise AssertionError("Somebody still answers.")
