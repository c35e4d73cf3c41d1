"""One year of advance of a test clock, for an organisation with 100 quarterly subscriptions.

    python -m benchmarks.advance [--days 1,25] [--json]

Runs on a database of its own, on the server of ``DATABASE_URL`` or on an embedded one that lives
as long as this does. The organisation buys all of them on one day, or 4 on each of 25 days three
days apart, every one of which has instants of its own. Then its clock goes on by a year at once:
reminders, deadlines, renewals, charges, invoices, periods and books, three or four times each.
Prints seconds, the processor time of this process and of PostgreSQL's backend in them, how often
the clock stood still for something to be done, and the statements of the same year on a twin of
the database. The limit is what as many statements take that read one row by its key.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit
from uuid import UUID

from benchmarks.catalogue import database
from benchmarks.renewal import catalogue_of, twin

SUBSCRIPTIONS: Final = 100
DAYS: Final = (1, 25)
APART: Final = timedelta(days=3)
YEAR: Final = timedelta(days=365)
START: Final = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)


def open_shop() -> None:
    """The policy and the catalogue come into force."""
    from tenure.catalogue.file import parse_catalogue
    from tenure.flows.catalogue_import import import_file
    from tenure.flows.policy import ensure_policy

    ensure_policy(now=START)
    sold = catalogue_of(SUBSCRIPTIONS, "quarter", 36_000)
    import_file(file=parse_catalogue(sold), source=sold, now=START, by="command")


def make_customer(days: int) -> UUID:
    """An organisation that bought all its subscriptions, evenly on so many days."""
    from tenure.base.calendar import Term
    from tenure.flows.clock import advance_clock
    from tests.shop import customer, fill_cart, order_cart

    organisation = customer(clock=START)
    each = SUBSCRIPTIONS // days
    for day in range(days):
        now = START + day * APART
        advance_clock(organisation=organisation.id, to=now, by="benchmark", sandbox=True)
        wanted = [(f"offer-{day * each + n}", 1) for n in range(each)]
        cart = fill_cart(organisation, *wanted, term=Term.QUARTER, now=now)
        order_cart(organisation, cart, now=now)
    return organisation.id


def advance(organisation: UUID) -> None:
    """Its clock goes on by a year."""
    from tenure.flows.clock import advance_clock
    from tests.shop import clock_of

    stands = clock_of(organisation) or START
    advance_clock(organisation=organisation, to=stands + YEAR, by="benchmark", sandbox=True)


@contextmanager
def counted() -> Iterator[Counter[str]]:
    """How many statements of which kind are sent in the block."""
    from django.db import connection

    found: Counter[str] = Counter()

    def count(execute: Any, sql: Any, params: Any, many: bool, context: Any) -> Any:
        text = sql if isinstance(sql, str) else str(sql)
        found[" ".join(text.split())[:160]] += 1
        return execute(sql, params, many, context)

    with connection.execute_wrapper(count):
        yield found


def backend_seconds(backend: int) -> float:
    """The processor time of a backend so far."""
    parts = Path(f"/proc/{backend}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(parts[11]) + int(parts[12])) / os.sysconf("SC_CLK_TCK")


def measure(url: str, days: int) -> dict[str, Any]:
    """A year of an organisation that bought on so many days."""
    from django.db import connection, connections

    organisation = make_customer(days)
    connections.close_all()
    other = twin(url, f"{urlsplit(url).path.strip('/')}_{days}")
    connection.ensure_connection()
    backend = connection.connection.info.backend_pid
    begun, own, its = time.perf_counter(), time.process_time(), backend_seconds(backend)
    advance(organisation)
    seconds = time.perf_counter() - begun
    own, its = time.process_time() - own, backend_seconds(backend) - its
    with in_database(other), counted() as statements:
        advance(organisation)
    instants = sum(n for text, n in statements.items() if "SET test_clock = greatest" in text)
    return {
        "bought on days": days,
        "seconds": round(seconds, 2),
        "own cpu": round(own, 2),
        "postgresql cpu": round(its, 2),
        "instants": instants,
        "statements": statements.total(),
        "per instant": round(statements.total() / instants, 1),
        "limit": round(limit(statements.total()), 2),
        "statement": statements,
    }


@contextmanager
def in_database(url: str) -> Iterator[None]:
    """Django is in another database of the same server in the block."""
    from django.db import connection, connections

    connections.close_all()
    home = connection.settings_dict["NAME"]
    connection.settings_dict["NAME"] = urlsplit(url).path.strip("/")
    try:
        yield
    finally:
        connections.close_all()
        connection.settings_dict["NAME"] = home


def limit(statements: int) -> float:
    """The seconds that so many statements take that read one row by its key."""
    from tenure.events.rows import read_values

    begun = time.perf_counter()
    for _ in range(statements):
        read_values("SELECT facts FROM catalogue_vendor WHERE id = %s", [1])
    return time.perf_counter() - begun


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--days", default=",".join(map(str, DAYS)))
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--statements", action="store_true", help="print what was sent how often")
    given = parser.parse_args()
    with database() as url:
        os.environ |= {
            "DATABASE_URL": url,
            "DJANGO_SETTINGS_MODULE": "tenure.config.settings",
            "TENURE_SANDBOX": "1",
            "TENURE_SECRET_KEY": "benchmark",
            "TENURE_LOG_LEVEL": "WARNING",
        }
        import django

        django.setup()
        from tenure.cli.migrate import bring_up_to_date

        bring_up_to_date()
        open_shop()
        for days in map(int, given.days.split(",")):
            figures = measure(url, days)
            sent = figures.pop("statement")
            told = "  ".join(f"{name}: {figure}" for name, figure in figures.items())
            print(json.dumps(figures) if given.json else told, flush=True)
            if given.statements:
                print(*(f"{n:6} {text}" for text, n in sent.most_common()), sep="\n", flush=True)


if __name__ == "__main__":
    main()
