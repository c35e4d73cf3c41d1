"""The sandbox's sample customers: made once, through the real flows, and left alone then."""

from __future__ import annotations

import pytest

from tenure.base.clock import machine_now
from tenure.flows.demo import prepare_demo
from tenure.flows.policy import ensure_policy
from tenure.organisations.queries import valid_key
from tenure.subscriptions.models import Subscription

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_demo_is_made_once_and_left_alone() -> None:
    now = machine_now()
    ensure_policy(now=now)
    first = prepare_demo(key="tenure_demo", now=now)
    assert [(each.audience, each.currency) for each in first] == [
        ("business", "EUR"),
        ("creator", "JPY"),
        ("student", "USD"),
    ]
    assert all(each.test_clock == now.replace(microsecond=0) for each in first)
    assert Subscription.objects.count() == 6
    assert valid_key("tenure_demo") is not None
    again = prepare_demo(key="tenure_demo", now=now)
    assert [each.id for each in again] == [each.id for each in first]
    assert Subscription.objects.count() == 6
