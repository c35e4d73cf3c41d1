"""The sandbox's cards when nobody is there (R24)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tenure.base.errors import NotFound
from tenure.base.ids import new_id
from tenure.billing.gateways import Charge
from tenure.billing.gateways.calls import charge_of
from tenure.billing.gateways.choice import gateway, installed
from tenure.billing.models import Payment
from tenure.billing.queries.payment_methods import default_methods
from tests.shop import customer, open_shop, subscribe

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def charge() -> Charge:
    open_shop()
    subscribe(customer())
    return charge_of(Payment.objects.get())


@pytest.mark.parametrize(
    ("token", "there", "alone"),
    [
        ("tok_ok", "captured", ("captured", "")),
        ("tok_ok_then_declined", "captured", ("declined", "card_declined")),
        ("tok_authenticate", "authentication_required", ("declined", "authentication_required")),
        ("tok_insufficient_funds", "declined", ("declined", "insufficient_funds")),
        ("tok_nobody", "declined", ("declined", "unknown_card")),
    ],
)
def test_a_card_does_what_its_name_says(
    charge: Charge, token: str, there: str, alone: tuple[str, str]
) -> None:
    first = gateway().charge(replace(charge, payment=new_id(), token=token))
    assert first.result.value == there
    later = replace(charge, payment=new_id(), token=token, off_session=True)
    outcome = gateway().charge(later)
    assert (outcome.result.value, outcome.reason) == alone


def test_the_card_that_paid_is_the_one_that_renewals_are_charged_by(charge: Charge) -> None:
    found = default_methods([charge.organisation])
    assert [method.reference for method in found.values()] == ["tok_ok"]


def test_only_what_is_installed_can_be_asked() -> None:
    assert installed() == {"sandbox"}
    with pytest.raises(KeyError):
        gateway("stripe")
    with pytest.raises(NotFound):
        gateway().hear(b"", "")
