"""Processes die: before and after any commit, and before and after any call to the gateway.

A transaction that is cut short before its commit is rolled back, whatever it was doing, so dying
in it is an exception that nothing catches. Points are counted from outside, by the statements:
the code that runs knows nothing of it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection
from django.db import transaction as database

_WRITES = re.compile(r"\b(INSERT|UPDATE|DELETE)\b")


class Died(BaseException):
    """The process is gone."""


class Doom:
    """Dies at the point ``left``: each transaction has one before its commit and one after it,
    each call to the gateway too."""

    def __init__(self, left: int) -> None:
        self._left = left
        self._in: object = None
        self.committed = 0
        """How many transactions were committed."""
        self.called = 0
        """How many calls came to the gateway."""

    def dies(self) -> None:
        """The end: an exception that nothing catches."""
        raise Died

    def __call__(
        self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any
    ) -> Any:
        """Around every statement, as a wrapper of Django's."""
        if not _WRITES.search(sql):
            return execute(sql, params, many, context)
        if not connection.in_atomic_block:
            self._point()
            result = execute(sql, params, many, context)
            self.called += 1
            self._point()
            return result
        result = execute(sql, params, many, context)
        if connection.atomic_blocks[0] is not self._in:
            self._in = connection.atomic_blocks[0]
            database.on_commit(self._after_commit)
            self._point()
        return result

    def _after_commit(self) -> None:
        self.committed += 1
        self._point()

    def _point(self) -> None:
        self._left -= 1
        if self._left == 0:
            self.dies()


@contextmanager
def doomed(doom: Doom) -> Iterator[None]:
    """What runs inside dies at the point of ``doom``, if it has so many."""
    with connection.execute_wrapper(doom):
        yield
