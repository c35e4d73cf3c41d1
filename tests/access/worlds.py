"""Small random worlds, written as rows and read aloud again for the oracle."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from tenure.access.models import Seat
from tenure.base.calendar import end_of_day_instant, first_instant, local_date
from tenure.base.ids import public_id
from tenure.catalogue.models import Offer, OfferRole, Role, Solution
from tenure.events.models import Stream
from tenure.organisations.models import Member, MemberStatus, Organisation
from tenure.subscriptions.models import Period, Subscription
from tests.access.oracle import PlainMember, PlainOrganisation, PlainSeat

NOW = datetime(2027, 6, 15, 12, 0, tzinfo=UTC)
ZONES = ("Europe/Paris", "America/New_York", "Asia/Tokyo", "Pacific/Apia")
GRANTS = {
    "draws": {"cad": ["draw", "export"]},
    "views": {"cad": ["view"], "web": ["view"]},
    "runs": {"sim": ["run"]},
    "idle": {},
}
OFFERS = {
    "one": ["draws"],
    "two": ["views", "runs"],
    "gone": ["runs"],
    "none": ["idle"],
    "bare": [],
}
PERMISSIONS = [("cad", "draw"), ("cad", "view"), ("sim", "run"), ("web", "view"), ("sim", "draw")]


def make_catalogue() -> None:
    """Roles and offers; one offer and its role are withdrawn, which takes nothing back (R5)."""
    solution = Solution.objects.create(id="all", name={"en": "All", "fr": "Tout"}, position=0)
    for position, (role, grants) in enumerate(GRANTS.items()):
        Role.objects.create(
            id=role,
            solution=solution,
            name={},
            grants=grants,
            position=position,
            withdrawn_at=NOW if role == "runs" else None,
        )
    for position, (offer, roles) in enumerate(OFFERS.items()):
        Offer.objects.create(
            id=offer,
            audience="business",
            channel="online",
            position=position,
            withdrawn_at=NOW if offer == "gone" else None,
        )
        for place, role in enumerate(roles):
            OfferRole.objects.create(offer_id=offer, role_id=role, position=place)


@dataclass(frozen=True)
class World:
    """Organisations as they stand in the tables."""

    organisations: Sequence[Organisation]
    instants: Sequence[datetime]
    """Moments worth asking at: around every boundary of every period."""


def make_world(seed: int, organisations: int = 2) -> World:
    """A world that the same seed makes again."""
    chance = random.Random(seed)
    instants: set[datetime] = {NOW}
    made = [_organisation(chance, number, instants) for number in range(organisations)]
    return World(made, sorted(instants))


def _organisation(chance: random.Random, number: int, instants: set[datetime]) -> Organisation:
    clock = NOW + timedelta(days=chance.randint(-200, 200))
    organisation = Organisation.objects.create(
        name=f"Organisation {number}",
        audience="business",
        country="FR",
        currency="EUR",
        timezone=chance.choice(ZONES),
        language="fr",
        billing_country="FR",
        suspended_at=NOW if chance.random() < 0.15 else None,
        test_clock=clock if chance.random() < 0.3 else None,
        created_at=NOW,
    )
    Stream.objects.create(organisation_id=organisation.id, revision=chance.randint(1, 2**31 - 1))
    members = [
        Member.objects.create(
            organisation=organisation,
            email=f"m{place}@o{chance.choice((number, 9))}.example",
            standing="member",
            status=chance.choice([MemberStatus.ACTIVE] * 4 + list(MemberStatus)),
            created_at=NOW,
        )
        for place in range(chance.randint(0, 4))
    ]
    for _ in range(chance.randint(0, 4)):
        _subscription(chance, organisation, members, instants)
    return organisation


def _subscription(
    chance: random.Random,
    organisation: Organisation,
    members: Sequence[Member],
    instants: set[datetime],
) -> None:
    zone = ZoneInfo(chance.choice(ZONES))
    anchor = local_date(NOW, zone) + timedelta(days=chance.randint(-120, 40))
    term = chance.choice(("year", "month", "trial"))
    subscription = Subscription.objects.create(
        organisation=organisation,
        offer_id=chance.choice(list(OFFERS)),
        term=term,
        currency="EUR",
        quantity=len(members) or 1,
        next_quantity=len(members) or 1,
        auto_renew=False,
        anchor_on=anchor,
        zone=zone.key,
        trial_days=30 if term == "trial" else None,
        cancelled_at=NOW if chance.random() < 0.2 else None,
        created_at=NOW,
    )
    starts_on = anchor
    for number in range(chance.randint(0, 3)):
        ends_on = starts_on + timedelta(days=chance.randint(1, 60))
        data_until_on = ends_on + timedelta(days=14)
        period = Period.objects.create(
            organisation=organisation,
            subscription=subscription,
            number=number + 1,
            quantity=len(members) or 1,
            kind="initial",
            starts_on=starts_on,
            ends_on=ends_on,
            starts_at=first_instant(starts_on, zone),
            ends_at=first_instant(ends_on, zone),
            data_until_on=data_until_on,
            data_until=end_of_day_instant(data_until_on, zone),
        )
        for boundary in (period.starts_at, period.ends_at, period.data_until):
            instants |= {boundary - timedelta(microseconds=1), boundary}
        starts_on = ends_on + timedelta(days=chance.choice((0, 0, 0, 5)))
    for number, member in enumerate(members):
        Seat.objects.create(
            organisation=organisation,
            subscription=subscription,
            number=number + 1,
            member=member if chance.random() < 0.7 else None,
        )


def read_aloud(organisation: Organisation) -> PlainOrganisation:
    """What the tables say of an organisation, by the ORM; members by id and by address."""
    members: dict[str, PlainMember] = {}
    for member in Member.objects.filter(organisation=organisation):
        plain = PlainMember(str(member.status), tuple(_seats(member)))
        members[public_id("mem", member.id)] = members[member.email] = plain
    return PlainOrganisation(
        organisation.suspended_at is not None, members, organisation.test_clock
    )


def _seats(member: Member) -> Iterator[PlainSeat]:
    for seat in member.seats.select_related("subscription"):
        roles = Role.objects.filter(offer_roles__offer_id=seat.subscription.offer_id)
        periods = list(seat.subscription.periods.order_by("number"))
        yield PlainSeat(
            permissions=frozenset(
                (application, permission)
                for role in roles
                for application, permissions in role.grants.items()
                for permission in permissions
            ),
            periods=tuple((period.starts_at, period.ends_at) for period in periods),
            data_until=periods[-1].data_until_on if periods else NOW.date(),
            data_gone_at=periods[-1].data_until if periods else datetime.min.replace(tzinfo=UTC),
            dropped=seat.subscription.cancelled_at is not None,
        )


def everybody() -> set[str]:
    """Every name by which anybody is known."""
    found = Member.objects.values_list("id", "email")
    return {name for member, email in found for name in (public_id("mem", member), email)}
