"""For subcommands that need the database and Django: finds or starts what they need.

Import models and commands inside the block, never at the top of a module of the command:
``tenure --help`` must not wait for Django.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from typing import Final

from tenure.host.errors import DATABASE_UNREACHABLE, HostError
from tenure.host.installation import database, find_running
from tenure.host.settings import Settings, read_settings

_PUBLIC_URL: Final = "TENURE_PUBLIC_URL"


@contextmanager
def installation(*, must_exist: bool = False) -> Iterator[Settings]:
    """Django over the installation's database, for as long as the block lasts.

    That is the one of ``DATABASE_URL``, of what runs on the data directory, or the embedded one,
    started for the block alone. The block gets the installation's settings. What only looks at an
    installation says that it ``must_exist``: a mistyped directory is no sound, empty one.
    """
    settings = read_settings(os.environ)
    with database(settings, must_exist=must_exist) as url, public_address(settings, os.environ):
        use_database(url)
        import django

        django.setup()
        from django.db import OperationalError, connections

        try:
            yield read_settings(os.environ)
        except OperationalError as error:
            why = str(error).strip().splitlines()[0].rstrip(".")
            raise HostError(DATABASE_UNREACHABLE, why=why) from error
        finally:
            connections.close_all()


@contextmanager
def reachable() -> Iterator[None]:
    """For a command that needs no Django: a database that does not answer is said as such."""
    import psycopg

    try:
        yield
    except psycopg.OperationalError as error:
        why = str(error).strip().splitlines()[0].rstrip(".")
        raise HostError(DATABASE_UNREACHABLE, why=why) from error


@contextmanager
def public_address(settings: Settings, environ: MutableMapping[str, str]) -> Iterator[None]:
    """Name in ``environ`` the address at which people reach what runs on the data directory.

    Links that a command prints lead there, unless a setting says otherwise.
    """
    running = None if settings.database_url else find_running(settings.data_dir)
    told = any(name in environ for name in (_PUBLIC_URL, f"{_PUBLIC_URL}_FILE"))
    if told or running is None or not running.public_url:
        yield
        return
    environ[_PUBLIC_URL] = running.public_url
    try:
        yield
    finally:
        del environ[_PUBLIC_URL]


def use_database(url: str) -> None:
    """Name the database for Django and for the programs that this process starts."""
    os.environ["DATABASE_URL"] = url
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tenure.config.settings")
