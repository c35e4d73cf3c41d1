"""Where the pages' styles, scripts and fonts are: in the package, and prepared for serving.

Prepared means: under a name that holds a hash of the content, so that browsers keep it for good,
and compressed. It is done once for each version of the files, at the start of the web server, in
the data directory: a package may lie where nobody can write.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Final

import tenure

PACKAGE: Final = Path(tenure.__file__).parent
ASSETS: Final = PACKAGE / "web" / "static"
TEMPLATE_DIRS: Final = (PACKAGE / "web" / "templates", PACKAGE / "notices" / "templates")


def prepared_root(data_dir: Path) -> Path:
    """The directory in which this version of the assets is, or will be, prepared."""
    made = hashlib.sha256()
    for path in sorted(ASSETS.rglob("*")):
        if path.is_file():
            made.update(path.relative_to(ASSETS).as_posix().encode())
            made.update(path.read_bytes())
    return data_dir / "static" / made.hexdigest()[:16]


def locale_paths() -> list[Path]:
    """The directories of translations, one for each area of the pages, and the mails'."""
    areas = sorted(path for path in (PACKAGE / "web" / "locale").glob("*") if path.is_dir())
    return [*areas, PACKAGE / "notices" / "locale"]
