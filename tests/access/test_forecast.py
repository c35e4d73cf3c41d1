"""The forecast over real rows: who loses which role, last days of all kinds, statements."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tenure.access.queries.forecast import LONGEST, forecast_of
from tenure.base.calendar import Term
from tenure.base.errors import Invalid, NotFound
from tenure.base.ids import new_id, public_id
from tenure.billing.models import PaymentMethod
from tenure.flows.external import record_external
from tenure.flows.quotes.making import quote_cart
from tenure.flows.renewal_choice import choose_renewal
from tenure.flows.seats import assign_seat
from tenure.policy.words import Audience
from tenure.subscriptions.commands.recording import Recorded
from tenure.subscriptions.models import Subscription
from tenure.subscriptions.rules.forecast import DeadlineKind, EndReason
from tests.api.cast import key_for
from tests.api.talking import Api
from tests.flows.transfers import by_transfer
from tests.flows.worlds import invited, joined
from tests.shop import START, customer, fill_cart, open_shop, order_cart, owner_of, subscribe

pytestmark = pytest.mark.django_db(transaction=True)
UNTIL = date(2028, 6, 1)


def test_charges_losses_and_last_days_of_one_company() -> None:
    open_shop()
    company = customer()
    ada, bob = owner_of(company), joined(company, "bob@atelier.example")
    year = subscribe(company, quantity=2)
    quarter = subscribe(company, quantity=2, term=Term.QUARTER)
    analyst = subscribe(company, "analyst-business", term=Term.QUARTER)
    for subscription, member in (
        (year, ada),
        (quarter, ada),
        (quarter, bob),
        (analyst, bob),
    ):
        assign_seat(subscription=subscription.id, member=member.id, now=START, by="test")
    choose_renewal(subscription=analyst.id, auto_renew=False, now=START, by="test")
    Subscription.objects.filter(id=quarter.id).update(next_quantity=1)
    recorded = Recorded("designer-business", Term.YEAR, 1, START.date(), 1, "PO 9")
    elsewhere = record_external(
        organisation=company.id, recorded=recorded, now=START, by="test"
    ).ids[0]
    assign_seat(subscription=elsewhere, member=ada.id, now=START, by="test")
    invited(company, "eve@atelier.example")
    order = by_transfer(company)
    cart = fill_cart(company, ("analyst-business", 1))
    quote_cart(cart=cart.cart.id, organisation=company.id, purchase_order="", now=START, by="test")
    PaymentMethod.objects.update(exp_month=12, exp_year=2027)

    ahead = forecast_of(company.id, at=START, until=UNTIL)
    charged = [(each.on, each.amount, each.subscriptions) for each in ahead.charges]
    alone, dear = (quarter.id,), 43200 + 288000
    assert charged == [
        (date(2027, 5, 28), 43200, alone),
        (date(2027, 8, 28), 43200, alone),
        (date(2027, 11, 27), 43200, alone),
        (date(2028, 2, 26), dear, (year.id, quarter.id)),
        (date(2028, 5, 28), 43200, alone),
    ]
    june = date(2027, 6, 1)
    lost = {(each.on, each.member, each.role, each.reason) for each in ahead.losses}
    loser = {each.member for each in ahead.losses if each.reason is EndReason.QUANTITY_REDUCED}
    assert lost >= {(june, bob.id, "analyst", EndReason.RENEWAL_OFF)}
    assert loser <= {bob.id}, "ada has another seat for the role"
    kinds = {each.kind: each.on for each in ahead.deadlines if each.subscription is None}
    assert kinds == {
        DeadlineKind.INVITATION: date(2027, 3, 15),
        DeadlineKind.TRANSFER: date(2027, 3, 31),
        DeadlineKind.QUOTE: date(2027, 3, 31),
        DeadlineKind.CARD_EXPIRY: date(2027, 12, 31),
    }
    ends = {each.subscription: (each.on, each.reason) for each in ahead.ends}
    assert ends == {
        analyst.id: (june, EndReason.RENEWAL_OFF),
        elsewhere: (date(2028, 3, 1), EndReason.NOT_RENEWED_HERE),
    }
    PaymentMethod.objects.update(is_default=False)
    bare = forecast_of(company.id, at=START)
    assert (bare.until, bare.charges) == (START.date() + timedelta(days=365), [])
    assert {each.reason for each in bare.ends} == {EndReason.RENEWAL_OFF, EndReason.NO_CARD}

    own = Api(key_for(company.id))
    org = public_id("org", company.id)
    told = own.get(f"/organisations/{org}/forecast?until={UNTIL}").body
    assert told["until"] == "2028-06-01"
    assert told["charges"] == []
    assert {each["reason"] for each in told["losses"]} >= {"no_card", "renewal_off"}
    about = {each["kind"]: each["about"] for each in told["deadlines"]}
    assert about["transfer"] == public_id("ord", order)
    for day, code in (("2027-02-28", "forecast_of_the_past"), ("2040-01-01", "forecast_too_far")):
        refused = own.get(f"/organisations/{org}/forecast?until={day}", accept_language="fr")
        assert refused.body["field_errors"][0]["code"] == code
    assert own.get(f"/organisations/{org}/forecast?until=soon").status == 422
    with pytest.raises(NotFound):
        forecast_of(new_id(), at=START)
    with pytest.raises(Invalid):
        forecast_of(company.id, at=START, until=START.date() + LONGEST + timedelta(days=1))


def test_a_student_without_proof_a_maker_and_statements() -> None:
    open_shop()
    student = customer(Audience.STUDENT, email="s@atelier.example")
    order_cart(student, fill_cart(student, ("designer-student", 1)))
    found = forecast_of(student.id, at=START)
    assert [each.kind for each in found.deadlines] == [DeadlineKind.VERIFICATION]
    maker = customer(Audience.CREATOR, email="m@atelier.example")
    subscribe(maker, "designer-creator", term=Term.MONTH)
    found = forecast_of(maker.id, at=START, until=date(2027, 4, 30))
    assert [(each.on, each.amount) for each in found.charges] == [
        (date(2027, 3, 28), 1999),
        (date(2027, 4, 27), 1999),
    ]

    def statements() -> int:
        with CaptureQueriesContext(connection) as caught:
            forecast_of(maker.id, at=START, until=UNTIL)
        return len(caught)

    def one_more() -> None:
        made = subscribe(maker, "designer-creator", quantity=2, term=Term.MONTH)
        assign_seat(subscription=made.id, member=owner_of(maker).id, now=START, by="test")
        Subscription.objects.filter(id=made.id).update(next_quantity=1)

    one_more()
    few = statements()
    for _ in range(4):
        one_more()
    assert statements() == few < 20
