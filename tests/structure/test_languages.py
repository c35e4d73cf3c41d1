"""English and French are both complete: nothing that people read is said in one alone.

Reasons are declared with both texts (tests/base/test_codes.py). What else the command says goes
through ``say(en, fr)``. So in the edges and the flows a sentence, which is three words in a row,
may stand only where its other half stands beside it, or where no user reads it.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.structure.tree import modules, named, parsed, tree_of

SPOKEN = ("api", "cli", "flows", "notices", "support", "web")

SENTENCE = re.compile(r"[^\W\d_]+('[^\W\d_]+)?,? [^\W\d_]+('[^\W\d_]+)?,? [^\W\d_]+")
OTHERWISE = re.compile(r"[^\W\d_]'[\w…{%]|(?<![\w.-])(e-)?mails?\b", re.IGNORECASE)
"""French with a straight apostrophe, or an English word for a letter."""
STATEMENT = re.compile(
    r"\b(SELECT|FROM|WHERE|MATERIALIZED|WITH|INSERT|UPDATE|SET|BEGIN|COPY|NULL)\b|</"
    r"|^(LOCK|DROP|ENABLE|DISABLE) [A-Z]"
)
"""SQL and markup: what looks like a sentence and is none."""

GETTEXT = {f"{kind}gettext{when}" for kind in ("", "n", "p", "np") for when in ("", "_lazy")} | {
    "_"
}
"""What looks the French up; tests/web/test_texts.py makes sure that it is there."""

PAIRED = {"say", "declare", "Setting", "Code", *GETTEXT}
"""What takes each text twice, or makes sure that it has both."""

FOR_DEVELOPERS = {"ValueError", "RuntimeError", "TypeError", "AssertionError", "KeyError"}
"""Errors of the program itself; nobody is shown them."""

REFERENCE = {"api/openapi", "api/root", "api/decisions/openapi"}
REFERENCE_WORDS = {"description", "summary"}
"""The OpenAPI document is a reference for programmers, in English, as its field names are."""

OF_ONE_LANGUAGE = {
    "cli/codes": "the table that holds both",
    "flows/demo": "names of samples",
    "flows/retention/held": "a table for developers, told in docs/retention.md",
    "flows/simulation": "names of samples, and findings for developers",
    "web/design/samples": "names of samples",
    "web/texts": "a tool of developers",
}


def test_what_is_said_is_said_in_both_languages() -> None:
    lacking = []
    for path, call in calls_of("say"):
        texts = [spelled(part) for part in call.args]
        if len(texts) != 2 or not all(text.strip() for text in texts) or texts[0] == texts[1]:
            lacking.append(f"{named(path)}:{call.lineno}")
    assert lacking == []


def test_both_languages_show_the_same_figures() -> None:
    differing = [
        f"{named(path)}:{call.lineno}"
        for path, call in calls_of("say")
        if len({figures(part) for part in call.args}) != 1
    ]
    assert differing == []


def test_french_is_written_in_one_way() -> None:
    """Its apostrophes are curly, and a mail is a courriel; of pages too: test_texts.py."""
    spoken = [(path, call.args[1:2]) for path, call in calls_of("say")]
    for name in ("declare", "Setting", "Complaint"):
        spoken += [
            (path, [word.value for word in call.keywords if word.arg == "fr"])
            for path, call in calls_of(name)
        ]
    wrong = [
        f"{named(path)}:{text.lineno}"
        for path, texts in spoken
        for text in texts
        if OTHERWISE.search(spelled(text))
    ]
    assert (len(spoken) > 400, wrong) == (True, [])


def test_no_sentence_is_said_in_one_language_alone() -> None:
    alone = [
        f"{named(path)}:{line} {text!r}"
        for path in modules()
        if (place := tree_of(path))[0] in SPOKEN
        and not any(
            "/".join(place[:depth]) in {*REFERENCE, *OF_ONE_LANGUAGE}
            for depth in range(1, len(place) + 1)
        )
        for line, text in single_sentences(parsed(path))
    ]
    assert alone == []


def test_every_option_of_the_command_is_explained() -> None:
    silent = [
        f"{named(path)}:{call.lineno}"
        for name in ("Option", "Argument", "Typer", "command")
        for path, call in calls_of(name)
        if tree_of(path)[0] == "cli" and not is_explained(call)
    ]
    assert silent == []


def calls_of(name: str) -> Iterator[tuple[Path, ast.Call]]:
    """Every call of a function or method of that name, with where it stands."""
    for path in modules():
        for node in ast.walk(parsed(path)):
            if isinstance(node, ast.Call) and called(node) == name:
                yield path, node


def called(call: ast.Call) -> str:
    """The last word of what is called."""
    if isinstance(call.func, ast.Attribute):
        return call.func.attr
    return call.func.id if isinstance(call.func, ast.Name) else ""


def spelled(text: ast.expr) -> str:
    """A text as written, with … in the place of what an f-string shows."""
    if isinstance(text, ast.Constant):
        return str(text.value)
    if isinstance(text, ast.JoinedStr):
        return "".join(spelled(part) for part in text.values)
    return "…" if isinstance(text, ast.FormattedValue) else ast.unparse(text)


def figures(text: ast.expr) -> frozenset[str]:
    """The expressions that an f-string shows."""
    shown = [node for node in ast.walk(text) if isinstance(node, ast.FormattedValue)]
    return frozenset(ast.unparse(node.value) for node in shown)


def is_explained(call: ast.Call) -> bool:
    """Whether a help text is given, in both languages."""
    helps = [keyword.value for keyword in call.keywords if keyword.arg == "help"]
    return any(isinstance(text, ast.Call) and called(text) == "say" for text in helps)


def single_sentences(node: ast.AST) -> Iterator[tuple[int, str]]:
    """The sentences below ``node`` that stand alone, with their lines."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Constant | ast.JoinedStr):
            text = spelled(child)
            if SENTENCE.search(text) and not STATEMENT.search(text):
                yield child.lineno, text
        elif not stands_beside_another(child):
            yield from single_sentences(child)


def stands_beside_another(node: ast.AST) -> bool:
    """Whether what is said below ``node`` is said twice, or to nobody."""
    if isinstance(node, ast.Call):
        return called(node) in PAIRED | FOR_DEVELOPERS
    if isinstance(node, ast.Tuple):
        return len(node.elts) == 2 and len({spelled(part) for part in node.elts}) == 2
    if isinstance(node, ast.keyword):
        return node.arg in REFERENCE_WORDS
    if isinstance(node, ast.Dict):
        return bool(REFERENCE_WORDS & {spelled(key) for key in node.keys if key})
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
