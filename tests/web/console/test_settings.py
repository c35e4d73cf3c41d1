"""Settings: particulars, billing, safety, ownership, keys, and in a sandbox the clock."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from tenure.base.ids import new_id, public_id
from tenure.events.models import Event
from tenure.flows.api_keys import make_api_key
from tenure.flows.ownership import offer_ownership
from tenure.organisations.models import ApiKey, Organisation, OwnershipOffer
from tenure.organisations.rules import Standing
from tests.organisations.keys import valid_key
from tests.shop import START, customer, owner_of
from tests.web.console.companies import (
    INSIDERS_ONLY,
    act,
    billing_contact,
    bought,
    french,
    page_of,
    statements,
    text_of,
    tried_by_all,
)
from tests.web.people import Company, browser, join

PAGES = [
    "settings",
    "settings/security",
    "settings/ownership",
    "settings/keys",
    "settings/webhooks",
    "settings/clock",
]
BILLING = {
    "billing_name": "Ada SARL",
    "billing_line1": "2 rue B",
    "billing_postal_code": "69002",
    "billing_city": "Lyon",
    "purchase_order": "PO-7",
    "vat_number": "FR 11 123 456 782",
    "siren": "123 456 782",
}


def row(company: Company) -> Organisation:
    return Organisation.objects.get(id=company.organisation.id)


def once_of(client: Client, path: str) -> str:
    """The token of a form that is done once."""
    found = re.search(r'name="once" value="([^"]+)"', text_of(client, path))
    assert found is not None
    return found.group(1)


@pytest.mark.parametrize("rest", PAGES)
def test_only_administrators_see_them(company: Company, rest: str) -> None:
    path = page_of(company, rest)
    assert tried_by_all(company, path) == INSIDERS_ONLY
    assert browser(billing_contact(company)).get(path).status_code == 404
    assert act(company).get(path).status_code == 200
    assert statements(browser(company.owner), path) < 15


@pytest.mark.parametrize("rest", PAGES)
def test_they_speak_french(company: Company, rest: str) -> None:
    assert "Réglages" in text_of(french(company.owner), page_of(company, rest))


def test_name_language_and_zone_are_edited(company: Company) -> None:
    client, path = browser(company.owner), page_of(company, "settings")
    given = {"name": " Ada & Co ", "language": "en", "timezone": "Asia/Tokyo"}
    assert client.post(path, given).status_code == 302
    kept = row(company)
    assert (kept.name, kept.language, kept.timezone) == ("Ada & Co", "en", "Asia/Tokyo")
    changed = Event.objects.get(type="organisation.changed")
    assert changed.data["fields"] == ["language", "name", "timezone"]
    assert changed.by.startswith("member:mem_")
    text = text_of(client, page_of(company, "history"))
    assert "Particulars were changed: language, name, and time zone." in text


def test_what_cannot_be_used_is_said_beside_its_field(company: Company) -> None:
    client, path = browser(company.owner), page_of(company, "settings")
    answer = client.post(path, {"name": "A\x07", "language": "de", "timezone": "Mars/Base"})
    assert answer.status_code == 422
    text = answer.content.decode()
    assert "Only printable characters can be used." in text
    assert text.count('class="field-error"') == 3
    assert row(company).name == "Ada et associés"


def test_a_zone_that_the_list_leaves_out_is_kept(company: Company) -> None:
    Organisation.objects.filter(id=company.organisation.id).update(timezone="Japan")
    client, path = browser(company.owner), page_of(company, "settings")
    assert '<option value="Japan" selected>' in text_of(client, path)
    client.post(path, {"name": "Other", "language": "fr", "timezone": "Japan"})
    assert (row(company).name, row(company).timezone) == ("Other", "Japan")


def test_where_it_is_billed_is_edited_and_the_country_stays(company: Company) -> None:
    client, path = browser(company.owner), page_of(company, "billing/address")
    assert client.post(path, BILLING | {"billing_country": "DE"}).status_code == 302
    kept = row(company)
    assert (kept.billing_name, kept.purchase_order) == ("Ada SARL", "PO-7")
    assert (kept.country, kept.billing_country) == ("FR", "FR")
    text = text_of(client, path)
    assert "so it does not change here" in text


def test_an_address_that_lacks_something_is_not_taken(company: Company) -> None:
    client, path = browser(company.owner), page_of(company, "billing/address")
    answer = client.post(path, BILLING | {"billing_city": " ", "siren": "1" * 21})
    assert answer.status_code == 422
    assert answer.content.decode().count('class="field-error"') == 2
    assert row(company).billing_name == "Ada"


def test_numbers_that_cannot_be_ones_are_said_beside_their_fields(company: Company) -> None:
    client, path = browser(company.owner), page_of(company, "billing/address")
    answer = client.post(path, BILLING | {"vat_number": "DE136695976", "siren": "123456789"})
    assert answer.status_code == 422
    text = answer.content.decode()
    assert "whose numbers begin with FR" in text
    assert "123456789 is neither a SIREN" in text
    assert client.post(path, BILLING).status_code == 302
    assert (row(company).vat_number, row(company).siren) == ("FR11123456782", "123456782")


def test_consumers_have_no_number_of_a_company(company: Company) -> None:
    Organisation.objects.update(audience="student")
    client = browser(company.owner)
    assert "SIREN" not in text_of(client, page_of(company, "billing/address"))
    assert "not given yet" in text_of(client, page_of(company, "settings"))


def test_a_second_factor_can_be_required(company: Company) -> None:
    client, path = browser(company.owner), page_of(company, "settings/security")
    text = text_of(client, path)
    assert "You have none yourself" in text
    assert company.owner.email in text
    assert client.post(path, {"on": "yes"})["Location"] == path
    assert row(company).second_factor_required
    assert client.get(path)["Location"].startswith("/account/factors")
    acting = act(company)
    acting.post(path, {"on": "no"})
    assert not row(company).second_factor_required
    assert "Administrators need no second factor any more." in text_of(
        acting, page_of(company, "history")
    )


def answer_page(company: Company) -> str:
    offer = OwnershipOffer.objects.get()
    return page_of(company, f"settings/ownership/{public_id('own', offer.id)}")


def test_the_ownership_is_offered_and_accepted(company: Company) -> None:
    taker = join(company.organisation, "ann@atelier.example", Standing.ADMINISTRATOR)
    assert taker.user is not None
    client, path = browser(company.owner), page_of(company, "settings/ownership")
    assert client.post(path, {"taker": "", "giver_stays": "yes"}).status_code == 422
    given = {"taker": public_id("mem", taker.id), "giver_stays": "no"}
    assert client.post(path, given).status_code == 302
    assert "Take back" in text_of(client, path)
    theirs = browser(taker.user)
    text = text_of(theirs, answer_page(company))
    assert "Ada offers you the ownership of Ada et associés" in text
    assert "Ada is an administrator from then on." in text
    assert theirs.post(answer_page(company), {"do": "accept"}).status_code == 302
    taker.refresh_from_db()
    assert taker.standing == Standing.OWNER
    text = text_of(client, path)
    assert "an owner’s to give" in text


@pytest.mark.parametrize(("who", "status"), [("taker", "declined"), ("giver", "withdrawn")])
def test_the_offer_is_declined_or_taken_back(company: Company, who: str, status: str) -> None:
    taker = join(company.organisation, "ann@atelier.example", Standing.ADMINISTRATOR)
    giver = owner_of(company.organisation)
    offer_ownership(giver=giver.id, taker=taker.id, giver_stays=True, now=START, by="test")
    assert taker.user is not None
    page = answer_page(company)
    client = browser(taker.user if who == "taker" else company.owner)
    text_of(client, page)
    assert client.post(page, {"do": "no"}).status_code == 302
    assert OwnershipOffer.objects.get().status == status
    assert client.get(page).status_code == 404


def test_only_both_sides_answer_an_offer(company: Company) -> None:
    taker = join(company.organisation, "ann@atelier.example", Standing.ADMINISTRATOR)
    third = join(company.organisation, "bob@atelier.example", Standing.ADMINISTRATOR)
    giver = owner_of(company.organisation)
    offer_ownership(giver=giver.id, taker=taker.id, giver_stays=True, now=START, by="test")
    assert third.user is not None
    for client in (browser(third.user), act(company), browser(company.stranger)):
        assert client.get(answer_page(company)).status_code == 404
        assert client.post(answer_page(company), {"do": "accept"}).status_code == 404
    assert OwnershipOffer.objects.get().status == "open"


def test_who_is_no_owner_offers_nothing(company: Company) -> None:
    administrator = join(company.organisation, "ann@atelier.example", Standing.ADMINISTRATOR)
    assert administrator.user is not None
    client = browser(administrator.user)
    given = {"taker": public_id("mem", administrator.id), "giver_stays": "yes"}
    assert client.post(page_of(company, "settings/ownership"), given).status_code == 422
    assert not OwnershipOffer.objects.exists()


def test_a_key_is_shown_once_and_made_once(company: Company) -> None:
    client, path = browser(company.owner), page_of(company, "settings/keys")
    given = {"name": "Build server", "once": once_of(client, path)}
    answer = client.post(path, given)
    found = re.search(r"tenure_[\w-]+", answer.content.decode())
    assert found is not None
    key = valid_key(found.group())
    assert key is not None
    assert key.organisation == company.organisation.id
    assert answer["Cache-Control"] == "private, no-store"
    again = client.post(path, given)
    assert again["Location"] == path
    assert ApiKey.objects.filter(organisation=company.organisation).count() == 1
    text = text_of(client, path)
    assert "This key was made already" in text
    assert found.group() not in text


def test_a_key_needs_a_name(company: Company) -> None:
    client, path = browser(company.owner), page_of(company, "settings/keys")
    answer = client.post(path, {"name": " ", "once": once_of(client, path)})
    assert answer.status_code == 422
    assert not ApiKey.objects.filter(organisation=company.organisation).exists()


def test_a_key_is_revoked_after_a_question(company: Company) -> None:
    made = make_api_key(organisation=company.organisation.id, name="Robot", now=START, by="test")
    client = browser(company.owner)
    page = page_of(company, f"settings/keys/{public_id('key', made.id)}/revoke")
    assert tried_by_all(company, page) == INSIDERS_ONLY
    assert "Revoke the key “Robot”?" in text_of(client, page)
    assert client.post(page).status_code == 302
    assert valid_key(made.text) is None
    assert "Revoked" in text_of(client, page_of(company, "settings/keys"))


def test_keys_of_others_are_not_found(company: Company) -> None:
    other = customer(email="zoe@elsewhere.example")
    made = make_api_key(organisation=other.id, name="theirs", now=START, by="test")
    client = browser(company.owner)
    for id_ in (public_id("key", made.id), public_id("key", new_id()), "key_x"):
        page = page_of(company, f"settings/keys/{id_}/revoke")
        assert (client.get(page).status_code, client.post(page).status_code) == (404, 404)
    assert valid_key(made.text) is not None


def test_staff_who_act_make_no_key(company: Company) -> None:
    client, path = act(company), page_of(company, "settings/keys")
    text = text_of(client, path)
    assert "makes no key of its API" in text
    answer = client.post(path, {"name": "mine", "once": "a" * 22})
    assert answer.status_code == 409
    assert not ApiKey.objects.filter(organisation=company.organisation).exists()


def test_a_year_can_be_seen_to_pass(company: Company) -> None:
    bought(company)
    client, path = browser(company.owner), page_of(company, "settings/clock")
    text = text_of(client, path)
    assert "To what is due next: Dec\N{NO-BREAK SPACE}27,\N{NO-BREAK SPACE}2027" in text
    answer = client.post(path, {"day": "2028-03-02"})
    text = text_of(client, answer["Location"])
    told = ["was the last day to stop the renewal of Designer", "Designer is renewed from"]
    told.append("The test clock was advanced to Mar")
    places = [text.index(said) for said in told]
    assert places == sorted(places)
    assert "It is Mar\N{NO-BREAK SPACE}2,\N{NO-BREAK SPACE}2028" in text


@pytest.mark.parametrize(
    ("day", "status", "said"),
    [
        ("2027-02-01", 409, "A test clock moves only forward"),
        ("2300-01-01", 409, "A test clock can stand between"),
        ("soon", 422, "Enter a valid date"),
    ],
)
def test_a_day_to_which_it_cannot_go(company: Company, day: str, status: int, said: str) -> None:
    client = browser(company.owner)
    answer = client.post(page_of(company, "settings/clock"), {"day": day})
    assert answer.status_code == status
    assert said in answer.content.decode()
    assert text_of(client, page_of(company, "settings/clock?since=x"))


def test_who_lives_by_the_machines_clock_is_told_so(company: Company) -> None:
    Organisation.objects.update(test_clock=None)
    client, path = browser(company.owner), page_of(company, "settings/clock")
    assert "lives by the real clock" in text_of(client, path)
    assert client.post(path, {"day": "2030-01-01"}).status_code == 409


def test_there_is_no_clock_outside_of_a_sandbox(company: Company, settings: Any) -> None:
    settings.SANDBOX = False
    client = browser(company.owner)
    assert client.get(page_of(company, "settings/clock")).status_code == 404
    assert "settings/clock" not in text_of(client, page_of(company, "settings")).split("<main")[1]
