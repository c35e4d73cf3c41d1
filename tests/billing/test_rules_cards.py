"""When a card on file can go, and until when one can be charged (R24, R35)."""

from __future__ import annotations

from datetime import date

import pytest

from tenure.billing.rules.cards import expires_before, last_day, removal_verdict

RENEWAL = date(2028, 3, 1)


@pytest.mark.parametrize(
    ("others", "renews_on", "code"),
    [
        (0, None, "payment_method_removable"),
        (1, RENEWAL, "payment_method_removable"),
        (0, RENEWAL, "needed_for_renewal"),
    ],
)
def test_a_card_that_a_renewal_needs_stays(others: int, renews_on: date | None, code: str) -> None:
    assert removal_verdict(others=others, renews_on=renews_on).code.code == code


def test_a_card_lasts_until_the_end_of_its_month() -> None:
    assert last_day(2, 2028) == date(2028, 2, 29)
    assert last_day(12, 2027) == date(2027, 12, 31)


@pytest.mark.parametrize(
    ("month", "year", "renews_on", "soon"),
    [
        (2, 2028, RENEWAL, True),
        (3, 2028, RENEWAL, False),
        (3, 2027, None, False),
        (2, 2027, None, True),
        (2, 2027, RENEWAL, True),
        (3, 2028, date(2028, 3, 31), False),
        (3, 2028, date(2028, 4, 1), True),
    ],
)
def test_expiring_soon_is_before_the_next_renewal(
    month: int, year: int, renews_on: date | None, soon: bool
) -> None:
    today = date(2027, 3, 1)
    assert expires_before(month, year, today=today, renews_on=renews_on) is soon
