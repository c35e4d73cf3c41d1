"""``tenure verify``, as somebody at a terminal runs it."""

from __future__ import annotations

import json

import pytest
from click.testing import Result
from typer.testing import CliRunner

from tenure.base.ids import public_id
from tenure.cli.main import app
from tenure.flows.verify.table import CHECKS as FLOW_CHECKS
from tenure.notices.verify import CHECKS as MAIL_CHECKS
from tenure.organisations.models import Member, Organisation
from tenure.subscriptions.models import Subscription
from tests.flows.worlds import World, make_world

pytestmark = pytest.mark.django_db(transaction=True)

CHECKS = (*FLOW_CHECKS, *MAIL_CHECKS)
ENGLISH = {"LC_ALL": "en_GB.UTF-8"}
FRENCH = {"LC_ALL": "fr_FR.UTF-8"}


def run(*words: str, env: dict[str, str] = ENGLISH) -> Result:
    """The command in this process, on the tests' database."""
    return CliRunner().invoke(app, ["verify", *words], env=env)


@pytest.fixture
def world() -> World:
    return make_world()


def test_it_names_each_check_and_its_count(world: World) -> None:
    done = run()
    assert done.exit_code == 0
    lines = done.stdout.splitlines()
    assert [line.split()[1] for line in lines[:-1]] == [check.name for check in CHECKS]
    subscriptions = str(Subscription.objects.count())
    assert lines[0].split() == ["ok", "periods_follow_anchor", "R1", subscriptions]
    assert next(line for line in lines if "payments_settled" in line).endswith("in flight: 1")
    assert lines[-1] == f"All {len(CHECKS)} checks hold."
    assert "en cours : 1" in run(env=FRENCH).stdout


def test_it_says_what_does_not_hold(world: World) -> None:
    Member.objects.filter(id=world.owner.id).update(status="suspended")
    failed = run()
    assert failed.exit_code == 1
    org, owner = public_id("org", world.company.id), public_id("mem", world.owner.id)
    assert f"        {org}  no_active_owner" in failed.stdout.splitlines()
    assert f"        {owner}  last_told:organisation.created" in failed.stdout.splitlines()
    assert f"2 of {len(CHECKS)} checks fail." in failed.stdout
    french = run(env=FRENCH)
    assert "Chaque organisation a un propriétaire actif." in french.stdout
    assert f"2 contrôles sur {len(CHECKS)} échouent." in french.stdout
    told = json.loads(run("--json").stdout)
    assert told["holds"] is False
    (owners,) = [check for check in told["checks"] if check["name"] == "owners"]
    assert owners == {
        "name": "owners",
        "rule": "R34",
        "says": "Every organisation has an active owner.",
        "looked_at": Organisation.objects.count(),
        "failed": 1,
        "in_flight": 0,
        "failures": [{"id": org, "what": "no_active_owner"}],
    }
    Member.objects.filter(id=world.owner.id).update(status="active")
    whole = run("--json")
    assert whole.exit_code == 0
    assert json.loads(whole.stdout)["holds"] is True
