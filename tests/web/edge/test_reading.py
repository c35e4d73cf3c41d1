"""Amounts, days and states as readers of both languages write them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from django.template import engines
from django.test import RequestFactory
from django.utils import translation

from tenure.base.calendar import Span
from tenure.base.money import Money

TODAY = date(2027, 11, 6)
KNOWN = {
    "total": Money(123456, "EUR"),
    "whole": Money(120000, "EUR"),
    "yen": Money(1200, "JPY"),
    "deadline": date(2027, 11, 18),
    "at": datetime(2027, 11, 18, 13, 5, 59, tzinfo=UTC),
    "today": TODAY,
    "id": UUID(int=1),
    "first": date(2028, 3, 1),
    "rate": Decimal("5.500"),
    "none": None,
}


def written(text: str, language: str = "en", **more: object) -> str:
    """What a template makes of ``text``, with its spaces that do not break shown as ~."""
    with translation.override(language):
        made = engines["django"].from_string(text).render(KNOWN | more)
    return str(made).replace("\N{NO-BREAK SPACE}", "~").replace("\N{NARROW NO-BREAK SPACE}", "~")


@pytest.mark.parametrize(
    ("text", "english", "french"),
    [
        ("{{ total|money }}", "€1,234.56", "1~234,56~€"),
        ("{{ whole|money }}", "€1,200.00", "1~200,00~€"),
        ("{{ whole|price }}", "€1,200", "1~200~€"),
        ("{{ total|price }}", "€1,234.56", "1~234,56~€"),
        ("{{ yen|price }}", "¥1,200", "1~200~JPY"),
        ("{{ none|price }}{{ none|money }}{{ none|number }}{{ none|day }}", "", ""),
        ("{{ none|short_day }}{{ none|moment }}{{ none|iso }}", "", ""),
        ("{{ 12500|number }}", "12,500", "12~500"),
        ("{{ 12500|compact }}", "12K", "12~k"),
        ("{{ 10|percent:12 }} {{ 0|percent:0 }}", "83% 0%", "83~% 0~%"),
        ("{{ deadline|day }}", "November~18,~2027", "18~novembre~2027"),
        ("{{ deadline|short_day }}", "Nov~18,~2027", "18~nov.~2027"),
        ("{{ first|day }}", "March~1,~2028", "1er~mars~2028"),
        ("{{ first|short_day }}", "Mar~1,~2028", "1er~mars~2028"),
        ("{{ first|last_day|short_day }}", "Feb~29,~2028", "29~févr.~2028"),
        ("{{ rate|rate }}", "5.5%", "5,5~%"),
        ("{{ deadline|iso }}", "2027-11-18", "2027-11-18"),
        ("{{ at|moment:'Europe/Paris' }}", "Nov~18,~2027,~2:05~PM", "18~nov.~2027,~14:05"),
        ("{{ 'FR'|country }} {{ 'ZQ'|country }}", "France ZQ", "France ZQ"),
        ("{{ 'year'|term }} {{ 'quarter'|per_term }}", "1 year for 3 months", "1 an pour 3 mois"),
        ('{{ id|public_id:"mem" }}', "mem_00000000000000000000000001", None),
    ],
)
def test_a_filter_writes_as_its_reader_does(text: str, english: str, french: str | None) -> None:
    assert written(text) == english
    assert written(text, "fr") == (french if french is not None else english)


@pytest.mark.parametrize(
    ("days", "english", "french"),
    [
        (12, "in 12 days", "dans 12 jours"),
        (1, "tomorrow", "demain"),
        (0, "today", "aujourd’hui"),
        (-1, "yesterday", "hier"),
        (-3, "3 days ago", "il y a 3 jours"),
    ],
)
def test_what_remains_is_said_in_days(days: int, english: str, french: str) -> None:
    text = "{{ until|remaining:today }}"
    assert written(text, until=TODAY + timedelta(days)) == english
    assert written(text, "fr", until=TODAY + timedelta(days)) == french


def test_an_icon_is_drawn_and_an_unknown_one_refused() -> None:
    assert 'aria-hidden="true"' in written('{% icon "check" %}')
    with pytest.raises(KeyError, match="make assets"):
        written("{% icon name %}", name="no such icon")


def test_a_state_is_a_word_and_never_a_colour_alone() -> None:
    text = "{% state_of word as state %}{{ state.word }} {{ state.tone }}"
    assert written(text, word="renewal_off") == "Does not renew soon"
    assert written(text, "fr", word="renewal_off") == "Sans renouvellement soon"
    assert written(text, word="of_tomorrow") == "of tomorrow plain"


@pytest.mark.parametrize(
    ("text", "english", "french"),
    [
        ("{% translate 'Members' %}", "Members", "Membres"),
        ("{% translate 'Free' context 'seats' %}", "Free", "Libres"),
        ("{% translate word %}", "Members", "Membres"),
        ("{% translate 'Members' as said %}{{ said|upper }}", "MEMBERS", "MEMBRES"),
    ],
)
def test_a_text_is_said_again_in_the_language_of_who_reads(
    text: str, english: str, french: str
) -> None:
    template = engines["django"].from_string(text)
    said = []
    for language in ("en", "fr", "en", "fr"):
        with translation.override(language):
            said.append(template.render({"word": "Members"}))
    assert said == [english, french] * 2


def test_a_moment_is_told_in_its_own_zone_and_a_day_of_it_by_its_own_clock() -> None:
    night = datetime(2027, 11, 18, 23, 30, tzinfo=UTC)
    paris = night.astimezone(ZoneInfo("Europe/Paris"))
    assert written("{{ at|short_day }} {{ paris|short_day }}", at=night, paris=paris) == (
        "Nov~18,~2027 Nov~19,~2027"
    )
    assert written("{{ at|moment }}", at=paris) == "Nov~18,~2027,~11:30~PM"
    assert written("{{ at|moment:'Europe/Paris' }}", at=night) == "Nov~19,~2027,~12:30~AM"


def test_a_link_knows_whether_one_is_there() -> None:
    text = "{% if path|leads_to:href %}here{% endif %}"
    assert written(text, path="/console/org_1/members/x", href="/console/org_1/members") == "here"
    assert written(text, path="/console/org_1/membership", href="/console/org_1/members") == ""
    assert written(text, path="/x", href="/") == ""


def test_another_language_is_asked_for_on_the_same_page() -> None:
    request = RequestFactory().get("/store/business", {"q": "plan", "language": "en"})
    text = "{{ request|asking_for:'fr' }}"
    assert written(text, request=request) == "q=plan&amp;language=fr"
    assert written(text, request=None) == "language=fr"


def test_periods_are_drawn_to_scale() -> None:
    periods = [
        Span(date(2027, 1, 1), date(2027, 4, 11)),
        Span(date(2027, 4, 11), date(2027, 7, 20)),
    ]
    text = (
        "{% time_line periods today deadline as line %}{{ line.today }} {{ line.deadline }}"
        "{% for p in line.stretches %} {{ p.x }}+{{ p.width }} {{ p.tense }}{% endfor %}"
    )
    known = {"periods": periods, "deadline": date(2027, 7, 15)}
    assert written(text, today=date(2027, 1, 21), **known) == (
        "10.00% 97.50% 0.00%+50.00% current 50.00%+50.00% next"
    )
    assert written(text, today=date(2028, 1, 1), **known) == (
        "None 97.50% 0.00%+50.00% past 50.00%+50.00% past"
    )
    assert written(text, today=TODAY, deadline=None, periods=[]) == "None None"


def test_seats_and_steps_are_drawn_to_scale() -> None:
    shares = "{% shares 20 12 2 as parts %}{% for x, w in parts %}{{ x }}+{{ w }} {% endfor %}"
    assert written(shares) == "0.00%+60.00% 60.00%+10.00% "
    assert written("{% shares 0 0 as parts %}{{ parts.0.1 }}") == "0.00%"
    points = [(date(2027, 1, 1), 0, 10), (date(2027, 1, 11), 5, 20)]
    steps = "{% steps_over_time points as s %}{{ s.paid }} {{ s.used }} {{ s.most }}"
    assert written(steps, points=points) == (
        "M0.00 21.00H100.00V2.00H100 M0.00 40.00H100.00V30.50H100 20"
    )
    assert written(steps, points=[]) == "  0"
