"""A dry run writes nothing, and says whom a price change touches, when, and by how much."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tenure.base.calendar import Term
from tenure.base.money import Money
from tenure.catalogue.file import parse_catalogue
from tenure.catalogue.models import CatalogueVersion, Price
from tenure.flows.catalogue_import import DryRun, TouchedRenewal, dry_run
from tests.catalogue.files import SMALL
from tests.catalogue.importing import NOON, bring_in
from tests.catalogue.renewing import organisation, subscription

pytestmark = pytest.mark.django_db


def tried(old: str, new: str) -> DryRun:
    return dry_run(file=parse_catalogue(SMALL.replace(old, new)), now=NOON)


def test_a_price_change_touches_renewals_after_it() -> None:
    """From 2027-01-01 on another price holds; a renewal before that day is not touched by it."""
    bring_in(SMALL)
    owner = organisation()
    later = subscription(owner)
    subscription(owner, ends_on=date(2026, 12, 31))
    found = tried("amount: 130000", "amount: 150000")
    assert found.renewals == (
        TouchedRenewal(
            organisation=owner.id,
            organisation_name="Durand",
            subscription=later.id,
            offer="designer-business",
            term=Term.YEAR,
            quantity=3,
            renews_on=date(2027, 3, 1),
            before=Money(390000, "EUR"),
            after=Money(450000, "EUR"),
        ),
    )


def test_nothing_is_written() -> None:
    bring_in(SMALL)
    with CaptureQueriesContext(connection) as asked:
        found = tried("amount: 130000", "amount: 150000")
    assert found.plan
    writing = ("INSERT", "UPDATE", "DELETE", "COPY")
    assert not [query for query in asked if query["sql"].lstrip().startswith(writing)]
    assert CatalogueVersion.objects.count() == 1
    assert not Price.objects.filter(amount=150000).exists()


def test_a_price_that_goes_leaves_renewals_without_one() -> None:
    bring_in(SMALL)
    subscription(organisation(), term="quarter")
    found = tried("      - {term: quarter, currency: EUR, amount: 33000}\n", "")
    assert [(each.before, each.after) for each in found.renewals] == [(Money(99000, "EUR"), None)]


def test_who_does_not_renew_is_not_touched() -> None:
    bring_in(SMALL)
    owner = organisation()
    subscription(owner, auto_renew=False)
    subscription(owner, stops_after=1)
    subscription(owner, cancelled_at=NOON)
    subscription(owner, ends_on=date(2026, 11, 1))
    assert tried("amount: 130000", "amount: 150000").renewals == ()
    subscription(owner, stops_after=2)
    assert len(tried("amount: 130000", "amount: 150000").renewals) == 1


def test_a_test_clock_is_asked_its_own_time() -> None:
    """R2: an organisation with a clock of its own may already be past the renewal."""
    bring_in(SMALL)
    subscription(organisation(test_clock=datetime(2028, 1, 1, tzinfo=UTC)))
    subscription(
        organisation(test_clock=datetime(2026, 1, 1, tzinfo=UTC)), ends_on=date(2026, 10, 1)
    )
    assert tried("amount: 130000", "amount: 150000").renewals == ()
    found = tried("amount: 120000", "amount: 125000")
    assert [each.renews_on for each in found.renewals] == [date(2026, 10, 1)]


def test_nothing_to_change_touches_nobody() -> None:
    bring_in(SMALL)
    subscription(organisation())
    found = tried("", "")
    assert not found.plan
    assert found.renewals == ()


def test_as_many_statements_for_many_as_for_one() -> None:
    bring_in(SMALL)
    counts = []
    for _ in range(2):
        owner = organisation()
        for _ in range(10):
            subscription(owner)
        with CaptureQueriesContext(connection) as asked:
            tried("amount: 130000", "amount: 150000")
        counts.append(len(asked))
    assert counts[0] == counts[1]
