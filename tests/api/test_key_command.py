"""``tenure api-key create``, as somebody at a terminal runs it."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

from tenure.cli.main import app
from tenure.organisations.models import ApiKey
from tests.api.cast import Cast
from tests.api.talking import Api

pytestmark = pytest.mark.django_db(transaction=True)

ENGLISH = {"LC_ALL": "en_GB.UTF-8"}


def test_a_vendor_s_key_is_printed_once_and_works(cast: Cast) -> None:
    done = CliRunner().invoke(app, ["api-key", "create", "--name", "shop"], env=ENGLISH)
    assert done.exit_code == 0
    key = done.stdout.strip()
    assert key.startswith("tenure_")
    assert "cannot be shown again" in done.stderr
    assert Api(key).get(f"/organisations/{cast.org}").status == 200
    row = ApiKey.objects.get(name="shop")
    assert key.encode() not in bytes(row.hash)
    assert row.organisation_id is None


def test_an_organisation_s_key_sees_that_one_alone(cast: Cast) -> None:
    words = ["api-key", "create", "--name", "erp", "--organisation", cast.org]
    key = CliRunner().invoke(app, words, env=ENGLISH).stdout.strip()
    rows = Api(key).get("/organisations").body["data"]
    assert [row["id"] for row in rows] == [cast.org]
    events = Api(key).get(f"/organisations/{cast.org}/events").body["data"]
    assert events[-1]["type"] == "api_key.created"
    assert events[-1]["by"] == "command"


@pytest.mark.parametrize("name", [" ", "x" * 101, "a\x00b"])
def test_a_name_that_says_nothing_is_a_wrong_call(name: str) -> None:
    done = CliRunner().invoke(app, ["api-key", "create", "--name", name], env=ENGLISH)
    assert done.exit_code == 2


def test_a_key_for_nobody_is_not_made(cast: Cast) -> None:
    words = ["api-key", "create", "--name", "x", "--organisation", "org_nobody"]
    done = CliRunner().invoke(app, words, env=ENGLISH)
    assert done.exit_code == 1
    assert not ApiKey.objects.filter(name="x").exists()
