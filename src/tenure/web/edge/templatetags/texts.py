"""Constant texts, translated once for each language instead of once for each row."""

from __future__ import annotations

from typing import Any

from django.template import Context, Library, Node
from django.template.base import FilterExpression, Parser, Token
from django.templatetags.i18n import TranslateNode, do_translate
from django.utils.translation import get_language

register = Library()


class ConstantText(Node):
    """``{% translate "Members" %}``: what it says depends on the language alone."""

    def __init__(self, text: TranslateNode) -> None:
        self._text = text
        self._said: dict[str | None, str] = {}

    def render(self, context: Context) -> Any:
        """The text as the reader has it; looked up when it is first read in that language."""
        language = get_language()
        said = self._said.get(language)
        if said is None:
            said = self._said[language] = self._text.render(context)
        return said


@register.tag
def translate(parser: Parser, token: Token) -> Node:
    """Django's tag, which remembers what it said where that cannot change."""
    text: Any = do_translate(parser, token)
    # Django makes a variable of a constant text, and leaves a constant context as it is.
    constant = text.filter_expression.var.literal is not None and not text.filter_expression.filters
    return ConstantText(text) if constant and _is_fixed(text) else text


def _is_fixed(text: Any) -> bool:
    said_with: FilterExpression | None = text.message_context
    fixed = said_with is None or (isinstance(said_with.var, str) and not said_with.filters)
    return fixed and text.asvar is None
