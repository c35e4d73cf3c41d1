"""Which platform this installation hands over to."""

from __future__ import annotations

from django.conf import settings

from tenure.billing.platforms import Platform
from tenure.billing.platforms.folder import FolderPlatform


def platform() -> Platform | None:
    """The one that the settings name; None where nothing is handed over."""
    root = settings.PLATFORM_DIR
    return None if root is None else FolderPlatform(root)
