"""A change is in force at the next decision after the answer to the change (R42).

Two node processes that know nothing of each other, and the main port, are asked right after
every change, while others ask all of them about the same organisations without a pause.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection, connections

from tenure.access.models import Seat
from tenure.catalogue.file import parse_catalogue
from tenure.events.journal import transaction
from tenure.events.models import Stream
from tenure.flows.catalogue_import import import_file
from tenure.flows.members import change_member
from tenure.flows.seats import assign_seat, release_seat
from tenure.flows.written import Written
from tenure.organisations.commands.api_keys import revoke_api_key
from tenure.organisations.models import ApiKey, Member, MemberStatus
from tests.api.decisions.office import Office, make_key
from tests.api.decisions.ports import EVALUATION, EVALUATIONS, MainPort, NodeProcess, Port, post
from tests.shop import CATALOGUE, START

CHANGES = 40
Answer = tuple[int, str]


@dataclass
class Watched:
    """A member whose seat comes and goes, and what was true at each revision."""

    office: Office
    member: Member
    seat: Seat
    truth: dict[int, str] = field(default_factory=dict)

    @property
    def question(self) -> dict[str, Any]:
        """May they draw?"""
        return self.office.question(self.member)

    def change(self, number: int) -> int:
        """Change what they may do; returns the revision from which on that is so."""
        match number % 4:
            case 0:
                reason, revision = "no_seat", self._seat(release_seat)
            case 1:
                reason, revision = "granted", self._seat(assign_seat)
            case 2:
                reason, revision = "member_not_active", self._stand(MemberStatus.SUSPENDED)
            case _:
                reason, revision = "granted", self._stand(MemberStatus.ACTIVE)
        self.truth[revision] = reason
        return revision

    def _seat(self, change: Callable[..., Written]) -> int:
        subscription = self.seat.subscription_id
        return change(
            subscription=subscription, member=self.member.id, now=START, by="test"
        ).revision

    def _stand(self, status: MemberStatus) -> int:
        return change_member(
            member=self.member.id, status=status, may_give_ownership=True, now=START, by="test"
        ).revision


def answer_of(item: Any) -> Answer:
    return item["context"]["revision"], item["context"]["reason"]


def watched(number: int) -> Watched:
    office = Office(f"owner{number}@o{number}.example")
    member = office.member(f"ann@o{number}.example")
    made = Watched(office, member, office.give(member))
    made.truth[Stream.objects.get(pk=office.id).revision] = "granted"
    return made


def ask_without_pause(
    port: Port, key: str, all_watched: Sequence[Watched], seen: list[Answer], stop: threading.Event
) -> None:
    """Ask about all of them in one call, again and again, and keep what was answered."""
    body = {"evaluations": [each.question for each in all_watched]}
    while not stop.is_set():
        reply = post(port, EVALUATIONS, body, key)
        assert reply.status == 200, reply.content
        seen.append(tuple(map(answer_of, reply.body["evaluations"])))


def own(node: NodeProcess) -> NodeProcess:
    """The same process, over a connection of one's own."""
    made = object.__new__(NodeProcess)
    made.port = node.port
    made._connection = None
    return made


def test_never_a_stale_answer(nodes: tuple[NodeProcess, NodeProcess], shop: None, key: str) -> None:
    all_watched = [watched(number) for number in range(4)]
    stop, seen, failed = threading.Event(), [[] for _ in range(6)], []

    def change_and_ask(each: Watched) -> None:
        ports: list[Port] = [own(nodes[0]), own(nodes[1]), MainPort()]
        for number in range(CHANGES):
            revision = each.change(number)
            for port in ports:
                got = answer_of(post(port, EVALUATION, each.question, key).body)
                if got != (revision, each.truth[revision]):
                    failed.append((number, port, got, revision, each.truth[revision]))
        connections.close_all()

    with ThreadPoolExecutor(16) as pool:
        askers = [
            pool.submit(ask_without_pause, own(nodes[index % 2]), key, all_watched, kept, stop)
            for index, kept in enumerate(seen)
        ]
        changers = [pool.submit(change_and_ask, each) for each in all_watched]
        try:
            for change in changers:
                change.result()
        finally:
            stop.set()
        for asker in askers:
            asker.result()
    assert failed == []
    for kept in seen:
        assert len(kept) > 1
        for index, each in enumerate(all_watched):
            answers = [answers[index] for answers in kept]
            assert all(each.truth[revision] == reason for revision, reason in answers)
            assert answers == sorted(answers), "what one asker is told never goes back"


def test_a_change_is_seen_whenever_it_is_committed(
    nodes: tuple[NodeProcess, NodeProcess], office: Office, key: str
) -> None:
    """One that was begun first, and is committed when a later one was seen, or never."""
    later = Office("eve@elsewhere.example")

    def told(about: Office) -> set[int]:
        asked = about.question("ada@atelier.example")
        bodies = [post(node, EVALUATION, asked, key).body for node in nodes]
        return {body["context"]["revision"] for body in bodies}

    other = connection.copy()
    other.set_autocommit(False)
    try:
        (before,) = told(office)
        for end, expected in ((other.rollback, before), (other.commit, before + 1)):
            with other.cursor() as cursor:
                cursor.execute(
                    "UPDATE events_stream SET revision = revision + 1 WHERE organisation_id = %s",
                    [office.id],
                )
            revision = later.touch()
            assert told(later) == {revision}
            assert told(office) == {before}
            end()
            assert told(office) == {expected}
    finally:
        other.close()


@contextmanager
def asked_by_all(nodes: Sequence[NodeProcess]) -> Iterator[Callable[..., set[str]]]:
    """Asks every port, and returns the different reasons or codes that they give."""
    ports: list[Port] = [*nodes, MainPort()]

    def ask(question: object, key: str) -> set[str]:
        bodies = [post(port, EVALUATION, question, key).body for port in ports]
        return {
            body["context"]["reason"] if "decision" in body else body["code"] for body in bodies
        }

    yield ask


def test_a_new_catalogue_is_in_force_at_once(
    nodes: tuple[NodeProcess, NodeProcess], office: Office, key: str
) -> None:
    ann = office.member("ann@atelier.example")
    office.give(ann)
    without = CATALOGUE.replace("{modeller: [draw, export]}", "{modeller: [export]}")
    with asked_by_all(nodes) as ask:
        for text, reason in ((CATALOGUE, "granted"), (without, "no_role_with_permission")) * 3:
            import_file(file=parse_catalogue(text), source=text, now=START, by="test")
            assert ask(office.question(ann), key) == {reason}


@pytest.mark.parametrize("owned", [False, True])
def test_a_key_is_good_from_its_making_to_its_revocation(
    nodes: tuple[NodeProcess, NodeProcess], office: Office, owned: bool
) -> None:
    ann = office.member("ann@atelier.example")
    with asked_by_all(nodes) as ask:
        assert ask(office.question(ann), "not-yet-made") == {"unauthenticated"}
        for _ in range(3):
            key = make_key(office if owned else None)
            assert ask(office.question(ann), key) == {"no_seat"}
            with transaction(now=START, by="test") as journal:
                revoke_api_key(key=ApiKey.objects.latest("id"), journal=journal)
            assert ask(office.question(ann), key) == {"unauthenticated"}


def test_whoever_joins_is_known_at_once(
    nodes: tuple[NodeProcess, NodeProcess], office: Office, key: str
) -> None:
    with asked_by_all(nodes) as ask:
        for number in range(5):
            email = f"new{number}@atelier.example"
            assert ask(office.question(email), key) == {"unknown_subject"}
            other = Office(email)
            assert ask(office.question(email), key) == {"not_a_member"}
            assert ask(other.question(email), key) == {"no_seat"}
            member = office.member(email)
            assert ask(office.question(email), key) == {"no_seat"}
            assert ask(office.question(member), key) == {"no_seat"}


def test_a_clock_that_is_advanced_is_seen_at_once(
    nodes: tuple[NodeProcess, NodeProcess], office: Office, key: str
) -> None:
    ann = office.member("ann@atelier.example")
    office.give(ann)
    with asked_by_all(nodes) as ask:
        for now, reason in (
            (datetime(2028, 2, 29, 22, 59, tzinfo=UTC), "granted"),
            (datetime(2028, 2, 29, 23, 0, tzinfo=UTC), "retention"),
            (datetime(2028, 3, 15, 23, 0, tzinfo=UTC), "no_current_period"),
        ):
            office.change(test_clock=now)
            assert ask(office.question(ann), key) == {reason}
