"""The streams that belong to no organisation; known without Django."""

from __future__ import annotations

from typing import Final
from uuid import UUID

CATALOGUE_STREAM: Final = UUID(int=1)
"""The stream of what concerns the vendor and its catalogue, not one organisation."""

KEYS_STREAM: Final = UUID(int=2)
"""The stream of the vendor's API keys; an organisation's keys belong to its own stream."""

VENDOR_STREAM: Final = UUID(int=3)
"""The stream of the vendor's house: its staff, and what is asked of it by nobody's organisation."""
