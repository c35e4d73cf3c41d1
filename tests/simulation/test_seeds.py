"""A vendor's life with faults: a ration of seeds, among them each that ever showed a violation."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.db import connection

from tenure.cli.simulate import lines, played
from tenure.flows.simulation.playing import Play
from tenure.flows.simulation.preparing import prepare
from tenure.flows.simulation.stage import Stage
from tenure.flows.simulation.story import Story, tell

pytestmark = pytest.mark.django_db(transaction=True)

RATION = ((1, 10, 0.3),)
"""Seed, organisations, years."""


@pytest.mark.parametrize(("seed", "organisations", "years"), RATION)
def test_the_product_and_the_rulebook_agree(seed: int, organisations: int, years: float) -> None:
    prepare()
    story = tell(seed=seed, organisations=organisations, years=years)
    report = Play(sparse(story)).run()
    assert report.operations > organisations * 26 * years / 2
    assert report.deaths
    assert report.decisions


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
