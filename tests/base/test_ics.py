"""Calendars by RFC 5545: folding, escaping, days."""

from __future__ import annotations

from datetime import UTC, date, datetime

from tenure.base.ics import DayEvent, calendar, folded


def test_a_day_is_told_as_calendars_read_it() -> None:
    event = DayEvent(
        uid="opt_out:sub_1:3@shop.test",
        on=date(2028, 2, 29),
        title="Dernier jour ; Concepteur, Analyste",
        text="Jusqu'à minuit\nheure locale \\ ici\x07",
        url="https://shop.test/x",
    )
    made_at = datetime(2027, 3, 1, 9, tzinfo=UTC)
    written = calendar([event], name="Ada", language="fr", made_at=made_at).decode()
    assert written.endswith("END:VEVENT\r\nEND:VCALENDAR\r\n")
    assert written.replace("\r\n", "").count("\n") == 0
    lines = written.replace("\r\n ", "").split("\r\n")
    assert lines[:3] == ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Tenure//Tenure//EN"]
    for line in (
        "UID:opt_out:sub_1:3@shop.test",
        "DTSTAMP:20270301T090000Z",
        "DTSTART;VALUE=DATE:20280229",
        "DTEND;VALUE=DATE:20280301",
        r"SUMMARY;LANGUAGE=fr:Dernier jour \; Concepteur\, Analyste",
        r"DESCRIPTION;LANGUAGE=fr:Jusqu'à minuit\nheure locale \\ ici",
        "URL:https://shop.test/x",
    ):
        assert line in lines


def test_long_lines_are_folded_between_letters() -> None:
    line = "SUMMARY:" + "é" * 100 + "🪑" * 30 + "x" * 80
    parts = list(folded(line))
    assert all(len(part) <= 75 for part in parts)
    assert all(part.startswith(b" ") for part in parts[1:])
    assert parts[0].decode() + "".join(part[1:].decode() for part in parts[1:]) == line
    assert list(folded("UID:x")) == [b"UID:x"]
