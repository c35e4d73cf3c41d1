"""Who did what, when: the journal in sentences (R34, R35)."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from typing import Any

import pytest
from django.utils import translation

import tenure
from tenure.access.queries.history import Names
from tenure.base.ids import new_id, public_id
from tenure.events.models import Event
from tenure.flows.seats import release_seat
from tenure.organisations.models import ApiKey, Member, Organisation
from tenure.web.console.sentences import SENTENCES, sentence
from tenure.web.console.sentences.house import FIELDS
from tests.shop import START, owner_of
from tests.web.console.companies import (
    INSIDERS_ONLY,
    act,
    advance,
    billing_contact,
    bought,
    french,
    page_of,
    statements,
    text_of,
    tried_by_all,
)
from tests.web.people import Company, browser

NOBODY = Names(members={}, offers={}, invited={}, roles={}, keys={}, users={})
DATA: dict[str, Any] = {
    "standing": "administrator",
    "roles": ["designer"],
    "role": "designer",
    "offer": "designer-business",
    "fields": ["name", "something_new"],
    "to": "2027-03-01T09:00:00Z",
    "total": {"amount": 1200, "currency": "EUR"},
    "amount": {"amount": 1200, "currency": "EUR"},
    "quantity": 2,
    "next_quantity": 2,
    "kind": "invoice",
    "version": 3,
    "policy_version": 3,
    "starts_on": "2027-03-01",
    "ends_on": "2028-03-01",
    "deadline": "2028-02-25",
    "data_available_until": "2028-03-15",
    "valid_until": "2027-03-31",
    "expires_on": "2027-03-31",
    "renews_on": "2028-03-01",
    "payable_until": "2028-03-15",
    "on": "2028-03-01",
    "members": ["mem_x"],
}


def types() -> set[str]:
    """Every type of event that the code knows."""
    found = set()
    for area in pkgutil.iter_modules(tenure.__path__):
        try:
            module = importlib.import_module(f"tenure.{area.name}.events")
        except ModuleNotFoundError:
            continue
        classes = (each for _, each in inspect.getmembers(module, inspect.isclass))
        found |= {each.type for each in classes if isinstance(getattr(each, "type", None), str)}
    return found


def test_every_type_of_event_has_a_sentence_and_no_other() -> None:
    assert set(SENTENCES) == types()


@pytest.mark.parametrize("kind", sorted(SENTENCES))
def test_a_sentence_is_said_in_both_languages(kind: str) -> None:
    said = []
    for language in ("en", "fr"):
        with translation.override(language):
            said.append(sentence(kind, DATA, NOBODY, "Europe/Paris"))
    english, french_text = said
    assert english != french_text
    assert english.endswith(".")
    assert french_text.endswith(".")
    assert "%(" not in english + french_text


@pytest.mark.parametrize(
    ("kind", "more"),
    [
        ("member.invited", {"roles": []}),
        ("organisation.second_factor_required", {"required": True}),
        ("subscription.auto_renewal_switched", {"auto_renew": True}),
        ("subscription.auto_renewal_switched", {"from_next_period": True}),
    ],
)
def test_what_differs_is_said_differently(kind: str, more: dict[str, Any]) -> None:
    with translation.override("en"):
        plain = sentence(kind, DATA, NOBODY, "UTC")
        assert plain != sentence(kind, DATA | more, NOBODY, "UTC")


def test_a_type_of_a_newer_tenure_is_told_by_its_name() -> None:
    assert sentence("moon.landed", {}, NOBODY, "UTC") == "moon.landed"


def test_every_particular_that_can_change_has_its_name() -> None:
    edited = {"name", "language", "timezone", "country", "currency", "purchase_order"}
    edited |= {"vat_number", "siren"}
    columns = {field.name for field in Organisation._meta.concrete_fields}
    billing = {name for name in columns if name.startswith("billing_")}
    assert set(FIELDS) == edited | billing


def test_only_administrators_see_it(company: Company) -> None:
    path = page_of(company, "history")
    assert tried_by_all(company, path) == INSIDERS_ONLY
    assert browser(billing_contact(company)).get(path).status_code == 404


def happened(company: Company, **query: str) -> str:
    client = browser(company.owner)
    answer = client.get(page_of(company, "history"), query)
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_names_stand_in_the_place_of_ids(company: Company) -> None:
    made = bought(company)
    text = happened(company)
    assert "A seat of Designer was assigned to Tom." in text
    assert "Designer began on March\N{NO-BREAK SPACE}1,\N{NO-BREAK SPACE}2027 with 2 seats." in text
    assert "The organisation was created; Ada owns it." in text
    assert f"/subscriptions/{public_id('sub', made.id)}" in text


def test_it_says_whose_hand_it_was(company: Company) -> None:
    made = bought(company)
    member = Member.objects.get(user=company.teammate)
    key = ApiKey.objects.create(
        organisation=company.organisation, name="Robot", hash=b"x", created_at=START
    )
    hands = ("worker", "command", "staff:" + public_id("usr", company.staff.id))
    hands += ("key:" + public_id("key", key.id), "key:" + public_id("key", new_id()))
    hands += ("member:" + public_id("mem", owner_of(company.organisation).id),)
    hands += ("user:" + public_id("usr", company.teammate.id), "member:mem_nobody")
    for number, by in enumerate(hands, start=1000):
        Event.objects.create(
            organisation_id=company.organisation.id,
            sequence=number,
            type="seat.freed",
            at=START,
            by=by,
            data={
                "member": public_id("mem", member.id),
                "subscription": public_id("sub", made.id),
                "seat": "seat_x",
            },
        )
    text = happened(company)
    for said in ("By itself", "Vendor: Sue", "By the API: Robot", "By the API<", "a member"):
        assert said in text


def test_it_is_filtered_by_kind_person_and_day(company: Company) -> None:
    made = bought(company)
    advance(company, "2027-03-05")
    member = Member.objects.get(user=company.teammate)
    now = Organisation.objects.get(id=company.organisation.id).test_clock
    assert now is not None
    release_seat(subscription=made.id, member=member.id, now=now, by="test")
    freed, paid = "Tom no longer holds a seat", "is paid."
    assert paid in happened(company, kind="orders")
    assert freed not in happened(company, kind="orders")
    assert freed in happened(company, kind="seats", person="tôm")
    assert paid not in happened(company, person="tom")
    assert "Nothing fits" in happened(company, person="nobody at all")
    assert freed in happened(company, day="2027-03-05")
    assert paid not in happened(company, day="2027-03-05")
    assert paid in happened(company, day="2027-03-01")


def test_what_cannot_be_looked_for_is_said(company: Company) -> None:
    answer = browser(company.owner).get(page_of(company, "history?day=yesterday&kind=all"))
    assert answer.status_code == 422


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01"])
def test_days_at_the_ends_of_the_calendar_are_no_days(company: Company, day: str) -> None:
    assert browser(company.owner).get(page_of(company, f"history?day={day}")).status_code == 422
    answer = browser(company.owner).post(page_of(company, "settings/clock"), {"day": day})
    assert answer.status_code == 422


def more_events(company: Company, count: int) -> None:
    """A journal that is long."""
    made = bought(company)
    member = public_id("mem", Member.objects.get(user=company.teammate).id)
    Event.objects.bulk_create(
        Event(
            organisation_id=company.organisation.id,
            sequence=1000 + number,
            type="seat.freed" if number % 2 else "seat.assigned",
            at=START,
            by="worker",
            data={"member": member, "subscription": public_id("sub", made.id)},
        )
        for number in range(count)
    )


def test_it_goes_on_over_pages_with_its_filters(company: Company) -> None:
    more_events(company, 60)
    client = browser(company.owner)
    text = happened(company, kind="seats")
    following = text.split('rel="next"')[0].rsplit('href="', 1)[1].split('"')[0]
    assert "kind=seats" in following
    assert "Back to the start" in text_of(client, following.replace("&amp;", "&"))
    for place in ("nothing", "-1", "9" * 30):
        assert client.get(page_of(company, f"history?from={place}")).status_code == 404


def test_it_takes_as_many_statements_for_many_as_for_few(company: Company) -> None:
    client = browser(company.owner)
    more_events(company, 3)
    few = statements(client, page_of(company, "history?person=tom"))
    Event.objects.bulk_create(
        Event(
            organisation_id=company.organisation.id,
            sequence=5000 + number,
            type="member.suspended",
            at=START,
            by="worker",
            data={"member": public_id("mem", owner_of(company.organisation).id)},
        )
        for number in range(300)
    )
    assert statements(client, page_of(company, "history?person=tom")) <= few < 15
    assert statements(client, page_of(company, "history")) < 15


def test_acting_staff_see_it_too_and_it_speaks_french(company: Company) -> None:
    bought(company)
    assert "began to act for you" in text_of(act(company), page_of(company, "history"))
    text = text_of(french(company.owner), page_of(company, "history"))
    assert "Une place de Concepteur a été attribuée à Tom." in text
    assert "a commencé à agir pour vous" in text
