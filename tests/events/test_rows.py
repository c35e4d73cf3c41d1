"""Statements past Django's cursors: what is kept for a connection, and what of it is forgotten."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

import pytest
from django.db import IntegrityError, OperationalError, connection
from django.db import transaction as database

from tenure.events.models import IdempotencyKey, Stream
from tenure.events.rows import foresee, new_row, read_rows, read_values, run, run_apart
from tenure.events.sending import Line
from tenure.events.writing import write_now
from tenure.orders.models import Order, OrderLine

pytestmark = pytest.mark.django_db(transaction=True)

INSERT = "INSERT INTO events_stream (organisation_id, sequence, revision) VALUES (%s, %s, 0)"
COUNT = "SELECT count(*) FROM events_stream WHERE sequence = %s"


@pytest.fixture(autouse=True)
def _prepared() -> None:
    """Statements that psycopg prepared, without which it forgets none of ours."""
    with connection.cursor() as cursor:
        for _ in range(5):
            cursor.execute("SELECT 1")


@contextmanager
def _rolled_back() -> Iterator[None]:
    with database.atomic():
        yield
        database.set_rollback(True)


def test_a_row_is_as_django_reads_it() -> None:
    written = Stream.objects.create(organisation_id=uuid4(), sequence=7)
    (read,) = read_rows(Stream, "WHERE organisation_id = %s", [written.organisation_id])
    assert (read, read.sequence, read._state.adding) == (written, 7, False)
    read.revision = 3
    read.save()
    assert Stream.objects.get(organisation_id=read.organisation_id).revision == 3


def test_a_new_row_is_as_django_makes_it() -> None:
    order = Order(id=uuid4())
    line = {"id": uuid4(), "order": order, "offer_id": "design", "quantity": 3}
    made, ours = OrderLine(**line), new_row(OrderLine, **line)
    fields = [field.attname for field in OrderLine._meta.concrete_fields]
    assert [getattr(ours, name) for name in fields] == [getattr(made, name) for name in fields]
    assert ours.order is order
    assert ours._state.adding
    first, second = new_row(IdempotencyKey), new_row(IdempotencyKey)
    assert first.id != second.id
    assert first.headers is not second.headers
    with pytest.raises(TypeError, match="colour"):
        new_row(Stream, colour="red")


def test_a_transaction_begins_and_ends_with_its_statements() -> None:
    with database.atomic(durable=True):
        assert run(COUNT, [1]) == [(0,)]
        run(INSERT, [uuid4(), 1])
        run(INSERT, [uuid4(), 1], ending=True)
        assert connection.connection.pgconn.transaction_status == 0
    assert read_values(COUNT, [1]) == [(2,)]


def test_what_is_rolled_back_is_not_there() -> None:
    with _rolled_back():
        run(INSERT, [uuid4(), 1])
    assert read_values(COUNT, [1]) == [(0,)]


def test_a_commit_that_is_refused_undoes_the_whole() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMP TABLE late (a int UNIQUE DEFERRABLE INITIALLY DEFERRED);"
            "INSERT INTO late VALUES (1)"
        )

    @database.atomic(durable=True)
    def work() -> None:
        run(INSERT, [uuid4(), 1])
        run("INSERT INTO late VALUES (%s)", [1], ending=True)

    with pytest.raises(IntegrityError):
        work()
    assert read_values(COUNT, [1]) == [(0,)]


def test_what_psycopg_forgot_is_prepared_anew() -> None:
    read_values(COUNT, [1])
    with _rolled_back():
        run(INSERT, [uuid4(), 1])
    assert read_values(COUNT, [1]) == [(0,)]
    with _rolled_back():
        run(INSERT, [uuid4(), 1])
    with database.atomic(durable=True):
        run(INSERT, [uuid4(), 1])
        assert run(COUNT, [1]) == [(1,)]
    with _rolled_back():
        run(INSERT, [uuid4(), 1])
    assert run_apart([(COUNT, [1]), (COUNT, [2])]) == [[(1,)], [(0,)]]


def test_in_a_transaction_that_django_began_nothing_is_taken_for_prepared() -> None:
    run(COUNT, [1])
    with _rolled_back():
        run(INSERT, [uuid4(), 1])
    with database.atomic(durable=True):
        assert not Stream.objects.filter(sequence=1).exists()
        assert run(COUNT, [1]) == [(0,)]
        run(INSERT, [uuid4(), 1], ending=True)
    assert read_values(COUNT, [1]) == [(1,)]


def test_a_savepoint_takes_back_its_part_alone() -> None:
    with database.atomic():
        run(INSERT, [uuid4(), 1])
        with _rolled_back():
            run(INSERT, [uuid4(), 1], ending=True)
        assert run(COUNT, [1]) == [(1,)]
    assert read_values(COUNT, [1]) == [(1,)]


def test_statements_apart_see_what_those_before_did_and_outlive_their_failure() -> None:
    key = uuid4()
    assert run_apart([(INSERT, [key, 1]), (COUNT, [1])]) == [[], [(1,)]]
    with pytest.raises(IntegrityError):
        run_apart([(INSERT, [key, 1]), (INSERT, [uuid4(), 1])])
    assert read_values(COUNT, [1]) == [(2,)]
    with database.atomic():
        assert run_apart([(COUNT, [1]), (COUNT, [2])]) == [[(2,)], [(0,)]]


def test_what_was_foreseen_is_answered_once_and_only_in_its_order() -> None:
    def counted() -> list[int]:
        return [run(COUNT, [each])[0][0] for each in (1, 2, 1)]

    with database.atomic():
        foresee([(COUNT, [1]), (COUNT, [2])])
        run(INSERT, [uuid4(), 1])  # was not foreseen, so the rest is asked anew
        assert counted() == [1, 0, 1]
        foresee([(COUNT, [1]), (INSERT, [uuid4(), 2]), (COUNT, [2])])
        assert counted() == [1, 1, 1]
        foresee([(COUNT, [2])])
    run(INSERT, [uuid4(), 2])
    assert counted() == [1, 2, 1]
    with database.atomic():
        foresee([(COUNT, [2]), (COUNT, [1])])
    with database.atomic():
        assert counted() == [1, 2, 1]
    foresee([(COUNT, [3])])  # outside of a transaction nothing is


def test_what_django_does_in_between_forgets_what_was_foreseen() -> None:
    with database.atomic():
        foresee([(COUNT, [1]), (COUNT, [1])])
        assert run(COUNT, [1]) == [(0,)]
        Stream.objects.create(organisation_id=uuid4(), sequence=1)
        assert run(COUNT, [1]) == [(1,)]
        foresee([(COUNT, [1])])
        write_now([Stream(organisation_id=uuid4(), sequence=1, revision=0, written_by=0)])
        assert run(COUNT, [1]) == [(2,)]


def test_what_was_foreseen_is_prepared_anew_and_fails_as_a_whole() -> None:
    with _rolled_back():
        foresee([(COUNT, [1]), (COUNT, [2])])
        run(INSERT, [uuid4(), 1])
    with database.atomic():
        foresee([(COUNT, [1]), (COUNT, [2])])
        assert run(COUNT, [1]) == [(0,)]
    key = uuid4()
    with pytest.raises(IntegrityError), database.atomic():
        foresee([(INSERT, [key, 1]), (INSERT, [key, 1]), (COUNT, [1])])
    assert read_values(COUNT, [1]) == [(0,)]


def test_the_oldest_statement_is_given_up() -> None:
    line = Line(connection.connection, most_kept=2)
    for number in range(4):
        assert line.run(f"SELECT {number}, %s::int", [number]) == [(number, number)]
    assert len(read_values("SELECT name FROM pg_prepared_statements", [])) >= 2
    assert line.run("SELECT 0, %s::int", [0]) == [(0, 0)]


def test_a_lost_connection_is_told_as_such() -> None:
    (pid,) = read_values("SELECT pg_backend_pid()", [])[0]
    other = connection.copy()
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])
    other.close()
    try:
        with pytest.raises(OperationalError):
            read_values(COUNT, [1])
    finally:
        connection.close()
    assert read_values(COUNT, [1]) == [(0,)]
