"""A form that is sent twice at the same moment is done once (R16)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Event
from uuid import UUID

from django.db import connection

from tenure.base.ids import new_id
from tenure.events.asked import Asked
from tenure.events.asking import asked_alone
from tenure.events.journal import transaction
from tests.patience import PATIENCE
from tests.shop import START


def test_the_second_waits_for_the_first_and_finds_what_it_made(transactional_db: None) -> None:
    asked = Asked(scope=new_id(), key="k", call="POST /buy", body_hash=b"x" * 32)
    entered = Event()

    def first() -> UUID | None:
        try:
            with asked_alone(asked) as before:
                assert before is None
                entered.set()
                with transaction(now=START, by="test", asked=asked) as journal:
                    journal.made = new_id()
                return journal.made
        finally:
            connection.close()

    def second() -> UUID | None:
        try:
            assert entered.wait(PATIENCE)
            with asked_alone(asked) as before:
                return before.made if before else None
        finally:
            connection.close()

    with ThreadPoolExecutor() as pool:
        made, found = pool.submit(first), pool.submit(second)
        assert made.result() == found.result() is not None


def test_what_failed_can_be_asked_again(transactional_db: None) -> None:
    asked = Asked(scope=new_id(), key="k", call="POST /buy", body_hash=b"x" * 32)
    for _ in range(2):
        with asked_alone(asked) as before:
            assert before is None
