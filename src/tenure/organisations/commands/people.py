"""Writes of a person's own login; no organisation's journal tells of them."""

from __future__ import annotations

from uuid import UUID

from tenure.organisations.models import Member, User


def choose_language(*, user: UUID, language: str) -> None:
    """Have everything that this person reads in ``language`` (``en`` or ``fr``) from now on."""
    User.objects.filter(id=user).update(language=language)


def rename(*, user: UUID, name: str) -> None:
    """Call this person ``name`` from now on, also where they are a member under the old name."""
    before = User.objects.filter(id=user).values_list("name", flat=True).first()
    User.objects.filter(id=user).update(name=name)
    Member.objects.filter(user_id=user, name=before or "").update(name=name)
