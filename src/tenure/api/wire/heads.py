"""Heads of HTTP/1.1 requests, read strictly (RFC 9112).

What one reader could take for one thing and the next for another is refused, so that a proxy in
front and this server never disagree where a request ends.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

END: Final = b"\r\n\r\n"
MOST_HEAD_BYTES: Final = 32_768
_MOST_FIELDS: Final = 100
_TOKEN: Final = rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
_REQUEST: Final = re.compile(rb"(%b) ([!-~]+) HTTP/1\.([01])" % _TOKEN)
_FIELD: Final = re.compile(rb"(%b):[ \t]*([^\x00-\x08\x0a-\x1f\x7f]*)" % _TOKEN)
_LENGTH: Final = re.compile(r"[0-9]{1,15}")
_AUTHORITY: Final = re.compile(r"https?://[^/?#]*", re.IGNORECASE)


class Malformed(Exception):
    """What came is no request, or one that could be read in two ways."""


@dataclass(frozen=True, slots=True)
class Head:
    """What a request says before its body; names of fields are in lower case."""

    method: str
    path: str
    fields: Mapping[str, str]
    """What came several times is joined by commas."""
    length: int | None
    """How many bytes the body has; None if it comes in chunks that say so themselves."""
    keeps: bool
    """Whether another request may follow on the connection."""
    is_old: bool
    """Whether it is of HTTP/1.0, whose connections end with the answer unless both say other."""

    @property
    def expects(self) -> bool:
        """Whether the body is only sent when it is asked for (RFC 9110, 10.1.1).

        HTTP/1.0 knows no such answer, and where no body follows there is nothing to ask for.
        """
        asked = self.fields.get("expect", "").lower() == "100-continue"
        return asked and not self.is_old and self.length != 0


def read_head(text: bytes) -> Head:
    """The head in ``text``, its empty line included; raises ``Malformed``."""
    first, *lines = text[: -len(END)].split(b"\r\n")
    found = _REQUEST.fullmatch(first)
    if found is None or len(lines) > _MOST_FIELDS:
        raise Malformed
    method, target, minor = found.groups()
    fields = _fields(lines)
    is_old = minor == b"0"
    if not is_old and "," in fields.get("host", ","):
        raise Malformed
    return Head(
        method=method.decode(),
        path=_path(target.decode()),
        fields=fields,
        length=_length(fields, is_old=is_old),
        keeps=_keeps(fields, is_old=is_old),
        is_old=is_old,
    )


def _fields(lines: list[bytes]) -> dict[str, str]:
    fields: dict[str, str] = {}
    for line in lines:
        found = _FIELD.fullmatch(line)
        if found is None:
            raise Malformed
        name = found[1].decode().lower()
        value = found[2].decode("latin-1").rstrip(" \t")
        fields[name] = f"{fields[name]}, {value}" if name in fields else value
    return fields


def _path(target: str) -> str:
    """The path of a target, which may name the server before it, as proxies are told."""
    target = _AUTHORITY.sub("", target, count=1)
    return target.partition("?")[0] or "/"


def _length(fields: Mapping[str, str], *, is_old: bool) -> int | None:
    coding, length = fields.get("transfer-encoding"), fields.get("content-length")
    if coding is not None:
        if is_old or length is not None or coding.lower() != "chunked":
            raise Malformed
        return None
    if length is None:
        return 0
    if _LENGTH.fullmatch(length) is None:
        raise Malformed
    return int(length)


def _keeps(fields: Mapping[str, str], *, is_old: bool) -> bool:
    wishes = {wish.strip().lower() for wish in fields.get("connection", "").split(",")}
    return "close" not in wishes and (not is_old or "keep-alive" in wishes)
