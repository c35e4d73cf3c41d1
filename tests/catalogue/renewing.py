"""Organisations with subscriptions that will renew, as rows."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from tenure.base.calendar import first_instant, zone_named
from tenure.organisations.models import Organisation
from tenure.subscriptions.models import Period, Subscription
from tests.catalogue.importing import NOON

PARIS = zone_named("Europe/Paris")


def organisation(name: str = "Durand", *, test_clock: datetime | None = None) -> Organisation:
    return Organisation.objects.create(
        name=name,
        audience="business",
        country="FR",
        currency="EUR",
        timezone="Europe/Paris",
        language="fr",
        billing_name=name,
        billing_line1="1 rue Haute",
        billing_postal_code="75001",
        billing_city="Paris",
        billing_country="FR",
        test_clock=test_clock,
        created_at=NOON,
    )


def subscription(
    owner: Organisation,
    *,
    offer: str = "designer-business",
    term: str = "year",
    ends_on: date = date(2027, 3, 1),
    quantity: int = 2,
    auto_renew: bool = True,
    stops_after: int | None = None,
    cancelled_at: datetime | None = None,
) -> Subscription:
    starts_on = ends_on - timedelta(days=30)
    made = Subscription.objects.create(
        organisation=owner,
        offer_id=offer,
        term=term,
        currency="EUR",
        quantity=quantity,
        next_quantity=quantity + 1,
        auto_renew=auto_renew,
        stops_after=stops_after,
        anchor_on=starts_on,
        zone="Europe/Paris",
        trial_days=30 if term == "trial" else None,
        cancelled_at=cancelled_at,
        created_at=NOON,
    )
    Period.objects.create(
        organisation=owner,
        subscription=made,
        number=1,
        quantity=quantity,
        kind="initial",
        starts_on=starts_on,
        ends_on=ends_on,
        starts_at=first_instant(starts_on, PARIS),
        ends_at=first_instant(ends_on, PARIS),
        data_until_on=ends_on + timedelta(days=14),
        data_until=first_instant(ends_on + timedelta(days=15), PARIS),
    )
    return made
