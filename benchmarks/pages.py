"""How quickly pages come, beside an empty answer of the same server.

    python -m benchmarks.pages [--each 60] [--seconds 20] [--rate 50] [--json]

Starts an installation of its own with 10,000 offers and 1,000 customers, one of which has 500
members and 40 subscriptions. Each page is asked for again and again, one at a time: the median
time to its first byte, the statements it takes, and what a first visit moves over the wire. Then
all of them in turn, as many a second as asked: the median and the 95th percentile of the time to
the first byte, from the instant at which the page was due. The load runs on the same cores.
"""

from __future__ import annotations

import argparse
import asyncio
import gzip
import json
import os
import random
import re
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from time import perf_counter
from typing import Any, Final
from urllib.parse import urljoin, urlsplit

import brotli

from benchmarks.pages_world import OWNER, PASSWORD, STAFF, World, catalogue, make_world
from tests.journeys.walking import Walker

TENURE: Final = [sys.executable, "-m", "tenure.cli"]
MOST_MS, MOST_P95_MS, MOST_BYTES, MOST_STATEMENTS = 60, 150, 150_000, 15
EMPTY: Final = "/healthz"
_UNPACK: Final = {"br": brotli.decompress, "gzip": gzip.decompress}


@dataclass(frozen=True)
class Page:
    """A page, and whose cookies go with the question."""

    name: str
    path: str
    cookies: str = ""


@dataclass
class Answer:
    """What came back: seconds to the first byte, bytes with the head, and the text."""

    seconds: float
    size: int
    status: int
    content: bytes


class Connection:
    """One kept-alive connection; just enough HTTP/1.1 to weigh little beside the server."""

    def __init__(self, port: int) -> None:
        self.port = port

    async def open(self) -> Connection:
        self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port)
        return self

    async def get(self, path: str, cookies: str = "", *, since: float | None = None) -> Answer:
        """Ask for a page, compressed; the clock runs from ``since``."""
        head = (
            f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\n"
            "Accept-Encoding: gzip, deflate, br\r\nAccept: text/html\r\nAccept-Language: en\r\n"
        )
        head += f"Cookie: {cookies}\r\n\r\n" if cookies else "\r\n"
        begun = perf_counter() if since is None else since
        self.writer.write(head.encode())
        first = await self.reader.readexactly(1)
        seconds = perf_counter() - begun
        raw = first + await self.reader.readuntil(b"\r\n\r\n")
        headers = dict(
            line.lower().split(": ", 1) for line in raw.decode("latin-1").split("\r\n")[1:] if line
        )
        body, moved = await self._body(headers)
        content = _UNPACK.get(headers.get("content-encoding", ""), bytes)(body)
        return Answer(seconds, len(raw) + moved, int(raw.split()[1]), content)

    async def _body(self, headers: dict[str, str]) -> tuple[bytes, int]:
        if "chunked" not in headers.get("transfer-encoding", ""):
            body = await self.reader.readexactly(int(headers.get("content-length", 0)))
            return body, len(body)
        parts, moved = [], 0
        while True:
            line = await self.reader.readuntil(b"\r\n")
            part = (await self.reader.readexactly(int(line, 16) + 2))[:-2]
            moved += len(line) + len(part) + 2
            parts.append(part)
            if not part:
                return b"".join(parts), moved


def assets_of(path: str, html: str) -> set[str]:
    """What a browser loads along with a page."""
    tags = re.findall(r"<(?:link|script|img|source)\b[^>]*>", html)
    loaded = (
        re.search(r'(?:src|href)="([^"]+)"', tag)
        for tag in tags
        if not re.search(r'rel="(?:canonical|alternate|manifest|search|next|prev)"', tag)
    )
    links = {urljoin(path, found[1]) for found in loaded if found}
    return {link for link in links if not urlsplit(link).netloc and not link.startswith("data:")}


def named_in(css: str, letters: set[int]) -> set[str]:
    """What a browser loads because a style sheet says so: of fonts, those that have ``letters``."""
    used = re.sub(
        r"@font-face\s*\{[^}]*?unicode-range:([^;}]*)[^}]*\}",
        lambda face: face[0] if _has(face[1], letters) else "",
        css,
    )
    return {each for each in re.findall(r"url\([\"']?([^\"')]+)", used) if each[:5] != "data:"}


def _has(ranges: str, letters: set[int]) -> bool:
    """Whether a ``unicode-range`` names one of ``letters``: ``U+??, U+131, U+2000-206F``."""
    for each in ranges.upper().replace("U+", "").split(","):
        first, _, last = each.strip().partition("-")
        low, high = int(first.replace("?", "0"), 16), int((last or first).replace("?", "F"), 16)
        if any(low <= letter <= high for letter in letters):
            return True
    return False


async def first_visit(connection: Connection, page: Page) -> int:
    """The bytes that a browser without anything in store moves for a page."""
    answer = await connection.get(page.path, page.cookies)
    if answer.status != 200:
        raise SystemExit(f"{page.name} ({page.path}) answered {answer.status}.")
    html = answer.content.decode()
    total, ahead, seen = answer.size, assets_of(page.path, html), set[str]()
    letters = {ord(letter) for letter in unescape(html)}
    while ahead:
        link = ahead.pop()
        seen.add(link)
        asset = await connection.get(link)
        total += asset.size
        if link.split("?")[0].endswith(".css"):
            named = named_in(asset.content.decode(), letters)
            ahead |= {urljoin(link, each) for each in named} - seen
    return total


async def one_at_a_time(port: int, page: Page, times: int) -> list[float]:
    """The seconds to the first byte, asked for again and again."""
    connection = await Connection(port).open()
    for _ in range(6):  # both processes have it ready then
        await connection.get(page.path, page.cookies)
    return [(await connection.get(page.path, page.cookies)).seconds for _ in range(times)]


async def in_turn(port: int, pages: list[Page], rate: float, seconds: float) -> list[float]:
    """Seconds to the first byte of pages that are due at a steady rate, whatever came before."""
    chance = random.Random(1)  # noqa: S311 - the same order every time
    idle: asyncio.LifoQueue[Connection] = asyncio.LifoQueue()
    took: list[float] = []

    async def ask(page: Page, due: float) -> None:
        connection = idle.get_nowait() if not idle.empty() else await Connection(port).open()
        answer = await connection.get(page.path, page.cookies, since=due)
        if answer.status != 200:
            raise SystemExit(f"{page.name} answered {answer.status} under load.")
        took.append(answer.seconds)
        idle.put_nowait(connection)

    begun = perf_counter()
    asked = []
    for number in range(int(rate * seconds)):
        due = begun + number / rate
        await asyncio.sleep(max(0, due - perf_counter()))
        asked.append(asyncio.create_task(ask(chance.choice(pages), due)))
    await asyncio.gather(*asked)
    return took


def statements(page: Page) -> int:
    """How many statements a page takes, in this process on the same database."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    client = Client(headers={"Cookie": page.cookies} if page.cookies else None)
    client.get(page.path, SERVER_NAME="127.0.0.1")
    with CaptureQueriesContext(connection) as caught:
        client.get(page.path, SERVER_NAME="127.0.0.1")
    return len(caught)


def pages(url: str, world: World) -> list[Page]:
    """All that is measured; carts are filled and logins made by the way."""
    from tenure.base.ids import public_id

    offer = "/store/business/offer-7-business"
    visitor, owner, staff = Walker(url), Walker(url), Walker(url)
    owner.log_in(OWNER, PASSWORD)
    staff.log_in(STAFF, PASSWORD)
    for walker in (visitor, owner):
        walker.post(walker.get(offer), "offer-7-business", term="year", quantity="2")
    checkout = next(
        link for link in owner.links(owner.get("/cart")) if link.startswith("/checkout/")
    )
    big, small = (public_id("org", each.id) for each in (world.big, world.small))
    console = f"/console/{big}"
    subscription = public_id("sub", world.big.subscriptions[3])
    member = public_id("mem", world.big.members[5])
    by_person = {
        visitor: {
            "landing": "/",
            "list": "/store/business/",
            "search": "/store/business/?q=turbine",
            "search, misspelt": "/store/business/?q=turbnie",
            "offer": offer,
            "role": "/store/business/roles/role-7",
            "help": "/help/",
            "cart": "/cart",
        },
        Walker(url): {"login": "/account/login"},
        owner: {
            "checkout": checkout,
            "console": f"{console}/",
            "subscriptions": f"{console}/subscriptions",
            "subscription": f"{console}/subscriptions/{subscription}",
            "orders": f"{console}/orders",
            "members": f"{console}/members",
            "members, search": f"{console}/members?q=hugo",
            "member": f"{console}/members/{member}",
            "matrix": f"{console}/roles",
            "history": f"{console}/history",
            "settings": f"{console}/settings",
            "home": "/home/",
        },
        staff: {
            "back office": "/backoffice/",
            "customers": "/backoffice/customers",
            "customers, search": "/backoffice/customers?q=harbour",
            "customer": f"/backoffice/customers/{big}",
            "small customer": f"/backoffice/customers/{small}",
            "all orders": "/backoffice/orders",
            "journal": "/backoffice/journal",
        },
    }
    return [
        Page(name, path, walker.cookies)
        for walker, paths in by_person.items()
        for name, path in paths.items()
    ]


@contextmanager
def installation() -> Iterator[tuple[int, dict[str, str]]]:
    """An installation of its own: its port, and what it was told."""
    with tempfile.TemporaryDirectory() as place:
        environ = {
            **os.environ,
            "TENURE_DATA_DIR": f"{place}/data",
            "TENURE_SECRET_KEY": "for a benchmark alone",
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
            yield int(ready[1]), environ
        finally:
            served.terminate()
            served.wait(timeout=30)


def fill(environ: dict[str, str], organisations: int) -> World:
    """The catalogue by its command, the rest by COPY."""
    from tenure.host.installation import find_running

    data = Path(environ["TENURE_DATA_DIR"])
    file = data.parent / "catalogue.yaml"
    file.write_text(catalogue(), encoding="utf-8")
    subprocess.run(
        [*TENURE, "catalogue", "import", str(file)], env=environ, check=True, capture_output=True
    )
    running = find_running(data)
    if running is None or running.database_url is None:
        raise SystemExit("The installation does not run.")
    os.environ.update(environ, DATABASE_URL=running.database_url)
    return make_world(running.database_url, organisations=organisations)


def measure(port: int, world: World, asked: argparse.Namespace) -> dict[str, Any]:
    """Everything, page by page, and then all of them together."""
    import django

    django.setup()
    measured = pages(f"http://127.0.0.1:{port}", world)
    empty = Page("empty", EMPTY)
    rows: dict[str, dict[str, Any]] = {}
    for page in [empty, *measured]:
        took = asyncio.run(one_at_a_time(port, page, asked.each))
        rows[page.name] = {"median_ms": round(statistics.median(took) * 1000, 1)}
    for page in measured:
        rows[page.name]["statements"] = statements(page)
        rows[page.name]["bytes"] = asyncio.run(_visit(port, page))
    quiet = asyncio.run(in_turn(port, [empty], asked.rate, asked.seconds / 4))
    asyncio.run(in_turn(port, measured, asked.rate, 3))
    busy = asyncio.run(in_turn(port, measured, asked.rate, asked.seconds))
    cuts = statistics.quantiles(busy, n=20)
    return {
        "pages": rows,
        "rate": asked.rate,
        "median_ms": round(cuts[9] * 1000, 1),
        "p95_ms": round(cuts[18] * 1000, 1),
        "empty_p95_ms": round(statistics.quantiles(quiet, n=20)[18] * 1000, 1),
    }


async def _visit(port: int, page: Page) -> int:
    return await first_visit(await Connection(port).open(), page)


def judge(figures: dict[str, Any]) -> list[str]:
    """What is not as quick or as small as it must be."""
    wrong = [
        f"{name}: {row[what]} {what}, the most is {most}"
        for name, row in figures["pages"].items()
        for what, most in (
            ("median_ms", MOST_MS),
            ("statements", MOST_STATEMENTS - 1),
            ("bytes", MOST_BYTES),
        )
        if row.get(what, 0) > most
    ]
    if figures["p95_ms"] > MOST_P95_MS:
        wrong.append(f"all: p95 {figures['p95_ms']} ms, the most is {MOST_P95_MS}")
    return wrong


def main() -> None:
    """Start an installation, fill it, measure, print; exit 1 if something is not reached."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--each", type=int, default=60)
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--rate", type=float, default=50)
    parser.add_argument("--organisations", type=int, default=1000)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tenure.config.settings")
    with installation() as (port, environ):
        world = fill(environ, asked.organisations)
        figures = measure(port, world, asked)
    if asked.json:
        print(json.dumps(figures, indent=2))
    else:
        for name, row in figures["pages"].items():
            said = f"{row['median_ms']:8.1f} ms"
            if "bytes" in row:
                said += f"{row['statements']:5} statements{row['bytes'] / 1000:8.1f} KB"
            print(f"{name:<20}{said}")
        print(f"\nall of them, {asked.rate:g} a second: median {figures['median_ms']} ms, ", end="")
        print(f"p95 {figures['p95_ms']} ms (an empty answer: {figures['empty_p95_ms']} ms)")
    sys.exit("\n".join(judge(figures)) or None)


if __name__ == "__main__":
    main()
