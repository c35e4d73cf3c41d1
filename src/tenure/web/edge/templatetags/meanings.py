"""What the words of a catalogue mean, in templates."""

from __future__ import annotations

from django.template import Library

from tenure.web.edge import words

register = Library()


@register.filter
def permission(word: str) -> str:
    """``{{ word|permission }}``: what somebody may do: check for clashes."""
    return words.permission(word)


@register.filter
def audience(word: str) -> str:
    """``{{ cart.audience|audience }}``: whom something is for: companies."""
    return words.audience(word)
