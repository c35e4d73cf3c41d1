"""R35: what was bought elsewhere is shown and assigned here, and never charged."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from tenure.base.calendar import Term
from tenure.base.clock import machine_now
from tenure.base.errors import NotFound, Refused
from tenure.base.ids import new_id
from tenure.flows.clock import advance_clock
from tenure.flows.external import extend_external, record_external
from tenure.flows.seats import assign_seat
from tenure.flows.verify.run import verify
from tenure.organisations.models import Organisation
from tenure.subscriptions.commands.recording import Recorded
from tenure.subscriptions.models import Subscription
from tenure.subscriptions.queries.views import subscription_views
from tests.shop import START, customer, fill_cart, open_shop, owner_of, subscribe

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _shop() -> None:
    open_shop()


def recorded(
    company: Organisation, offer: str = "bench-business", periods: int = 1
) -> Subscription:
    written = record_external(
        organisation=company.id,
        recorded=Recorded(offer, Term.QUARTER, 2, date(2027, 2, 1), periods, "Contract 12"),
        now=START,
        by="staff:test",
    )
    return Subscription.objects.get(id=written.ids[0])


def all_holds() -> None:
    assert [each.check.name for each in verify(now=machine_now()) if each.tally.failed] == []


def test_it_is_shown_and_assigned_and_ends_unless_it_is_extended() -> None:
    company = customer()
    bought = recorded(company)
    assign_seat(subscription=bought.id, member=owner_of(company).id, now=START, by="test")
    (view,) = subscription_views([bought], START)
    assert (view.status, bought.source, bought.reference) == ("active", "external", "Contract 12")
    assert [period.ends_on for period in bought.periods.all()] == [date(2027, 5, 1)]
    assert bought.periods.get().opt_out_on is None
    with pytest.raises(Refused) as tried:  # what was bought elsewhere was bought (R9)
        fill_cart(company, ("designer-trial", 1), term=Term.TRIAL)
    assert tried.value.code.code == "trial_used"
    extend_external(subscription=bought.id, now=START, by="staff:test")
    may = datetime(2027, 6, 1, tzinfo=UTC)
    advance_clock(organisation=company.id, to=may, by="test", sandbox=True)
    (view,) = subscription_views([bought], may)
    assert view.status == "active"
    later = may + timedelta(days=70)
    advance_clock(organisation=company.id, to=later, by="test", sandbox=True)
    (view,) = subscription_views([bought], later)
    assert view.status == "ended"
    all_holds()


def test_several_periods_are_recorded_at_once() -> None:
    bought = recorded(customer(), periods=3)
    assert [period.number for period in bought.periods.order_by("number")] == [1, 2, 3]
    all_holds()


def test_what_is_sold_here_is_not_recorded() -> None:
    company = customer()
    for offer, code in (
        ("designer-trial", "record_trial"),
        ("designer-creator", "mixed_audiences"),
    ):
        with pytest.raises(Refused) as refused:
            recorded(company, offer)
        assert refused.value.code.code == code
    with pytest.raises(NotFound):
        recorded(company, "nothing")
    bought = subscribe(company, "designer-business", 1)
    with pytest.raises(Refused) as refused:
        extend_external(subscription=bought.id, now=START, by="staff:test")
    assert refused.value.code.code == "not_recorded_here"
    with pytest.raises(NotFound):
        extend_external(subscription=new_id(), now=START, by="staff:test")
