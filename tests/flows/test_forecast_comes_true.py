"""A forecast beside what then happens, over two years of organisations that choose nothing more."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from tenure.access.models import Seat
from tenure.access.queries.forecast import Ahead, forecast_of
from tenure.base.calendar import Term, local_date, zone_named
from tenure.base.ids import parse_public_id
from tenure.billing.models import Payment, PaymentMethod
from tenure.catalogue.models import Price
from tenure.events.models import Event
from tenure.flows.clock import advance_clock
from tenure.flows.renewal_choice import choose_renewal
from tenure.flows.seats import assign_seat
from tenure.organisations.models import Organisation
from tenure.policy.words import Audience
from tenure.subscriptions.models import Renewal, Subscription
from tenure.subscriptions.rules.forecast import DeadlineKind, EndReason
from tests.flows.transfers import by_transfer, imported, transfer_for
from tests.flows.worlds import joined
from tests.shop import START, customer, fill_cart, open_shop, order_cart, owner_of, subscribe

pytestmark = pytest.mark.django_db(transaction=True)

UNTIL = date(2029, 3, 2)
THEN = datetime(2029, 3, 2, 22, tzinfo=UTC)
PARIS = zone_named("Europe/Paris")


def events(organisation: Organisation, *types: str) -> list[Event]:
    """What happened of some types."""
    rows = Event.objects.filter(organisation_id=organisation.id, type__in=types)
    return list(rows.order_by("sequence"))


def subscription_of(event: Event) -> UUID:
    return parse_public_id("sub", event.data["subscription"])


def charged(organisation: Organisation) -> list[tuple[date, int, frozenset[UUID]]]:
    """What was charged for renewals: the local day, the amount, what it paid."""
    paid: defaultdict[UUID, set[UUID]] = defaultdict(set)
    for renewal in Renewal.objects.filter(organisation=organisation, order__status="paid"):
        assert renewal.order_id is not None
        paid[renewal.order_id].add(renewal.subscription_id)
    rows = Payment.objects.filter(order_id__in=paid, status="captured").select_related("order")
    return sorted(
        (row.order.paid_on, row.order.total, frozenset(paid[row.order_id]))
        for row in rows
        if row.order.paid_on is not None
    )


def foretold(ahead: Ahead) -> list[tuple[date, int, frozenset[UUID]]]:
    """The same, as the forecast has it."""
    return sorted((c.on, c.amount or 0, frozenset(c.subscriptions)) for c in ahead.charges)


def days_of(ahead: Ahead, kind: DeadlineKind) -> list[tuple[date, UUID | None]]:
    return sorted((d.on, d.subscription) for d in ahead.deadlines if d.kind is kind)


def happened_on(organisation: Organisation, kind: str) -> list[tuple[date, UUID]]:
    return sorted((local_date(e.at, PARIS), subscription_of(e)) for e in events(organisation, kind))


def two_years(organisation: Organisation) -> None:
    advance_clock(organisation=organisation.id, to=THEN, by="test", sandbox=True)


def test_a_company_of_many_subscriptions() -> None:
    open_shop()
    company = customer()
    ada, bob = owner_of(company), joined(company, "bob@atelier.example")
    year = subscribe(company, quantity=2)
    fewer = subscribe(company, quantity=2, term=Term.QUARTER)
    off = subscribe(company, "analyst-business", term=Term.QUARTER)
    later = subscribe(company, "analyst-business", 2, now=START.replace(day=1))
    trial_of = customer(email="try@atelier.example")
    trial = subscribe(trial_of, "designer-trial", term=Term.TRIAL)
    Subscription.objects.filter(id=fewer.id).update(next_quantity=1)
    choose_renewal(subscription=off.id, auto_renew=False, now=START, by="test")
    for subscription, member in ((fewer, ada), (fewer, bob), (off, bob), (year, ada)):
        assign_seat(subscription=subscription.id, member=member.id, now=START, by="test")
    assign_seat(subscription=trial.id, member=owner_of(trial_of).id, now=START, by="test")
    Price.objects.filter(offer_id="analyst-business", term="year").update(amount=111_111)

    ahead = forecast_of(company.id, at=START, until=UNTIL)
    tried = forecast_of(trial_of.id, at=START, until=UNTIL)
    two_years(company)
    two_years(trial_of)
    assert foretold(ahead) == charged(company)
    assert len(ahead.charges) == 8
    assert {later.id, year.id} <= set().union(*(c.subscriptions for c in ahead.charges))
    reminders = days_of(ahead, DeadlineKind.REMINDER)
    assert reminders == happened_on(company, "subscription.renewal_reminded")
    passed = events(company, "subscription.opt_out_deadline_passed")
    told = sorted((date.fromisoformat(e.data["deadline"]), subscription_of(e)) for e in passed)
    assert days_of(ahead, DeadlineKind.OPT_OUT) == [each for each in told if each[1] != off.id]
    ended = [
        (date.fromisoformat(e.data["ends_on"]), subscription_of(e))
        for e in events(company, "subscription.ended", "subscription.lapsed")
    ]
    assert [(e.on, e.subscription) for e in ahead.ends] == ended == [(date(2027, 6, 1), off.id)]
    (reduced,) = events(company, "subscription.seats_reduced")
    june = date(2027, 6, 1)
    assert local_date(reduced.at, PARIS) == june
    lost = {(each.on, each.member, each.role, each.reason) for each in ahead.losses}
    assert (june, bob.id, "designer", EndReason.QUANTITY_REDUCED) in lost
    assert [seat.member_id for seat in Seat.objects.filter(subscription=fewer)] == [ada.id]
    assert (june, bob.id, "analyst", EndReason.RENEWAL_OFF) in lost
    (gone,) = tried.losses
    (over,) = events(trial_of, "subscription.ended")
    assert gone.reason is EndReason.TRIAL_ENDS
    assert gone.on.isoformat() == over.data["ends_on"]


def test_whose_card_is_declined_whose_is_missing_and_who_transfers() -> None:
    open_shop()
    declined = customer(Audience.CREATOR, email="d@atelier.example")
    order_cart(
        declined,
        fill_cart(declined, ("designer-creator", 1), term=Term.MONTH),
        "tok_ok_then_declined",
    )
    bare = customer(Audience.CREATOR, email="b@atelier.example")
    subscribe(bare, "designer-creator", term=Term.MONTH)
    PaymentMethod.objects.filter(organisation=bare).update(is_default=False, status="removed")
    ahead = forecast_of(bare.id, at=START, until=UNTIL)
    two_years(bare)
    assert [(e.on, e.reason) for e in ahead.ends] == [(date(2027, 4, 1), EndReason.NO_CARD)]
    (lapsed,) = events(bare, "subscription.lapsed")
    assert lapsed.data["ends_on"] == "2027-04-01"
    assert ahead.charges == charged(bare) == []

    for day, charges in ((29, [date(2027, 3, 29)]), (30, [date(2027, 3, 31)])):
        at = datetime(2027, 3, day - 1, 6, tzinfo=UTC)
        advance_clock(organisation=declined.id, to=at, by="test", sandbox=True)
        seen = forecast_of(declined.id, at=at, until=date(2027, 4, 2))
        assert [each.on for each in seen.charges] == charges
    advance_clock(
        organisation=declined.id, to=datetime(2027, 4, 1, tzinfo=UTC), by="test", sandbox=True
    )
    over = forecast_of(declined.id, at=datetime(2027, 4, 1, tzinfo=UTC))
    assert (over.charges, over.losses) == ([], [])
    assert days_of(over, DeadlineKind.RETENTION)[0][0] == date(2027, 4, 15)

    payer = customer(email="p@atelier.example")
    order = by_transfer(payer)
    imported(transfer_for(order))
    ahead = forecast_of(payer.id, at=START, until=date(2028, 3, 2))
    invoiced = days_of(ahead, DeadlineKind.RENEWAL_INVOICE)
    advance_clock(
        organisation=payer.id, to=datetime(2028, 2, 20, tzinfo=UTC), by="test", sandbox=True
    )
    assert invoiced == happened_on(payer, "subscription.renewal_ordered")
    waiting = forecast_of(payer.id, at=datetime(2028, 2, 20, tzinfo=UTC), until=date(2028, 3, 2))
    assert foretold(waiting) == foretold(ahead)
    assert [each.on for each in waiting.charges] == [date(2028, 3, 1)]
