"""Keys of the API: the vendor's, and those of organisations."""

from __future__ import annotations

import secrets
from typing import Final
from uuid import UUID

from tenure.base.ids import new_id
from tenure.events.journal import Journal
from tenure.events.models import KEYS_STREAM
from tenure.organisations.events import ApiKeyCreated, ApiKeyRevoked
from tenure.organisations.models import ApiKey
from tenure.organisations.queries import hash_of_key

KEY_PREFIX: Final = "tenure_"


def create_api_key(*, name: str, organisation: UUID | None, journal: Journal) -> tuple[ApiKey, str]:
    """A new key, the vendor's without an ``organisation``; returns it with its text.

    The text is told this once: only its SHA-256 is kept.
    """
    text = KEY_PREFIX + secrets.token_urlsafe(32)
    return keep_api_key(name=name, organisation=organisation, text=text, journal=journal), text


def keep_api_key(*, name: str, organisation: UUID | None, text: str, journal: Journal) -> ApiKey:
    """A key whose ``text`` the caller has made, unguessable and new."""
    key = ApiKey.objects.create(
        id=new_id(),
        organisation_id=organisation,
        name=name,
        hash=hash_of_key(text),
        created_at=journal.at,
    )
    journal.record(organisation or KEYS_STREAM, ApiKeyCreated(api_key=key.id))
    return key


def revoke_api_key(*, key: ApiKey, journal: Journal) -> None:
    """Refuse ``key`` from now on; revoking it again changes nothing."""
    stream = key.organisation_id or KEYS_STREAM
    if key.revoked_at is not None:
        journal.touch(stream)
        return
    key.revoked_at = journal.at
    key.save(update_fields=["revoked_at"])
    journal.record(stream, ApiKeyRevoked(api_key=key.id))


def revoke_all_keys(*, organisation: UUID, journal: Journal) -> list[UUID]:
    """Refuse every key of an organisation from now on; returns all it ever had (R31)."""
    keys = list(ApiKey.objects.select_for_update().filter(organisation=organisation))
    for key in keys:
        if key.revoked_at is None:
            key.revoked_at = journal.at
            journal.record(organisation, ApiKeyRevoked(api_key=key.id))
    ApiKey.objects.bulk_update(keys, ["revoked_at"])
    journal.touch_keys()
    return [key.id for key in keys]
