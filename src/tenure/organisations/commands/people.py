"""Writes of a person's own login; no organisation's journal tells of them."""

from __future__ import annotations

from uuid import UUID

from tenure.organisations.models import User


def choose_language(*, user: UUID, language: str) -> None:
    """Have everything that this person reads in ``language`` (``en`` or ``fr``) from now on."""
    User.objects.filter(id=user).update(language=language)
