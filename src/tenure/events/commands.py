"""Writes of the journal's neighbours."""

from __future__ import annotations

from datetime import datetime

from tenure.events.models import IdempotencyKey


def forget_answers(*, before: datetime) -> int:
    """Forget idempotency keys with their answers that are older than a UTC instant; how many."""
    return IdempotencyKey.objects.filter(created_at__lt=before).delete()[0]
