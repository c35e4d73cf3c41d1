"""From cart to paid order through the API, beside three bare posts on the same server.

    python benchmarks/checkout.py [--seconds 20] [--clients 8] [--json]

Starts an installation of its own (its database, two web processes, a worker) and buys as fast as
it answers: `POST /carts`, `POST /carts/{id}/lines`, `POST /orders` by card. The limit is what the
same server answers to three posts that do nothing. The load runs on the same cores.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

TENURE = [sys.executable, "-m", "tenure.cli"]
ORGANISATIONS = 50


@dataclass
class Tally:
    """What one run answered: seconds per order, and what went wrong."""

    seconds: list[float] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)


class Client:
    """One kept-alive connection; just enough HTTP/1.1 to weigh little beside the server."""

    def __init__(self, port: int, key: str) -> None:
        self.port, self.key = port, key

    async def open(self) -> Client:
        self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port)
        return self

    async def post(
        self, path: str, body: dict[str, Any], key: str | None = None
    ) -> tuple[int, Any]:
        content = json.dumps(body).encode()
        head = (
            f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
            f"Authorization: Bearer {self.key}\r\nContent-Length: {len(content)}\r\n"
        )
        head += f"Idempotency-Key: {key}\r\n\r\n" if key else "\r\n"
        self.writer.write(head.encode() + content)
        lines = (await self.reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        length = next(
            int(line.split(":")[1]) for line in lines if line.lower().startswith("content-length")
        )
        answer = await self.reader.readexactly(length)
        return int(lines[0].split()[1]), json.loads(answer) if answer else None


async def order(client: Client, organisation: str) -> None:
    """One order; raises ``ValueError`` with what was answered instead of a paid order."""
    who = {"audience": "business", "country": "FR", "organisation": organisation}
    status, cart = await client.post("/api/v1/carts", who)
    line = {"offer": "mechanical-designer-business", "term": "year", "quantity": 2}
    if status == 201:
        status, cart = await client.post(f"/api/v1/carts/{cart['id']}/lines", line)
    if status not in (200, 201):
        raise ValueError(f"{status} {cart}")
    wanted = {
        "cart": cart["id"],
        "cart_version": cart["version"],
        "organisation": organisation,
        "payment": {"method": "card", "token": "tok_ok"},
    }
    status, made = await client.post("/api/v1/orders", wanted, str(uuid4()))
    if status != 201 or made["status"] != "paid":
        raise ValueError(f"{status} {made}")


async def bare(client: Client, _: str) -> None:
    """Three posts to an address of the API that nobody answers."""
    for _ in range(3):
        await client.post("/api/v1/nothing-here", {})


async def run(
    act: Any, port: int, key: str, organisations: list[str], clients: int, seconds: float
) -> Tally:
    """``clients`` at once do ``act`` again and again for ``seconds``."""
    tally = Tally()
    end = time.perf_counter() + seconds

    async def one(number: int) -> None:
        client = await Client(port, key).open()
        while (start := time.perf_counter()) < end:
            try:
                await act(client, organisations[number % len(organisations)])
            except ValueError as error:
                tally.wrong.append(str(error))
            tally.seconds.append(time.perf_counter() - start)

    await asyncio.gather(*(one(number) for number in range(clients)))
    return tally


def tenure(environ: dict[str, str], *words: str) -> str:
    """What a command prints."""
    return subprocess.run(
        [*TENURE, *words], env=environ, check=True, capture_output=True, text=True
    ).stdout.strip()


async def create(port: int, key: str) -> list[str]:
    """Organisations to buy for."""
    client = await Client(port, key).open()
    made = []
    for number in range(ORGANISATIONS):
        billing = {
            "name": "B",
            "line1": "1 rue B",
            "postal_code": "75001",
            "city": "Paris",
            "country": "FR",
        }
        status, answer = await client.post(
            "/api/v1/organisations",
            {
                "name": f"Organisation {number}",
                "audience": "business",
                "country": "FR",
                "timezone": "Europe/Paris",
                "language": "fr",
                "owner": {"email": f"owner{number}@example.com", "name": "Owner"},
                "billing": billing,
            },
        )
        if status != 201:
            raise SystemExit(f"{status} {answer}")
        made.append(answer["id"])
    return made


def measure(port: int, key: str, clients: int, seconds: float) -> dict[str, Any]:
    """Ours and the limit, in turns, and the ratio."""
    organisations = asyncio.run(create(port, key))
    warm = asyncio.run(run(order, port, key, organisations, clients, 3))
    limit = asyncio.run(run(bare, port, key, organisations, clients, seconds / 2))
    ours = asyncio.run(run(order, port, key, organisations, clients, seconds))
    wrong = warm.wrong + ours.wrong
    if wrong:
        raise SystemExit(f"{len(wrong)} orders were not paid, the first: {wrong[0]}")
    per_second = len(ours.seconds) / seconds
    most = len(limit.seconds) / (seconds / 2)
    cuts = statistics.quantiles(ours.seconds, n=20)
    return {
        "orders_per_second": round(per_second, 1),
        "limit_per_second": round(most, 1),
        "ratio": round(per_second / most, 3),
        "median_ms": round(cuts[9] * 1000, 1),
        "p95_ms": round(cuts[18] * 1000, 1),
        "clients": clients,
        "target_per_second": 120,
    }


def main() -> None:
    """Start an installation, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        environ = {
            **os.environ,
            "TENURE_DATA_DIR": f"{place}/data",
            "TENURE_SANDBOX": "1",
            "TENURE_LOG_LEVEL": "ERROR",
        }
        served = subprocess.Popen(
            [*TENURE, "serve", "--port", "0"], env=environ, stdout=subprocess.PIPE, text=True
        )
        try:
            ready = re.match(r"Ready: http://[^:]+:(\d+)", (served.stdout or sys.stdin).readline())
            if ready is None:
                raise SystemExit("The installation did not start.")
            sample = Path(__file__).parent.parent / "src/tenure/catalogue/sample.yaml"
            tenure(environ, "catalogue", "import", str(sample))
            key = tenure(environ, "api-key", "create", "--name", "benchmark")
            figures = measure(int(ready[1]), key, asked.clients, asked.seconds)
            checked = subprocess.run(
                [*TENURE, "verify"], env=environ, capture_output=True, text=True, check=False
            )
            figures["verify"] = "clean" if checked.returncode == 0 else checked.stdout
        finally:
            served.terminate()
            served.wait(timeout=30)
    if asked.json:
        print(json.dumps(figures, indent=2))
    else:
        for name, value in figures.items():
            print(f"{name:>20}  {value}")


if __name__ == "__main__":
    main()
