"""A whole installation is backed up while it sells, and comes back as it was, table by table."""

from __future__ import annotations

import io
import json
import os
import re
import signal
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import psycopg
import pytest
from click.testing import Result
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from msgspec import structs
from typer.testing import CliRunner

from tenure.access.models import Seat
from tenure.base.clock import machine_now
from tenure.base.errors import Refused
from tenure.base.ids import public_id
from tenure.cli.main import app
from tenure.events.models import Event
from tenure.flows.backup import errors, tables
from tenure.flows.backup.archive import Backup, open_backup
from tenure.flows.backup.staging import STAGING, build, django_in_staging, fill, staging
from tenure.flows.backup.taking import ONE_AT_A_TIME, connected, take_backup
from tenure.flows.members import change_member
from tenure.flows.policy import bring_into_force
from tenure.flows.verify.run import verify
from tenure.host.processes import attempts
from tenure.orders.models import PolicyVersion
from tenure.orders.queries.policy import policy_in_force, policy_numbered
from tenure.organisations.models import Member, MemberStatus, Organisation
from tenure.policy.loading import parse_policy
from tests.api.decisions.office import make_key
from tests.api.decisions.ports import EVALUATION, NodeProcess, database_url, post
from tests.flows.clones import clone, django_over
from tests.flows.worlds import World, make_world
from tests.patience import PATIENCE
from tests.shop import START, customer

pytestmark = pytest.mark.django_db(transaction=True)

OLDER = [("events", "0001_initial"), ("access", "0005_seat_losses")]
"""A schema that has really been: streams without who wrote them, seats with an index more."""
FRENCH = {"LC_ALL": "fr_FR.UTF-8"}


def tenure(*words: str, language: str = "en_GB.UTF-8") -> Result:
    """The command in this process, on the database that Django uses."""
    env = {"LC_ALL": language, "DATABASE_URL": database_url()}
    return CliRunner().invoke(app, words, env=env)


def done(*words: str) -> Any:
    """What a command says as JSON that is to go well."""
    ended = tenure(*words, "--json")
    if ended.exception is not None:
        raise ended.exception
    return json.loads(ended.stdout)


def refusal(*words: str) -> tuple[object, dict[str, object]]:
    """The code with which a command is refused, and its figures."""
    refused = tenure(*words).exception
    assert isinstance(refused, Refused)
    return refused.code, dict(refused.figures)


def backed_up(path: Path) -> dict[str, list[bytes]]:
    """A backup's parts by name, their rows in one order whatever order they lay in."""
    with zipfile.ZipFile(path) as archive:
        names = [name for name in archive.namelist() if name.startswith("tables/")]
        return {name: sorted(archive.read(name).splitlines()) for name in names}


def shape() -> list[tuple[object, ...]]:
    """Everything in the schema that is no row: columns, constraints, indexes, triggers."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) "
            "FROM pg_constraint WHERE connamespace = 'public'::regnamespace UNION ALL "
            "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' "
            "UNION ALL SELECT tgrelid::regclass::text, tgname, pg_get_triggerdef(oid) "
            "|| tgenabled::text FROM pg_trigger WHERE NOT tgisinternal UNION ALL "
            "SELECT table_name, column_name, concat(data_type, is_nullable, is_identity, "
            "column_default) FROM information_schema.columns WHERE table_schema = 'public' "
            "UNION ALL SELECT proname, '', md5(prosrc) FROM pg_proc "
            "WHERE pronamespace = 'public'::regnamespace ORDER BY 1, 2, 3"
        )
        return cursor.fetchall()


def test_a_backup_is_one_state_while_others_sell(tmp_path: Path) -> None:
    """What is committed after the first table was written is in none of the later ones."""
    before = customer()
    sold: list[Organisation] = []

    def sell_meanwhile(_table: str, _size: int) -> None:
        if not sold:
            sold.append(customer(email="late@atelier.example"))

    output = io.BytesIO()
    manifest = take_backup(
        database_url(),
        output,
        now=machine_now(),
        version="0.1.0",
        files={},
        told=sell_meanwhile,
        sized=lambda _table, _size: None,
    )
    with zipfile.ZipFile(output) as archive:
        held = archive.read("tables/organisations_organisation.copy").decode()
        streams = archive.read("tables/events_stream.copy").decode()
        events = archive.read("tables/events_event.copy").decode()
    assert str(before.id) in held
    assert len(sold) == 1
    assert str(sold[0].id) not in held + streams + events
    assert Event.objects.filter(organisation_id=sold[0].id).exists()
    assert {part.table for part in manifest.tables}.isdisjoint(tables.FLEETING)


def test_commands_say_what_they_did_and_what_to_do(tmp_path: Path) -> None:
    customer()
    file = tmp_path / "today.tenure"
    told = done("backup", str(file))
    assert (told["file"], told["bytes"]) == (str(file), file.stat().st_size)
    assert told["tables"] > 60
    code, figures = refusal("backup", str(file))
    assert (code, figures) == (errors.FILE_EXISTS, {"file": str(file)})
    said = tenure("backup", str(file), "--overwrite", language="fr_FR.UTF-8").stdout
    assert said.startswith("Sauvegardé : ")
    assert tenure("backup", "-", "--json").exit_code == 2
    piped = tenure("backup", "-")
    assert zipfile.is_zipfile(io.BytesIO(piped.stdout_bytes))
    assert "Backed up: " in piped.stderr
    code, figures = refusal("restore", str(file))
    assert code == errors.HAS_DATA
    assert str(figures["what"]).startswith("organisations_")
    assert tenure("restore", str(tmp_path / "nothing")).exit_code == 2
    with psycopg.connect(database_url(), autocommit=True) as other:
        other.execute("SELECT pg_advisory_lock(%s)", [ONE_AT_A_TIME])
        assert refusal("backup", str(tmp_path / "other"))[0] == errors.BUSY
        assert refusal("restore", str(file), "--replace")[0] == errors.BUSY
    assert sorted(path.name for path in tmp_path.iterdir()) == ["today.tenure"]


def _policy_of(*, days: int) -> int:
    """Bring a policy into force that waits so many days for a transfer; returns its number."""
    source = str(PolicyVersion.objects.earliest("number").source)
    changed = re.sub(r"transfer_wait_days = \d+", f"transfer_wait_days = {days}", source)
    assert changed != source
    bring_into_force(source=changed, now=START, by="test")
    number, policy = policy_in_force()
    assert policy == policy_numbered(number)
    assert policy == parse_policy(changed)
    return number


SAYS_NO = {
    errors.NOT_FITTING: "SELECT 1 / 0",
    errors.NO_RIGHT: "DO $$BEGIN RAISE insufficient_privilege; END$$",
    errors.DISK_FULL: "DO $$BEGIN RAISE SQLSTATE '53100'; END$$",
    errors.DEPENDED_ON: "CREATE TEMP TABLE t (); CREATE TEMP VIEW v AS TABLE t; DROP TABLE t",
}


def test_what_the_database_says_no_to_is_said_so_that_it_helps(tmp_path: Path) -> None:
    """And what is not known, or does not fit together, is found before anything is replaced."""
    done("backup", str(tmp_path / "file"))
    with (
        open_backup(tmp_path / "file", ours="0.1.0") as backup,
        connected(database_url()) as restoring,
    ):
        for code, statement in SAYS_NO.items():
            with pytest.raises(Refused) as refused, staging(restoring, backup):
                restoring.execute(statement)
            assert refused.value.code == code
        newer = structs.replace(backup.manifest, version="9.1", migrations=("events.0099_later",))
        with staging(restoring, backup), django_in_staging(), pytest.raises(Refused) as refused:
            build(newer, file="file", ours="0.1.0")
        assert refused.value.code == errors.OF_NEWER
        assert refused.value.figures["what"] == "events.0099_later"
        parts = backup.manifest.parts
        first = structs.replace(backup.manifest, migrations=("events.0001_initial",), parts=())
        lacking = Backup(backup.path, zipfile.ZipFile(backup.path), first)
        known = re.compile(f"events_.*|{tables.MIGRATIONS}")
        streams = [part for part in parts if part.table and known.fullmatch(part.table)]
        later = structs.replace(first, parts=tuple(streams))  # with a column that came later
        odd = Backup(backup.path, zipfile.ZipFile(backup.path), later)
        twice = [structs.replace(each, columns=each.columns + each.columns[:1]) for each in streams]
        doubled = Backup(
            backup.path,
            zipfile.ZipFile(backup.path),
            structs.replace(first, parts=tuple(twice)),
        )
        with staging(restoring, backup), django_in_staging():
            build(first, file="file", ours="0.1.0")
            for each, what in (
                (lacking, tables.MIGRATIONS),
                (odd, "events_stream"),
                (doubled, tables.MIGRATIONS),
            ):
                with pytest.raises(Refused) as refused:
                    fill(restoring, each, lambda _table, _size: None)
                assert (refused.value.code, refused.value.figures["what"]) == (
                    errors.NOT_FITTING,
                    what,
                )
    assert Organisation.objects.count() == 0


class Live:
    """An installation that runs: a decision node, a vendor's key, and somebody who holds a seat."""

    def __init__(self, world: World) -> None:
        self.company = world.company
        self.key = make_key()
        self.member = Member.objects.get(email="bob@atelier.example")
        # Used today already: the node writes nothing more down, whenever it comes to it (R38).
        day = START.date()
        Seat.objects.filter(member=self.member).update(first_used_on=day, last_used_on=day)

    def decision(self, node: NodeProcess) -> tuple[str, int]:
        """May the member draw? The reason, and the revision of which that is true."""
        asked = {
            "subject": {"type": "member", "id": public_id("mem", self.member.id)},
            "action": {"name": "draw"},
            "resource": {"type": "application", "id": "modeller"},
            "context": {"organisation": public_id("org", self.company.id)},
        }
        context = post(node, EVALUATION, asked, self.key).body["context"]
        return context["reason"], context["revision"]

    def go_on(self) -> None:
        """What happens after the backup: a policy, a suspension, a customer."""
        _policy_of(days=20)
        change_member(
            member=self.member.id,
            status=MemberStatus.SUSPENDED,
            may_give_ownership=False,
            now=START,
            by="test",
        )
        customer(email="after@atelier.example")


def killed_in_the_middle(file: Path) -> None:
    """Restore in a process of its own, which is killed when it has begun to build."""
    command = [sys.executable, "-m", "tenure.cli", "restore", str(file), "--replace"]
    env = {**os.environ, "DATABASE_URL": database_url()}
    with psycopg.connect(database_url(), autocommit=True) as watching:
        child = subprocess.Popen(command, env=env)
        for _ in attempts(PATIENCE):
            found = watching.execute("SELECT to_regclass(%s)", [f"{STAGING}.django_migrations"])
            if found.fetchone() != (None,):
                break
        child.send_signal(signal.SIGKILL)
        child.wait()


def test_an_older_state_comes_back_under_a_running_installation(tmp_path: Path) -> None:
    """With what was remembered, and the schema, brought up to date: nothing else is different."""
    live = Live(make_world())
    whole, old, after = (tmp_path / name for name in ("whole", "old", "after"))
    done("backup", str(whole))
    up_to_date = shape()
    with clone("old") as older, clone("live") as running:
        with django_over(older):
            MigrationExecutor(connection).migrate(OLDER)
            done("backup", str(old))
        with django_over(running) as url:
            node = NodeProcess(url)
            try:
                node.await_readiness()
                _goes_back(live, node, old, after)
            finally:
                node.stop()
            assert shape() == up_to_date
            assert [each.check.name for each in verify(now=machine_now()) if not each.holds] == []
    before, restored = backed_up(whole), backed_up(after)
    assert before.keys() == restored.keys()
    different = {name for name, rows in before.items() if rows != restored[name]}
    assert different == {"tables/events_stream.copy", "tables/django_migrations.copy"}


def _goes_back(live: Live, node: NodeProcess, old: Path, after: Path) -> None:
    """The installation goes on after the backup, is restored, and goes on as of the backup."""
    reason, revision = live.decision(node)
    assert reason == "granted"
    live.go_on()
    later = live.decision(node)
    assert later == ("member_not_active", revision + 1)
    killed_in_the_middle(old)
    assert live.decision(node) == later
    assert Member.objects.filter(email="after@atelier.example").exists()
    busy = psycopg.connect(database_url())
    busy.execute("SELECT count(*) FROM orders_order")  # and nothing more, for as long as it may
    told = done("restore", str(old), "--replace")
    with busy, pytest.raises(psycopg.OperationalError):
        busy.execute("SELECT 1")
    assert (told["left_out"], told["failing"]) == ([], [])
    done("backup", str(after))
    assert live.decision(node) == ("granted", revision)
    assert not Member.objects.filter(email="after@atelier.example").exists()
    _policy_of(days=25)
