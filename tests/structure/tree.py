"""The source as the guards read it: files, syntax trees, layers."""

from __future__ import annotations

import ast
import subprocess
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from shutil import which
from typing import Any, Final

ROOT: Final = Path(__file__).parents[2]
SOURCE: Final = ROOT / "src" / "tenure"

Function = ast.FunctionDef | ast.AsyncFunctionDef
Documented = Function | ast.ClassDef


@cache
def project() -> dict[str, Any]:
    """What pyproject.toml says."""
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def contract(name: str) -> dict[str, Any]:
    """The contract of import-linter that is called ``name``."""
    contracts = project()["tool"]["importlinter"]["contracts"]
    return next(each for each in contracts if each["name"] == name)


def layer_ranks() -> dict[str, int]:
    """Each layer's height: the higher may refer to the lower. Siblings are equally high."""
    layers = contract("Imports go only down")["layers"]
    return {
        name.strip("() "): len(layers) - index
        for index, layer in enumerate(layers)
        for name in layer.split("|")
    }


def areas() -> list[str]:
    """The packages that hold an area: those whose inside has a contract."""
    containers = contract("Inside an area imports run one way")["containers"]
    return [container.removeprefix("tenure.") for container in containers]


@cache
def modules() -> tuple[Path, ...]:
    """Every module of the product that somebody wrote: migrations are made."""
    found = sorted(SOURCE.rglob("*.py"))
    return tuple(path for path in found if "migrations" not in path.parts)


def named(path: Path) -> str:
    """A path as people say it."""
    return path.relative_to(ROOT).as_posix()


def tree_of(path: Path) -> tuple[str, ...]:
    """Where a module stands under ``tenure``: its packages, then its name."""
    return path.relative_to(SOURCE).with_suffix("").parts


@cache
def parsed(path: Path) -> ast.Module:
    """A module's syntax tree."""
    return ast.parse(path.read_text(encoding="utf-8"))


def functions(path: Path) -> Iterator[Function]:
    """Every function of a module, methods and nested ones included."""
    for node in ast.walk(parsed(path)):
        if isinstance(node, Function):
            yield node


def length(function: Function) -> int:
    """The lines of a function with its signature and its docstring, without decorators."""
    return (function.end_lineno or function.lineno) - function.lineno + 1


def public_definitions(body: list[ast.stmt]) -> Iterator[Documented]:
    """The classes and functions that others may use.

    Not those inside functions, which are nobody's, nor what only repeats somebody else's shape.
    """
    for node in body:
        if isinstance(node, Documented) and not node.name.startswith("_") and not is_shape(node):
            yield node
            if isinstance(node, ast.ClassDef):
                yield from public_definitions(node.body)


def is_shape(node: Documented) -> bool:
    """Whether a function has no body but ``...``."""
    return all(isinstance(part, ast.Expr) and is_ellipsis(part.value) for part in node.body)


def is_ellipsis(value: ast.expr) -> bool:
    """Whether an expression is ``...``."""
    return isinstance(value, ast.Constant) and value.value is Ellipsis


def tracked_files() -> list[Path]:
    """The files that git tracks; where there is no git, those that could be."""
    if not (ROOT / ".git").exists() or which("git") is None:
        return [path for path in ROOT.rglob("*") if path.is_file() and not is_made(path)]
    command = ["git", "-c", f"safe.directory={ROOT}", "-C", str(ROOT), "ls-files", "-z"]
    listed = subprocess.run(command, capture_output=True, check=True, encoding="utf-8").stdout
    return [path for name in listed.split("\0") if name and (path := ROOT / name).is_file()]


def is_made(path: Path) -> bool:
    """Whether a file is made by tools, as .gitignore has it."""
    parts = path.relative_to(ROOT).parts
    hidden = (part for part in parts if part.startswith(".") or part == "__pycache__")
    return next(hidden, ".ci") not in {".ci", ".gitignore", ".pre-commit-config.yaml"}
