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
    UNCHANGED,
    Catalogue,
    KnownOrganisation,
    organisation_row,
)
from tenure.access.rules.decision import decide
from tenure.base.calendar import microseconds
from tenure.base.clock import machine_now
from tenure.base.ids import new_id, public_id
from tenure.catalogue.models import OfferRole, Role
from tenure.events.models import CATALOGUE_STREAM, KEYS_STREAM, Stream
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
        assert facts.facts.revision == Stream.objects.get(pk=organisation.id).revision
        for at in world.instants:
            for name in names:
                for grant in PERMISSIONS:
                    subject = facts.addresses.get(name, name)
                    found = decide(
                        facts.facts, subject, grant, microseconds(at), known=name in existing
                    )
                    assert (
                        found.allowed,
                        found.reason.code,
                        found.valid_until,
                        found.data_available_until,
                    ) == oracle(plain, existing, name, grant, at), (name, grant, at)


def test_of_known_streams_only_those_are_told_that_changed() -> None:
    organisation = make_world(1, 1).organisations[0]
    Stream.objects.create(organisation_id=CATALOGUE_STREAM, revision=3)
    never_changed = new_id()
    revision, written_by = known(organisation).version

    def changed(*versions: tuple[UUID, int, object]) -> tuple[int, list[UUID]]:
        marks = [sql.mark(stream, (revision, by)) for stream, revision, by in versions]
        ((at, found),) = rows(sql.CHANGED, b"".join(marks), sql.NO_CHANGE)
        return at, found

    before = microseconds(machine_now())
    same = (organisation.id, revision, written_by)
    at, found = changed((CATALOGUE_STREAM, -1, None), same, (never_changed, *UNCHANGED))
    assert found == [CATALOGUE_STREAM]
    assert abs(at - before) < 60_000_000
    assert changed((organisation.id, revision + 1, written_by))[1] == [organisation.id]
    assert changed((organisation.id, revision, None))[1] == [organisation.id]
    assert changed((never_changed, 1, None))[1] == [never_changed]


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
    found = {
        key: (owner, (revision, by))
        for key, owner, revision, by in rows(sql.KEYS, asked, KEYS_STREAM)
    }
    assert found == {
        asked[0]: (None, UNCHANGED),
        asked[1]: (organisation.id, known(organisation).version),
    }
    assert rows(sql.KEYS, [], KEYS_STREAM) == []


@pytest.mark.django_db(transaction=True)
def test_the_same_revision_written_again_is_another_version() -> None:
    """As after a restored backup: what was known of the one says nothing of the other."""
    organisation = make_world(1, 1).organisations[0]
    first = known(organisation)
    Stream.objects.filter(pk=organisation.id).update(revision=first.facts.revision)
    second = known(organisation)
    assert second.facts.revision == first.facts.revision
    assert second.version != first.version


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
    Stream.objects.all().delete()
    found = known(organisation)
    assert (found.version, found.facts.revision) == (UNCHANGED, 0)


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
