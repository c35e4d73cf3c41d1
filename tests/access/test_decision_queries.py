"""The SQL of decisions and what is made of its rows, against the ORM and the oracle."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection, connections, transaction

from tenure.access.models import Seat
from tenure.access.queries import decisions as sql
from tenure.access.queries.decisions import (
    NOTHING_KNOWN,
    Catalogue,
    KnownOrganisation,
    organisation_row,
)
from tenure.access.rules.decision import decide
from tenure.base.calendar import microseconds
from tenure.base.clock import machine_now
from tenure.base.ids import new_id, public_id
from tenure.catalogue.models import OfferRole, Role
from tenure.events.models import CATALOGUE_STREAM, Stream
from tenure.organisations.models import ApiKey, Member, Organisation, User
from tests.access.oracle import oracle
from tests.access.worlds import NOW, PERMISSIONS, everybody, make_catalogue, make_world, read_aloud

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("sold")]


@pytest.fixture
def sold(db: None) -> None:
    """A catalogue, whatever else the test makes."""
    make_catalogue()


def rows(text: str, *arguments: Any, using: str = "default") -> list[Any]:
    names = ("first", "second", "third")
    with connections[using].cursor() as cursor:
        cursor.execute(
            text.format(*(f"%({name})s" for name in names)),
            dict(zip(names, arguments, strict=False)),
        )
        return list(cursor.fetchall())


def catalogue() -> Catalogue:
    known = Catalogue()
    known.read(rows(sql.CATALOGUE, CATALOGUE_STREAM)[0])
    return known


def known(organisation: Organisation) -> KnownOrganisation:
    (row,) = rows(sql.ORGANISATIONS, [organisation.id])
    return organisation_row(row, catalogue())


@pytest.mark.unmeasured
@pytest.mark.parametrize("seed", range(60))
def test_facts_from_one_statement_decide_as_the_books_do(seed: int) -> None:
    world = make_world(seed)
    existing = everybody()
    names = existing | {"nobody@nowhere.example", public_id("mem", new_id())}
    for organisation in world.organisations:
        plain, facts = read_aloud(organisation), known(organisation)
        assert facts.id == organisation.id
        assert facts.revision == Stream.objects.get(pk=organisation.id).revision
        for at in world.instants:
            for name in names:
                for grant in PERMISSIONS:
                    subject = facts.addresses.get(name, name)
                    found = decide(facts, subject, grant, microseconds(at), known=name in existing)
                    assert (
                        found.allowed,
                        found.reason.code,
                        found.valid_until,
                        found.data_available_until,
                    ) == oracle(plain, existing, name, grant, at), (name, grant, at)


def changed_since(snapshot: str) -> tuple[set[UUID], str]:
    """Which streams changed since a snapshot, and the snapshot that says so."""
    ((_, _, now, found),) = rows(sql.CHANGED, snapshot)
    assert len(found) == len(set(found))
    return set(found), now


def write(stream: UUID, using: Any = connection) -> None:
    """Write a stream without anything new in it."""
    with using.cursor() as cursor:
        cursor.execute("UPDATE events_stream SET sequence = 0 WHERE organisation_id = %s", [stream])


@pytest.mark.django_db(transaction=True)
def test_what_was_written_since_a_snapshot_is_told_once() -> None:
    first, second = (make_world(seed, 1).organisations[0].id for seed in (1, 2))
    before = microseconds(machine_now())
    ((at, file, snapshot, found),) = rows(sql.CHANGED, NOTHING_KNOWN)
    assert (found, abs(at - before) < 60_000_000) == ([], True)
    for streams in ([first], [second], [], [first, second]):
        for stream in streams:
            write(stream)
        found, snapshot = changed_since(snapshot)
        assert found == set(streams)
    Stream.objects.create(organisation_id=CATALOGUE_STREAM, revision=3)
    assert changed_since(snapshot)[0] == {CATALOGUE_STREAM}
    assert rows(sql.CHANGED, snapshot)[0][1] == file
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE events_stream")
    assert rows(sql.CHANGED, snapshot)[0][1] != file


@pytest.mark.django_db(transaction=True)
def test_in_whatever_order_it_is_committed_no_change_is_missed() -> None:
    """The first to begin is the last to commit, in a savepoint; one is rolled back; one goes on."""
    slow, fast, undone, going_on = (make_world(n, 1).organisations[0].id for n in (1, 2, 3, 4))
    _, snapshot = changed_since(NOTHING_KNOWN)
    others = [connection.copy() for _ in range(3)]
    try:
        for other, stream in zip(others, (slow, undone, going_on), strict=True):
            other.set_autocommit(False)
            with other.cursor() as cursor:
                cursor.execute("SELECT pg_current_xact_id()")
                cursor.execute("SAVEPOINT inside")
            write(stream, other)
        write(fast)
        found, snapshot = changed_since(snapshot)
        assert found == {fast}
        others[0].commit()
        others[1].rollback()
        found, snapshot = changed_since(snapshot)
        assert found == {slow}
        others[2].commit()
        found, snapshot = changed_since(snapshot)
        assert found == {going_on}
        assert changed_since(snapshot)[0] == set()
    finally:
        for other in others:
            other.close()


def test_keys_that_are_valid_tell_whose_they_are() -> None:
    organisation = make_world(1, 1).organisations[0]
    for number, owner, revoked in ((1, None, None), (2, organisation, None), (3, None, NOW)):
        ApiKey.objects.create(
            name="k",
            organisation=owner,
            hash=bytes([number]) * 32,
            created_at=NOW,
            revoked_at=revoked,
        )
    asked = [bytes([number]) * 32 for number in range(1, 5)]
    assert dict(rows(sql.KEYS, asked)) == {asked[0]: None, asked[1]: organisation.id}
    assert rows(sql.KEYS, []) == []


def test_a_newer_catalogue_is_true_of_facts_read_before() -> None:
    known_catalogue = catalogue()
    given = known_catalogue.grants_of("one")
    assert given == {("cad", "draw"), ("cad", "export")}
    Role.objects.filter(id="draws").update(grants={"cad": ["draw"]})
    OfferRole.objects.create(offer_id="one", role_id="views", position=1)
    known_catalogue.read(rows(sql.CATALOGUE, CATALOGUE_STREAM)[0])
    assert given == {("cad", "draw"), ("cad", "view"), ("web", "view")}
    assert known_catalogue.grants_of("one") is given


def test_an_offer_or_role_that_nobody_knows_grants_nothing() -> None:
    known_catalogue = catalogue()
    assert known_catalogue.grants_of("unheard-of") == set()
    assert known_catalogue.grants_of("bare") == set()
    assert known_catalogue.grants_of("gone") == {("sim", "run")}
    known_catalogue.read((1, 1, "{}", '{"one": ["draws"]}'))
    assert known_catalogue.grants_of("one") == set()


def test_organisations_that_do_not_exist_have_no_row() -> None:
    assert rows(sql.ORGANISATIONS, [new_id()]) == []


def test_an_organisation_that_never_changed_has_revision_0() -> None:
    organisation = make_world(1, 1).organisations[0]
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE events_stream")
    assert known(organisation).revision == 0


def test_strangers_are_found_by_id_and_by_any_address() -> None:
    organisation = next(
        o for s in range(9) for o in make_world(s).organisations if o.members.count()
    )
    member = organisation.members.first()
    assert member is not None
    User.objects.create(email="login@only.example", name="L", created_at=NOW)
    ids, addresses = [member.id, new_id()], [member.email, "login@only.example", "no@body.example"]
    ((found, found_addresses),) = rows(sql.SUBJECTS, ids, addresses)
    assert found == [member.id]
    assert sorted(found_addresses) == sorted([member.email, "login@only.example"])


def used(seat: Seat, day: date, member: UUID | None = None) -> list[Any]:
    return rows(sql.USED, [seat.subscription_id], [member or seat.member_id], [day])


def held_seat() -> Seat:
    for seed in range(50):
        make_world(seed)
        if seat := Seat.objects.filter(member__isnull=False).first():
            return seat
    raise AssertionError("no seed gives a seat")


def test_use_moves_forward_only_and_keeps_the_first() -> None:
    seat, day = held_seat(), date(2027, 6, 15)
    for after in (0, 0, -1, 2, 1):
        assert used(seat, day + timedelta(days=after)) == []
    seat.refresh_from_db()
    assert (seat.first_used_on, seat.last_used_on) == (day, day + timedelta(days=2))


def test_use_is_written_only_while_the_member_still_holds_the_seat() -> None:
    seat = held_seat()
    member = seat.member_id
    other = Member.objects.create(
        organisation_id=seat.organisation_id,
        email="other@o.example",
        standing="member",
        status="active",
        created_at=NOW,
    )
    Seat.objects.filter(pk=seat.pk).update(member=other)
    assert used(seat, date(2027, 6, 15), member) == []
    seat.refresh_from_db()
    assert seat.last_used_on is None


@pytest.mark.django_db(transaction=True)
def test_use_waits_for_nobody() -> None:
    seat = held_seat()
    other = connection.copy()
    try:
        with transaction.atomic():
            Seat.objects.select_for_update().get(pk=seat.pk)
            with other.cursor() as cursor:
                cursor.execute("SET lock_timeout = '5s'")
                cursor.execute(
                    sql.USED.format("%s", "%s", "%s"),
                    [[seat.subscription_id], [seat.member_id], [date(2027, 6, 15)]],
                )
                assert cursor.fetchall() == [(seat.subscription_id, seat.member_id)]
    finally:
        other.close()
    assert used(seat, date(2027, 6, 15)) == []
    seat.refresh_from_db()
    assert seat.last_used_on == date(2027, 6, 15)
