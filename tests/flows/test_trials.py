"""R9: what is bought ends the trial of its roles and takes over its seats; before it is offered."""

from __future__ import annotations

from datetime import date

import pytest

from tenure.access.models import Seat
from tenure.base.calendar import Term, first_instant, zone_named
from tenure.events.models import Event
from tenure.flows.clock import advance_clock
from tenure.flows.seats import assign_seat
from tenure.flows.verify.run import verify
from tenure.notices.models import Mail
from tenure.organisations.models import Organisation
from tenure.subscriptions.models import Period, Subscription
from tenure.subscriptions.queries.views import subscription_views
from tests.flows.worlds import invited, joined
from tests.notices.made import make_all
from tests.shop import START, customer, fill_cart, open_shop, order_cart, owner_of, subscribe

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def company() -> Organisation:
    """A company that tries with four seats: two are held, one is kept for somebody invited."""
    open_shop()
    made = customer()
    trial = subscribe(made, "designer-trial", 4, term=Term.TRIAL)
    bob = joined(made, "bob@atelier.example")
    for member in (owner_of(made), bob):
        assign_seat(subscription=trial.id, member=member.id, now=START, by="test")
    Seat.objects.filter(member=bob).update(last_used_on=date(2027, 3, 2))
    invited(made, "cy@atelier.example", "designer")
    return made


def holders(row: Subscription) -> list[str]:
    """Who holds the seats of a subscription, or for whom they are kept."""
    seats = Seat.objects.filter(subscription=row).select_related("member", "invitation")
    found = [seat.member or seat.invitation for seat in seats.order_by("number")]
    return [each.email.partition("@")[0] for each in found if each is not None]


def test_the_paid_term_ends_the_trial_and_takes_its_seats_over(company: Organisation) -> None:
    trial = Subscription.objects.get()
    analysts = subscribe(company, "analyst-business", 3)
    assert holders(trial) == ["ada", "bob", "cy"]
    assert holders(analysts) == []
    paid = subscribe(company, quantity=3)
    assert (holders(trial), holders(paid)) == ([], ["bob", "ada", "cy"])
    trial.refresh_from_db()
    (view,) = subscription_views([trial], START)
    assert (view.status, view.is_covered) == ("ended", False)
    replaced = Event.objects.get(type="subscription.trial_replaced")
    assert len(replaced.data["subscriptions"]) == 1
    assert all(each.holds for each in verify(now=START))
    to = Period.objects.get(subscription=trial).ends_at
    advance_clock(organisation=company.id, to=to, by="test", sandbox=True)
    types = Event.objects.filter(sequence__gt=replaced.sequence).values_list("type", flat=True)
    assert "subscription.trial_ending" not in types
    assert "subscription.ended" not in types


def test_with_fewer_seats_those_in_use_come_first(company: Organisation) -> None:
    paid = subscribe(company)
    assert holders(paid) == ["bob"]
    assert holders(Subscription.objects.get(term="trial")) == ["ada", "cy"]


def test_another_trial_of_nothing_it_brings_goes_on() -> None:
    open_shop()
    company = customer()
    order_cart(company, fill_cart(company, ("designer-trial", 1), term=Term.TRIAL), None)
    subscribe(company, "analyst-business")
    assert Subscription.objects.get(term="trial").cancelled_at is None


def test_it_is_offered_before_the_trial_ends(company: Organisation) -> None:
    make_all()
    Mail.objects.all().delete()
    to = first_instant(date(2027, 3, 31), zone_named("Europe/Paris"))
    advance_clock(organisation=company.id, to=to, by="test", sandbox=True)
    told = Event.objects.filter(type="subscription.trial_ending").order_by("sequence")
    days = [event.at.astimezone(zone_named("Europe/Paris")).date() for event in told]
    assert days == [date(2027, 3, 24), date(2027, 3, 30)]
    assert told[0].data["offers"] == ["designer-business"]
    make_all()
    mails = Mail.objects.filter(kind="trial_ending")
    assert {mail.to for mail in mails} == {"ada@atelier.example"}
    said = str(mails[0].letter)
    assert "trois mois" in said
    assert "/extend" in said
