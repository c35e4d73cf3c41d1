"""A vendor's life with faults: a ration of seeds, among them each that ever showed a violation."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import NamedTuple

import pytest
from django.db import connection

from tenure.cli.simulate import lines, played
from tenure.flows.simulation.playing import Play
from tenure.flows.simulation.preparing import prepare
from tenure.flows.simulation.stage import Stage
from tenure.flows.simulation.story import Founding, Op, Story, tell

pytestmark = pytest.mark.django_db(transaction=True)

RATION = ((1, 7, 0.3),)
"""Seed, organisations, years."""


class Failed(NamedTuple):
    """A story that once showed a violation: the seed, its years, whose lives, the edition."""

    seed: int
    years: float
    customers: Collection[int]
    edition: int


EVER_FAILED = (
    Failed(22, 0.3, range(3), 0),
    Failed(41, 0.5, [24], 0),
    Failed(61, 0.4, [13], 0),
    Failed(71, 0.2, range(3), 0),
    Failed(204, 1, [61], 1),
    Failed(203, 1, [22], 1),
    Failed(202, 1, [45], 2),
    Failed(501, 0.5, [5], 3),
)
"""As they were told then; of two nobody wrote down which customer it was."""


@pytest.mark.parametrize(("seed", "organisations", "years"), RATION)
def test_the_product_and_the_rulebook_agree(seed: int, organisations: int, years: float) -> None:
    prepare()
    story = tell(seed=seed, organisations=organisations, years=years)
    report = Play(sparse(story)).run()
    assert report.operations > organisations * 26 * years / 2
    assert report.deaths
    assert report.decisions


def test_what_ever_failed_holds() -> None:
    prepare()
    story = together(EVER_FAILED)
    story = replace(story, ticks=story.ticks[::9])
    report = Play(story, compared_on=range(0, story.days, 9)).run()
    assert report.operations > 60


@pytest.mark.unmeasured
def test_processes_are_killed() -> None:
    prepare()
    story = replace(together([Failed(9, 0.3, range(6), 1)]), killed=100)
    report = Play(
        sparse(replace(story, ops=[op._replace(fault=op.fault or 3) for op in story.ops]))
    )
    assert report.run().killed > 10


def together(stories: Sequence[Failed]) -> Story:
    """Several stories at the same time, each of its own customers."""
    foundings: list[Founding] = []
    ops: list[Op] = []
    for each in stories:
        most = max(each.customers) + 1
        told = tell(seed=each.seed, years=each.years, organisations=most, edition=each.edition)
        for index in each.customers:
            founding = replace(told.foundings[index], index=len(foundings))
            ops += [op._replace(customer=founding.index) for op in told.ops if op.customer == index]
            foundings.append(founding)
    longest = tell(seed=1, years=max(each.years for each in stories), organisations=1)
    return replace(longest, foundings=foundings, ops=sorted(ops))


WRONG = """
    CREATE FUNCTION simulated_mistake() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN NEW.expires_at := NEW.expires_at + interval '1 day'; RETURN NEW; END $$;
    CREATE TRIGGER simulated_mistake BEFORE INSERT ON organisations_invitation
    FOR EACH ROW EXECUTE FUNCTION simulated_mistake();
"""
"""An invitation that lasts a day too long (R36)."""


class Here(Stage):
    """The tests' own database, as it is: new customers do not mind those who are there."""

    def set_up(self, sets: int) -> None:
        """It is there."""

    def enter(self, number: int) -> None:
        """We are in it."""


def test_a_mistake_is_found_and_told_by_its_shortest_history() -> None:
    prepare()
    story = tell(seed=2, organisations=3, years=0.2)
    with connection.cursor() as cursor:
        cursor.execute(WRONG)
    try:
        told = played(sparse(story), Here(prepare), jobs=1)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP FUNCTION simulated_mistake CASCADE")
    violation = told["violation"]
    assert violation["what"].startswith("invitations:")
    assert "instead of" in violation["shortest"]
    assert [line.split()[3] for line in violation["history"]] == ["invite"]
    assert violation["worker_runs"] == []
    assert [line for line in lines(told) if line.startswith("operations: ")]


def sparse(story: Story) -> Story:
    """The worker on every fifth of its days: the same rules, for less."""
    return replace(story, ticks=story.ticks[::5])
