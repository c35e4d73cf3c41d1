"""Many people invited at once, from a file: all or none, and what is wrong line by line (R36)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tenure.access.commands.seats import reserve_seats
from tenure.access.queries.seats import lock_running_subscriptions, roles_held_by, seat_pools
from tenure.access.rules.seats import plan_reservations
from tenure.base.calendar import local_date, zone_named
from tenure.base.verdicts import Verdict, allow, refuse
from tenure.catalogue.queries import grants_by_role
from tenure.events.asked import Asked
from tenure.events.journal import Journal, transaction
from tenure.flows.locks import lock_living
from tenure.flows.written import Written
from tenure.orders.queries.policy import policy_in_force
from tenure.organisations.commands.invitations import NewInvitation, send_invitations
from tenure.organisations.errors import (
    ALREADY_MEMBER,
    LINE_INVITABLE,
    LINE_ROLE_UNKNOWN,
    LINE_TWICE,
    OWNERSHIP_IS_GIVEN,
)
from tenure.organisations.models import Member, Organisation
from tenure.organisations.rules import MemberStatus, Standing
from tenure.organisations.rules.invitation_file import Person


@dataclass(frozen=True, slots=True)
class LineVerdict:
    """Whether the person of a line can be invited, and if not, why."""

    person: Person
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class ManyInvited:
    """What a file came to: a verdict for each line, and what was written, which may be nothing."""

    lines: tuple[LineVerdict, ...]
    written: Written | None = None

    @property
    def allowed(self) -> bool:
        """Whether every line can be invited."""
        return all(line.verdict for line in self.lines)


def invite_many(
    *,
    organisation: UUID,
    people: Sequence[Person],
    dry_run: bool,
    now: datetime,
    by: str,
    asked: Asked | None = None,
) -> ManyInvited:
    """Invite people and reserve their seats if every line can be, or else nobody (R36).

    A dry run writes nothing and says the same. As many statements for 300 people as for 3.
    Raises ``NotFound``.
    """
    with transaction(now=now, by=by, organisation=organisation, asked=asked) as journal:
        row = lock_living(organisation, journal)
        today = local_date(journal.at, zone_named(row.timezone))
        lines = _judge(row, people, journal)
        judged = ManyInvited(tuple(lines))
        if dry_run or not judged.allowed or not people:
            return judged
        _, policy = policy_in_force()
        made = send_invitations(
            organisation=row,
            invitations=[_invitation(person) for person in people],
            zone=zone_named(row.timezone),
            policy=policy,
            may_give_ownership=False,
            from_file=True,
            journal=journal,
        )
        reserve_seats(invitations=made, on=today, journal=journal)
        journal.made = made[0].id
    written = Written(tuple(each.id for each in made), journal.revisions[organisation])
    return ManyInvited(judged.lines, written)


def _invitation(person: Person) -> NewInvitation:
    return NewInvitation(person.email, person.standing, person.roles, person.name)


def _judge(
    organisation: Organisation, people: Sequence[Person], journal: Journal
) -> list[LineVerdict]:
    """What is wrong with each line; seats are promised in the order of the lines."""
    members = {
        email: (id_, status)
        for email, id_, status in Member.objects.filter(
            organisation=organisation, email__in=[person.email for person in people]
        ).values_list("email", "id", "status")
    }
    known = grants_by_role({role for person in people for role in person.roles}).keys()
    first: dict[str, int] = {}
    verdicts = []
    for person in people:
        before = first.setdefault(person.email, person.line)
        _, status = members.get(person.email, (None, MemberStatus.REMOVED))
        verdicts.append(_verdict(person, before, status, known))
    ids = {email: id_ for email, (id_, _) in members.items()}
    seats = _seats(organisation, people, ids, journal)
    return [
        LineVerdict(person, seat if verdict else verdict)
        for person, verdict, seat in zip(people, verdicts, seats, strict=True)
    ]


def _verdict(person: Person, before: int, status: str, known: Collection[str]) -> Verdict:
    unknown = [role for role in person.roles if role not in known]
    if before != person.line:
        return refuse(LINE_TWICE, address=person.email, line=before)
    if status != MemberStatus.REMOVED:
        return refuse(ALREADY_MEMBER)
    if person.standing is Standing.OWNER:
        return refuse(OWNERSHIP_IS_GIVEN)
    if unknown:
        return refuse(LINE_ROLE_UNKNOWN, role=unknown[0])
    return allow(LINE_INVITABLE)


def _seats(
    organisation: Organisation,
    people: Sequence[Person],
    members: dict[str, UUID],
    journal: Journal,
) -> list[Verdict]:
    """Whether each line's roles have a free seat left."""
    if not any(person.roles for person in people):
        return [allow(LINE_INVITABLE) for _ in people]
    running = lock_running_subscriptions(organisation.id, journal.at)
    today = local_date(journal.at, zone_named(organisation.timezone))
    held = roles_held_by(list(members.values()), running)
    wishes = [
        (person.roles, held.get(members.get(person.email, organisation.id), frozenset()))
        for person in people
    ]
    plans = plan_reservations(wishes, seat_pools(running, today))
    return [plan.verdict if not plan.verdict else allow(LINE_INVITABLE) for plan in plans]
