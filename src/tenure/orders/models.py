"""Carts, orders, and the versions of the policy."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Case, F, Q, When

from tenure.base.ids import new_id
from tenure.organisations.models import Organisation
from tenure.policy.words import Audience


class PolicyVersion(models.Model):
    """One version of the vendor's policy, as the text of its file (R32). Never changed."""

    number = models.AutoField(primary_key=True)
    source = models.TextField()
    sha256 = models.CharField(max_length=64)
    applied_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"policy {self.number}"


class Cart(models.Model):
    """What is being chosen. ``version`` rises with every change (R10, R16).

    ``term`` and ``currency`` are those of its lines (R11); ``term`` is empty while it has none.
    ``shown_total`` is the last total with tax that was shown, in minor units: what differs from
    it when it is ordered is refused (R16). ``shown`` is what a page last showed, so that each
    difference can be named (R10); it is empty before.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="carts")
    version = models.IntegerField(default=1)
    audience = models.CharField(max_length=8)
    country = models.CharField(max_length=2)
    currency = models.CharField(max_length=3)
    term = models.CharField(max_length=7, blank=True)
    shown_total = models.BigIntegerField(default=0)
    shown = models.TextField(blank=True, default="", db_default="")
    created_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(audience__in=[audience.value for audience in Audience]),
                name="cart_audience_known",
            ),
        ]

    def __str__(self) -> str:
        return f"cart {self.id} v{self.version}"


class CartLine(models.Model):
    """An offer, and how many seats of it. ``offer`` is the catalogue file's id."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    cart = models.ForeignKey(Cart, models.CASCADE, related_name="lines", db_index=False)
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True)
    offer = models.ForeignKey("catalogue.Offer", models.PROTECT, related_name="+")
    quantity = models.IntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["cart", "offer"], name="cart_line_once_per_offer"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="cart_line_quantity"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.offer_id}"


class OrderStatus(models.TextChoices):
    """Where an order stands. While a charge is under way its outcome is unknown (R17)."""

    PAID = "paid"
    AWAITING_TRANSFER = "awaiting_transfer"
    AWAITING_VERIFICATION = "awaiting_verification"
    AUTHENTICATION_REQUIRED = "authentication_required"
    PAYMENT_UNKNOWN = "payment_unknown"
    DECLINED = "declined"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    CANCELLED = "cancelled"


UNPAID = (
    OrderStatus.AWAITING_TRANSFER,
    OrderStatus.AWAITING_VERIFICATION,
    OrderStatus.AUTHENTICATION_REQUIRED,
    OrderStatus.DECLINED,
)
"""Orders that can still be paid or withdrawn (R16); an unknown outcome is neither (R17)."""


class OrderKind(models.TextChoices):
    """Why an order was made; a renewal is an order too."""

    PURCHASE = "purchase"
    RENEWAL = "renewal"
    SEATS = "seats"


class Order(models.Model):
    """What was bought: frozen amounts in minor units, and the policy in force then (R32).

    ``tax_percent`` is one rate for the whole order (R44); ``paid_on`` is the local day of the
    money, the day of purchase (R28); ``expires_at`` is a UTC instant (R8, R15). ``remind_at`` is
    when the customer is reminded of the transfer, None once that was done; ``expired_at`` when the
    order expired, also if money booked in time was found later and revived it (R15).

    ``vat_number`` is the buyer's number that was not validated when the order was placed, and
    that would have spared it the tax; ``tax_corrected_at`` when it was validated after all, and
    the invoice issued anew without it (R45). The amounts stay those that were sold.

    ``start_requested_at`` is when a consumer expressly asked to start at once, within the time for
    withdrawal (R33); null where nobody asked.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="orders", db_index=False
    )
    cart = models.OneToOneField(Cart, models.PROTECT, null=True, related_name="order")
    kind = models.CharField(max_length=8, choices=OrderKind, default=OrderKind.PURCHASE)
    status = models.CharField(max_length=24, choices=OrderStatus)
    policy_version = models.ForeignKey(PolicyVersion, models.PROTECT, related_name="+")
    currency = models.CharField(max_length=3)
    total_net = models.BigIntegerField()
    total_tax = models.BigIntegerField()
    total = models.BigIntegerField()
    tax_percent = models.DecimalField(max_digits=6, decimal_places=3)
    tax_country = models.CharField(max_length=2, blank=True)
    reverse_charge = models.BooleanField(default=False)
    purchase_order = models.CharField(max_length=100, blank=True, default="", db_default="")
    vat_number = models.CharField(max_length=20, blank=True, default="", db_default="")
    tax_corrected_at = models.DateTimeField(null=True)
    placed_at = models.DateTimeField()
    paid_at = models.DateTimeField(null=True)
    paid_on = models.DateField(null=True)
    expires_at = models.DateTimeField(null=True)
    remind_at = models.DateTimeField(null=True)
    expired_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    start_requested_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(total=F("total_net") + F("total_tax")), name="order_total_adds_up"
            ),
            models.CheckConstraint(
                condition=Q(status__in=OrderStatus.values), name="order_status_known"
            ),
            models.CheckConstraint(
                condition=~Q(status=OrderStatus.PAID)
                | Q(paid_at__isnull=False, paid_on__isnull=False),
                name="order_paid_has_its_day",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["organisation", "id"], name="order_list"),
            models.Index(
                fields=["organisation"],
                condition=~Q(vat_number="") & Q(tax_corrected_at__isnull=True),
                name="order_tax_to_correct",
            ),
            models.Index(
                fields=["expires_at"],
                condition=Q(status__in=["awaiting_verification", "awaiting_transfer", "declined"]),
                name="order_due",
            ),
            models.Index(
                fields=["remind_at"],
                condition=Q(status="awaiting_transfer", remind_at__isnull=False),
                name="order_to_remind",
            ),
        ]

    def __str__(self) -> str:
        return f"order {self.id} ({self.status})"


class OrderLine(models.Model):
    """One line of an order. ``unit_amount`` is the price as sold (R7): it never changes.

    ``term`` is ``month``, ``quarter``, ``year`` or ``trial``; amounts are minor units of the
    order's currency.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    order = models.ForeignKey(Order, models.PROTECT, related_name="lines", db_index=False)
    organisation = models.ForeignKey(Organisation, models.PROTECT, db_index=False)
    position = models.SmallIntegerField()
    offer = models.ForeignKey("catalogue.Offer", models.PROTECT, related_name="+")
    term = models.CharField(max_length=7)
    trial_days = models.SmallIntegerField(null=True)
    quantity = models.IntegerField()
    unit_amount = models.BigIntegerField()
    net = models.BigIntegerField()
    tax = models.BigIntegerField()
    gross = models.BigIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["order", "position"], name="order_line_position_once"),
            models.CheckConstraint(
                condition=Q(gross=F("net") + F("tax")), name="order_line_adds_up"
            ),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="order_line_quantity"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["organisation", "offer"], name="order_line_offer")
        ]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.offer_id} per {self.term}"


def _names(proof: str) -> Case:
    """1 if that proof names the country whose tax is charged."""
    return Case(When(**{proof: F("country")}, then=1), default=0)


class CountryEvidence(models.Model):
    """What speaks for the country whose tax a consumer's order carries, kept ten years (R45).

    Countries by ISO 3166, empty where nothing is known: ``billing`` of the address, ``network``
    as a trusted proxy names it, ``card`` as the gateway does, ``browser`` the region of its
    language. ``proofs`` counts those that agree; fewer than ``wanted``, and staff look at it.
    """

    order = models.OneToOneField(
        Order, models.PROTECT, primary_key=True, related_name="country_evidence"
    )
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    country = models.CharField(max_length=2)
    billing = models.CharField(max_length=2, blank=True)
    network = models.CharField(max_length=2, blank=True)
    card = models.CharField(max_length=2, blank=True)
    browser = models.CharField(max_length=2, blank=True)
    wanted = models.SmallIntegerField()
    collected_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    accepted_because = models.CharField(max_length=500, blank=True)
    proofs = models.GeneratedField(
        expression=_names("billing") + _names("network") + _names("card") + _names("browser"),
        output_field=models.SmallIntegerField(),
        db_persist=True,
    )

    class Meta:
        indexes: ClassVar = [
            models.Index(
                fields=["order"],
                condition=Q(proofs__lt=F("wanted"), accepted_at__isnull=True),
                name="country_in_doubt",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.country} for {self.order_id}"


class QuoteStatus(models.TextChoices):
    """Where a quote stands (R12). Time alone makes a sent one expired, which is noted later."""

    DRAFT = "draft"
    SENT = "sent"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    EXPIRED = "expired"


class Quote(models.Model):
    """A frozen, priced promise (R12): amounts in minor units, tax and policy as when it was sent.

    ``cart`` is what it was made of, or null: then staff made it, for the ``reason`` on record.
    ``valid_until`` is the last local day on which it can be accepted, ``expires_at`` the UTC
    instant after it; both are null in a draft. ``order`` is the one that it became.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="quotes")
    cart = models.ForeignKey(Cart, models.PROTECT, null=True, related_name="quotes")
    order = models.OneToOneField(Order, models.PROTECT, null=True, related_name="quote")
    status = models.CharField(max_length=8, choices=QuoteStatus)
    policy_version = models.ForeignKey(PolicyVersion, models.PROTECT, related_name="+")
    currency = models.CharField(max_length=3)
    total_net = models.BigIntegerField()
    total_tax = models.BigIntegerField()
    total = models.BigIntegerField()
    tax_percent = models.DecimalField(max_digits=6, decimal_places=3)
    tax_country = models.CharField(max_length=2, blank=True)
    reverse_charge = models.BooleanField(default=False)
    purchase_order = models.CharField(max_length=100, blank=True)
    reason = models.CharField(max_length=500, blank=True)
    declined_because = models.CharField(max_length=500, blank=True)
    made_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    valid_until = models.DateField(null=True)
    expires_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(total=F("total_net") + F("total_tax")), name="quote_total_adds_up"
            ),
            models.CheckConstraint(
                condition=Q(status__in=QuoteStatus.values), name="quote_status_known"
            ),
            models.CheckConstraint(
                condition=Q(status=QuoteStatus.ACCEPTED, order__isnull=False)
                | ~Q(status=QuoteStatus.ACCEPTED) & Q(order__isnull=True),
                name="quote_accepted_has_its_order",
            ),
            models.CheckConstraint(
                condition=Q(status=QuoteStatus.DRAFT)
                | Q(sent_at__isnull=False, valid_until__isnull=False, expires_at__isnull=False),
                name="quote_sent_has_its_days",
            ),
            models.CheckConstraint(
                condition=Q(cart__isnull=False) | ~Q(reason=""), name="quote_of_staff_has_reason"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["organisation", "id"], name="quote_list"),
            models.Index(
                fields=["expires_at"], condition=Q(status=QuoteStatus.SENT), name="quote_due"
            ),
        ]

    def __str__(self) -> str:
        return f"quote {self.id} ({self.status})"


class QuoteLine(models.Model):
    """One line of a quote; ``unit_amount`` may be a price of its own (R12)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    quote = models.ForeignKey(Quote, models.PROTECT, related_name="lines")
    organisation = models.ForeignKey(Organisation, models.PROTECT)
    position = models.SmallIntegerField()
    offer = models.ForeignKey("catalogue.Offer", models.PROTECT, related_name="+")
    term = models.CharField(max_length=7)
    trial_days = models.SmallIntegerField(null=True)
    quantity = models.IntegerField()
    unit_amount = models.BigIntegerField()
    net = models.BigIntegerField()
    tax = models.BigIntegerField()
    gross = models.BigIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["quote", "position"], name="quote_line_position_once"),
            models.CheckConstraint(
                condition=Q(gross=F("net") + F("tax")), name="quote_line_adds_up"
            ),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="quote_line_quantity"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.offer_id} per {self.term}"
