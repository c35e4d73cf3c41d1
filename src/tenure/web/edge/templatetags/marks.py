"""Small things that templates say: icons, states, identifiers, where one is, form controls."""

from __future__ import annotations

import json
from functools import cache, lru_cache
from pathlib import Path
from typing import Final
from uuid import UUID

from django.forms import BoundField, CheckboxInput
from django.http import HttpRequest, QueryDict
from django.template import Library
from django.utils import translation
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe

from tenure.base.ids import public_id as outside
from tenure.web.edge.states import STATES, State

register = Library()

_ICONS: Final = Path(__file__).parents[2] / "static" / "tenure" / "icons.json"
_SVG: Final = (
    '<svg class="icon" width="{0}" height="{0}" viewBox="0 0 24 24" fill="none" '
    'stroke="currentColor" stroke-width="{1}" stroke-linecap="round" stroke-linejoin="round" '
    'aria-hidden="true" focusable="false">{2}</svg>'
)
_CONTROLS: Final = {
    "checkbox": "checkbox checkbox-primary",
    "radio": "radio radio-primary",
    "select": "select",
    "textarea": "textarea",
    "file": "file-input",
}


@cache
def _icons() -> dict[str, str]:
    drawn: dict[str, str] = json.loads(_ICONS.read_text(encoding="utf-8"))
    return drawn


@register.simple_tag
@cache
def icon(name: str, size: int = 20) -> SafeString:
    """``{% icon "check" size=16 %}``: one of Tabler's icons, hidden from screen readers.

    ``KeyError`` for one that was not built: name it in a template, then ``make assets``.
    """
    if name not in _icons():
        raise KeyError(f"No icon {name} was built: make assets.")
    drawing = mark_safe(_icons()[name])  # noqa: S308 - drawn by the build, not by people
    return format_html(_SVG, size, 1.75 if size > 16 else 2, drawing)


@register.simple_tag
def state_of(word: str) -> State:
    """``{% state_of order.status as state %}``: word, tone, icon; what is unknown is plain."""
    return STATES.get(str(word), State(str(word).replace("_", " "), "plain", icon="point"))


@register.simple_tag
def badge(word: str) -> SafeString:
    """``{% badge member.status %}``: what ``<c-badge state="…" />`` shows, for long lists."""
    return _badge(str(word), translation.get_language())


@lru_cache(maxsize=1_000)
def _badge(word: str, language: str | None) -> SafeString:
    """A list shows hundreds of a few."""
    state = state_of(word)
    with translation.override(language):
        inside = icon(state.icon, 14) + conditional_escape(state.word)
    return format_html('<span class="state state-{}">{}</span>', state.tone, inside)


@register.filter
def as_standing(standing: str) -> str:
    """``<c-badge state="{{ member.standing|as_standing }}" />``: an external member's state.

    Of a subscription the same word means something else (R35).
    """
    return "external_member" if standing == "external" else str(standing)


@register.filter
def public_id(value: UUID, prefix: str) -> str:
    """``{{ member.id|public_id:"mem" }}``: the identifier as addresses have it."""
    return outside(prefix, value)


@register.filter
def leads_to(path: str, address: str) -> bool:
    """``{% if request.path|leads_to:href %}``: whether the page is that one or lies below it."""
    base = address.partition("?")[0]
    return path == base or (path.startswith(base.rstrip("/") + "/") and base != "/")


@register.filter
def control(field: BoundField) -> SafeString:
    """``{{ form.email|control }}``: the field's control in our look, named by its label."""
    widget = field.field.widget
    kind = getattr(widget, "input_type", None) or (
        "textarea" if widget.__class__.__name__ == "Textarea" else "text"
    )
    looks = _CONTROLS.get(kind, "input")
    return field.as_widget(attrs={"class": looks, **_described(field)})


def _described(field: BoundField) -> dict[str, str]:
    if field.errors:
        return {"aria-invalid": "true"}
    return {}


@register.filter
def is_checkbox(field: BoundField) -> bool:
    """Whether a form's field is one box to tick, which stands before its label."""
    return isinstance(field.field.widget, CheckboxInput)


@register.filter
def asking_for(request: HttpRequest | None, language: str) -> str:
    """``?{{ request|asking_for:"fr" }}``: the same page, asked for in another language."""
    query = request.GET.copy() if request else QueryDict(mutable=True)
    query["language"] = language
    return query.urlencode()
