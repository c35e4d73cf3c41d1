"""Settings: webhooks are added, shown with their log, sent again, switched off, removed."""

from __future__ import annotations

import re

import pytest

from tenure.base.clock import machine_now
from tenure.base.ids import new_id, public_id
from tenure.notices.models import Webhook, WebhookDelivery
from tenure.notices.webhooks.watch import WebhookWatch
from tests.notices.receiver import receiver, send_webhooks
from tests.web.console.companies import (
    INSIDERS_ONLY,
    bought,
    french,
    page_of,
    statements,
    text_of,
    tried_by_all,
)
from tests.web.console.test_settings import once_of
from tests.web.people import Company, browser

pytestmark = pytest.mark.django_db(transaction=True)


def told() -> None:
    """What happened goes out."""
    WebhookWatch().look(now=machine_now())
    send_webhooks(now=machine_now())


def test_a_webhook_from_its_making_to_its_end(company: Company) -> None:
    client, path = browser(company.owner), page_of(company, "settings/webhooks")
    assert tried_by_all(company, path) == INSIDERS_ONLY
    assert "No webhook yet" in text_of(client, path)
    with receiver() as program:
        given = {"url": program.url, "name": "ERP", "types": "order.*, subscription.*"}
        made = client.post(path, {**given, "once": once_of(client, path)})
        found = re.search(r"whsec_[\w+/=]+", made.content.decode())
        assert found is not None
        row = Webhook.objects.get()
        assert (row.types, row.secret) == (["order.*", "subscription.*"], found.group())
        wrong = {"url": "ftp://nowhere", "types": "order.payed", "once": once_of(client, path)}
        assert client.post(path, wrong).status_code == 422
        page = f"{path}/{public_id('hook', row.id)}"
        assert tried_by_all(company, page) == INSIDERS_ONLY
        bought(company)
        told()
        text = text_of(client, page)
        assert "order.paid" in text
        assert "Delivered" in text
        assert "Livré" in text_of(french(company.owner), page)
        log = WebhookDelivery.objects.order_by("id")[0]
        again = f"{page}/deliveries/{public_id('dlv', log.id)}/again"
        assert client.post(again).status_code == 302
        assert client.post(f"{page}/replay", {"after": "0"}).status_code == 302
        assert client.post(f"{page}/replay", {"after": "x"}).status_code == 302
        assert "Give the number of an event" in text_of(client, page)
        before = len(program.got)
        told()
        assert len(program.got) >= 2 * before
    once = {"once": once_of(client, page)}
    renewed = client.post(f"{page}/secret", once)
    row.refresh_from_db()
    assert row.secret in renewed.content.decode()
    assert client.post(f"{page}/secret", once)["Location"] == page
    assert client.post(page, {"url": row.url, "name": "", "types": ""}).status_code == 302
    assert client.post(page, {"url": "nowhere", "name": "", "types": ""}).status_code == 422
    client.post(f"{page}/switch")
    assert "It was switched off." in text_of(client, page)
    client.post(again)
    assert "enable it first" in text_of(client, page)
    client.post(f"{page}/switch")
    row.refresh_from_db()
    assert (row.disabled_at, row.types, row.name) == (None, [], "")
    few = statements(client, page)
    for _ in range(30):
        log.pk, log.event_id = new_id(), new_id()
        log.save(force_insert=True)
    assert statements(client, page) == few < 15
    assert "Remove the webhook" in text_of(client, f"{page}/remove")
    assert client.post(f"{page}/remove")["Location"] == path
    assert client.get(page).status_code == 404
    assert not Webhook.objects.exists()
