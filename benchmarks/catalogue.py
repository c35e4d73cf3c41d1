"""How long 10,000 offers take to import, beside the raw COPY of the same rows.

    python -m benchmarks.catalogue [--offers 10000]

Runs on a database of its own, on the server of ``DATABASE_URL`` or on an embedded one that lives
as long as this does. Prints seconds: reading the file, the first import, the same file again, one
in which every price changed, a dry run, the export; and the limit, a bare COPY of as many rows
into tables without a constraint.
"""

from __future__ import annotations

import argparse
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter
from typing import TypeVar
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

Made = TypeVar("Made")

TERMS = ("year", "quarter")
CURRENCIES = ("EUR", "USD", "GBP")


def catalogue(offers: int, price: int) -> str:
    """A file of so many offers with six prices each."""
    roles = "".join(
        f"  - {{id: role-{n}, name: {{en: Role {n}, fr: Rôle {n}}}, solution: one, "
        "grants: {app: [open, save]}}\n"
        for n in range(100)
    )
    sold = "".join(
        f"  - id: offer-{n}\n    roles: [role-{n % 100}]\n    audience: business\n"
        "    channel: online\n    countries: [FR, DE, IT, ES, US, GB]\n    prices:\n"
        + "".join(
            f"      - {{term: {term}, currency: {currency}, amount: {price + n}}}\n"
            for term in TERMS
            for currency in CURRENCIES
        )
        for n in range(offers)
    )
    return (
        "currencies: [{code: EUR}, {code: USD, countries: [US]}, {code: GBP, countries: [GB]}]\n"
        "applications: [{id: app, name: App, permissions: [open, save]}]\n"
        "solutions: [{id: one, name: {en: One, fr: Un}}]\n"
        f"roles:\n{roles}offers:\n{sold}"
    )


@contextmanager
def server() -> Iterator[str]:
    """A server's URL: the given one, or an embedded one for the block."""
    if url := os.environ.get("DATABASE_URL"):
        yield url
        return
    from tenure.host.cluster import open_cluster
    from tenure.host.postgres import Server

    with tempfile.TemporaryDirectory() as directory:
        place = Path(directory)
        place.chmod(0o711)
        embedded = Server(open_cluster(place / "data", place / "server"))
        embedded.start()
        try:
            yield embedded.url
        finally:
            embedded.stop()


@contextmanager
def database() -> Iterator[str]:
    """A fresh database's URL."""
    name = f"benchmark_{os.getpid()}"
    with server() as url, psycopg.connect(url, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            yield urlunsplit(urlsplit(url)._replace(path=f"/{name}"))
        finally:
            connection.execute(
                sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name))
            )


def timed(what: str, work: Callable[[], Made]) -> Made:
    """Do it, and print the seconds it took."""
    begun = perf_counter()
    made = work()
    print(f"{what:<44}{perf_counter() - begun:8.2f} s", flush=True)
    return made


def bare_copy(url: str, offers: int) -> None:
    """The limit: the same numbers of rows, by COPY, into tables that hold nothing true."""
    from tenure.base.ids import new_id

    with psycopg.connect(url) as connection, connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMP TABLE o (id text, audience text, channel text, countries text[], p int);"
            "CREATE TEMP TABLE r (offer text, role text, p int);"
            "CREATE TEMP TABLE p (id uuid, offer text, term text, currency text, amount bigint)"
        )
        with cursor.copy("COPY o FROM STDIN") as copy:
            for n in range(offers):
                copy.write_row((f"offer-{n}", "business", "online", ["FR", "DE", "IT"], n))
        with cursor.copy("COPY r FROM STDIN") as copy:
            for n in range(offers):
                copy.write_row((f"offer-{n}", f"role-{n % 100}", 0))
        with cursor.copy("COPY p FROM STDIN") as copy:
            for n in range(offers):
                for term in TERMS:
                    for currency in CURRENCIES:
                        copy.write_row((new_id(), f"offer-{n}", term, currency, 100 + n))


def run(url: str, offers: int) -> None:
    """All measures, on a database that is up to date."""
    from tenure.base.clock import machine_now
    from tenure.catalogue.file import CatalogueFile, parse_catalogue
    from tenure.catalogue.queries import export_catalogue
    from tenure.flows.catalogue_import import dry_run, import_file

    def bring_in(file: CatalogueFile, text: str) -> None:
        import_file(file=file, source=text, now=machine_now(), by="benchmark")

    first, second = catalogue(offers, 100), catalogue(offers, 200)
    print(f"{offers} offers, {offers * 6} prices, {len(first) / 1e6:.1f} MB")
    begun = perf_counter()
    file = timed("read and check the file", lambda: parse_catalogue(first))
    timed("first import", lambda: bring_in(file, first))
    print(f"{'both':<44}{perf_counter() - begun:8.2f} s")
    dearer = parse_catalogue(second)
    timed("the same file again", lambda: bring_in(file, first))
    timed("dry run with every price changed", lambda: dry_run(file=dearer, now=machine_now()))
    timed("import with every price changed", lambda: bring_in(dearer, second))
    timed("back to the first prices", lambda: bring_in(file, first))
    timed("export", export_catalogue)
    timed("the limit: a bare COPY of the rows", lambda: bare_copy(url, offers))
    if export_catalogue() != first:
        raise SystemExit("The export is not the file.")


def main() -> None:
    """Make the database, run, drop it."""
    options = argparse.ArgumentParser(description="Times imports of a large catalogue.")
    options.add_argument("--offers", type=int, default=10_000)
    offers = options.parse_args().offers
    with database() as url:
        os.environ.update(
            DATABASE_URL=url,
            DJANGO_SETTINGS_MODULE="tenure.config.settings",
            TENURE_LOG_LEVEL="WARNING",
        )
        os.environ.setdefault("TENURE_SECRET_KEY", "for a benchmark alone")
        import django

        django.setup()
        from django.db import connections

        from tenure.cli.migrate import bring_up_to_date

        bring_up_to_date()
        try:
            run(url, offers)
        finally:
            connections.close_all()


if __name__ == "__main__":
    main()
