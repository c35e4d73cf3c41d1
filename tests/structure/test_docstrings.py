"""Whatever others may use says what it means."""

from __future__ import annotations

import ast

from tests.structure.tree import modules, named, parsed, public_definitions

NOT_SAID = {"Meta"}
"""Django's word for what a model says of its table."""


def test_every_module_says_what_it_holds() -> None:
    silent = [
        named(path)
        for path in modules()
        if path.read_text().strip() and not ast.get_docstring(parsed(path))
    ]
    assert silent == []


def test_every_public_class_and_function_says_what_it_means() -> None:
    silent = [
        f"{named(path)}:{node.lineno} {node.name}"
        for path in modules()
        for node in public_definitions(parsed(path).body)
        if node.name not in NOT_SAID and not ast.get_docstring(node)
    ]
    assert silent == []
