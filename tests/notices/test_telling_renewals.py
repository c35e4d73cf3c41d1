"""Mails of renewals: to whom they go, and one for all that is due on a day (R5, R25, R26)."""

from __future__ import annotations

import json
from datetime import date

import pytest

from tenure.base.calendar import first_instant, zone_named
from tenure.base.ids import public_id
from tenure.flows.clock import advance_clock
from tenure.flows.renewal_choice import choose_renewal
from tenure.flows.seats import assign_seat
from tenure.notices.models import Mail
from tenure.orders.models import Order
from tenure.organisations.models import Organisation
from tenure.organisations.rules import Standing
from tests.flows.test_reminding import sell
from tests.flows.worlds import joined
from tests.notices.made import kinds, make_all, only
from tests.shop import CATALOGUE, START, customer, open_shop, owner_of, subscribe

pytestmark = pytest.mark.django_db(transaction=True)


def until(company: Organisation, day: str) -> list[str]:
    """Let time pass until a day in Paris; the kinds of mail that were made on the way."""
    make_all()
    Mail.objects.all().delete()
    to = first_instant(date.fromisoformat(day), zone_named("Europe/Paris"))
    advance_clock(organisation=company.id, to=to, by="test", sandbox=True)
    make_all()
    return kinds()


def test_a_day_makes_one_mail_for_each_who_administers_or_pays() -> None:
    open_shop()
    company = customer()
    first = subscribe(company, quantity=2)
    subscribe(company, "analyst-business")
    joined(company, "bob@atelier.example", "designer", standing=Standing.ADMINISTRATOR)
    joined(company, "bill@atelier.example", standing=Standing.BILLING)
    joined(company, "tom@atelier.example")
    assign_seat(subscription=first.id, member=owner_of(company).id, now=START, by="test")
    choose_renewal(subscription=first.id, next_quantity=1, now=START, by="test")
    assert until(company, "2027-12-28") == 3 * ["renewal_reminded"]
    readers = {"ada@atelier.example", "bob@atelier.example", "bill@atelier.example"}
    assert set(Mail.objects.values_list("to", flat=True)) == readers
    said = json.dumps(Mail.objects.earliest("id").letter, ensure_ascii=False)
    assert "2 abonnements se renouvellent le 1 mars 2028" in said.replace("1er", "1")
    for part in ("2\N{NARROW NO-BREAK SPACE}639,99", "999,99", "25 février 2028", "perd la sienne"):
        assert part in said, part
    assert f"/console/{public_id('org', company.id)}/subscriptions" in said
    sell(CATALOGUE[: CATALOGUE.index("- id: designer-business")] + CATALOGUE[_TRIAL:])
    assert until(company, "2028-02-24") == 6 * ["renewal_reminded"]
    last = until(company, "2028-02-27")
    assert (last.count("seats_go"), last.count("seat_goes")) == (2, 1)
    assert only("seat_goes").to == "ada@atelier.example"  # assigned last, and as idle as Bob
    page = f"{public_id('sub', first.id)}/losses"
    assert page in str(Mail.objects.filter(kind="seats_go").values_list("letter", flat=True)[0])


_TRIAL = CATALOGUE.index("- id: designer-trial")


def test_an_offer_that_is_gone_is_announced() -> None:
    open_shop()
    company = customer()
    subscribe(company)
    sell(CATALOGUE[: CATALOGUE.index("- id: designer-business")] + CATALOGUE[_TRIAL:])
    assert until(company, "2028-01-27") == ["renewal_reminded"]
    letter = only("renewal_reminded")
    assert "n’est pas renouvelé" in letter.subject
    assert letter.subject.endswith("29 février 2028")


def test_a_bank_that_asks_for_the_customer_is_told_of_with_a_link_each_time() -> None:
    open_shop()
    company = customer()
    subscribe(company)
    company.payment_methods.update(token="tok_authenticate", reference="tok_authenticate")
    wants_step = "renewal_authentication_required"
    assert until(company, "2028-02-26").count(wants_step) == 1
    order = public_id("ord", Order.objects.get(kind="renewal").id)
    letter = only(wants_step).letter
    assert f"/orders/{order}" in json.dumps(letter)
    assert "27 février 2028" in json.dumps(letter, ensure_ascii=False)
    assert until(company, "2028-03-01").count(wants_step) == 3
