"""Bodies of HTTP/1.1 requests, taken piece by piece, and never more of them than is kept.

Of what is too long a good deal is swallowed all the same: who is cut off while sending reads no
answer.
"""

from __future__ import annotations

import re
from typing import Final

from tenure.api.wire.heads import Malformed

_SWALLOWED: Final = 16
_MOST_LINE_BYTES: Final = 4096
_SIZE: Final = re.compile(rb"([0-9A-Fa-f]{1,12})[ \t]*(;[^\x00-\x08\x0a-\x1f\x7f]*)?")


class Body:
    """A body of which at most ``most`` bytes are kept.

    ``length`` is what the head told; without it the body comes in chunks.
    """

    def __init__(self, length: int | None, most: int) -> None:
        self.content = bytearray()
        self.is_too_long = False
        self.is_given_up = False
        self._most = most
        self._taken = 0
        self._told = length
        self._left = length or 0
        self._ends_chunk = False
        self._is_trailing = False
        self._trailing = 0

    def take(self, buffer: bytearray) -> bool:
        """Take what is there of it out of ``buffer``; says whether nothing more will come.

        Raises ``Malformed``. A body that is far too long ends early: ``is_hopeless``.
        """
        if self._told is not None:
            self._is_endless(self._told)
            self._move(buffer)
            return not self._left or self.is_hopeless
        while not self.is_hopeless:
            if self._left:
                self._move(buffer)
                if self._left:
                    return False
            line = _line(buffer)
            if line is None:
                return False
            if self._read_line(line):
                return True
        return True

    def give_up(self) -> None:
        """Keep nothing of it, neither what came nor what is still to come."""
        self.is_given_up = True
        self.content.clear()

    @property
    def is_hopeless(self) -> bool:
        """Whether so much of it is left or came that the connection is worth less."""
        return max(self._taken, self._told or 0) > _SWALLOWED * self._most

    def _is_endless(self, length: int) -> None:
        self.is_too_long = self.is_too_long or length > self._most

    def _move(self, buffer: bytearray) -> None:
        part = buffer[: self._left]
        del buffer[: self._left]
        self._left -= len(part)
        self._taken += len(part)
        self._is_endless(self._taken)
        if self.is_too_long:
            self.content.clear()
        elif not self.is_given_up:
            self.content += part

    def _read_line(self, line: bytes) -> bool:
        """Read a line between chunks; says whether it is the last one of all."""
        if self._ends_chunk:
            if line:
                raise Malformed
            self._ends_chunk = False
            return False
        if self._is_trailing:
            self._trailing += len(line)
            if self._trailing > _MOST_LINE_BYTES:
                raise Malformed
            return not line
        found = _SIZE.fullmatch(line)
        if found is None:
            raise Malformed
        self._left = int(found[1], 16)
        self._ends_chunk, self._is_trailing = bool(self._left), not self._left
        return False


def _line(buffer: bytearray) -> bytes | None:
    """The next line, taken out of ``buffer``; None if it is not there yet."""
    end = buffer.find(b"\r\n", 0, _MOST_LINE_BYTES)
    if end < 0:
        if len(buffer) >= _MOST_LINE_BYTES:
            raise Malformed
        return None
    line = bytes(buffer[:end])
    del buffer[: end + 2]
    return line
