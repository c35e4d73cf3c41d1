"""What the vendor sells: rows made from the catalogue file, by its ids, in its order.

What a later file no longer has is withdrawn, never deleted: what was bought still refers to it.
"""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from tenure.base.calendar import Term
from tenure.base.ids import new_id
from tenure.catalogue.rules import Channel
from tenure.policy.words import Audience

_ID_LENGTH = 100
_AUDIENCES = [audience.value for audience in Audience]
_CHANNELS = [channel.value for channel in Channel]
_PAID_TERMS = [term.value for term in Term if term is not Term.TRIAL]


class CatalogueVersion(models.Model):
    """One import: the file's text as it was given, and its hash. Never changed."""

    number = models.IntegerField(primary_key=True)
    imported_at = models.DateTimeField()
    sha256 = models.CharField(max_length=64)
    source = models.TextField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(number__gt=0), name="catalogue_version_number"),
        ]

    def __str__(self) -> str:
        return f"catalogue {self.number}"


class Vendor(models.Model):
    """Who sells here; one row. ``facts`` holds the keys that the file gives."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    facts = models.JSONField(default=dict)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(id=1), name="vendor_is_one"),
        ]

    def __str__(self) -> str:
        return str(self.facts.get("name", "the vendor"))


class Currency(models.Model):
    """A currency and the countries (ISO 3166) that pay in it; the first without is the rest's."""

    code = models.CharField(max_length=3, primary_key=True)
    countries = ArrayField(models.CharField(max_length=2), default=list)
    position = models.IntegerField()
    withdrawn_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.code


class Solution(models.Model):
    """A family of roles, for browsing. ``name`` is ``{en, fr}``."""

    id = models.CharField(max_length=_ID_LENGTH, primary_key=True)
    name = models.JSONField()
    position = models.IntegerField()
    withdrawn_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.id


class Application(models.Model):
    """A program of the vendor's, with the permissions it asks about."""

    id = models.CharField(max_length=_ID_LENGTH, primary_key=True)
    name = models.CharField(max_length=200)
    permissions = ArrayField(models.CharField(max_length=200), default=list)
    position = models.IntegerField()
    withdrawn_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.id


class Role(models.Model):
    """What a member holds. ``name`` and ``description`` are ``{en, fr}``.

    ``grants`` is ``{application: [permissions]}``; ``requires`` are ids of other roles.
    """

    id = models.CharField(max_length=_ID_LENGTH, primary_key=True)
    solution = models.ForeignKey(Solution, models.PROTECT, related_name="roles")
    name = models.JSONField()
    description = models.JSONField(null=True)
    grants = models.JSONField(default=dict)
    requires = ArrayField(models.CharField(max_length=_ID_LENGTH), default=list)
    position = models.IntegerField()
    withdrawn_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.id


class Offer(models.Model):
    """What is bought: roles for one audience (R3), in some countries (none: everywhere) (R4).

    ``search_text`` is what a search looks in, without case and accents.
    """

    id = models.CharField(max_length=_ID_LENGTH, primary_key=True)
    audience = models.CharField(max_length=8)
    channel = models.CharField(max_length=7)
    countries = ArrayField(models.CharField(max_length=2), default=list)
    trial_days = models.SmallIntegerField(null=True)
    search_text = models.TextField()
    position = models.IntegerField()
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(audience__in=_AUDIENCES), name="offer_audience_known"
            ),
            models.CheckConstraint(condition=Q(channel__in=_CHANNELS), name="offer_channel_known"),
            models.CheckConstraint(
                condition=Q(trial_days__isnull=True) | Q(trial_days__gt=0),
                name="offer_trial_days",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["audience", "position", "id"],
                condition=Q(withdrawn_at__isnull=True),
                name="offer_list",
            ),
        ]

    def __str__(self) -> str:
        return self.id


class OfferRole(models.Model):
    """One role of an offer, in the offer's order."""

    pk = models.CompositePrimaryKey("offer_id", "role_id")
    offer = models.ForeignKey(Offer, models.PROTECT, related_name="offer_roles")
    role = models.ForeignKey(Role, models.PROTECT, related_name="offer_roles")
    position = models.SmallIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["offer", "position"],
                name="offer_role_position_once",
                deferrable=models.Deferrable.DEFERRED,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role_id} in {self.offer_id}"


class Price(models.Model):
    """The price of a seat in minor units, for a term and currency, from a local day on (R7).

    ``valid_from`` empty means always. A row is never changed: another amount is another row, and
    the old one names the version that removed it, so that what was bought can be explained.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    offer = models.ForeignKey(Offer, models.PROTECT, related_name="prices", db_index=False)
    term = models.CharField(max_length=7)
    currency = models.ForeignKey(
        Currency, models.PROTECT, related_name="+", db_column="currency", db_index=False
    )
    amount = models.BigIntegerField()
    valid_from = models.DateField(null=True)
    position = models.SmallIntegerField()
    added_in = models.ForeignKey(CatalogueVersion, models.PROTECT, related_name="+", db_index=False)
    removed_in = models.ForeignKey(
        CatalogueVersion, models.PROTECT, null=True, related_name="+", db_index=False
    )

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["offer", "term", "currency", "valid_from"],
                condition=Q(removed_in__isnull=True),
                nulls_distinct=False,
                name="price_once_while_it_holds",
            ),
            models.CheckConstraint(condition=Q(amount__gte=0), name="price_not_negative"),
            models.CheckConstraint(condition=Q(term__in=_PAID_TERMS), name="price_term_known"),
            models.CheckConstraint(
                condition=Q(removed_in__isnull=True) | Q(removed_in__gt=F("added_in")),
                name="price_removed_later",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["offer"], name="price_history")]

    def __str__(self) -> str:
        return f"{self.amount} {self.currency_id} per {self.term}"
