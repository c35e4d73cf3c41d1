"""Webhooks out: everything, in order, once for the reader, whatever the other side does."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from django.db import connection
from django.db.transaction import atomic
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from tenure.base.clock import machine_now
from tenure.base.errors import NotFound, Refused
from tenure.base.ids import new_id, public_id
from tenure.config.jobs import forget_mails
from tenure.events.models import Event
from tenure.events.queries import sequence_of
from tenure.flows.renewal_choice import choose_renewal
from tenure.notices.models import Mail, Webhook, WebhookDelivery, WebhookFeed
from tenure.notices.tail import OVERLAP, SWEEP
from tenure.notices.verify import CHECKS
from tenure.notices.webhooks.commands import (
    LEASE,
    Lane,
    claim_again,
    claim_feeds,
    forget_deliveries,
)
from tenure.notices.webhooks.lanes import Courier
from tenure.notices.webhooks.managing import Manager, Wish
from tenure.notices.webhooks.queries import MOST_WEBHOOKS, webhook_of
from tenure.notices.webhooks.rules import OLD_SECRET_LASTS, PAUSES
from tenure.notices.webhooks.sending import errands_of, permissions, run, settle
from tenure.notices.webhooks.watch import WebhookWatch
from tenure.organisations.models import Organisation
from tests.notices.made import make_all
from tests.notices.receiver import Receiver, receiver, send_webhooks
from tests.shop import START, customer, open_shop, subscribe

pytestmark = pytest.mark.django_db(transaction=True)


class Line:
    """A worker that is asked to look and send, at instants of a clock of its own."""

    def __init__(self) -> None:
        self.now = machine_now()
        self._watch = WebhookWatch()

    def turn(self, after: timedelta = timedelta()) -> int:
        """Look and send once, ``after`` some time."""
        self.now += after
        self._watch.look(now=self.now)
        return send_webhooks(now=self.now)


@pytest.fixture
def program() -> Iterator[Receiver]:
    with receiver() as program:
        yield program


@pytest.fixture
def line() -> Line:
    open_shop()
    return Line()


def manager(organisation: UUID | None) -> Manager:
    """Whoever looks after endpoints."""
    return Manager(organisation, "test", START, machine_now(), permissions())


def switch(subscription: UUID, *, on: bool) -> None:
    """Make something happen that is told once."""
    choose_renewal(subscription=subscription, auto_renew=on, now=START, by="test")


def test_an_organisations_events_arrive_signed_in_order_and_once(
    line: Line, program: Receiver
) -> None:
    company, other = customer(), customer(email="eve@elsewhere.example")
    subscribe(company)
    kept = manager(company.id).add(wish=Wish(url=program.url))
    before = sequence_of(company.id) - 1
    line.turn()
    assert program.numbers() == [before + 1], "nothing of what was before it, only its own making"
    subscription = subscribe(company)
    subscribe(other)
    line.turn(timedelta(seconds=1))
    assert line.turn(timedelta(seconds=1)) == 0
    told = list(Event.objects.filter(organisation_id=company.id, sequence__gt=before))
    assert [got.said["type"] for got in program.got] == [event.type for event in told]
    assert program.numbers() == [event.sequence for event in told]
    last = program.got[-1]
    assert last.id == public_id("evt", told[-1].id)
    assert all(got.is_signed_by(kept.secret) for got in program.got)
    assert not last.is_signed_by("whsec_AAAA")
    assert last.said["timestamp"] == "2027-03-01T09:00:00Z"
    assert last.said["data"]["organisation"] == public_id("org", company.id)
    assert last.said["data"]["test_clock"] is True
    assert last.said["data"] == told[-1].data | last.said["data"]
    assert int(last.headers["webhook-timestamp"]) == int(
        (line.now - timedelta(seconds=1)).timestamp()
    )
    log = WebhookDelivery.objects.get(event_id=told[-1].id)
    assert (log.status, log.code, log.attempts, log.answer) == ("delivered", 204, 1, "")

    renewed = manager(company.id).renew_secret(webhook=kept.webhook)
    manager(company.id).change(webhook=kept.webhook, wish=Wish(types=["subscription.*"]))
    switch(subscription.id, on=False)
    line.turn(timedelta(seconds=1))
    last = program.got[-1]
    assert last.said["type"] == "subscription.auto_renewal_switched"
    assert last.is_signed_by(kept.secret)
    assert last.is_signed_by(renewed.secret)
    assert program.got[-2].said["type"] == told[-1].type, "the others are passed over"
    switch(subscription.id, on=True)
    line.turn(OLD_SECRET_LASTS)
    assert not program.got[-1].is_signed_by(kept.secret)
    assert program.got[-1].is_signed_by(renewed.secret)


def test_what_is_not_taken_keeps_the_rest_waiting_and_is_tried_again(
    line: Line, program: Receiver
) -> None:
    company = customer()
    subscription = subscribe(company)
    kept = manager(company.id).add(wish=Wish(url=program.url, types=["subscription.*"]))
    for on in (False, True):
        switch(subscription.id, on=on)
    first = sequence_of(company.id) - 1
    program.replies = [500]
    line.turn()
    assert program.numbers() == [first]
    assert line.turn(timedelta(seconds=3)) == 0, "it waits"
    log = WebhookDelivery.objects.get()
    assert (log.status, log.code, log.answer) == ("failing", 500, "what I think of it")
    assert WebhookFeed.objects.get().due_at is not None
    program.replies = [0, (302, {"Location": "http://127.0.0.1:1/"})]
    line.turn(timedelta(seconds=3))
    log.refresh_from_db()
    assert log.code is None
    assert "RemoteDisconnected" in log.answer
    webhook = Webhook.objects.get()
    assert webhook.failing_since is not None
    assert webhook.rests_until == line.now + timedelta(seconds=5)
    line.turn(PAUSES[1] * 1.1)
    assert webhook_of(company.id, kept.webhook).rests_until == webhook.rests_until, "it answered"
    line.turn(PAUSES[2] * 1.1)
    assert program.numbers() == [first] * 4 + [first + 1]
    assert len({got.id for got in program.got}) == 2
    log.refresh_from_db()
    assert (log.status, log.attempts) == ("delivered", 4)
    assert webhook_of(company.id, kept.webhook).failing_since is None
    assert line.turn(timedelta(hours=1)) == 0

    manager(company.id).replay(webhook=kept.webhook, of=company.id, after=first - 1)
    line.turn()
    assert program.numbers()[-2:] == [first, first + 1]
    manager(company.id).send_again(webhook=kept.webhook, delivery=log.id)
    line.turn()
    assert program.numbers()[-1] == first
    log.refresh_from_db()
    assert (log.attempts, log.again_at, log.claim) == (6, None, None)
    with pytest.raises(NotFound):
        manager(company.id).replay(webhook=kept.webhook, of=new_id(), after=0)
    with pytest.raises(NotFound):
        manager(company.id).send_again(webhook=kept.webhook, delivery=new_id())
    with pytest.raises(NotFound):
        manager(None).change(webhook=kept.webhook, wish=Wish(name="mine"))


def test_an_endpoint_that_takes_nothing_for_days_is_disabled_and_goes_on_where_it_stopped(
    line: Line, program: Receiver
) -> None:
    company = customer()
    subscription = subscribe(company)
    kept = manager(company.id).add(wish=Wish(url=program.url, types=["subscription.*"]))
    vendors = manager(None).add(wish=Wish(url=program.url, types=["subscription.*"]))
    switch(subscription.id, on=False)
    first = sequence_of(company.id)
    program.always = 503
    for _ in range(40):
        line.turn(timedelta(hours=3))
    disabled = {row.id: row for row in Webhook.objects.all()}
    assert {row.disabled_why for row in disabled.values()} == {"failing"}
    assert len(program.got) == 2 * (len(PAUSES) + 1)
    make_all()
    mail = Mail.objects.get(kind="webhook_disabled", to="ada@atelier.example")
    assert mail.letter is not None
    assert mail.letter["button"]["url"].endswith(
        f"settings/webhooks/{public_id('hook', kept.webhook)}"
    )
    assert Event.objects.filter(type="webhook.disabled").count() == 2
    switch(subscription.id, on=True)
    assert line.turn(timedelta(days=1)) == 0
    with pytest.raises(Refused, match="webhook_disabled"):
        manager(company.id).send_again(webhook=kept.webhook, delivery=new_id())

    program.always, program.got[:] = 204, []
    manager(company.id).change(webhook=kept.webhook, wish=Wish(enabled=True))
    line.turn(timedelta(minutes=2))
    assert program.numbers() == [first, first + 2], "nothing is lost"
    program.replies = [410]
    manager(None).change(webhook=vendors.webhook, wish=Wish(enabled=True))
    line.turn(timedelta(minutes=2))
    assert Webhook.objects.get(id=vendors.webhook).disabled_why == "gone"
    manager(None).change(webhook=vendors.webhook, wish=Wish(enabled=True, url=program.url))
    manager(None).change(webhook=vendors.webhook, wish=Wish(enabled=False))
    assert Webhook.objects.get(id=vendors.webhook).disabled_why == "switched_off"
    manager(None).remove(webhook=vendors.webhook)
    manager(company.id).remove(webhook=kept.webhook)
    assert not WebhookFeed.objects.exists()
    assert not WebhookDelivery.objects.exists()


def test_one_event_that_is_never_taken_is_given_up_while_others_are(
    line: Line, program: Receiver
) -> None:
    company, other = customer(), customer(email="eve@elsewhere.example")
    subscription, others = subscribe(company), subscribe(other)
    manager(None).add(wish=Wish(url=program.url, types=["subscription.*"]))
    switch(subscription.id, on=False)
    (poisoned,) = Event.objects.filter(type="subscription.auto_renewal_switched")
    program.never_takes = {public_id("evt", poisoned.id)}
    for turn in range(len(PAUSES) + 1):
        switch(others.id, on=bool(turn % 2))
        line.turn(timedelta(hours=27))
    poison = WebhookDelivery.objects.get(organisation=company)
    assert (poison.status, poison.attempts) == ("given_up", len(PAUSES) + 1)
    switch(subscription.id, on=True)
    line.turn(timedelta(minutes=2))
    assert program.numbers()[-1] == sequence_of(company.id)
    assert Webhook.objects.get().disabled_at is None
    assert forget_deliveries(now=line.now + timedelta(days=100), after=timedelta(days=90)) > 5
    forget_mails(timestamp=0)


def test_a_killed_worker_leaves_it_to_the_next_and_only_one_sends(
    line: Line, program: Receiver
) -> None:
    company = customer()
    subscription = subscribe(company)
    manager(company.id).add(wish=Wish(url=program.url, types=["subscription.*"]))
    switch(subscription.id, on=False)
    line._watch.look(now=line.now)
    feeds = _claimed(line.now)
    assert len(feeds) == 1
    assert line.turn() == 0
    line.turn(LEASE + timedelta(seconds=1))
    assert len(program.got) == 1
    assert WebhookFeed.objects.get().sequence == sequence_of(company.id)
    tally = next(check for check in CHECKS if check.name == "webhooks_told").look(machine_now())
    assert (tally.looked_at, tally.failed) == (1, 0)
    WebhookFeed.objects.update(sequence=10_000)
    tally = next(check for check in CHECKS if check.name == "webhooks_told").look(machine_now())
    assert [each.what for each in tally.failures] == ["told_beyond_the_journal"]


def _claimed(now: datetime) -> list[WebhookFeed]:
    with atomic():
        return claim_feeds(Lane(5), now=now, each=5)


def test_what_goes_wrong_with_one_is_raised_when_the_others_are_written_down(
    line: Line, program: Receiver
) -> None:
    company = customer()
    subscription = subscribe(company)
    kept = manager(company.id).add(wish=Wish(url=program.url, types=["subscription.*"]))
    broken = manager(company.id).add(wish=Wish(url=program.url, types=["subscription.*"]))
    Webhook.objects.filter(id=broken.webhook).update(url="http://[")
    switch(subscription.id, on=False)
    with pytest.raises(ValueError, match="IPv6"):
        line.turn()
    assert WebhookDelivery.objects.get().webhook_id == kept.webhook


def test_a_slow_endpoint_holds_up_nobody_elses(line: Line, program: Receiver) -> None:
    company, other = customer(), customer(email="eve@elsewhere.example")
    subscription, others = subscribe(company), subscribe(other)
    courier = Courier()
    with receiver() as slow:
        manager(None).add(wish=Wish(url=slow.url, types=["subscription.*"]))
        manager(other.id).add(wish=Wish(url=program.url, types=["subscription.*"]))
        slow.lets_go.clear()
        for on in (False, True):
            switch(subscription.id, on=on)
        switch(others.id, on=False)
        line._watch.look(now=line.now)
        assert courier.take_up(line.now) == 3
        assert slow.busy.wait(5)
        assert courier.settle(line.now), "the slow one is still at it"
        assert len(program.got) == 1
        switch(others.id, on=True)
        line.now += timedelta(seconds=1)
        line._watch.look(now=line.now)
        assert courier.take_up(line.now) == 1, "nothing more for whoever is busy"
        courier.settle(line.now)
        assert len(program.got) == 2
        assert WebhookDelivery.objects.filter(organisation=other).count() == 2
        courier.settle(line.now)  # waits for the slow one, longer than is quick
        slow.lets_go.set()
        while courier.settle(line.now):
            pass
        delivered = WebhookDelivery.objects.filter(organisation=company)
        assert [row.status for row in delivered] == ["delivered"], "one, then room for others"
        assert delivered[0].milliseconds > 1000
        (log,) = delivered
        manager(None).send_again(webhook=log.webhook_id, delivery=log.id)
        line.now = machine_now()
        assert courier.take_up(line.now) == 3, "by the lane of the slow, and what is left"
        while courier.settle(line.now):
            pass
        log.refresh_from_db()
        assert (log.attempts, log.claim, len(slow.got)) == (2, None, 5)
        courier.finish(line.now)
        slow.always = 503
        for row in delivered.all():
            manager(None).send_again(webhook=row.webhook_id, delivery=row.id)
        line.now = machine_now()
        with atomic():
            again = claim_again(Lane(1), now=line.now, each=5)
        (errand,) = errands_of([], again, at_once=1)
        settle(run(errand, line.now, threading.Event()), line.now)
        assert len(slow.got) == 6, "there was nobody: the other is left for later"
        assert WebhookDelivery.objects.get(again_at__isnull=False).claim is None


def test_a_look_finds_the_tail_and_a_sweep_what_was_missed(line: Line, program: Receiver) -> None:
    company = customer()
    subscription = subscribe(company)
    manager(company.id).add(wish=Wish(url=program.url, types=["subscription.*"]))
    line.turn()
    line.turn(OVERLAP + timedelta(minutes=10))
    switch(subscription.id, on=False)
    line.turn(timedelta(seconds=1))
    assert program.got == [], "it happened long before this clock's last look"
    line.turn(SWEEP)
    assert len(program.got) == 1


def test_as_many_statements_for_many_organisations_as_for_few(
    line: Line, program: Receiver, settings: Settings
) -> None:
    companies: list[Organisation] = []
    for number in range(6):
        companies.append(customer(email=f"e{number}@atelier.example"))
    for _ in range(2):
        manager(None).add(wish=Wish(url=program.url, types=["subscription.*"]))
    line.turn()

    def statements(few: list[Organisation]) -> int:
        for company in few:
            subscribe(company)
        with CaptureQueriesContext(connection) as caught:
            line.turn(timedelta(seconds=1))
        return len(caught)

    assert statements(companies[:2]) == statements(companies) < 30
    settings.SANDBOX = False
    assert not permissions().plain
    for _ in range(MOST_WEBHOOKS - 2):
        manager(None).add(wish=Wish(url="https://erp.example.com/"))
    with pytest.raises(Refused, match="too_many_webhooks"):
        manager(None).add(wish=Wish(url="https://erp.example.com/"))
    assert threading.active_count() < 12
