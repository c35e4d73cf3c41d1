"""VAT numbers are looked up: claimed, asked about outside of any transaction, and written (R45).

Whoever typed a number asks at once, so that the answer decides the very price that is shown next;
where none comes, the worker asks again, later each time. Killed anywhere, it is asked again.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db.models import DateTimeField, Exists, ExpressionWrapper, F, Max, OuterRef, Q
from django.db.models.functions import Least

from tenure.base.clock import machine_now
from tenure.billing.models import Refund
from tenure.catalogue.queries import vendor
from tenure.events.journal import transaction
from tenure.flows.locks import lock_organisation
from tenure.flows.refunds import carry_out
from tenure.flows.vat_validated import correct_tax
from tenure.orders.models import Order, OrderStatus
from tenure.orders.queries.policy import policy_in_force
from tenure.organisations.commands.vat import begin_vat_check, claim_vat_checks, settle_vat_check
from tenure.organisations.models import Organisation, VatCheck
from tenure.organisations.registers import Answer, Register
from tenure.organisations.registers import choice as registers
from tenure.organisations.rules.numbers import asked_at_vies, vat_number_counts
from tenure.policy.words import Audience
from tenure.subscriptions.models import Period

BATCH: Final = 50
"""How many numbers the worker asks about each time: an answer may take seconds."""

REST: Final = timedelta(minutes=1)
"""How long nobody waits for a register that gave no answer; the worker asks meanwhile."""


def look_up_now(
    *, organisation: UUID, now: datetime, register: Register | None = None
) -> VatCheck.Outcome | None:
    """Ask about an organisation's number once, if an answer is wanted now.

    ``now`` is by its clock. None if nothing was asked: nothing is due, or the register of that
    country just gave no answer to somebody, so that nobody waits for it in vain.
    """
    register = register or registers.register()
    due = VatCheck.objects.filter(organisation_id=organisation, ask_at__lte=now)
    check = due.first()
    if check is None or (register.calls_out and _rests(check.number[:2])):
        return None
    _ask([check.id], at=now, register=register)
    return VatCheck.Outcome(VatCheck.objects.values_list("outcome", flat=True).get(id=check.id))


def freshen(
    *, organisation: Organisation, now: datetime, days: int, register: Register | None = None
) -> bool:
    """Before a number counts at a checkout: it is looked up again if its answer is too old.

    ``days`` is how long one counts; it is asked on the day before the last, since days of zones
    differ. One that the register does not know is asked about again after as long. Returns whether
    it was asked about, so that ``organisation`` may have changed.
    """
    if organisation.audience != Audience.BUSINESS or not asked_at_vies(organisation.vat_number):
        return False
    if vat_number_counts(organisation.vat_validated_at, on=now.date(), days=days - 1):
        return False
    _begin_anew(organisation.id, now=now, days=days)
    return look_up_now(organisation=organisation.id, now=now, register=register) is not None


def look_up_due(*, now: datetime, register: Register | None = None) -> int:
    """Ask about every number that waits, of everybody who lives by the machine's clock.

    Returns how many were asked about. The register is asked one by one, so that each answer has
    a transaction of its own; it gives no more at a time.
    """
    _begin_where_wanted(Q(organisation__test_clock__isnull=True), now=now)
    due = VatCheck.objects.filter(ask_at__lte=now, organisation__test_clock__isnull=True)
    ids = list(due.order_by("ask_at", "id").values_list("id", flat=True)[:BATCH])
    return _ask(ids, at=now, register=register or registers.register())


def look_up_of_organisation(organisation: UUID, *, now: datetime) -> int:
    """Ask what one organisation still waits for; ``now`` is by its own clock (R2)."""
    _begin_where_wanted(Q(organisation_id=organisation), now=now)
    due = VatCheck.objects.filter(organisation_id=organisation, ask_at__lte=now)
    ids = list(due.values_list("id", flat=True))
    return _ask(ids, at=now, register=registers.register()) if ids else 0


def _ask(due: Sequence[UUID], *, at: datetime, register: Register) -> int:
    if not due:
        return 0
    with transaction(now=at, by="worker"):
        claimed = claim_vat_checks(due=due, called_at=machine_now(), at=at)
    requester = _requester() if claimed else ""
    for check in claimed:
        answer = register.look_up(check.number, requester=requester, asked=check.asked - 1)
        _settle(check, answer, at=at)
    return len(claimed)


def _settle(check: VatCheck, answer: Answer, *, at: datetime) -> None:
    """Write the answer; what was charged in vain is corrected with it, and then given back."""
    refunds: list[Refund] = []
    with transaction(now=at, by="worker", organisation=check.organisation_id) as journal:
        organisation = lock_organisation(check.organisation_id, journal)
        if settle_vat_check(
            organisation=organisation, check=check.id, answer=answer, journal=journal
        ):
            refunds = correct_tax(organisation=organisation, journal=journal)
    carry_out(refunds, now=journal.at, by="worker")


def asked_ahead(days: int) -> timedelta:
    """How long before a renewal is announced, or ordered, a number is looked up again, of whose
    answer only ``days`` count: time enough to ask several times."""
    return timedelta(days=days // 4)


def still_counts(days: int) -> timedelta:
    """How old an answer may be that counts for sure on the local day of an instant, wherever."""
    return timedelta(days=days - 1)


def _begin_where_wanted(scope: Q, *, now: datetime) -> None:
    """Numbers are looked up again whose answer is too old for what was bought, or is to renew."""
    days = policy_in_force()[1].tax.vat_number_counts_days
    charged = _charged_in_vain(scope, now, days)
    for organisation in {*charged, *_about_to_renew(scope, now, days)}:
        with transaction(now=now, by="worker", organisation=organisation) as journal:
            row = lock_organisation(organisation, journal)
            begin_vat_check(organisation=row, journal=journal)


def _charged_in_vain(scope: Q, now: datetime, days: int) -> list[UUID]:
    """Whose number was too old when something was bought: programs and quotes buy without a page
    that would have asked before."""
    known = VatCheck.objects.filter(
        Q(ask_at__isnull=False) | Q(answered_at__gt=now - timedelta(days=days)),
        organisation_id=OuterRef("organisation_id"),
        number=OuterRef("vat_number"),
    )
    charged = Order.objects.filter(
        scope,
        ~Q(vat_number=""),
        ~Exists(known),
        tax_corrected_at__isnull=True,
        vat_number=F("organisation__vat_number"),
        status=OrderStatus.PAID,
    )
    return list(charged.order_by().values_list("organisation_id", flat=True).distinct()[:BATCH])


def _about_to_renew(scope: Q, now: datetime, days: int) -> list[UUID]:
    """Whose number decided about the tax before, and is too old for what is soon to be announced
    or ordered by itself (R24, R25): nobody pays tax that the number spares."""
    until = now + asked_ahead(days)
    known = VatCheck.objects.filter(
        Q(ask_at__isnull=False) | Q(answered_at__gte=OuterRef("from_then")),
        organisation_id=OuterRef("organisation_id"),
        number=OuterRef("organisation__vat_number"),
    )
    decided = Order.objects.filter(
        Q(reverse_charge=True) | ~Q(vat_number=""), organisation_id=OuterRef("organisation_id")
    )
    coming = (
        Period.objects.filter(scope, Q(remind_at__lte=until) | Q(renew_at__lte=until))
        .filter(~Q(organisation__vat_number=""), organisation__audience=Audience.BUSINESS)
        .annotate(
            from_then=ExpressionWrapper(
                Least("remind_at", "renew_at") - still_counts(days), output_field=DateTimeField()
            )
        )
        .filter(Exists(decided), ~Exists(known))
    )
    return list(coming.order_by().values_list("organisation_id", flat=True).distinct()[:BATCH])


def _begin_anew(organisation: UUID, *, now: datetime, days: int) -> None:
    """Open a look-up, unless one is open or the last answer is of these ``days``."""
    known = VatCheck.objects.filter(
        organisation_id=organisation, number=F("organisation__vat_number")
    )
    if known.filter(ask_at__isnull=False).exists():
        return
    answered = known.aggregate(at=Max("answered_at"))["at"]
    if vat_number_counts(answered, on=now.date(), days=days - 1):
        return
    with transaction(now=now, by="worker", organisation=organisation) as journal:
        row = lock_organisation(organisation, journal)
        begin_vat_check(organisation=row, journal=journal)


def _rests(prefix: str) -> bool:
    """Whether that country's register failed to answer somebody in the last minute."""
    return VatCheck.objects.filter(
        outcome=VatCheck.Outcome.UNAVAILABLE,
        number__startswith=prefix,
        called_at__gt=machine_now() - REST,
        ask_at__isnull=False,
    ).exists()


def _requester() -> str:
    """The vendor's own number, for which a consultation number is given; empty without one."""
    given = "".join(vendor(sandbox=False).facts.get("vat_number", "").split())
    return given if asked_at_vies(given) else ""
