"""Calendars of whole days, as calendar programs read them (RFC 5545)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final

MEDIA_TYPE: Final = "text/calendar; charset=utf-8"

_LONGEST: Final = 75
"""Octets of a line, without its end; what is longer is folded."""
_ESCAPED: Final = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n", "\r": None})


@dataclass(frozen=True, slots=True)
class DayEvent:
    """Something on the local day ``on``; ``uid`` stays the same for the same thing."""

    uid: str
    on: date
    title: str
    text: str = ""
    url: str = ""


def calendar(events: Iterable[DayEvent], *, name: str, language: str, made_at: datetime) -> bytes:
    """A calendar called ``name``; ``made_at`` is the UTC instant at which it was true."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Tenure//Tenure//EN", "CALSCALE:GREGORIAN"]
    lines += ["METHOD:PUBLISH", f"X-WR-CALNAME:{_text(name)}"]
    lines += ["REFRESH-INTERVAL;VALUE=DURATION:PT12H", "X-PUBLISHED-TTL:PT12H"]
    for event in events:
        lines += _event(event, language, made_at)
    lines.append("END:VCALENDAR")
    return b"".join(part + b"\r\n" for line in lines for part in folded(line))


def _event(event: DayEvent, language: str, made_at: datetime) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield f"UID:{_text(event.uid)}"
    yield f"DTSTAMP:{made_at.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    yield f"DTSTART;VALUE=DATE:{event.on:%Y%m%d}"
    yield f"DTEND;VALUE=DATE:{event.on + timedelta(days=1):%Y%m%d}"
    yield f"SUMMARY;LANGUAGE={language}:{_text(event.title)}"
    if event.text:
        yield f"DESCRIPTION;LANGUAGE={language}:{_text(event.text)}"
    if event.url:
        yield f"URL:{event.url}"
    yield "TRANSP:TRANSPARENT"
    yield "END:VEVENT"


def _text(value: str) -> str:
    """A text as it stands in a line: what has a meaning there is escaped, controls are dropped."""
    escaped = value.translate(_ESCAPED)
    return "".join(letter for letter in escaped if letter.isprintable())


def folded(line: str) -> Iterator[bytes]:
    """A line in parts of at most 75 octets, each after the first begun by a blank.

    No letter is cut: some readers put parts together only after decoding them.
    """
    part = b""
    for letter in line:
        octets = letter.encode()
        if len(part) + len(octets) > _LONGEST:
            yield part
            part = b" "
        part += octets
    yield part
