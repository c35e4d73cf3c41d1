"""R5, R25, R26: reminders on their days, the price that is fixed, and who loses a seat."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.db.models import Q
from django.test.utils import CaptureQueriesContext

from tenure.base.calendar import Term, first_instant, zone_named
from tenure.base.errors import Refused
from tenure.base.ids import public_id
from tenure.billing.models import PaymentMethod
from tenure.catalogue.file import parse_catalogue
from tenure.events.journal import transaction
from tenure.events.models import Event
from tenure.flows.catalogue_import import import_file
from tenure.flows.clock import advance_clock
from tenure.flows.renewal_choice import choose_renewal
from tenure.flows.renewals.reminding import remind_of_renewals
from tenure.flows.seats import assign_seat
from tenure.organisations.models import Organisation
from tenure.policy.words import Audience
from tenure.subscriptions.models import Period, Renewal, Subscription
from tests.flows.worlds import joined
from tests.shop import CATALOGUE, START, customer, open_shop, owner_of, subscribe
from tests.web.console.companies import copied

pytestmark = pytest.mark.django_db(transaction=True)

PARIS = zone_named("Europe/Paris")


@pytest.fixture(autouse=True)
def _shop() -> None:
    open_shop()


def advance(company: Organisation, day: str) -> None:
    """Let time pass until the first minute of a day in Paris."""
    to = first_instant(date.fromisoformat(day), PARIS)
    advance_clock(organisation=company.id, to=to, by="test", sandbox=True)


def sell(source: str) -> None:
    """Another catalogue is in force."""
    import_file(file=parse_catalogue(source), source=source, now=START, by="command")


def reminders(row: Subscription) -> list[dict[str, object]]:
    """What reminders told of one subscription, with the local day of each."""
    found = Event.objects.filter(type="subscription.renewal_reminded").order_by("sequence")
    mine = [event for event in found if event.data["subscription"] == public_id("sub", row.id)]
    return [{**event.data, "on": event.at.astimezone(PARIS).date().isoformat()} for event in mine]


def test_the_first_reminder_fixes_the_price_and_each_goes_out_on_its_day() -> None:
    company = customer()
    designers = subscribe(company, quantity=3)
    analysts = subscribe(company, "analyst-business", term=Term.QUARTER)
    advance(company, "2027-12-28")
    sell(CATALOGUE.replace("amount: 120000}", "amount: 990000}"))
    advance(company, "2028-02-24")
    told = reminders(designers)
    assert [each["on"] for each in told] == ["2027-12-27", "2028-01-26", "2028-02-18"]
    for each in told:
        assert each["amount"] == {"amount": 432000, "currency": "EUR"}
        assert each["net"] == {"amount": 360000, "currency": "EUR"}
    assert told[0]["deadline"] == "2028-02-25"
    assert (told[0]["renews_on"], told[0]["charged_on"]) == ("2028-03-01", "2028-02-26")
    assert (told[0]["method"], told[0]["needs"], told[0]["seats_lost"]) == ("card", [], 0)
    renewal = Renewal.objects.get(subscription=designers)
    assert (renewal.number, renewal.unit_amount) == (2, 120000)
    assert renewal.priced_on == date(2027, 12, 27)
    days = [each["on"] for each in reminders(analysts)]
    assert days[:2] == ["2027-05-13", "2027-05-24"]


def test_what_does_not_go_on_is_not_reminded_of_unless_it_does_again() -> None:
    company = customer()
    row = subscribe(company)
    choose_renewal(subscription=row.id, auto_renew=False, now=START, by="test")
    advance(company, "2028-01-30")
    assert reminders(row) == []
    choose_renewal(
        subscription=row.id, auto_renew=True, now=datetime(2028, 1, 30, tzinfo=UTC), by="test"
    )
    advance(company, "2028-02-20")
    assert [each["on"] for each in reminders(row)] == ["2028-02-18"]
    assert Renewal.objects.get().priced_on == date(2028, 2, 18)


def test_an_offer_withdrawn_before_is_announced_once_and_after_is_renewed_once_more() -> None:
    company = customer()
    gone, later = subscribe(company), subscribe(company, "analyst-business")
    moved = subscribe(customer(email="m@atelier.example", country="US"))
    Organisation.objects.filter(id=moved.organisation_id).update(country="IT", billing_country="IT")
    kept, _, rest = CATALOGUE.partition("- id: designer-business")
    sell(kept + rest[rest.index("- id: analyst-business") :])
    advance(company, "2028-01-01")
    advance(moved.organisation, "2028-01-01")
    (told,) = reminders(gone)
    assert (told["amount"], told["charged_on"]) == (None, None)
    assert Renewal.objects.get(subscription=gone).withdrawn
    for day in (date(2028, 1, 2), date(2028, 2, 27)):  # in time, and after the deadline
        at = first_instant(day, PARIS)
        with pytest.raises(Refused, match="offer_withdrawn"):
            choose_renewal(subscription=gone.id, auto_renew=True, now=at, by="test")
    assert reminders(moved)[0]["amount"] is None
    sell(kept + rest[rest.index("- id: designer-trial") :])
    advance(company, "2028-02-24")
    assert len(reminders(gone)) == 1
    assert [each["amount"] for each in reminders(later)] == 3 * [
        {"amount": 119999, "currency": "EUR"}
    ]


def test_what_is_missing_to_pay_is_named() -> None:
    company = customer()
    row = subscribe(company)
    PaymentMethod.objects.update(exp_month=1, exp_year=2028)
    advance(company, "2027-12-28")
    PaymentMethod.objects.update(is_default=False)
    advance(company, "2028-01-27")
    assert [each["needs"] for each in reminders(row)] == [["expires"], ["card"]]


def test_fewer_seats_are_told_with_who_loses_one() -> None:
    company = customer()
    row = subscribe(company, quantity=3)
    for member in (owner_of(company), joined(company, "bob@atelier.example")):
        assign_seat(subscription=row.id, member=member.id, now=START, by="test")
    choose_renewal(subscription=row.id, next_quantity=1, now=START, by="test")
    advance(company, "2028-02-27")
    for told in reminders(row):
        assert (told["quantity"], told["seats_lost"]) == (1, 1)
        assert told["amount"] == {"amount": 144000, "currency": "EUR"}
    (ahead,) = Event.objects.filter(type="seat.losses_ahead")
    assert ahead.data["members"] == reminders(row)[-1]["members"]
    assert (ahead.data["on"], len(ahead.data["members"])) == ("2028-03-01", 1)


def test_after_a_pause_one_reminder_goes_out_and_none_when_it_is_too_late() -> None:
    company, other = customer(clock=None), customer(email="o@atelier.example", clock=None)
    row, late = subscribe(company), subscribe(other)
    scope = Q(organisation=company)
    at = datetime(2028, 2, 20, tzinfo=UTC)
    with transaction(now=at, by="worker") as journal:
        assert remind_of_renewals(scope, at, journal) == 1
        assert remind_of_renewals(scope, at, journal) == 0
    assert [each["on"] for each in reminders(row)] == ["2028-02-20"]
    with transaction(now=at + timedelta(days=7), by="worker") as journal:
        assert remind_of_renewals(Q(organisation=other), journal.at, journal) == 1
    assert reminders(late) == []
    assert Period.objects.filter(remind_at__isnull=False).count() == 0


def test_it_takes_as_many_statements_for_many_as_for_one() -> None:
    company = customer(clock=None)
    pattern = subscribe(company, quantity=2)
    Subscription.objects.update(next_quantity=1)
    assign_seat(subscription=pattern.id, member=owner_of(company).id, now=START, by="test")
    period = pattern.periods.get()
    due = period.remind_at
    assert due is not None

    def statements() -> int:
        with transaction(now=due, by="worker") as journal, CaptureQueriesContext(connection) as ran:
            remind_of_renewals(Q(), due, journal)
        return len(ran)

    few = statements()
    line = pattern.order_line
    assert line is not None
    lines = [copied(line, position=number) for number in range(2, 302)]
    rows = [copied(pattern, order_line_id=each.id) for each in lines]
    for many in (lines, rows, [copied(period, subscription_id=row.id) for row in rows]):
        type(many[0])._default_manager.bulk_create(many)
    assert statements() <= few < 20
    assert Event.objects.filter(type="subscription.renewal_reminded").count() == 301


def test_students_are_asked_for_their_proof_unless_their_address_is_one() -> None:
    student = customer(Audience.STUDENT)
    learned = customer(Audience.STUDENT, email="a@etu.univ-paris.academy.example.edu")
    Organisation.objects.update(verified_at=START)
    row, proved = subscribe(student, "designer-student"), subscribe(learned, "designer-student")
    for each in (student, learned):
        advance(each, "2027-12-28")
    assert reminders(row)[0]["needs"] == ["proof"]
    assert reminders(proved)[0]["needs"] == []
    assert list(Organisation.objects.filter(verified_at=None)) == [student]
    asked = Event.objects.get(type="organisation.proof_asked")
    assert asked.organisation_id == student.id
    Organisation.objects.update(verified_at=START.replace(month=12))
    advance(student, "2028-01-27")
    assert reminders(row)[1]["needs"] == []
