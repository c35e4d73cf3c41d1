"""How long tests wait for what other processes and threads do."""

from __future__ import annotations

from typing import Final

PATIENCE: Final = 240.0
"""Seconds after which something is taken for hung. A limit is for hangs, never for speed: on a busy
machine what takes a second may take a minute."""
