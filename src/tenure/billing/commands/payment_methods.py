"""Saved cards: kept at a purchase, added, made the default, removed (R24, R35)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from tenure.base.errors import NotFound
from tenure.base.ids import new_id
from tenure.billing.events import (
    PaymentMethodAdded,
    PaymentMethodMadeDefault,
    PaymentMethodRemoved,
)
from tenure.billing.gateways import CardDetails, Outcome, Result
from tenure.billing.models import (
    GatewayCustomer,
    Payment,
    PaymentMethod,
    PaymentMethodStatus,
)
from tenure.events.journal import Journal
from tenure.events.rows import AMONG, read_rows, to_read
from tenure.events.sending import Question
from tenure.organisations.models import Organisation

_OPEN: Final = (PaymentMethodStatus.INTENDED, PaymentMethodStatus.AUTHENTICATION_REQUIRED)


def keep_cards(*, paid: Sequence[tuple[Payment, CardDetails]], journal: Journal) -> None:
    """The cards of captured payments are saved, as confirming their orders agreed to (R18, R24).

    A card that the organisation has already is the same one; its first card is its default. One
    read for any number of payments. Their organisations are locked.
    """
    known = _active_of({payment.organisation_id for payment, _ in paid})
    made: list[PaymentMethod] = []
    for payment, card in paid:
        cards = known[payment.organisation_id]
        same = _same(cards, payment.gateway, card.fingerprint)
        if same is not None:
            _refresh(same, card, journal)
            continue
        method = _of_card(payment, card, is_default=not cards, journal=journal)
        cards.append(method)
        made.append(method)
    journal.insert(made)


def name_customers(*, named: Iterable[tuple[UUID, str, str]], journal: Journal) -> None:
    """Remember what gateways call organisations: each with the gateway and its name for it."""
    rows = [
        GatewayCustomer(id=new_id(), organisation_id=organisation, gateway=gateway, reference=name)
        for organisation, gateway, name in dict.fromkeys(named)
    ]
    for row in rows:
        journal.change(
            "INSERT INTO billing_gatewaycustomer (id, organisation_id, gateway, reference) "
            "VALUES (%s, %s, %s, %s) ON CONFLICT DO NOTHING",
            [row.id, row.organisation_id, row.gateway, row.reference],
        )


def intend_payment_method(
    *,
    organisation: Organisation,
    gateway: str,
    token: str,
    customer: str,
    called_at: datetime,
    journal: Journal,
) -> PaymentMethod:
    """Commit to asking the gateway to save a card, under the method's id."""
    return PaymentMethod.objects.create(
        organisation=organisation,
        gateway=gateway,
        token=token,
        gateway_customer=customer,
        status=PaymentMethodStatus.INTENDED,
        created_at=journal.at,
        called_at=called_at,
    )


def settle_payment_methods(*, outcomes: Sequence[Outcome], journal: Journal) -> list[PaymentMethod]:
    """Write what the gateway said of cards to be saved, whose organisations are locked.

    Settling is idempotent. A card that the organisation has already is not saved twice: the
    newer one takes its place, and its standing as default. Returns those that changed.
    """
    by_method = {outcome.payment: outcome for outcome in outcomes}
    rows = PaymentMethod.objects.select_for_update().filter(id__in=by_method, status__in=_OPEN)
    changed = list(rows.order_by("id"))
    known = _active_of({method.organisation_id for method in changed})
    for method in changed:
        outcome = by_method[method.id]
        method.gateway_reference = outcome.reference or method.gateway_reference
        method.action_url = outcome.action_url
        method.failure = outcome.reason
        if outcome.result is Result.CAPTURED and outcome.card is not None:
            _activate(method, outcome.card, known[method.organisation_id], journal)
        elif outcome.result is Result.DECLINED:
            method.status = PaymentMethodStatus.DECLINED
        elif outcome.result is Result.AUTHENTICATION_REQUIRED:
            method.status = PaymentMethodStatus.AUTHENTICATION_REQUIRED
    PaymentMethod.objects.bulk_update(changed, _SETTLED)
    return changed


_SETTLED: Final = [
    "status",
    "failure",
    "gateway_reference",
    "action_url",
    "reference",
    "fingerprint",
    "brand",
    "last4",
    "exp_month",
    "exp_year",
    "is_default",
]


def lock_payment_method(id_: UUID) -> PaymentMethod:
    """The active payment method, locked until commit; ``NotFound``."""
    rows = PaymentMethod.objects.select_for_update()
    found = rows.filter(id=id_, status=PaymentMethodStatus.ACTIVE).first()
    if found is None:
        raise NotFound
    return found


def make_default(*, method: PaymentMethod, journal: Journal) -> None:
    """The locked ``method`` is charged from now on; making it so again changes nothing."""
    if method.is_default:
        return
    others = PaymentMethod.objects.filter(organisation_id=method.organisation_id, is_default=True)
    others.update(is_default=False)
    method.is_default = True
    method.save(update_fields=["is_default"])
    journal.record(method.organisation_id, PaymentMethodMadeDefault(payment_method=method.id))


def remove_payment_method(*, method: PaymentMethod, journal: Journal) -> None:
    """The locked ``method`` is charged no more; the oldest that is left becomes the default."""
    was_default, method.is_default = method.is_default, False
    method.status, method.removed_at = PaymentMethodStatus.REMOVED, journal.at
    method.save(update_fields=["is_default", "status", "removed_at"])
    journal.record(method.organisation_id, PaymentMethodRemoved(payment_method=method.id))
    left = PaymentMethod.objects.filter(
        organisation_id=method.organisation_id, status=PaymentMethodStatus.ACTIVE
    )
    following = left.order_by("id").first() if was_default else None
    if following is not None:
        make_default(method=following, journal=journal)


def remove_all_payment_methods(*, organisation: UUID, journal: Journal) -> None:
    """No card of the locked organisation is charged any more; what was being saved is not (R31)."""
    rows = list(
        PaymentMethod.objects.select_for_update()
        .filter(organisation=organisation)
        .exclude(status__in=[PaymentMethodStatus.REMOVED, PaymentMethodStatus.DECLINED])
        .order_by("id")
    )
    for row in rows:
        if row.status == PaymentMethodStatus.ACTIVE:
            row.status, row.removed_at = PaymentMethodStatus.REMOVED, journal.at
            journal.record(organisation, PaymentMethodRemoved(payment_method=row.id))
        else:
            row.status = PaymentMethodStatus.DECLINED
        row.is_default = False
    PaymentMethod.objects.bulk_update(rows, ["status", "removed_at", "is_default"])


def forget_references(*, organisation: UUID) -> None:
    """What gateways called cards that they have forgotten is forgotten here too (R31)."""
    forgotten = PaymentMethod.objects.filter(organisation=organisation).exclude(
        status=PaymentMethodStatus.REMOVED, forgotten_at__isnull=True
    )
    forgotten.update(reference="", token="", gateway_reference="", gateway_customer="")


def _active_of(organisations: Collection[UUID]) -> defaultdict[UUID, list[PaymentMethod]]:
    known: defaultdict[UUID, list[PaymentMethod]] = defaultdict(list)
    if organisations:
        for method in read_rows(PaymentMethod, _ACTIVE_OF, [list(organisations)]):
            known[method.organisation_id].append(method)
    return known


def to_keep_card(organisation: UUID) -> Question:
    """What ``keep_cards`` asks, to be foreseen."""
    return to_read(PaymentMethod, _ACTIVE_OF, [[organisation]])


_ACTIVE_OF: Final = f"WHERE organisation_id {AMONG} AND status = 'active' ORDER BY id"


def _same(cards: Iterable[PaymentMethod], gateway: str, fingerprint: str) -> PaymentMethod | None:
    for method in cards:
        if (method.gateway, method.fingerprint) == (gateway, fingerprint):
            return method
    return None


def _refresh(method: PaymentMethod, card: CardDetails, journal: Journal) -> None:
    """The gateway's last word for the same card is the one to charge by."""
    if method.reference == card.reference:
        return
    _describe(method, card)
    journal.change(
        "UPDATE billing_paymentmethod SET reference = %s, exp_month = %s, exp_year = %s "
        "WHERE id = %s",
        [card.reference, card.exp_month, card.exp_year, method.id],
    )


def _describe(method: PaymentMethod, card: CardDetails) -> None:
    method.reference, method.fingerprint = card.reference, card.fingerprint
    method.brand, method.last4 = card.brand, card.last4
    method.exp_month, method.exp_year = card.exp_month, card.exp_year


def _of_card(
    payment: Payment, card: CardDetails, *, is_default: bool, journal: Journal
) -> PaymentMethod:
    method = PaymentMethod(
        id=new_id(),
        organisation_id=payment.organisation_id,
        gateway=payment.gateway,
        token=payment.token,
        status=PaymentMethodStatus.ACTIVE,
        is_default=is_default,
        gateway_customer=payment.gateway_customer,
        created_at=journal.at,
        called_at=payment.called_at,
    )
    _describe(method, card)
    journal.record(payment.organisation_id, PaymentMethodAdded(payment_method=method.id))
    return method


def _activate(
    method: PaymentMethod, card: CardDetails, known: list[PaymentMethod], journal: Journal
) -> None:
    same = _same(known, method.gateway, card.fingerprint)
    if same is not None:
        known.remove(same)
        method.is_default = same.is_default
        PaymentMethod.objects.filter(id=same.id).update(
            is_default=False,
            status=PaymentMethodStatus.REMOVED,
            removed_at=journal.at,
            forgotten_at=journal.at if same.reference == card.reference else None,
        )
        journal.record(method.organisation_id, PaymentMethodRemoved(payment_method=same.id))
    else:
        method.is_default = not known
    method.status = PaymentMethodStatus.ACTIVE
    _describe(method, card)
    known.append(method)
    journal.record(method.organisation_id, PaymentMethodAdded(payment_method=method.id))
