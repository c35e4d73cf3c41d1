"""Renewing 200,000 subscriptions of 100,000 organisations that are due on one day.

    python -m benchmarks.renewal [--scale 1.0] [--kills 10] [--json]

Runs on a database of its own, on an embedded server that lives as long as this does. The customers
are written by SQL, with 1 to 3 yearly subscriptions and a card on file each; then they are renewed:
ordered, charged at a gateway that answers at once, periods appended, invoices numbered and chained,
ledger and journal written. The limit is the run's own rows, written by ``COPY`` into the same
tables of a copy of the database, indexes and constraints on, in batches of 1,000 subscriptions on
one connection. Then a tenth by a gateway that takes 200 ms, and a tenth killed again and again.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import select
import signal
import time
import traceback
from datetime import UTC, datetime, timedelta
from typing import Any, Final, LiteralString
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

from benchmarks.catalogue import database

ORGANISATIONS: Final = 100_000
BATCH: Final = 1_000
WORKERS: Final = 2
UNCALLED_FOR: Final = timedelta(minutes=2)
"""How long a worker leaves alone what another may be calling the gateway for."""
DUE: Final = datetime(2028, 2, 25, 23, 0, tzinfo=UTC)
"""What was bought on 2027-03-01 in Paris for a year is charged on 2028-02-26."""
STARTED: Final = datetime(2027, 2, 28, 23, 0, tzinfo=UTC)
CATALOGUE: Final = """
vendor: {name: Atelier, country: FR, timezone: Europe/Paris}
currencies:
- {code: EUR}
applications:
- {id: modeller, name: Modeller, permissions: [draw]}
solutions:
- {id: design, name: {en: Design, fr: Conception}}
roles:
- id: designer
  name: {en: Designer, fr: Concepteur}
  description: {en: Draws., fr: Dessine.}
  solution: design
  grants: {modeller: [draw]}
offers:
"""


def catalogue_of(offers: int, term: str, amount: int) -> str:
    """A vendor's file with so many offers of one role, each a cent dearer than that before it."""
    return CATALOGUE + "".join(
        f"""- id: offer-{n}
  roles: [designer]
  audience: business
  channel: online
  countries: [FR]
  prices: [{{term: {term}, currency: EUR, amount: {amount + n}}}]
"""
        for n in range(offers)
    )


WORLD: Final[tuple[LiteralString, ...]] = (
    """
    CREATE TABLE bench AS
    SELECT n, gen_random_uuid() AS org, gen_random_uuid() AS ord, gen_random_uuid() AS pay
    FROM generate_series(1, %(organisations)s) AS n
    """,
    """
    CREATE TABLE bench_sub AS
    SELECT bench.*, k, gen_random_uuid() AS line, gen_random_uuid() AS sub
    FROM bench CROSS JOIN LATERAL generate_series(1, 1 + n %% 3) AS k
    """,
    """
    INSERT INTO organisations_organisation SELECT made.*
    FROM bench, (SELECT t AS row FROM organisations_organisation AS t LIMIT 1) AS one,
         LATERAL jsonb_populate_record(one.row, jsonb_build_object(
             'id', bench.org, 'name', 'Customer ' || n)) AS made
    """,
    "INSERT INTO events_stream (organisation_id, sequence, revision) SELECT org, 1, 1 FROM bench",
    """
    INSERT INTO billing_paymentmethod SELECT made.*
    FROM bench, (SELECT t AS row FROM billing_paymentmethod AS t LIMIT 1) AS one,
         LATERAL jsonb_populate_record(one.row, jsonb_build_object(
             'id', gen_random_uuid(), 'organisation_id', org)) AS made
    """,
    """
    INSERT INTO orders_order SELECT made.*
    FROM bench, (SELECT t AS row FROM orders_order AS t LIMIT 1) AS one,
         LATERAL jsonb_populate_record(one.row, jsonb_build_object(
             'id', ord, 'organisation_id', org, 'cart_id', NULL)) AS made
    """,
    """
    INSERT INTO orders_orderline SELECT made.*
    FROM bench_sub, (SELECT t AS row FROM orders_orderline AS t LIMIT 1) AS one,
         LATERAL jsonb_populate_record(one.row, jsonb_build_object(
             'id', line, 'order_id', ord, 'organisation_id', org, 'position', k,
        'offer_id', 'offer-' || (k - 1))) AS made
    """,
    """
    INSERT INTO billing_payment SELECT made.*
    FROM bench, (SELECT t AS row FROM billing_payment AS t LIMIT 1) AS one,
         LATERAL jsonb_populate_record(one.row, jsonb_build_object(
             'id', pay, 'organisation_id', org, 'order_id', ord)) AS made
    """,
    """
    INSERT INTO subscriptions_subscription SELECT made.*
    FROM bench_sub, (SELECT t AS row FROM subscriptions_subscription AS t LIMIT 1) AS one,
         LATERAL jsonb_populate_record(one.row, jsonb_build_object(
             'id', sub, 'organisation_id', org, 'order_line_id', line,
             'offer_id', 'offer-' || (k - 1))) AS made
    """,
    """
    INSERT INTO subscriptions_period SELECT made.*
    FROM bench_sub, (SELECT t AS row FROM subscriptions_period AS t LIMIT 1) AS one,
         LATERAL jsonb_populate_record(one.row, jsonb_build_object(
             'id', gen_random_uuid(), 'subscription_id', sub, 'organisation_id', org,
        'order_id', ord)) AS made
    """,
    """
    INSERT INTO access_seat SELECT made.*
    FROM bench_sub, (SELECT t AS row FROM access_seat AS t LIMIT 1) AS one,
         LATERAL jsonb_populate_record(one.row, jsonb_build_object(
             'id', gen_random_uuid(), 'subscription_id', sub, 'organisation_id', org)) AS made
    """,
    """
    UPDATE subscriptions_period SET remind_at = NULL
    """,
    (
        "UPDATE subscriptions_period SET renew_at = NULL WHERE subscription_id NOT IN "
        "(SELECT sub FROM bench_sub)"
    ),
)
TABLES: Final[tuple[LiteralString, ...]] = (
    "orders_order",
    "orders_orderline",
    "billing_payment",
    "subscriptions_renewal",
    "subscriptions_period",
    "billing_document",
    "billing_recognition",
    "billing_entry",
    "events_event",
)
"""What the run writes, in the order of its foreign keys."""


def make_world(organisations: int) -> None:
    """One customer buys in the store; all others are like it."""
    from django.db import connection

    from tenure.catalogue.file import parse_catalogue
    from tenure.flows.catalogue_import import import_file
    from tenure.flows.policy import ensure_policy
    from tests.shop import customer, fill_cart, order_cart

    ensure_policy(now=STARTED)
    sold = catalogue_of(3, "year", 120_000)
    import_file(file=parse_catalogue(sold), source=sold, now=STARTED, by="command")
    at = STARTED + timedelta(hours=9)
    first = customer(clock=None)
    order_cart(first, fill_cart(first, ("offer-0", 1), now=at), now=at)
    with connection.cursor() as cursor:
        for statement in WORLD:
            cursor.execute(statement, {"organisations": organisations})
    connection.commit()
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


class AtOnce:
    """A gateway that captures whatever it is asked, after ``seconds``."""

    def __init__(self, seconds: float = 0.0, at_once: int = 1) -> None:
        self.name, self.seconds, self.at_once = "sandbox", seconds, at_once

    def charge(self, charge: Any) -> Any:
        from tenure.billing.gateways import Outcome, Result

        if self.seconds:
            time.sleep(self.seconds)
        return Outcome(charge.payment, Result.CAPTURED)


def use_gateway(seconds: float = 0.0, at_once: int = 1) -> None:
    """From now on renewals are charged at such a gateway."""
    from tenure.billing.gateways import choice

    choice._SANDBOX = AtOnce(seconds, at_once)  # type: ignore[assignment]


def renew(patience: timedelta = timedelta(0)) -> None:
    """Renew all that is due, as a worker does; what another worker has locked is left to it."""
    from tenure.events.journal import transaction
    from tenure.flows.due import whose
    from tenure.flows.renewals.charging import charge_renewals
    from tenure.flows.renewals.ordering import order_renewals

    def order() -> int:
        with transaction(now=DUE, by="worker") as journal:
            return order_renewals(whose(None), DUE, journal)

    charge_renewals(now=DUE, patience=patience, order=order)


def postpone(share: float, url: str) -> None:
    """Leave a share of the organisations for later."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            "UPDATE subscriptions_period SET renew_at = renew_at + interval '100 days' "
            "WHERE renew_at IS NOT NULL AND organisation_id IN "
            "(SELECT org FROM bench WHERE n > %s * (SELECT count(*) FROM bench))",
            [share],
        )


def rows_of(table: LiteralString, horizon: int) -> sql.Composed:
    """The rows of a table that the run inserted; periods are also changed by it."""
    more = " AND kind = 'renewal'" if table == "subscriptions_period" else ""
    return sql.SQL("FROM {} WHERE xmin::text::bigint >= {} {}").format(
        sql.Identifier(table), sql.Literal(horizon), sql.SQL(more)
    )


def horizon_of(url: str) -> int:
    """Transactions from now on have this number or a later one."""
    with psycopg.connect(url) as connection:
        row = connection.execute("SELECT pg_current_xact_id()::text::bigint").fetchone()
    return int((row or [0])[0])


def own_rows(url: str, horizon: int) -> dict[str, int]:
    """How many rows the run inserted, by table."""
    found = {}
    with psycopg.connect(url) as connection:
        for table in TABLES:
            row = connection.execute(sql.SQL("SELECT count(*) ") + rows_of(table, horizon))
            found[table] = int((row.fetchone() or [0])[0])
    return found


def copy_own_rows(ran: str, fresh: str, horizon: int) -> float:
    """Write the run's own rows by ``COPY`` into ``fresh``; the seconds that took.

    A batch is of whole customers, as the run's are, so that what its rows refer to is in it or
    before it.
    """
    seconds = 0.0
    with psycopg.connect(ran) as source, psycopg.connect(fresh) as target:
        columns = {table: _set_apart(source, table, horizon) for table in TABLES}
        row = source.execute("SELECT max(n) FROM bench").fetchone()
        last = int((row or [0])[0])
        for first in range(1, last + 1, BATCH // 2):
            chunk = []
            for table, named in columns.items():
                select = sql.SQL(
                    "COPY (SELECT {} FROM {} WHERE own_number >= {} AND own_number < {}) TO STDOUT"
                ).format(named, _own(table), sql.Literal(first), sql.Literal(first + BATCH // 2))
                with source.cursor() as cursor, cursor.copy(select) as copy:
                    chunk.append((table, named, b"".join(bytes(part) for part in copy)))
            begun = time.perf_counter()
            for table, named, data in chunk:
                into = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table), named)
                with target.cursor() as cursor, cursor.copy(into) as copy:
                    copy.write(data)
            target.commit()
            seconds += time.perf_counter() - begun
    return seconds


def _own(table: str) -> sql.Identifier:
    return sql.Identifier(f"own_{table}")


def _set_apart(
    source: psycopg.Connection[Any], table: LiteralString, horizon: int
) -> sql.Composable:
    """Keep the run's own rows of a table, by the number of their customer; returns its columns."""
    source.execute(
        sql.SQL(
            "CREATE TEMP TABLE {} AS SELECT own.*, bench.n AS own_number FROM (SELECT * "
        ).format(_own(table))
        + rows_of(table, horizon)
        + sql.SQL(") AS own JOIN bench ON bench.org = own.organisation_id")
    )
    source.execute(sql.SQL("CREATE INDEX ON {} (own_number)").format(_own(table)))
    found = source.execute(
        "SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) FROM pg_attribute "
        "WHERE attrelid = %s::regclass AND attnum > 0 AND attname <> 'own_number'",
        [f"own_{table}"],
    ).fetchone()
    return sql.SQL((found or [""])[0])


def twin(url: str, name: str) -> str:
    """A copy of the database, to which nobody may be connected."""
    parts = urlsplit(url)
    with psycopg.connect(urlunsplit(parts._replace(path="/postgres")), autocommit=True) as server:
        server.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
                sql.Identifier(name), sql.Identifier(parts.path.strip("/"))
            )
        )
    return urlunsplit(parts._replace(path=f"/{name}"))


def in_children(work: Any, count: int = 1) -> float:
    """Do ``work`` in so many processes at once; the seconds until the last is done."""
    begun = time.perf_counter()
    children = [_begun(work) for _ in range(count)]
    if sum(_ended(child) for child in children):  # all of them, whatever the first says
        raise SystemExit("The run failed.")
    return time.perf_counter() - begun


def is_killed(work: Any, after: float) -> bool:
    """Do ``work`` in a process that is killed after so many seconds; whether it was still at it."""
    child = _begun(work)
    watched = os.pidfd_open(child)
    select.select([watched], [], [], after)  # it may be done before
    os.close(watched)
    os.kill(child, signal.SIGKILL)
    return os.WIFSIGNALED(_ended(child))


def _ended(child: int) -> int:
    _, status = os.waitpid(child, 0)
    return status


def _begun(work: Any) -> int:
    """A process that does it, and says how much memory it needed."""
    from django.db import connections

    from tenure.host.garbage import FOR_BATCHES, look_seldom

    connections.close_all()
    child = os.fork()
    if child == 0:
        status = 1
        try:
            look_seldom(FOR_BATCHES)  # as a worker
            work()
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
            print(f"    peak of memory {peak} MB", flush=True)
            status = 0
        finally:
            if status:
                traceback.print_exc()
            os._exit(status)
    return child


def all_once(url: str, organisations: int) -> dict[str, bool]:
    """Nothing twice, nothing missing, numbers unbroken."""
    checks: dict[str, LiteralString] = {
        "renewed once": "SELECT count(*) = (SELECT count(*) FROM bench_sub JOIN bench USING (n) "
        "WHERE bench.n <= %(n)s) FROM subscriptions_period WHERE kind = 'renewal'",
        "charged once": "SELECT count(*) = %(n)s AND count(DISTINCT order_id) = %(n)s "
        "FROM billing_payment WHERE off_session AND status = 'captured'",
        "numbers unbroken": "SELECT count(*) = %(n)s AND max(sequence) = %(n)s "
        "FROM billing_document WHERE series = 'REN'",
    }
    with psycopg.connect(url) as connection:
        return {
            name: bool((connection.execute(check, {"n": organisations}).fetchone() or [0])[0])
            for name, check in checks.items()
        }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    organisations = int(ORGANISATIONS * given.scale)
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
        make_world(organisations)
        figures = measure(url, organisations, given.kills)
    print(json.dumps(figures, indent=2) if given.json else _told(figures))


def measure(url: str, organisations: int, kills: int) -> dict[str, Any]:
    from django.db import connections

    connections.close_all()
    name = urlsplit(url).path.strip("/")
    fresh, shared, slow, dying = (twin(url, f"{name}_{n}") for n in "abcd")
    subscriptions = sum(1 + n % 3 for n in range(1, organisations + 1))
    horizon = horizon_of(url)
    use_gateway()
    ours = in_children(renew)
    rows = own_rows(url, horizon)
    limit = copy_own_rows(url, fresh, horizon)
    figures: dict[str, Any] = {
        "subscriptions": subscriptions,
        "ours_per_second": round(subscriptions / ours),
        "copy_per_second": round(subscriptions / limit),
        "ratio": round(limit / ours, 2),
        "rows_per_subscription": round(sum(rows.values()) / subscriptions, 1),
        "rows": rows,
        "once": all_once(url, organisations),
    }
    seconds = in_children(lambda: _at(shared, UNCALLED_FOR), WORKERS)
    figures[f"{WORKERS} workers"] = {
        "per_second": round(subscriptions / seconds),
        "ratio": round(limit / seconds, 2),
        **all_once(shared, organisations),
    }
    use_gateway(seconds=0.2, at_once=20)
    few = min(organisations, 2_000)
    postpone(few / organisations, slow)
    os.environ["DATABASE_URL"] = slow
    seconds = in_children(lambda: _at(slow, UNCALLED_FOR))
    figures["slow_gateway"] = {
        "orders_per_second": round(few / seconds, 1),
        "allowed_per_second": 20 / 0.2,
    }
    some = min(organisations, max(2_000, organisations // 10))
    postpone(some / organisations, dying)
    use_gateway()
    whole = ours * some / organisations
    chance = random.Random(1)  # noqa: S311 - the same every time
    hits = [
        is_killed(lambda: _at(dying), after=0.1 + chance.random() * whole / kills)
        for _ in range(kills)
    ]
    in_children(lambda: _at(dying))
    figures["killed"] = {"times": sum(hits), **all_once(dying, some)}
    return figures


def _at(url: str, patience: timedelta = timedelta(0)) -> None:
    """In a child: on another database."""
    from django.db import connections

    database = connections["default"]
    database.settings_dict["NAME"] = urlsplit(url).path.strip("/")
    renew(patience)


def _told(figures: dict[str, Any]) -> str:
    return "\n".join(f"{name:<24}{value}" for name, value in figures.items())


if __name__ == "__main__":
    main()
