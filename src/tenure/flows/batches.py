"""How much of what is due one transaction takes."""

from __future__ import annotations

from typing import Final

BATCH: Final = 500
"""So many rows. Whoever says that they took so many, or more, is asked again at once
(``due.run_due``)."""
