"""Whatever a file holds: it is taken or refused with lines, never a crash, and written back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import yaml
from hypothesis import given
from hypothesis import strategies as st

from tenure.catalogue.file import (
    CatalogueFile,
    CatalogueFileRefused,
    parse_catalogue,
    render_catalogue,
)
from tests.catalogue.files import SMALL

_LINES = SMALL.splitlines(keepends=True)
_INTRUDERS = st.sampled_from(
    [
        *"{}[]:,-?&*!|>'\"%@`#~\t\n\\\x00\x85\u2028\ufeff",
        "\n  ",
        "null",
        "NO",
        "yes",
        "1e3",
        "0x1f",
        "01",
        "-1",
        ".inf",
        "2027-02-30",
        "é",
        "😀",
        "<<: {a: b}",
        "- - -",
        "? ",
        "---\n",
        "...\n",
        "%YAML 1.1\n",
        "|\n  ",
        '"\\ud800"',
        "9" * 5000,
    ]
)


@st.composite
def mutated(draw: st.DrawFn) -> str:
    """The small catalogue with a few lines and characters moved, doubled, dropped or replaced."""
    lines = list(_LINES)
    for _ in range(draw(st.integers(0, 3))):
        at = draw(st.integers(0, len(lines) - 1))
        what = draw(st.sampled_from(["drop", "double", "swap", "indent"]))
        if what == "drop" and len(lines) > 1:
            del lines[at]
        elif what == "double":
            lines.insert(at, lines[at])
        elif what == "swap":
            other = draw(st.integers(0, len(lines) - 1))
            lines[at], lines[other] = lines[other], lines[at]
        else:
            lines[at] = " " * draw(st.integers(0, 8)) + lines[at].lstrip(" ")
    text = "".join(lines)
    for _ in range(draw(st.integers(0, 3))):
        start = draw(st.integers(0, len(text)))
        length = draw(st.integers(0, 4))
        text = text[:start] + draw(_INTRUDERS | st.text(max_size=3)) + text[start + length :]
    return text


def taken_or_told(source: str | bytes, lines: int) -> CatalogueFile | None:
    """The catalogue, or None if it was refused with lines that exist and texts that read."""
    try:
        return parse_catalogue(source)
    except CatalogueFileRefused as error:
        refused = error
    assert refused.problems
    for problem in refused.problems:
        assert 1 <= problem.line <= lines
        assert problem.text("en")
        assert problem.text("fr")
    assert len(refused.lines("fr")) == len(refused.problems)
    return None


@given(mutated())
def test_any_mutation_is_taken_or_told(text: str) -> None:
    shop = taken_or_told(text, text.count("\n") + text.count("\x85") + text.count("\u2028") + 2)
    if shop is not None:
        assert parse_catalogue(render_catalogue(shop)) == shop


@given(st.binary(max_size=200))
def test_any_bytes_are_taken_or_told(data: bytes) -> None:
    assert taken_or_told(data, 400) is None


words = st.text(
    st.characters(
        exclude_categories=["Cs"], exclude_characters=[chr(n) for n in range(32)] + ["\x7f"]
    ),
    min_size=1,
    max_size=30,
).filter(lambda text: bool(text.strip()) and not text.isspace())
ids = st.from_regex(r"\A[A-Za-z0-9][A-Za-z0-9._:-]{0,20}\Z")
bilingual = st.fixed_dictionaries({"en": words, "fr": words})


@st.composite
def shops(draw: st.DrawFn) -> Mapping[str, Any]:
    """A catalogue that is right, in plain values."""
    solutions = draw(st.lists(ids, min_size=1, max_size=3, unique=True))
    applications = draw(st.dictionaries(ids, st.lists(words, max_size=3, unique=True), max_size=3))
    roles = draw(st.lists(ids, min_size=1, max_size=4, unique=True))
    offers = draw(st.lists(ids, max_size=4, unique=True))
    prices = st.fixed_dictionaries(
        {
            "term": st.sampled_from(["month", "quarter", "year"]),
            "currency": st.sampled_from(["EUR", "JPY"]),
            "amount": st.integers(0, 10**12),
        },
        optional={"from": st.dates().map(date.isoformat)},
    )
    return {
        "vendor": draw(st.fixed_dictionaries({}, optional={"name": words, "city": words})),
        "currencies": ({"code": "EUR"}, {"code": "JPY", "countries": ("JP", "NO")}),
        "applications": tuple(
            {"id": id_, "name": draw(words), "permissions": tuple(names)}
            for id_, names in applications.items()
        ),
        "solutions": tuple({"id": id_, "name": draw(bilingual)} for id_ in solutions),
        "roles": tuple(
            {
                "id": id_,
                "name": draw(bilingual),
                "solution": draw(st.sampled_from(solutions)),
                "grants": {
                    name: tuple(of) for name, of in applications.items() if draw(st.booleans())
                },
                "requires": tuple(roles[:place]) if draw(st.booleans()) else (),
                **({"description": draw(bilingual)} if draw(st.booleans()) else {}),
            }
            for place, id_ in enumerate(roles)
        ),
        "offers": tuple(
            {
                "id": id_,
                "roles": tuple(draw(st.lists(st.sampled_from(roles), min_size=1, unique=True))),
                "audience": draw(st.sampled_from(["business", "creator", "student"])),
                "channel": draw(st.sampled_from(["online", "contact"])),
                "countries": tuple(
                    draw(st.lists(st.sampled_from(["FR", "NO", "US"]), unique=True))
                ),
                "prices": tuple(
                    draw(
                        st.lists(
                            prices,
                            max_size=4,
                            unique_by=lambda p: (p["term"], p["currency"], p.get("from")),
                        )
                    )
                ),
            }
            for id_ in offers
        ),
    }


def plain(value: Any) -> Any:
    """What another reader of YAML makes of it: lists, and days of its own type."""
    if isinstance(value, Mapping):
        return {
            key: date.fromisoformat(each) if key == "from" else plain(each)
            for key, each in value.items()
            if each or key not in {"requires", "countries", "prices", "vendor"}
        }
    return [plain(each) for each in value] if isinstance(value, tuple) else value


@given(shops())
def test_what_is_written_reads_the_same(raw: Mapping[str, Any]) -> None:
    shop = CatalogueFile.model_validate(raw)
    text = render_catalogue(shop)
    assert parse_catalogue(text) == shop
    assert render_catalogue(parse_catalogue(text)) == text


@given(shops())
def test_what_is_written_reads_the_same_elsewhere(raw: Mapping[str, Any]) -> None:
    text = render_catalogue(CatalogueFile.model_validate(raw))
    read = yaml.load(text, yaml.CSafeLoader)
    assert read == plain(raw)
