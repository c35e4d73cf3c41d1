"""One person is erased on request: named nowhere any more but on accounting documents (R31)."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.apps import apps
from django.db.models import F, Func, Q, QuerySet, TextField, Value
from django.db.models.functions import Cast

from tenure.access.models import RoleRequest
from tenure.base.ids import parse_public_id, public_id
from tenure.events.asked import Asked
from tenure.events.journal import transaction
from tenure.events.models import Event, IdempotencyKey
from tenure.flows.leaving import leave
from tenure.flows.locks import lock_member_first
from tenure.flows.retention.held import blank
from tenure.flows.retention.purging import forget_addresses
from tenure.flows.written import Written
from tenure.organisations.commands.logins import erase_logins, logins_of_nobody_else
from tenure.organisations.commands.members import refuse_owner
from tenure.organisations.events import PersonErased
from tenure.organisations.models import Invitation, Member
from tenure.organisations.rules import MemberStatus
from tenure.support.models import Request, RequestMessage

_NOBODY: Final = "—"
_BATCH: Final = 200


def erase_person(
    *,
    member: UUID,
    by_owner: bool = True,
    now: datetime,
    by: str,
    asked: Asked | None = None,
) -> Written:
    """Remove a member, and have nothing here name them any more; again, it changes nothing.

    Their login goes too, unless it belongs to another organisation or to the vendor's staff. What
    they bought for the organisation stays on its documents. Raises ``NotFound``, or ``Refused``
    with ``last_owner``, or ``owners_alone`` where ``by_owner`` is False: who is no owner erases
    none.
    """
    with transaction(now=now, by=by, asked=asked) as journal:
        row = lock_member_first(member, journal)
        journal.made = member
        if row.erased_at is None:
            if row.status != MemberStatus.REMOVED:
                refuse_owner(row, by_owner=by_owner)
                leave(member=row, journal=journal)
            row.erased_at = journal.at
            _erase(row)
            journal.record(row.organisation_id, PersonErased(member=row.id))
        journal.touch(row.organisation_id)
    return Written((member,), journal.revisions[row.organisation_id])


def _erase(member: Member) -> None:
    """Whatever named the person; the journal is read for what they had asked the vendor."""
    user, email, names = member.user_id, member.email, {member.name}
    if member.user is not None:
        names.add(member.user.name)
    _erase_words(member)
    _erase_mails(member, {email, *names} - {""})
    member.save(update_fields=["erased_at"])
    blank(Member.objects.filter(id=member.id))
    blank(Invitation.objects.filter(member=member))
    erased = logins_of_nobody_else([user]) if user is not None else []
    forget_addresses({*erase_logins(erased)})
    IdempotencyKey.objects.filter(scope__in=erased).delete()


def _erase_words(member: Member) -> None:
    """What they wrote to the vendor and to their administrators."""
    asked = _requests_of(member)
    _drop_mails_about(member, asked)
    blank(RequestMessage.objects.filter(request__in=asked.values("id")))
    blank(asked)
    blank(RoleRequest.objects.filter(member=member))


def _requests_of(member: Member) -> QuerySet[Request]:
    """The requests that they made: under their address, or as the journal tells."""
    made = Event.objects.filter(
        organisation_id=member.organisation_id,
        type="request.made",
        by="member:" + public_id("mem", member.id),
    )
    return Request.objects.filter(
        Q(email=member.email) | Q(id__in=_ids(made.values_list("data", flat=True))),
        organisation=member.organisation_id,
    )


def _drop_mails_about(member: Member, asked: QuerySet[Request]) -> None:
    """Mails that say what they wrote, to whomever."""
    requests = [public_id("req", id_) for id_ in asked.values_list("id", flat=True)]
    roles = RoleRequest.objects.filter(member=member).values_list("id", flat=True)
    told = Event.objects.filter(
        Q(data__request__in=requests)
        | Q(data__role_request__in=[public_id("ask", id_) for id_ in roles]),
        organisation_id=member.organisation_id,
    )
    keys = [public_id("evt", id_) for id_ in told.values_list("id", flat=True)]
    event = Func(F("key"), Value(":"), Value(1), function="split_part", output_field=TextField())
    _mails_of(member).alias(event=event).filter(event__in=keys).delete()


def _ids(told: Iterable[Any]) -> list[UUID]:
    return [parse_public_id("req", each["request"]) for each in told]


def _erase_mails(member: Member, called: Collection[str]) -> None:
    """Mails to them go; in those to others they are called nobody."""
    mails = _mails_of(member)
    mails.filter(to=member.email).delete()
    words = "|".join(re.escape(word) for word in sorted(called, key=len, reverse=True))
    pattern = rf"(?<!\w)({words})(?!\w)"
    spoken = mails.alias(spoken=Cast("letter", TextField()))
    about = spoken.filter(Q(subject__regex=pattern) | Q(spoken__regex=pattern))
    found = list(about.only("subject", "letter"))
    for mail in found:
        mail.subject = re.sub(pattern, _NOBODY, mail.subject)
        mail.letter = _without(pattern, mail.letter)
    mails.bulk_update(found, ["subject", "letter"], batch_size=_BATCH)


def _mails_of(member: Member) -> QuerySet[Any]:
    return apps.get_model("notices.Mail")._default_manager.filter(
        organisation=member.organisation_id
    )


def _without(pattern: str, said: Any) -> Any:
    """What was said, with nobody where the pattern is found; the names of its parts stay."""
    if isinstance(said, str):
        return re.sub(pattern, _NOBODY, said)
    if isinstance(said, list):
        return [_without(pattern, each) for each in said]
    if isinstance(said, dict):
        return {name: _without(pattern, each) for name, each in said.items()}
    return said
