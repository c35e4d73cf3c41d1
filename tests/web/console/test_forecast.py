"""The forecast's page, and the calendar that needs no login."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from tenure.billing.models import PaymentMethod
from tenure.notices.calendars import calendar_address
from tests.shop import subscribe
from tests.web.console.companies import (
    INSIDERS_ONLY,
    billing_contact,
    bought,
    french,
    many,
    page_of,
    statements,
    text_of,
    tried_by_all,
)
from tests.web.people import Company, browser

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_page_tells_charges_losses_and_days_with_a_picture(company: Company) -> None:
    client, path = browser(company.owner), page_of(company, "forecast")
    assert tried_by_all(company, path) == INSIDERS_ONLY
    text = text_of(client, path)
    for word in ("Nothing is charged in that time.", "Nobody loses anything", "No day to know"):
        assert word in text
    bought(company)
    subscribe(company.organisation, "analyst-business")
    text = text_of(client, f"{path}?until=2029-06-01")
    assert text.count('class="timeline-current" x=') == 2
    assert "€4,079.99" in text
    assert "2 charges and 0 losses" in text
    assert "Last day to stop the renewal" in text
    assert "Dernier jour pour arrêter le renouvellement" in text_of(
        french(company.owner), f"{path}?until=2029-06-01"
    )
    for wrong in ("2020-01-01", "2099-01-01", "soon", ""):
        assert client.get(f"{path}?until={wrong}").status_code == 422
    few = statements(client, path)
    many(company, 60)
    assert statements(client, path) == few < 22
    PaymentMethod.objects.all().update(is_default=False)
    text = text_of(client, f"{path}?until=2029-06-01")
    assert "there is no card to charge" in text


def test_the_calendar_is_read_at_a_secret_address_that_can_be_revoked(company: Company) -> None:
    bought(company)
    client, path = browser(company.owner), page_of(company, "forecast")
    contact = browser(billing_contact(company))
    assert "In your calendar" not in text_of(contact, path)
    assert contact.post(f"{path}/calendar", {"do": "share"}).status_code == 404
    assert client.post(f"{path}/calendar", {"do": "share"})["Location"] == path
    address = calendar_address(company.organisation.id)
    assert address in text_of(client, path)
    here = address[address.index("/calendar/") :]
    answer = Client().get(here)
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    assert answer["Cache-Control"] == "private, no-store"
    lines = answer.content.decode().replace("\r\n ", "").split("\r\n")
    assert "SUMMARY;LANGUAGE=fr:Dernier jour pour arrêter le renouvellement: Concepteur" in lines
    assert "DTSTART;VALUE=DATE:20280225" in lines
    uids = [line for line in lines if line.startswith("UID:")]
    assert len(uids) == len(set(uids)) > 1
    assert all(re.fullmatch(r"UID:[\w:.-]+@tenure", line) for line in uids)
    assert Client().get(here).content == answer.content
    client.post(f"{path}/calendar", {"do": "share"})
    assert Client().get(here).status_code == 404
    client.post(f"{path}/calendar", {"do": "revoke"})
    client.post(f"{path}/calendar", {"do": "revoke"})
    assert calendar_address(company.organisation.id) == ""
    assert "leads nowhere any more" in text_of(client, path)
