"""The vendor's platform has deleted the data, and what is personal here goes with them (R31).

Accounting documents, the ledger and orders stay for their legal time, and the journal, which holds
ids alone. What is personal in each table says ``held``. The gateway is asked to forget the cards
afterwards, outside of the transaction; what it does not answer now is asked again later.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.apps import apps

from tenure.access.commands.letting_go import let_go_of_all_seats
from tenure.access.commands.requests import withdraw_all_requests
from tenure.access.commands.seats import release_reservations
from tenure.base.errors import Refused
from tenure.billing.commands.payment_methods import (
    forget_references,
    remove_all_payment_methods,
)
from tenure.events.asked import Asked
from tenure.events.journal import Journal, transaction
from tenure.events.models import IdempotencyKey
from tenure.events.queries import revision_of
from tenure.flows.locks import lock_organisation
from tenure.flows.payment_methods import forget_removed
from tenure.flows.retention.facts import standings
from tenure.flows.retention.held import HELD, AtPurge, blank
from tenure.flows.written import Written
from tenure.organisations.commands.api_keys import revoke_all_keys
from tenure.organisations.commands.interventions import end_acting
from tenure.organisations.commands.invitations import close_invitations
from tenure.organisations.commands.logins import erase_logins, logins_of_nobody_else
from tenure.organisations.commands.ownership import withdraw_all_offers
from tenure.organisations.events import PurgeConfirmed
from tenure.organisations.models import (
    Export,
    ExportStatus,
    Intervention,
    Invitation,
    InvitationStatus,
    Member,
    Organisation,
)
from tenure.subscriptions.errors import NOTHING_KEPT


def confirm_purge(
    *, organisation: UUID, now: datetime, by: str, asked: Asked | None = None
) -> Written:
    """The data are deleted: erase what is personal. Confirming it again changes nothing.

    Raises ``NotFound``, or ``Refused`` with what stands against it: ``nothing_kept``,
    ``purge_waits_for_subscription``, ``purge_waits_for_money``, ``purge_waits_for_request`` or
    ``purge_waits_for_data``.
    """
    with transaction(now=now, by=by, organisation=organisation, asked=asked) as journal:
        row = lock_organisation(organisation, journal)
        journal.made = organisation
        if row.purged_at is None:
            _refuse_unless_due(organisation, journal)
            purge(organisation=row, journal=journal)
        journal.touch(organisation)
    forget_cards(organisation=organisation, now=now, by=by)
    return Written((organisation,), revision_of(organisation))


def forget_cards(*, organisation: UUID, now: datetime, by: str) -> None:
    """Have gateways forget the cards of a purged organisation, and forget what they called them."""
    forget_removed(organisation=organisation, now=now, by=by)
    with transaction(now=now, by=by, organisation=organisation):
        forget_references(organisation=organisation)


def purge(*, organisation: Organisation, journal: Journal) -> None:
    """Erase what is personal of the locked organisation; a plain step of flows.

    As many statements for 300 members as for 3.
    """
    _end_what_is_open(organisation.id, journal)
    keys = revoke_all_keys(organisation=organisation.id, journal=journal)
    remove_all_payment_methods(organisation=organisation.id, journal=journal)
    members = Member.objects.filter(organisation=organisation, user__isnull=False)
    users = [user for (user,) in members.values_list("user_id") if user is not None]
    _blank_and_erase(organisation.id)
    erased = logins_of_nobody_else(users)
    forget_addresses(erase_logins(erased))
    IdempotencyKey.objects.filter(scope__in=[*keys, *erased]).delete()
    organisation.purged_at = journal.at
    organisation.purge_due_at = organisation.purge_due_at or journal.at
    organisation.save(update_fields=["purged_at", "purge_due_at"])
    journal.record(organisation.id, PurgeConfirmed(organisation=organisation.id))


def forget_addresses(addresses: Collection[str]) -> None:
    """What was written from or to addresses whose logins are erased, in nobody's organisation."""
    if not addresses:
        return
    mails = apps.get_model("notices.Mail")._default_manager
    mails.filter(organisation__isnull=True, to__in=addresses).delete()
    requests = apps.get_model("support.Request")._default_manager
    requests.filter(organisation__isnull=True, email__in=addresses).update(
        email="erased@erased.invalid", name="", message=""
    )


def _refuse_unless_due(organisation: UUID, journal: Journal) -> None:
    (standing,) = standings([organisation], journal.at).values()
    verdict = standing.verdict(journal.at)
    if verdict is None:
        raise Refused(NOTHING_KEPT)
    if not verdict:
        raise Refused.by(verdict)


def _end_what_is_open(organisation: UUID, journal: Journal) -> None:
    pending = list(
        Invitation.objects.select_for_update()
        .filter(organisation=organisation, status=InvitationStatus.PENDING)
        .order_by("id")
    )
    release_reservations(invitations=[each.id for each in pending], journal=journal)
    close_invitations(invitations=pending, status=InvitationStatus.WITHDRAWN, journal=journal)
    withdraw_all_requests(organisation=organisation, journal=journal)
    withdraw_all_offers(organisation=organisation, journal=journal)
    let_go_of_all_seats(organisation=organisation, journal=journal)
    acting = Intervention.objects.select_for_update().filter(
        organisation=organisation, kind=Intervention.Kind.ACTING, ended_at__isnull=True
    )
    end_acting(acting=list(acting.order_by("id")), journal=journal)


def _blank_and_erase(organisation: UUID) -> None:
    """What ``held`` says of each table; logins are looked at one by one, and left out here.

    An archive that is being written just now is waited for, so that it goes as well.
    """
    list(Export.objects.select_for_update().filter(organisation=organisation).values_list("id"))
    for held in HELD:
        if held.label == "organisations.User":
            continue
        rows = held.rows(organisation)
        if held.at_purge is AtPurge.ERASED:
            rows.delete()
        elif held.blank:
            blank(rows)
    ready = Export.objects.filter(organisation=organisation)
    ready.filter(status=ExportStatus.WAITING).delete()
    ready.update(status=ExportStatus.DROPPED)
