"""Preparing the assets at the start, and naming them in pages."""

from __future__ import annotations

import shutil
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from whitenoise.storage import CompressedManifestStaticFilesStorage


class Assets(CompressedManifestStaticFilesStorage):
    """Names assets by their content once they are prepared, plainly before."""

    manifest_strict = False
    max_post_process_passes = 2

    def stored_name(self, name: str) -> str:
        """The name under which a page asks for an asset."""
        return str(super().stored_name(name)) if self.hashed_files else name


def prepare_assets() -> Path:
    """Prepare this version of the assets unless that is done; where they are.

    It is made aside and renamed, so that whoever starts meanwhile finds all of it or nothing.
    """
    root = Path(settings.STATIC_ROOT)
    if root.is_dir():
        return root
    root.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    aside = Path(tempfile.mkdtemp(dir=root.parent))
    try:
        _prepare(aside)
        with suppress(OSError):  # another was faster
            aside.rename(root)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    return root


def _prepare(place: Path) -> None:
    storage: Any = Assets(location=place, base_url=settings.STATIC_URL)  # type: ignore[no-untyped-call]  # as whitenoise has it
    found: dict[str, Any] = {}
    for finder in get_finders():
        for name, source in finder.list([]):
            goal = place / name
            goal.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source.path(name), goal)
            found[name] = (storage, name)
    for name, _, processed in storage.post_process(found):
        if isinstance(processed, Exception):
            raise RuntimeError(f"The asset {name} refers to one that is missing.") from processed
