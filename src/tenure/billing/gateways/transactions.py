"""A gateway is another party: what it does is not undone by our rollback."""

from __future__ import annotations

from django.db import connection


def refuse_transaction() -> None:
    """Raise ``RuntimeError`` inside a transaction: no gateway is called from there."""
    if connection.in_atomic_block:
        raise RuntimeError("A gateway was called inside a transaction.")
