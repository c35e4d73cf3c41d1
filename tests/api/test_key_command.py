"""``tenure api-key``, as somebody at a terminal runs it."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from tenure.base.ids import new_id, public_id
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
    listed = CliRunner().invoke(app, ["api-key", "list"], env=ENGLISH).stdout.splitlines()
    named = public_id("key", row.id)
    assert listed[0] == f"{named}  shop  made {row.created_at.date()}"
    assert key not in "".join(listed)
    theirs = ["--organisation", cast.org]
    assert CliRunner().invoke(app, ["api-key", "revoke", named, *theirs]).exit_code == 1
    assert Api(key).get(f"/organisations/{cast.org}").status == 200
    for _ in range(2):
        done = CliRunner().invoke(app, ["api-key", "revoke", named], env=ENGLISH)
        assert (done.exit_code, done.stdout) == (0, "")
    assert Api(key).get(f"/organisations/{cast.org}").status == 401
    listed = CliRunner().invoke(app, ["api-key", "list"], env=ENGLISH).stdout.splitlines()
    assert ", revoked " in listed[0]


def test_an_organisation_s_key_sees_that_one_alone(cast: Cast) -> None:
    words = ["api-key", "create", "--name", "erp", "--organisation", cast.org]
    key = CliRunner().invoke(app, words, env=ENGLISH).stdout.strip()
    rows = Api(key).get("/organisations").body["data"]
    assert [row["id"] for row in rows] == [cast.org]
    events = Api(key).get(f"/organisations/{cast.org}/events").body["data"]
    assert events[-1]["type"] == "api_key.created"
    assert events[-1]["by"] == "command"
    words = ["api-key", "list", "--json", "--organisation", cast.org]
    newest, *_ = json.loads(CliRunner().invoke(app, words).stdout)
    assert (newest["name"], newest["organisation"], newest["revoked_at"]) == ("erp", cast.org, None)
    words = ["api-key", "revoke", newest["id"], "--organisation", cast.org]
    assert CliRunner().invoke(app, words).exit_code == 0
    assert Api(key).get("/organisations").status == 401


@pytest.mark.parametrize("name", [" ", "x" * 101, "a\x00b"])
def test_a_name_that_says_nothing_is_a_wrong_call(name: str) -> None:
    done = CliRunner().invoke(app, ["api-key", "create", "--name", name], env=ENGLISH)
    assert done.exit_code == 2


def test_a_key_for_nobody_is_not_made(cast: Cast) -> None:
    words = ["api-key", "create", "--name", "x", "--organisation", "org_nobody"]
    done = CliRunner().invoke(app, words, env=ENGLISH)
    assert done.exit_code == 1
    assert not ApiKey.objects.filter(name="x").exists()
    words = ["api-key", "list", "--organisation", public_id("org", new_id())]
    assert CliRunner().invoke(app, words).exit_code == 1
    assert CliRunner().invoke(app, ["api-key", "revoke", "key_nobody"]).exit_code == 1
