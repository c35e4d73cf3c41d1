"""An organisation to ask about: its members, what they hold, its clock and its keys."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from tenure.access.models import Seat
from tenure.base.calendar import end_of_day_instant, first_instant, zone_named
from tenure.base.ids import public_id
from tenure.events.journal import transaction
from tenure.organisations.commands.api_keys import create_api_key
from tenure.organisations.models import Member, Organisation
from tenure.subscriptions.models import Period, Subscription
from tests.shop import START, customer


class Office:
    """A company in Paris, by default at 1 March 2027, 9 o'clock UTC; nobody holds anything."""

    def __init__(self, email: str = "ada@atelier.example", clock: datetime | None = START) -> None:
        self.organisation: Organisation = customer(email=email, clock=clock)
        self.id: UUID = self.organisation.id
        self.name = public_id("org", self.id)

    def change(self, **columns: Any) -> None:
        """Change the organisation itself."""
        Organisation.objects.filter(pk=self.id).update(**columns)
        self.touch()

    def touch(self) -> int:
        """Raise the revision, as every change does; returns it."""
        with transaction(now=START, by="test") as journal:
            journal.touch(self.id)
        return journal.revisions[self.id]

    def member(self, email: str, status: str = "active") -> Member:
        """A member."""
        made = Member.objects.create(
            organisation=self.organisation,
            email=email,
            standing="member",
            status=status,
            created_at=START,
        )
        self.touch()
        return made

    def give(
        self,
        member: Member,
        offer: str = "designer-business",
        *,
        first: date = date(2027, 3, 1),
        end: date = date(2028, 3, 1),
        data_until: date = date(2028, 3, 15),
        zone: str = "Europe/Paris",
        cancelled: bool = False,
    ) -> Seat:
        """A seat of a subscription of its own, paid from ``first`` to before ``end``."""
        place = zone_named(zone)
        subscription = Subscription.objects.create(
            organisation=self.organisation,
            offer_id=offer,
            term="year",
            currency="EUR",
            quantity=1,
            next_quantity=1,
            auto_renew=True,
            anchor_on=first,
            zone=zone,
            created_at=START,
            cancelled_at=START if cancelled else None,
        )
        Period.objects.create(
            organisation=self.organisation,
            subscription=subscription,
            number=1,
            quantity=1,
            kind="initial",
            starts_on=first,
            ends_on=end,
            starts_at=first_instant(first, place),
            ends_at=first_instant(end, place),
            data_until_on=data_until,
            data_until=end_of_day_instant(data_until, place),
        )
        seat = Seat.objects.create(
            organisation=self.organisation, subscription=subscription, number=1, member=member
        )
        self.touch()
        return seat

    def question(
        self,
        member: Member | str,
        permission: str = "draw",
        application: str = "modeller",
        **context: Any,
    ) -> dict[str, Any]:
        """A full body of AuthZEN; ``context`` is in addition to the organisation."""
        name = member if isinstance(member, str) else public_id("mem", member.id)
        return {
            "subject": {"type": "member", "id": name},
            "action": {"name": permission},
            "resource": {"type": "application", "id": application},
            "context": {"organisation": self.name, **context},
        }


def make_key(office: Office | None = None) -> str:
    """A key of the vendor's, or of an organisation's."""
    with transaction(now=START, by="test") as journal:
        organisation = None if office is None else office.id
        return create_api_key(name="test", organisation=organisation, journal=journal)[1]
