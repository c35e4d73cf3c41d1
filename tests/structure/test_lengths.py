"""Small enough to be read: modules, functions, and names that say what is inside."""

from __future__ import annotations

import statistics

from tests.structure.tree import areas, functions, length, modules, named, tree_of

MOST_LINES_OF_A_MODULE = 400
FEWER_LINES_OF_A_FUNCTION = 70
MOST_LINES_OF_THE_MEDIAN_FUNCTION = 8

SAYS_NOTHING = {"utils", "util", "helpers", "helper", "common", "services", "managers", "misc"}

KINDS = {"commands", "queries", "models", "events", "rules", "errors", "migrations", "__init__"}
MORE_KINDS = {
    "billing": {"gateways", "documents", "bank", "ledger", "platforms"},
    "catalogue": {"file", "searching", "sample"},
    "organisations": {"registers"},
}
"""What an area holds beside the kinds of every area."""


def test_modules_are_short() -> None:
    lines = {named(path): len(path.read_text().splitlines()) for path in modules()}
    assert {name: n for name, n in lines.items() if n > MOST_LINES_OF_A_MODULE} == {}


def test_functions_are_short() -> None:
    lengths = {
        f"{named(path)}:{function.name}": length(function)
        for path in modules()
        for function in functions(path)
    }
    assert {name: n for name, n in lengths.items() if n >= FEWER_LINES_OF_A_FUNCTION} == {}


def test_the_median_function_is_read_at_a_glance() -> None:
    lengths = [length(function) for path in modules() for function in functions(path)]
    assert statistics.median(lengths) <= MOST_LINES_OF_THE_MEDIAN_FUNCTION


def test_names_say_what_is_inside() -> None:
    assert [named(path) for path in modules() if SAYS_NOTHING & set(tree_of(path))] == []


def test_an_area_holds_the_known_kinds_of_module() -> None:
    strange = [
        named(path)
        for path in modules()
        if (place := tree_of(path))[0] in areas()
        and place[1] not in KINDS | MORE_KINDS.get(place[0], set())
    ]
    assert strange == []
