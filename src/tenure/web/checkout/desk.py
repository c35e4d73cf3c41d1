"""A checkout as it is looked at: for whom, at which price, under which obligations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from zoneinfo import ZoneInfo

from tenure.base.calendar import local_date, zone_named, zone_names
from tenure.base.verdicts import Verdict
from tenure.billing.gateways.choice import available_methods
from tenure.flows.carts import Showing, show_page
from tenure.flows.customers import proves_student
from tenure.flows.vat_checks import freshen
from tenure.orders.queries.baskets import OpenCart
from tenure.orders.queries.policy import policy_in_force
from tenure.orders.rules.payment import needs_verification, payment_method_verdict
from tenure.orders.rules.tax import would_reverse
from tenure.organisations.models import Organisation
from tenure.organisations.queries import organisation_row
from tenure.policy.words import Audience, PaymentMethod
from tenure.web.checkout.buyers import NEW, Buyer, buyers_of
from tenure.web.checkout.deal import Deal, deal
from tenure.web.checkout.zones import guessed_zone
from tenure.web.edge.vat import VatState, vat_state
from tenure.web.edge.visits import PersonVisit


@dataclass
class Checkout:
    """One cart before somebody who can buy it; what costs a statement is read once."""

    visit: PersonVisit
    cart: OpenCart
    buyers: Sequence[Buyer] = field(init=False)
    buyer: Buyer | None = field(init=False)
    """For whom it is bought; None for an organisation that is still to be opened."""
    buyer_is_gone: bool = field(init=False, default=False)
    """Whether it was for one that cannot buy it any more: ``buyer`` is then another."""

    def __post_init__(self) -> None:
        self.buyers = buyers_of(self.visit, self.cart)
        self.buyer = self._chosen()

    def _chosen(self) -> Buyer | None:
        request = self.visit.request
        wanted = request.POST.get("buyer") or request.GET.get("buyer") or ""
        fitting = [each for each in self.buyers if not each.said]
        if wanted == NEW and self.cart.organisation is None:
            return None
        fitting.sort(key=lambda each: each.place.id != self.visit.visitor.last_organisation)
        found = next((each for each in fitting if each.id == wanted), None)
        self.buyer_is_gone = wanted not in ("", NEW) and found is None
        return found or (fitting[0] if fitting else None)

    @property
    def choice(self) -> str:
        """How the form names for whom."""
        return self.buyer.id if self.buyer else NEW

    @property
    def may_open(self) -> bool:
        """Whether an organisation can be opened for it: not once it is somebody's."""
        return self.cart.organisation is None

    @property
    def zone(self) -> ZoneInfo:
        """The zone in which its days are counted."""
        if self.buyer:
            return zone_named(self.buyer.place.timezone)
        typed = self.visit.request.POST.get("timezone", "")
        return zone_named(typed if typed in zone_names() else self.zone_guessed)

    @property
    def zone_guessed(self) -> str:
        """Where who opens an organisation most likely is."""
        return guessed_zone(self.cart.country)

    @property
    def now(self) -> datetime:
        """This instant, by the buyer's clock (R2)."""
        return (self.buyer.place.test_clock if self.buyer else None) or self.visit.now

    @cached_property
    def showing(self) -> Showing:
        """The cart, priced and checked for the buyer, and remembered as shown (R10, R16)."""
        self._look_number_up()
        return show_page(
            cart=self.cart.id,
            buyer=self.buyer.place.id if self.buyer else None,
            on=local_date(self.now, self.zone),
        )

    def _look_number_up(self) -> None:
        """A VAT number whose answer is too old is looked up before it counts (R45)."""
        if self.row is None or not self.row.vat_number:
            return
        days = policy_in_force()[1].tax.vat_number_counts_days
        if freshen(organisation=self.row, now=self.now, days=days):
            del self.row

    @cached_property
    def row(self) -> Organisation | None:
        """The buyer with where it is billed."""
        return organisation_row(self.buyer.place.id) if self.buyer else None

    @cached_property
    def vat(self) -> VatState | None:
        """Where the buyer's VAT number stands, if one decides the tax of this cart (R45)."""
        situation = self.showing.priced.situation
        spares = situation.reverse_charge or would_reverse(
            situation, audience=self.cart.audience, buyer_country=self.cart.country
        )
        return vat_state(self.row, spares=True) if spares else None

    @cached_property
    def proves(self) -> bool:
        """Whether a student has to be proved before anything is charged (R8)."""
        audience = self.cart.audience
        if audience is not Audience.STUDENT:
            return False
        verified = (
            self.row.verified_at is not None if self.row else proves_student(self.visit.user.email)
        )
        total = self.showing.priced.amounts.total
        return needs_verification(audience, verified=verified, total=total)

    @cached_property
    def deal(self) -> Deal:
        """What confirming it binds one to (R18)."""
        return deal(self.showing.priced, at=self.now, zone=self.zone, proves=self.proves)

    def method(self, method: PaymentMethod) -> Verdict:
        """Whether it can be paid so (R14)."""
        return payment_method_verdict(
            method,
            self.cart.audience,
            self.showing.priced.policy,
            available=available_methods(self.showing.priced.cart.currency),
        )
