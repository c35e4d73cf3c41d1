"""What coverage need not see: it makes Python a third slower, and each new process by far more.

Tests with a browser or a whole installation drive what others look at one by one, and are left out;
so are those with the mark ``unmeasured``, and whatever kills a child at each point of a story. The
floor holds without them.
"""

from __future__ import annotations

import os
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any, Final

import pytest
from coverage import Coverage

import tenure

_FOR_CHILDREN: Final = "COVERAGE_PROCESS_CONFIG"
_PROGRAMS: Final = {"__main__", "launcher"}
_WHOLE: Final = {"browser", "installation"}
"""The fixtures of tests of the whole."""


@contextmanager
def unmeasured() -> Iterator[None]:
    """Nothing is measured in the block, nor in processes that begin in it.

    A process of pytest-xdist has several measurements, one in the other: when one stops, the one
    around it goes on, and a child that is forked then begins one more.
    """
    if Coverage.current() is None:
        yield
        return
    _import_everything()
    for_children = os.environ.pop(_FOR_CHILDREN, None)
    stopped = []
    while (measured := Coverage.current()) is not None:
        measured.stop()
        stopped.append(measured)
    try:
        yield
    finally:
        for each in reversed(stopped):
            each.start()
        if for_children is not None:
            os.environ[_FOR_CHILDREN] = for_children


@cache
def _import_everything() -> None:
    """A module is read once: what were first imported unmeasured would seem to be untried."""
    root = Path(tenure.__path__[0])
    for path in sorted(root.rglob("*.py")):
        names = path.relative_to(root.parent).with_suffix("").parts
        if path.stem not in _PROGRAMS and "migrations" not in names:
            import_module(".".join(name for name in names if name != "__init__"))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, Any, Any]:
    """Without measuring, from the first fixture to the last, where that is worth nothing."""
    fixtures = getattr(item, "fixturenames", ())
    if item.get_closest_marker("unmeasured") is None and _WHOLE.isdisjoint(fixtures):
        return (yield)
    with unmeasured():
        return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_fixture_setup(fixturedef: pytest.FixtureDef[Any]) -> Generator[None, Any, Any]:
    """Migrations are not measured either, whichever test comes first."""
    if fixturedef.argname != "django_db_setup":
        return (yield)
    with unmeasured():
        return (yield)
