"""Large pages: only where memory is in use, and nothing in it changes."""

from __future__ import annotations

import mmap

from tenure.host.large_pages import held_parts, use_large_pages

LARGE = 2 * 1024 * 1024
SMAPS = """\
7f0000100000-7f0000700000 rw-p 00000000 00:00 0
Size:               6144 kB
Rss:                6000 kB
7f0010000000-7f0010800000 rw-p 00000000 00:00 0
Size:               8192 kB
Rss:                  40 kB
7f0020000000-7f0020800000 r--p 00000000 fe:00 77 /usr/lib/libc.so.6
Rss:                8192 kB
5500000ff000-550000500000 rw-p 00000000 00:00 0                          [heap]
Rss:                4096 kB
7f0030000000-7f0030100000 rw-p 00000000 00:00 0
Rss:                1024 kB
"""


def test_what_is_in_use_nearly_all_over_is_taken_in_whole_large_pages() -> None:
    assert list(held_parts(SMAPS.splitlines())) == [
        (0x7F0000200000, 2 * LARGE),
        (0x550000200000, LARGE),
    ]


def test_nothing_in_it_changes() -> None:
    size = 8 * LARGE
    with mmap.mmap(-1, size, flags=mmap.MAP_PRIVATE) as held:
        for place in range(0, size, 4096):
            held[place : place + 8] = place.to_bytes(8, "big")
        for _ in range(2):
            wished = use_large_pages()
            assert wished == 0 or wished >= size - LARGE
        for place in range(0, size, 4096):
            assert held[place : place + 8] == place.to_bytes(8, "big")
