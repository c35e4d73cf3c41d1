"""The one table of what is held about an organisation, and of what becomes of it (R31).

Exports, purges and the erasure of a person read it; a test fails on a table of the database that
holds an organisation's rows and is not in it. Tables are named, not imported: some of them are at
home above the flows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

from django.apps import apps
from django.db.models import CharField, F, Model, QuerySet, Value
from django.db.models.functions import Cast, Concat


class AtPurge(StrEnum):
    """What becomes of the rows when the deletion is confirmed."""

    KEPT = "kept"
    """They stay: accounting for its legal time, or nothing but ids and dates."""
    PSEUDONYMISED = "pseudonymised"
    """They stay, and say nothing of anybody any more."""
    ERASED = "erased"
    """They go."""


@dataclass(frozen=True, slots=True)
class Held:
    """One table. ``label`` is Django's, ``prefix`` that of its outside ids, if it has any.

    ``whose`` leads from a row to the organisation's id. ``blank`` says what the columns become
    that name somebody. ``hidden`` are columns that are never handed out, such as letters, of which
    some hold a key to come in; ``exported`` is whether it says anything about the organisation.
    """

    label: str
    at_purge: AtPurge
    why: str
    prefix: str = ""
    whose: str = "organisation_id"
    blank: Mapping[str, Any] = field(default_factory=dict)
    hidden: tuple[str, ...] = ()
    exported: bool = True

    @property
    def model(self) -> type[Model]:
        """The table's model."""
        return apps.get_model(self.label)

    def rows(self, organisation: object) -> QuerySet[Model]:
        """The rows of one organisation, in a fixed order."""
        rows = self.model._default_manager.filter(**{self.whose: organisation})
        return rows.order_by("pk")


def _nobody(of: str) -> Any:
    """An address that is nobody's, and another for each person; ``of`` is whose id it carries."""
    return Concat(
        Value("erased-"),
        Cast(F(of), CharField()),
        Value("@erased.invalid"),
        output_field=CharField(),
    )


_KEPT, _BLANKED, _ERASED = AtPurge.KEPT, AtPurge.PSEUDONYMISED, AtPurge.ERASED

_ACCOUNTING: Final = "accounting, kept for its legal time"
_IDS: Final = "ids and dates alone"

HELD: Final[tuple[Held, ...]] = (
    Held(
        "organisations.Organisation",
        _BLANKED,
        "its name goes; where it was billed belongs to the books",
        "org",
        whose="id",
        blank={
            "name": Concat(Value("erased-"), Cast(F("id"), CharField())),
            "purchase_order": "",
        },
    ),
    Held(
        "organisations.User",
        _BLANKED,
        "logins that belong to no other organisation",
        "usr",
        whose="memberships__organisation_id",
        exported=False,
    ),
    Held(
        "organisations.Member",
        _BLANKED,
        "names and addresses of members",
        "mem",
        blank={"email": _nobody("id"), "name": "", "user": None, "external_id": None},
        hidden=("sought",),
    ),
    Held(
        "organisations.Invitation",
        _BLANKED,
        "addresses of whom was invited",
        "inv",
        blank={"email": _nobody("member_id")},
    ),
    Held(
        "organisations.StudentProof",
        _BLANKED,
        "what was handed in as proof",
        "prf",
        blank={"given": {}, "declined_because": ""},
    ),
    Held("organisations.OwnershipOffer", _KEPT, _IDS, "own"),
    Held(
        "organisations.Intervention",
        _BLANKED,
        "why staff acted for the customer",
        "itv",
        blank={"reason": ""},
    ),
    Held(
        "organisations.ApiKey",
        _BLANKED,
        "revoked; what it was for is forgotten",
        "key",
        blank={"name": ""},
        hidden=("hash",),
    ),
    Held("organisations.VatCheck", _KEPT, "proof of the tax that was not charged"),
    Held("organisations.Retention", _ERASED, "nothing is left to be kept", exported=False),
    Held("organisations.ExportPart", _ERASED, "archives made before", exported=False),
    Held("organisations.Export", _KEPT, "who had an archive made", "exp", hidden=("receipt",)),
    Held("orders.Cart", _KEPT, "no names", "cart"),
    Held("orders.CartLine", _KEPT, "no names", "line"),
    Held("orders.Order", _KEPT, _ACCOUNTING, "ord"),
    Held("orders.OrderLine", _KEPT, _ACCOUNTING),
    Held("orders.CountryEvidence", _KEPT, "proof of the country of taxation"),
    Held(
        "orders.Quote",
        _BLANKED,
        "the paper is kept with the books, the words of who declined it are not",
        "quo",
        blank={"declined_because": ""},
    ),
    Held("orders.QuoteLine", _KEPT, _ACCOUNTING),
    Held("billing.Payment", _KEPT, _ACCOUNTING, "pay", hidden=("token", "action_url")),
    Held("billing.Refund", _KEPT, _ACCOUNTING, "ref"),
    Held("billing.BankAllocation", _KEPT, _ACCOUNTING, "alc"),
    Held("billing.BankPayout", _KEPT, _ACCOUNTING),
    Held("billing.TransferReference", _KEPT, _ACCOUNTING),
    Held("billing.Document", _KEPT, _ACCOUNTING, "doc"),
    Held("billing.DocumentFile", _KEPT, _ACCOUNTING, hidden=("data",)),
    Held("billing.DocumentDelivery", _KEPT, _ACCOUNTING),
    Held("billing.Entry", _KEPT, _ACCOUNTING),
    Held("billing.Recognition", _KEPT, _ACCOUNTING),
    Held(
        "billing.PaymentMethod",
        _BLANKED,
        "cards are removed, and forgotten at the gateway",
        "pm",
        blank={
            "brand": "",
            "last4": "",
            "exp_month": 0,
            "exp_year": 0,
            "fingerprint": "",
            "action_url": "",
        },
        hidden=("token", "action_url"),
    ),
    Held("billing.GatewayCustomer", _ERASED, "what gateways called it"),
    Held("subscriptions.Subscription", _KEPT, _IDS, "sub"),
    Held("subscriptions.Period", _KEPT, _IDS),
    Held("subscriptions.Renewal", _KEPT, _IDS),
    Held("subscriptions.SeatChange", _KEPT, _IDS),
    Held("access.Seat", _BLANKED, "nobody holds one any more", "seat"),
    Held("access.SeatLoss", _ERASED, "nobody has a seat to lose"),
    Held(
        "access.RoleRequest",
        _BLANKED,
        "what members said when they asked",
        "ask",
        blank={"note": "", "answer": ""},
    ),
    Held(
        "support.Request",
        _BLANKED,
        "what the vendor was asked, and by whom",
        "req",
        blank={"email": "", "name": "", "message": ""},
    ),
    Held("support.RequestMessage", _BLANKED, "what was said about it", "msg", blank={"text": ""}),
    Held("notices.Mail", _ERASED, "mails that were kept", hidden=("key", "claim", "letter")),
    Held(
        "notices.Webhook",
        _ERASED,
        "where its programs listened",
        "hook",
        hidden=("secret", "old_secret"),
    ),
    Held("notices.CalendarFeed", _ERASED, "the secret address of its calendar", hidden=("token",)),
    Held("notices.WebhookFeed", _KEPT, "how far the vendor's programs were told", exported=False),
    Held("notices.WebhookDelivery", _KEPT, "what the vendor's programs answered", exported=False),
    Held("notices.Cursor", _KEPT, "how far the journal was told", exported=False),
    Held("events.Stream", _KEPT, "how far the journal has come", exported=False),
    Held("events.Event", _KEPT, "the journal holds ids, never names", "evt"),
)
"""In the order in which rows are exported, and erased."""

_BLANKS: Final = {each.label: each.blank for each in HELD}


def blank(rows: QuerySet[Any]) -> None:
    """Have ``rows`` of one of the tables say nothing of anybody any more, as a purge does."""
    rows.update(**_BLANKS[rows.model._meta.label])


PREFIXES: Final[Mapping[str, str]] = {each.label: each.prefix for each in HELD if each.prefix}
