"""Students' proofs: handed in, declined with a reason; accepting is ``verify_student`` (R8)."""

from __future__ import annotations

from collections.abc import Sequence

from tenure.base.errors import FieldError, Invalid, Refused
from tenure.events.journal import Journal
from tenure.organisations.errors import PROOF_DECIDED, REASON_NEEDED
from tenure.organisations.events import ProofAsked, ProofDeclined
from tenure.organisations.models import Organisation, StudentProof


def decline_proof(*, proof: StudentProof, reason: str, journal: Journal) -> None:
    """The locked ``proof`` does not convince; the student may hand in another (R8).

    Declining it again changes nothing. Raises ``Invalid`` without a reason, ``Refused``
    (``proof_decided``) if it was accepted.
    """
    said = reason.strip()
    if not said:
        raise Invalid([FieldError("reason", REASON_NEEDED)])
    if proof.declined_because:
        journal.touch(proof.organisation_id)
        return
    if proof.decided_at is not None:
        raise Refused(PROOF_DECIDED)
    proof.decided_at = journal.at
    proof.declined_because = said
    proof.save(update_fields=["decided_at", "declined_because"])
    journal.record(
        proof.organisation_id,
        ProofDeclined(organisation=proof.organisation_id, proof=proof.id),
    )


def ask_for_proofs(*, organisations: Sequence[Organisation], journal: Journal) -> None:
    """Locked students' ``organisations`` have to be proved anew before they are charged (R8)."""
    for row in organisations:
        row.verified_at = None
        journal.record(row.id, ProofAsked(organisation=row.id))
    ids = [row.id for row in organisations]
    Organisation.objects.filter(id__in=ids).update(verified_at=None)
