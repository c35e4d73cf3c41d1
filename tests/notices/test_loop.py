"""The worker's loop: what happens leaves by mail within seconds, and the loop ends when asked."""

from __future__ import annotations

import threading

import pytest
from django.db import connections
from pytest_django import Settings

from tenure.notices.loop import keep_sending, sending_notices
from tenure.notices.models import Mail
from tests.host.places import eventually
from tests.notices.post import post_box
from tests.shop import customer, open_shop, subscribe

pytestmark = pytest.mark.django_db(transaction=True)


def test_what_happens_leaves_by_mail(settings: Settings) -> None:
    open_shop()
    organisation = customer(email="ada@lumiere.fr")
    with post_box() as (box, address):
        settings.SMTP = address
        settings.MAIL_FROM = "shop@vendor.fr"
        with sending_notices():
            subscribe(organisation)
            assert eventually(lambda: box.addresses() == ["ada@lumiere.fr"], 15)
            subscribe(organisation)
            assert eventually(lambda: len(box.arrived) == 2, 15)
        assert str(box.arrived[0]["From"].addresses[0].addr_spec) == "shop@vendor.fr"
    assert not any(thread.name == "mail" for thread in threading.enumerate())


def test_a_sandbox_without_a_server_shows_them(settings: Settings) -> None:
    open_shop()
    subscribe(customer())
    settings.SMTP = None
    with sending_notices():
        assert eventually(lambda: Mail.objects.filter(status="shown").count() == 1, 15)


def test_a_live_installation_without_a_server_keeps_them(settings: Settings) -> None:
    open_shop()
    subscribe(customer())
    settings.SMTP = None
    settings.SANDBOX = False
    with sending_notices():
        assert eventually(lambda: Mail.objects.exists(), 15)
    assert Mail.objects.get().status == "waiting"


def test_trouble_does_not_end_it() -> None:
    stop = threading.Event()
    asked: list[int] = []

    def clock() -> None:
        asked.append(1)
        stop.set()
        raise OSError("no clock")

    keep_sending(stop, clock)  # type: ignore[arg-type]
    assert asked == [1]
    connections.close_all()
