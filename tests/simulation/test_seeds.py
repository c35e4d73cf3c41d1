"""A vendor's life with faults: a ration of seeds, among them each that ever showed a violation."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.db import connection

from tenure.flows.simulation.playing import Play, Violation
from tenure.flows.simulation.preparing import prepare
from tenure.flows.simulation.shrinking import Shrinking
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


def test_a_mistake_is_found_and_told_by_its_shortest_history() -> None:
    prepare()
    story = tell(seed=2, organisations=3, years=0.2)
    with connection.cursor() as cursor:
        cursor.execute(WRONG)
    try:
        with pytest.raises(Violation) as found:
            Play(sparse(story)).run()
        shrinking = Shrinking(clear=lambda: None, may_go_on=lambda: True)
        short, last = shrinking.shortest(story, found.value)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP FUNCTION simulated_mistake CASCADE")
    assert last.kind == found.value.kind == "invitations"
    assert [op.kind for op in short.ops] == ["invite"]
    assert list(short.ticks) == []
    assert "instead of" in str(last)


def sparse(story: Story) -> Story:
    """The worker on every fifth of its days: the same rules, for less."""
    return replace(story, ticks=story.ticks[::5])
