"""A story is played by several processes, each with some of the customers and a database."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable
from queue import Empty
from typing import Any

from tenure.flows.simulation.playing import Play, Violation
from tenure.flows.simulation.report import Report
from tenure.flows.simulation.stage import Stage
from tenure.flows.simulation.story import Story

Played = tuple[Report, Violation | None]


def play(
    story: Story, stage: Stage, *, jobs: int, told: Callable[[int], None] = lambda _day: None
) -> Played:
    """Play it to its end or to the first violation; ``told`` hears of the days that passed."""
    jobs = max(1, min(jobs, len(story.foundings)))
    stage.set_up(jobs)
    if jobs == 1:
        stage.enter(0)
        return _played(story, told)
    fork = multiprocessing.get_context("fork")
    answers: Any = fork.Queue()
    children = [
        fork.Process(target=_play_part, args=(story.part(number, jobs), stage, number, answers))
        for number in range(jobs)
    ]
    for child in children:
        child.start()
    whole, violations, left = Report(), [], jobs
    while left:
        try:
            answer = answers.get(timeout=1)
        except Empty:
            if not any(child.is_alive() for child in children):
                raise ChildProcessError from None
            continue
        if isinstance(answer, int):
            told(answer)
            continue
        report, violation = answer
        whole.add(report)
        violations += [violation] if violation is not None else []
        left -= 1
    for child in children:
        child.join()
    return whole, min(violations, key=lambda each: each.minute, default=None)


def _play_part(story: Story, stage: Stage, number: int, answers: Any) -> None:
    """In a child: days as they pass if it is the first one, and what came of it in the end."""
    stage.enter(number)
    answers.put(_played(story, answers.put if number == 0 else lambda _day: None))


def _played(story: Story, told: Callable[[int], None]) -> Played:
    playing = Play(story, told=told)
    try:
        return playing.run(), None
    except Violation as violation:
        return playing.report, violation
