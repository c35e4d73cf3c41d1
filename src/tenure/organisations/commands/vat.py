"""Looking VAT numbers up: which are to be asked about, and what a register answered (R45)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from tenure.events.journal import Journal
from tenure.organisations.events import VatNumberRejected, VatNumberValidated
from tenure.organisations.models import Organisation, VatCheck
from tenure.organisations.registers import Answer, Found
from tenure.organisations.rules.numbers import ask_again_after, asked_at_vies
from tenure.policy.words import Audience


def begin_vat_check(*, organisation: Organisation, journal: Journal) -> None:
    """The number of the locked ``organisation`` is to be looked up from now on.

    A look-up that is still open is dropped if it is of another number. Nothing is asked about
    numbers that no register here knows, nor about consumers'.
    """
    open_ones = VatCheck.objects.filter(organisation=organisation, ask_at__isnull=False)
    open_ones.exclude(number=organisation.vat_number).update(
        outcome=VatCheck.Outcome.DROPPED, ask_at=None
    )
    wanted = organisation.audience == Audience.BUSINESS and asked_at_vies(organisation.vat_number)
    if wanted and not open_ones.exists():
        VatCheck.objects.create(
            organisation=organisation,
            number=organisation.vat_number,
            ask_at=journal.at,
            made_at=journal.at,
        )


def claim_vat_checks(*, due: Sequence[UUID], called_at: datetime, at: datetime) -> list[VatCheck]:
    """Those of the look-ups ``due`` that nobody else asks about now, put off until the next time.

    ``called_at`` is the machine's instant, ``at`` the organisation's. Killed before its answer is
    written, a look-up is made again.
    """
    rows = VatCheck.objects.select_for_update(skip_locked=True, of=("self",))
    claimed = list(rows.filter(id__in=due, ask_at__lte=at).order_by("id"))
    for row in claimed:
        row.asked += 1
        row.called_at = called_at
        row.ask_at = at + ask_again_after(row.asked)
    VatCheck.objects.bulk_update(claimed, ["asked", "called_at", "ask_at"])
    return claimed


def settle_vat_check(
    *, organisation: Organisation, check: UUID, answer: Answer, journal: Journal
) -> bool:
    """Write what the register answered about the locked ``organisation``'s number.

    An answer that somebody else wrote before, or about a number that was changed, changes nothing.
    Returns whether the number is validated by this.
    """
    rows = VatCheck.objects.select_for_update().filter(
        id=check, ask_at__isnull=False, number=organisation.vat_number
    )
    row = rows.first()
    if row is None:
        return False
    row.reason = answer.reason
    row.outcome = VatCheck.Outcome(answer.found.value)
    if answer.found is not Found.UNAVAILABLE:
        row.ask_at, row.answered_at = None, journal.at
        row.name, row.address = answer.name, answer.address
        row.consultation = answer.consultation
    row.save()
    return _note(organisation, answer.found, journal)


def _note(organisation: Organisation, found: Found, journal: Journal) -> bool:
    fact = _FACTS.get(found)
    if fact is None:
        journal.touch(organisation.id)
        return False
    organisation.vat_validated_at = journal.at if found is Found.VALID else None
    organisation.save(update_fields=["vat_validated_at"])
    journal.record(organisation.id, fact(organisation=organisation.id))
    return found is Found.VALID


_FACTS: Mapping[Found, type[VatNumberValidated] | type[VatNumberRejected]] = {
    Found.VALID: VatNumberValidated,
    Found.INVALID: VatNumberRejected,
}
