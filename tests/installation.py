"""The database that the tests run on: a pytest plugin, loaded before Django's settings are.

With ``DATABASE_URL`` unset the controlling process starts one embedded server for the whole run,
in a directory of its own; xdist's workers inherit its URL, and each makes a test database.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Generator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tenure.host.cluster import open_cluster
from tenure.host.postgres import Server

# The same examples wherever the tests run, however busy the machine is.
settings.register_profile(
    "tenure",
    max_examples=50,
    derandomize=True,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("tenure")

_ROOM = 1 << 30
_places: list[Path] = []
_servers: list[Server] = []


def fast_directory() -> str:
    """Where files need no disk, if there is room, and programs may be run; or else any place."""
    memory = Path("/dev/shm")  # noqa: S108 - only directories with names of chance are made in it
    if not memory.is_dir():
        return tempfile.gettempdir()
    found = os.statvfs(memory)
    if found.f_flag & os.ST_NOEXEC or found.f_bavail * found.f_frsize < _ROOM:
        return tempfile.gettempdir()
    return str(memory)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests() -> Generator[None, None, None]:
    """Before pytest-django reads the settings: say where the database is, start it if need be."""
    os.environ.setdefault("TENURE_SECRET_KEY", "for tests alone")
    os.environ.setdefault("TENURE_SANDBOX", "1")
    os.environ.setdefault("TENURE_LOG_FORMAT", "console")
    os.environ.setdefault("TENURE_LOG_LEVEL", "WARNING")
    if "PYTEST_XDIST_WORKER" in os.environ:  # the controller has seen to it
        return (yield)
    place = Path(tempfile.mkdtemp(prefix="tenure-tests-", dir=fast_directory()))
    _places.append(place)
    os.environ["TENURE_DATA_DIR"] = str(place / "data")
    if "DATABASE_URL" not in os.environ:
        place.chmod(0o711)  # as root the server runs as another user, who must get through
        cluster = open_cluster(place / "data", place / "server", durable=False)
        server = Server(cluster, durable=False)
        server.start()
        _servers.append(server)
        os.environ["DATABASE_URL"] = server.url
    return (yield)


def pytest_unconfigure() -> None:
    """Stop the server that this process started, and remove its data."""
    for server in _servers:
        server.stop()
    for place in _places:
        shutil.rmtree(place, ignore_errors=True)
