"""The cards on file: added, made the default, removed (R24, R35)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db.models import QuerySet

from tenure.base.clock import machine_now
from tenure.base.errors import NotFound, Refused
from tenure.billing.commands import payment_methods as commands
from tenure.billing.errors import CARD_NOT_SAVED
from tenure.billing.gateways import Result
from tenure.billing.gateways.calls import card_to_save
from tenure.billing.gateways.choice import gateway, installed
from tenure.billing.models import PaymentMethod, PaymentMethodStatus
from tenure.billing.queries.payment_methods import active_methods
from tenure.billing.rules.cards import removal_verdict
from tenure.events.asked import Asked
from tenure.events.journal import transaction
from tenure.events.queries import revision_of
from tenure.flows.charging import customer_at
from tenure.flows.locks import lock_living, lock_organisation, lock_organisations
from tenure.flows.steps import CARDS_WAITING
from tenure.flows.written import Written
from tenure.organisations.rules import card_verdict
from tenure.subscriptions.queries.cards import next_card_renewal

PATIENCE: Final = timedelta(minutes=2)
"""How long an answer may be on its way: longer than any call to a gateway lasts."""

ASKED_AGAIN_AFTER: Final = timedelta(minutes=10)
"""How often it is asked how far a customer has come with a step elsewhere."""

BATCH: Final = 100


def add_payment_method(
    *,
    organisation: UUID,
    token: str,
    now: datetime,
    by: str,
    default: bool = False,
    asked: Asked | None = None,
) -> Written:
    """Save a card, by its token, or, without one, by a page of the gateway's that takes it.

    The card may still wait for a step of the customer's. The first card is the default; ``default``
    makes it so where it is saved at once. Raises ``NotFound``, ``Refused`` with
    ``card_not_saved`` or ``acting_pays_nothing``.
    """
    verdict = card_verdict(by)
    if not verdict:
        raise Refused.by(verdict)
    called = gateway()
    with transaction(now=now, by=by, organisation=organisation, asked=asked) as journal:
        method = commands.intend_payment_method(
            organisation=lock_living(organisation, journal),
            gateway=called.name,
            token=token,
            customer=customer_at(called.name, organisation),
            called_at=machine_now(),
            journal=journal,
        )
        journal.made = method.id
        journal.touch(organisation)
    return _carry_out(method, now=now, by=by, default=default)


def resume_payment_method(*, method: UUID, now: datetime, by: str) -> Written:
    """Take the saving of a card up where it stands: asked again after a crash, it is saved once."""
    row = PaymentMethod.objects.filter(id=method).first()
    if row is None:
        raise NotFound
    if row.status == PaymentMethodStatus.INTENDED:
        return _carry_out(row, now=now, by=by)
    _refuse_declined(row)
    return Written((method,), revision_of(row.organisation_id))


def make_default(*, method: UUID, now: datetime, by: str) -> Written:
    """Charge that card from now on; making it so again changes nothing. Raises ``NotFound``."""
    organisation = _organisation_of(method)
    with transaction(now=now, by=by, organisation=organisation) as journal:
        lock_organisation(organisation, journal)
        commands.make_default(method=commands.lock_payment_method(method), journal=journal)
        journal.touch(organisation)
    return Written((method,), journal.revisions[organisation])


def remove_payment_method(*, method: UUID, now: datetime, by: str) -> Written:
    """Charge that card no more, and have the gateway forget it.

    Raises ``NotFound``, ``Refused`` (``needed_for_renewal``) while a subscription has to renew by
    card and there is no other.
    """
    organisation = _organisation_of(method)
    with transaction(now=now, by=by, organisation=organisation) as journal:
        lock_organisation(organisation, journal)
        row = commands.lock_payment_method(method)
        others = [each for each in active_methods(organisation) if each.id != method]
        verdict = removal_verdict(
            others=len(others), renews_on=next_card_renewal(organisation, journal.at)
        )
        if not verdict:
            raise Refused.by(verdict)
        commands.remove_payment_method(method=row, journal=journal)
    forget_removed(organisation=organisation, now=now, by=by)
    return Written((method,), journal.revisions[organisation])


def forget_removed(*, organisation: UUID | None, now: datetime, by: str) -> int:
    """Have gateways forget the cards that were removed; of one organisation, or of all.

    What cannot be reached now is tried again later. Returns how many are forgotten.
    """
    waiting = PaymentMethod.objects.filter(
        status=PaymentMethodStatus.REMOVED, forgotten_at__isnull=True, gateway__in=installed()
    )
    if organisation is not None:
        waiting = waiting.filter(organisation_id=organisation)
    forgotten = [
        row.id
        for row in waiting.order_by("id")[:BATCH]
        if _in_use(row) or gateway(row.gateway).forget_card(row.reference)
    ]
    if forgotten:
        with transaction(now=now, by=by, organisation=organisation):
            rows = PaymentMethod.objects.filter(id__in=forgotten)
            rows.update(forgotten_at=now)
            rows.filter(organisation__purged_at__isnull=False).update(reference="", token="")
    return len(forgotten)


def recover_payment_methods(*, now: datetime, patience: timedelta = PATIENCE) -> int:
    """Settle the cards that were left in the middle of being saved; ``now`` is the machine's.

    Organisations with a test clock are left alone (R2). Returns how many were asked about.
    """
    rows = PaymentMethod.objects.filter(organisation__test_clock__isnull=True)
    missing = rows.filter(status=PaymentMethodStatus.INTENDED, called_at__lte=now - patience)
    slow = rows.filter(
        status=PaymentMethodStatus.AUTHENTICATION_REQUIRED,
        called_at__lte=now - max(patience, ASKED_AGAIN_AFTER),
    )
    return _recover(missing | slow, now)


def recover_methods_of(organisation: UUID, *, now: datetime) -> int:
    """Settle the cards that one organisation was saving; ``now`` is by its own clock (R2)."""
    rows = PaymentMethod.objects.filter(organisation_id=organisation, status__in=CARDS_WAITING)
    return _recover(rows, now)


def _recover(waiting: QuerySet[PaymentMethod], now: datetime) -> int:
    found = list(waiting.filter(gateway__in=installed()).order_by("id")[:BATCH])
    if not found:
        return 0
    outcomes = [gateway(each.gateway).ask_card(card_to_save(each)) for each in found]
    with transaction(now=now, by="worker") as journal:
        lock_organisations({each.organisation_id for each in found}, journal)
        commands.settle_payment_methods(outcomes=outcomes, journal=journal)
        PaymentMethod.objects.filter(
            id__in=[each.id for each in found if each.gateway_reference], status__in=CARDS_WAITING
        ).update(called_at=machine_now())
    return len(found)


def _carry_out(method: PaymentMethod, *, now: datetime, by: str, default: bool = False) -> Written:
    outcome = gateway(method.gateway).save_card(card_to_save(method))
    with transaction(now=now, by=by, organisation=method.organisation_id) as journal:
        lock_organisation(method.organisation_id, journal)
        settled = commands.settle_payment_methods(outcomes=[outcome], journal=journal)
        if default and outcome.result is Result.CAPTURED:
            for each in settled:
                commands.make_default(method=each, journal=journal)
        if outcome.customer:
            commands.name_customers(
                named=[(method.organisation_id, method.gateway, outcome.customer)],
                journal=journal,
            )
        journal.touch(method.organisation_id)
    method.refresh_from_db()
    _refuse_declined(method)
    return Written((method.id,), journal.revisions[method.organisation_id])


def _refuse_declined(method: PaymentMethod) -> None:
    if method.status == PaymentMethodStatus.DECLINED:
        raise Refused(CARD_NOT_SAVED, reason=method.failure)


def _in_use(removed: PaymentMethod) -> bool:
    """Whether the same name at the gateway is charged again."""
    same = PaymentMethod.objects.filter(gateway=removed.gateway, reference=removed.reference)
    return same.filter(
        organisation_id=removed.organisation_id, status=PaymentMethodStatus.ACTIVE
    ).exists()


def _organisation_of(method: UUID) -> UUID:
    found = PaymentMethod.objects.filter(id=method).values_list("organisation_id", flat=True)
    if not found:
        raise NotFound
    return found[0]
