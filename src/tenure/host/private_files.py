"""Files and directories that only their owner may read, written whole or not at all."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from tenure.host.errors import DATA_DIR_UNUSABLE, HostError


def private_directory(path: Path) -> Path:
    """Make ``path`` with rights for its owner alone, and take those of others away if it exists.

    Raises ``HostError`` where it cannot be made, or is not the caller's own.
    """
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.chmod(0o700)
    except OSError as error:
        raise HostError(DATA_DIR_UNUSABLE, path=path, why=error.strerror) from error
    return path


def write_private(path: Path, text: str) -> None:
    """Replace ``path`` by ``text``, readable by its owner alone; a reader sees all or nothing."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def kept_secret(path: Path) -> str:
    """The secret kept in ``path``, made on first use; the same for processes that race for it."""
    try:
        return path.read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        private_directory(path.parent)
    except OSError as error:
        raise HostError(DATA_DIR_UNUSABLE, path=path.parent, why=error.strerror) from error
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    write_private(draft, secrets.token_urlsafe(48))
    try:
        os.link(draft, path)  # fails where another process was first, whose secret then holds
    except FileExistsError:
        pass
    finally:
        draft.unlink()
    return path.read_text(encoding="utf-8").strip()
