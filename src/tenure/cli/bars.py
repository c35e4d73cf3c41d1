"""How far a command has come: a bar on a terminal, nothing in a pipe."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn


@contextmanager
def steps(count: int) -> Iterator[Callable[[str], None]]:
    """A bar of ``count`` steps; what it gives is told the name of each as that begins."""
    with _bar("{task.description}", count) as (bar, task):
        begun = 0

        def step(text: str) -> None:
            nonlocal begun
            bar.update(task, description=text, completed=begun)
            begun += 1

        yield step


@contextmanager
def days(count: int) -> Iterator[Callable[[int], None]]:
    """A bar of ``count`` days; what it gives is told the number of each, from 0, that is over."""
    with _bar("{task.completed}/{task.total}", count) as (bar, task):
        yield lambda day: bar.update(task, completed=day + 1)


@contextmanager
def bytes_of(
    sizes: Mapping[str, int],
) -> Iterator[Callable[[str, int], None]]:
    """A bar over things of about these ``sizes``; what it gives is told how much of which went by.

    ``sizes`` may still grow.
    """
    with _bar("{task.description}", 0) as (bar, task):
        gone: dict[str, int] = {}

        def went_by(name: str, size: int) -> None:
            gone[name] = gone.get(name, 0) + size
            known = sum(min(size, sizes.get(each, size)) for each, size in gone.items())
            bar.update(task, description=name, completed=known, total=sum(sizes.values()))

        yield went_by


@contextmanager
def _bar(said: str, count: int) -> Iterator[tuple[Progress, TaskID]]:
    console = Console(stderr=True)
    bar = Progress(
        TextColumn(said),
        BarColumn(),
        TimeElapsedColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )
    with bar:
        yield bar, bar.add_task("", total=count)
