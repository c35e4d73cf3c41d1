"""R45: VAT numbers are looked up, asked again where no answer comes, and decide the tax."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from tenure.base.ids import new_id
from tenure.billing.models import Document
from tenure.catalogue.models import Vendor
from tenure.events.journal import transaction
from tenure.events.models import Event
from tenure.flows.clock import advance_clock
from tenure.flows.particulars import edit_particulars
from tenure.flows.vat_checks import (
    freshen,
    look_up_due,
    look_up_now,
    look_up_of_organisation,
)
from tenure.orders.models import Order
from tenure.organisations.commands.organisation import (
    BillingAddress,
    NewOrganisation,
    create_organisation,
)
from tenure.organisations.models import Organisation, VatCheck
from tenure.organisations.registers.vies import Vies
from tenure.policy.loading import default_policy
from tenure.policy.words import Audience
from tenure.subscriptions.models import Period, Subscription
from tenure.subscriptions.queries.renewal import renewal_price
from tests.flows.doomed import every_point
from tests.organisations.vies_server import HANG_UP, ViesServer, vies_server, wrapped
from tests.patience import PATIENCE
from tests.shop import START, fill_cart, open_shop, order_cart

pytestmark = pytest.mark.django_db(transaction=True)

NUMBER = "DE136695976"
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _shop() -> None:
    open_shop()


@pytest.fixture(scope="module")
def server() -> Iterator[ViesServer]:
    with vies_server() as running:
        yield running


@pytest.fixture
def vies(server: ViesServer) -> Vies:
    server.replies.clear()
    server.invalid.clear()
    server.asked.clear()
    return Vies(server.url, timeout=PATIENCE)


def company(
    number: str = NUMBER,
    country: str = "DE",
    *,
    audience: Audience = Audience.BUSINESS,
    clock: datetime | None = START,
) -> Organisation:
    """A customer abroad with a VAT number, about which nothing was asked yet."""
    id_ = new_id()
    draft = NewOrganisation(
        name="Beispiel",
        audience=audience,
        country=country,
        currency="EUR",
        timezone="Europe/Berlin",
        language="en",
        billing=BillingAddress(
            name="Beispiel",
            line1="Weg 1",
            postal_code="10115",
            city="Berlin",
            country=country,
            vat_number=number,
        ),
        owner_email=f"{id_}@beispiel.example",
        owner_name="Bea",
        proved=False,
        test_clock=clock,
    )
    with transaction(now=clock or START, by="test") as journal:
        return create_organisation(organisation=id_, draft=draft, journal=journal)


def tax_of(organisation: Organisation, *, on: datetime = START) -> int:
    """What a cart of one seat is taxed, in cents."""
    organisation.refresh_from_db()
    priced = fill_cart(organisation, ("designer-business", 1), now=on)
    return priced.amounts.total_tax


def check_of(organisation: Organisation) -> VatCheck:
    return VatCheck.objects.filter(organisation=organisation).order_by("id").last() or VatCheck()


def facts() -> list[str]:
    found = Event.objects.filter(type__startswith="organisation.vat").order_by("sequence")
    return [
        kind.removeprefix("organisation.vat_number_")
        for kind in found.values_list("type", flat=True)
    ]


def test_a_number_counts_once_the_register_knows_it(vies: Vies, server: ViesServer) -> None:
    buyer = company()
    assert tax_of(buyer) == 22800
    assert check_of(buyer).outcome == "waiting"
    assert look_up_now(organisation=buyer.id, now=START, register=vies) == "valid"
    assert tax_of(buyer) == 0
    check = check_of(buyer)
    assert (check.name, check.answered_at, check.ask_at) == ("Beispiel GmbH", START, None)
    assert facts() == ["validated"]
    assert look_up_now(organisation=buyer.id, now=START, register=vies) is None
    assert len(server.asked) == 1


def test_an_order_by_reverse_charge_says_so() -> None:
    buyer = company()
    look_up_now(organisation=buyer.id, now=START)
    order_cart(buyer, fill_cart(buyer, ("designer-business", 1)))
    order = Order.objects.get()
    assert (order.reverse_charge, order.total_tax, order.tax_country) == (True, 0, "DE")


def test_a_number_that_is_not_known_is_charged(vies: Vies, server: ViesServer) -> None:
    server.invalid.add(NUMBER)
    buyer = company()
    assert look_up_now(organisation=buyer.id, now=START, register=vies) == "invalid"
    assert tax_of(buyer) == 22800
    assert facts() == ["rejected"]
    assert not freshen(organisation=buyer, now=START + 28 * DAY, days=30, register=vies)
    server.invalid.clear()
    assert freshen(organisation=buyer, now=START + 30 * DAY, days=30, register=vies)
    assert facts() == ["rejected", "validated"]


def test_no_answer_is_asked_for_again_later_each_time(vies: Vies, server: ViesServer) -> None:
    """R45: what could not be validated is charged; the worker asks again with patience."""
    buyer = company(clock=None)
    server.replies = [wrapped("MS_UNAVAILABLE"), wrapped("MS_MAX_CONCURRENT_REQ", 500), HANG_UP]
    assert look_up_now(organisation=buyer.id, now=START, register=vies) == "unavailable"
    assert check_of(buyer).reason == "MS_UNAVAILABLE"
    waits = []
    now = START
    for _ in range(2):
        before = now
        now = check_of(buyer).ask_at or now
        waits.append(now - before)
        assert look_up_due(now=now - timedelta(seconds=1), register=vies) == 0
        assert look_up_due(now=now, register=vies) == 1
    assert waits == [timedelta(minutes=1), timedelta(minutes=5)]
    assert (check_of(buyer).reason, facts()) == ("SERVICE_UNAVAILABLE", [])
    assert look_up_due(now=now + timedelta(minutes=15), register=vies) == 1
    assert facts() == ["validated"]
    assert check_of(buyer).asked == 4


def test_nobody_waits_for_a_register_that_just_gave_no_answer(
    vies: Vies, server: ViesServer
) -> None:
    first, second, other = company(), company("DE115235681"), company("IT00743110157", "IT")
    server.replies = [wrapped("MS_UNAVAILABLE")]
    assert look_up_now(organisation=first.id, now=START, register=vies) == "unavailable"
    assert look_up_now(organisation=second.id, now=START, register=vies) is None
    assert look_up_now(organisation=other.id, now=START, register=vies) == "valid"
    assert check_of(second).outcome == "waiting"


def test_another_number_begins_anew(vies: Vies) -> None:
    buyer = company()
    look_up_now(organisation=buyer.id, now=START, register=vies)
    edit_particulars(
        organisation=buyer.id, changes={"vat_number": "DE 115 235 681"}, now=START, by="test"
    )
    assert tax_of(buyer) == 22800
    assert check_of(buyer).outcome == "waiting"
    edit_particulars(organisation=buyer.id, changes={"vat_number": ""}, now=START, by="test")
    assert check_of(buyer).outcome == "dropped"
    assert look_up_now(organisation=buyer.id, now=START, register=vies) is None


def test_an_answer_about_a_number_that_was_changed_changes_nothing(server: ViesServer) -> None:
    buyer = company()

    class Slow(Vies):
        def look_up(self, number: str, *, requester: str, asked: int):  # type: ignore[no-untyped-def]
            edit_particulars(
                organisation=buyer.id, changes={"vat_number": "DE115235681"}, now=START, by="test"
            )
            return super().look_up(number, requester=requester, asked=asked)

    look_up_now(organisation=buyer.id, now=START, register=Slow(server.url, timeout=PATIENCE))
    assert facts() == []
    assert check_of(buyer).outcome == "waiting"


def test_an_answer_grows_old_and_is_asked_for_before_it_counts(
    vies: Vies, server: ViesServer
) -> None:
    buyer = company()
    look_up_now(organisation=buyer.id, now=START, register=vies)
    buyer.refresh_from_db()
    assert not freshen(organisation=buyer, now=START + 29 * DAY, days=30, register=vies)
    assert tax_of(buyer, on=START + 30 * DAY) == 0
    assert tax_of(buyer, on=START + 31 * DAY) == 22800
    server.replies = [wrapped("MS_UNAVAILABLE")]
    assert freshen(organisation=buyer, now=START + 31 * DAY, days=30, register=vies)
    assert not freshen(organisation=buyer, now=START + 31 * DAY, days=30, register=vies)
    assert tax_of(buyer, on=START + 31 * DAY) == 22800
    later = START + 31 * DAY + timedelta(minutes=1)
    VatCheck.objects.update(called_at=datetime(2026, 1, 1, tzinfo=UTC))
    assert freshen(organisation=buyer, now=later, days=30, register=vies)
    assert tax_of(buyer, on=later) == 0


def test_the_vendor_is_named_to_the_register(vies: Vies, server: ViesServer) -> None:
    Vendor.objects.update(facts={**Vendor.objects.get().facts, "vat_number": "FR 40 303 265 045"})
    buyer = company()
    look_up_now(organisation=buyer.id, now=START, register=vies)
    assert server.asked[-1]["requesterNumber"] == "40303265045"
    assert check_of(buyer).consultation == "WAPIAAAAaEDkvhHx"


@pytest.mark.parametrize(
    ("number", "country", "audience"),
    [
        ("CHE107787577MWST", "CH", Audience.BUSINESS),
        ("GB980780684", "GB", Audience.BUSINESS),
        ("DE136695976", "DE", Audience.CREATOR),
        ("", "DE", Audience.BUSINESS),
    ],
)
def test_nothing_is_asked_where_no_answer_matters(
    number: str, country: str, audience: Audience
) -> None:
    buyer = company(number, country, audience=audience)
    assert not VatCheck.objects.exists()
    assert not freshen(organisation=buyer, now=START, days=30)


def test_a_test_clock_asks_as_it_is_advanced() -> None:
    """R2: only advancing moves such an organisation, and the sandbox answers the second time."""
    buyer = company("DE103020107")
    assert look_up_now(organisation=buyer.id, now=START) == "unavailable"
    assert look_up_due(now=START + DAY) == 0
    advanced = advance_clock(organisation=buyer.id, to=START + DAY, by="test", sandbox=True)
    assert "organisation.vat_number_validated" in [event.type for event in advanced.events]
    assert look_up_of_organisation(buyer.id, now=START + DAY) == 0
    assert tax_of(buyer, on=START + DAY) == 0


def test_a_renewal_is_priced_by_the_number_too() -> None:
    buyer = company()
    look_up_now(organisation=buyer.id, now=START)
    order_cart(buyer, fill_cart(buyer, ("designer-business", 1)))
    price = renewal_price(
        Subscription.objects.get(),
        audience=Audience.BUSINESS,
        country="DE",
        on=START.date(),
        policy=default_policy(),
    )
    assert price is not None
    assert price.total_tax == 0


def test_a_number_is_looked_up_again_before_what_renews_by_it() -> None:
    """Neither the reminders nor the renewal name a tax that the number spares (R24, R25)."""
    buyer, other = company(), company(clock=None)
    for each in (buyer, other):
        look_up_now(organisation=each.id, now=START)
        order_cart(each, fill_cart(each, ("designer-business", 1)))
    advance_clock(organisation=buyer.id, to=START + 500 * DAY, by="test", sandbox=True)
    orders = Order.objects.filter(organisation=buyer).order_by("id")
    assert [(row.kind, row.status, row.total_tax, row.vat_number) for row in orders] == [
        ("purchase", "paid", 0, ""),
        ("renewal", "paid", 0, ""),
    ]
    reminded = Event.objects.filter(type="subscription.renewal_reminded", organisation_id=buyer.id)
    assert {row.data["amount"]["amount"] for row in reminded} == {120000}
    assert not Document.objects.filter(kind="credit_note").exists()
    ages = [
        (Period.objects.get(subscription__organisation=buyer, number=1).ends_at - each).days
        for each in VatCheck.objects.filter(organisation=buyer)
        .order_by("id")
        .values_list("answered_at", flat=True)
    ]
    assert ages[1:4] == [72, 42, 19], "a week before each reminder for which the last is too old"
    reminder = Period.objects.get(subscription__organisation=other).remind_at
    assert reminder is not None
    soon = reminder - 7 * DAY
    assert [look_up_due(now=at) for at in (soon - DAY, soon, soon)] == [0, 1, 0]
    Organisation.objects.update(vat_number="")
    Period.objects.update(remind_at=soon)
    assert look_up_due(now=soon + 40 * DAY) == 0


def test_killed_anywhere_a_number_is_looked_up_in_the_end() -> None:
    buyers: list[UUID] = []

    def work(_at: int):  # type: ignore[no-untyped-def]
        buyers.append(company(clock=None).id)
        return lambda: look_up_now(organisation=buyers[-1], now=START)

    assert sum(1 for _ in every_point(work)) >= 4
    look_up_due(now=START + DAY)
    assert set(Organisation.objects.values_list("vat_validated_at", flat=True)) <= {
        START,
        START + DAY,
    }
    assert VatCheck.objects.filter(outcome="valid").count() == len(buyers)
