"""A renewal asks students for their proof anew, once it is old (R8)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import timedelta
from uuid import UUID

from tenure.events.journal import Journal
from tenure.orders.queries.policy import policy_in_force
from tenure.organisations.commands.proofs import ask_for_proofs
from tenure.organisations.models import Member, Organisation
from tenure.organisations.rules import MemberStatus, Standing, academic_address
from tenure.policy.loading import academic_domains
from tenure.policy.words import Audience
from tenure.subscriptions.models import Period


def ask_students(*, periods: Sequence[Period], journal: Journal) -> None:
    """Whose proof is older than it counts is asked for another one before the charge (R8).

    The ``periods`` are reminded of, and read with their organisation. An owner whose address is
    at an academic domain proves it at any time. Three statements where there are students. Who
    is at work on an organisation at this moment is asked by the next reminder.
    """
    students = {
        period.organisation_id
        for period in periods
        if period.organisation.audience == Audience.STUDENT
    }
    if not students:
        return
    _, policy = policy_in_force()
    since = journal.at - timedelta(days=policy.students.proof_counts_days)
    rows = Organisation.objects.select_for_update(no_key=True, skip_locked=True)
    old = list(rows.filter(id__in=students, verified_at__lt=since).order_by("id"))
    domains = academic_domains() | set(policy.students.further_academic_domains)
    addresses = _addresses([row.id for row in old]) if old else {}
    asked = [
        row
        for row in old
        if not any(academic_address(each, domains) for each in addresses.get(row.id, ()))
    ]
    if asked:
        ask_for_proofs(organisations=asked, journal=journal)
    for period in periods:
        if period.organisation_id in {row.id for row in asked}:
            period.organisation.verified_at = None


def _addresses(organisations: Collection[UUID]) -> dict[UUID, list[str]]:
    """The addresses of the active owners of each; one statement."""
    rows = Member.objects.filter(
        organisation_id__in=organisations, standing=Standing.OWNER, status=MemberStatus.ACTIVE
    )
    found: defaultdict[UUID, list[str]] = defaultdict(list)
    for organisation, email in rows.values_list("organisation_id", "email"):
        found[organisation].append(email)
    return found
