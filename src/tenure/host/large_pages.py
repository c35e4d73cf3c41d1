"""Memory in large pages, for a process that looks up a little here and there in a lot of it.

Of small pages a processor knows by heart only a few megabytes' worth; beyond, each look-up first
asks where the page is, which costs as much again as the look-up. Linux only, and no more than a
wish: where the system has no large pages, or may not use them, all stays as it was.
"""

from __future__ import annotations

import ctypes
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

_ALLOWED: Final = Path("/sys/kernel/mm/transparent_hugepage/enabled")
_PARTS: Final = Path("/proc/self/smaps")
_LARGE: Final = 2 * 1024 * 1024
_PART: Final = re.compile(r"([0-9a-f]+)-([0-9a-f]+) rw-p \S+ 00:00 0\s*(?:\[heap\])?")
_OTHER_PART: Final = re.compile(r"[0-9a-f]+-[0-9a-f]+ ")
_MADV_HUGEPAGE: Final = 14
_MADV_COLLAPSE: Final = 25
"""At once, from Linux 6.1 on; before, the system does it in its own time."""


def use_large_pages() -> int:
    """Wish for large pages wherever much is held in one piece; returns for how many bytes.

    Takes a millisecond or two for each megabyte, without the interpreter's lock, and next to
    nothing where they are large already.
    """
    try:
        if "[never]" in _ALLOWED.read_text():
            return 0
        parts = list(held_parts(_PARTS.read_text().splitlines()))
    except OSError:
        return 0
    advise = ctypes.CDLL(None).madvise
    for start, size in parts:
        for advice in (_MADV_HUGEPAGE, _MADV_COLLAPSE):
            advise(ctypes.c_void_p(start), ctypes.c_size_t(size), advice)
    return sum(size for _, size in parts)


def held_parts(lines: Iterable[str]) -> Iterator[tuple[int, int]]:
    """Start and size of the parts, in whole large pages, that are in use nearly all over.

    ``lines`` are those of ``/proc/self/smaps``. The rest, as the stack of a thread, would only
    become larger.
    """
    start = end = 0
    for line in lines:
        if found := _PART.fullmatch(line):
            start, end = int(found[1], 16), int(found[2], 16)
        elif _OTHER_PART.match(line):
            start = end = 0
        elif line.startswith("Rss:") and int(line.split()[1]) * 1024 * 4 >= 3 * (end - start):
            first, last = -(-start // _LARGE) * _LARGE, end // _LARGE * _LARGE
            if last > first:
                yield first, last - first
