"""What happened to webhooks and calendars; what they deliver is no fact of its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID


@dataclass(frozen=True, slots=True)
class WebhookAdded:
    """A program is told what happens from now on."""

    type: ClassVar[str] = "webhook.added"
    webhook: UUID


@dataclass(frozen=True, slots=True)
class WebhookChanged:
    """Its address, its types of event or its state were edited; ``fields`` names which."""

    type: ClassVar[str] = "webhook.changed"
    webhook: UUID
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class WebhookSecretRenewed:
    """It is signed with a new secret, for a day with the one before as well."""

    type: ClassVar[str] = "webhook.secret_renewed"
    webhook: UUID


@dataclass(frozen=True, slots=True)
class WebhookReplayed:
    """It is told again what happened after number ``after``."""

    type: ClassVar[str] = "webhook.replayed"
    webhook: UUID
    after: int


@dataclass(frozen=True, slots=True)
class WebhookDisabled:
    """It took nothing for days, or said that it is gone; nothing is sent until it is enabled."""

    type: ClassVar[str] = "webhook.disabled"
    webhook: UUID


@dataclass(frozen=True, slots=True)
class WebhookRemoved:
    """Nothing is sent to it any more, and its log is gone."""

    type: ClassVar[str] = "webhook.removed"
    webhook: UUID


@dataclass(frozen=True, slots=True)
class CalendarShared:
    """Its days can be read at a new secret address; the one before leads nowhere."""

    type: ClassVar[str] = "calendar.shared"
    organisation: UUID


@dataclass(frozen=True, slots=True)
class CalendarRevoked:
    """The secret address of its days leads nowhere any more."""

    type: ClassVar[str] = "calendar.revoked"
    organisation: UUID
