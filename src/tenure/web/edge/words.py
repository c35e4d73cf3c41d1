"""What a catalogue and a verdict say by codes, in the reader's words.

``year`` is a term, ``FR`` a country, ``clash-check`` something that somebody may do.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from django.utils.translation import pgettext, pgettext_lazy

from tenure.base.calendar import Term
from tenure.base.verdicts import Code, Figure, Figures
from tenure.base.wording import sentence
from tenure.policy.words import Audience, PaymentMethod
from tenure.web.edge.templatetags.amounts import country
from tenure.web.edge.templatetags.days import term

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

_TERMS: Final = frozenset(each.value for each in Term)
_AUDIENCES: Final = frozenset(each.value for each in Audience)
_OF_TERMS: Final = frozenset({"term", "terms", "other"})
_OF_AUDIENCES: Final = frozenset({"audience", "other"})
_OF_COUNTRIES: Final = frozenset({"country", "other"})
_OF_METHODS: Final = frozenset({"method", "methods"})
_METHODS: Final[Mapping[str, str | _StrPromise]] = {
    PaymentMethod.CARD.value: pgettext_lazy("paying by", "card"),
    PaymentMethod.BANK_TRANSFER.value: pgettext_lazy("paying by", "bank transfer"),
}

_PERMISSIONS: Final[Mapping[str, str | _StrPromise]] = {
    "allocate": pgettext_lazy("permission", "allocate"),
    "analyse": pgettext_lazy("permission", "analyse"),
    "animate": pgettext_lazy("permission", "animate"),
    "annotate": pgettext_lazy("permission", "annotate"),
    "approve": pgettext_lazy("permission", "approve"),
    "assemble": pgettext_lazy("permission", "assemble"),
    "assess": pgettext_lazy("permission", "assess"),
    "baseline": pgettext_lazy("permission", "set baselines"),
    "check-in": pgettext_lazy("permission", "check in"),
    "check-out": pgettext_lazy("permission", "check out"),
    "clash-check": pgettext_lazy("permission", "check for clashes"),
    "classify": pgettext_lazy("permission", "classify"),
    "comment": pgettext_lazy("permission", "comment"),
    "constrain": pgettext_lazy("permission", "constrain"),
    "cool": pgettext_lazy("permission", "lay cooling"),
    "create": pgettext_lazy("permission", "create"),
    "delete": pgettext_lazy("permission", "delete"),
    "draw": pgettext_lazy("permission", "draw"),
    "edit": pgettext_lazy("permission", "edit"),
    "exchange": pgettext_lazy("permission", "exchange data"),
    "export": pgettext_lazy("permission", "export"),
    "finish": pgettext_lazy("permission", "choose finishes"),
    "flatten": pgettext_lazy("permission", "flatten"),
    "fold": pgettext_lazy("permission", "fold"),
    "frame": pgettext_lazy("permission", "build frames"),
    "import": pgettext_lazy("permission", "import"),
    "lay-out": pgettext_lazy("permission", "lay out"),
    "measure": pgettext_lazy("permission", "measure"),
    "mesh": pgettext_lazy("permission", "mesh"),
    "model": pgettext_lazy("permission", "model"),
    "number": pgettext_lazy("permission", "number"),
    "open": pgettext_lazy("permission", "open"),
    "optimise": pgettext_lazy("permission", "optimise"),
    "orient": pgettext_lazy("permission", "orient"),
    "parametrise": pgettext_lazy("permission", "parametrise"),
    "place": pgettext_lazy("permission", "place"),
    "pose": pgettext_lazy("permission", "pose"),
    "post": pgettext_lazy("permission", "generate machine code"),
    "prepare": pgettext_lazy("permission", "prepare"),
    "print": pgettext_lazy("permission", "print"),
    "program": pgettext_lazy("permission", "program"),
    "publish": pgettext_lazy("permission", "publish"),
    "read": pgettext_lazy("permission", "read"),
    "release": pgettext_lazy("permission", "release"),
    "render": pgettext_lazy("permission", "render"),
    "report": pgettext_lazy("permission", "report"),
    "request": pgettext_lazy("permission", "request"),
    "review": pgettext_lazy("permission", "review"),
    "route": pgettext_lazy("permission", "route"),
    "run": pgettext_lazy("permission", "run"),
    "save": pgettext_lazy("permission", "save"),
    "sculpt": pgettext_lazy("permission", "sculpt"),
    "search": pgettext_lazy("permission", "search"),
    "shape": pgettext_lazy("permission", "shape"),
    "share": pgettext_lazy("permission", "share"),
    "simulate": pgettext_lazy("permission", "simulate"),
    "slice": pgettext_lazy("permission", "slice"),
    "solve": pgettext_lazy("permission", "compute"),
    "split": pgettext_lazy("permission", "split"),
    "stage": pgettext_lazy("permission", "set scenes"),
    "support": pgettext_lazy("permission", "add supports"),
    "teach": pgettext_lazy("permission", "teach robots"),
    "trace": pgettext_lazy("permission", "trace"),
    "unfold": pgettext_lazy("permission", "unfold"),
    "view": pgettext_lazy("permission", "view"),
    "walk": pgettext_lazy("permission", "walk through"),
    "weld": pgettext_lazy("permission", "weld"),
    "wire": pgettext_lazy("permission", "wire"),
    "write": pgettext_lazy("permission", "write"),
}
"""Of the words that vendors mostly use; any other is shown as the catalogue has it."""


def permission(word: str) -> str:
    """What somebody may do, as a verb in the reader's language."""
    return str(_PERMISSIONS.get(word) or word.replace("-", " ").replace("_", " "))


def audience(word: str) -> str:
    """Whom something is for, in the middle of a sentence."""
    return {
        Audience.BUSINESS: pgettext("audience", "companies"),
        Audience.CREATOR: pgettext("audience", "makers"),
        Audience.STUDENT: pgettext("audience", "students"),
    }[Audience(word)]


def told(code: Code, figures: Figures, language: str) -> str:
    """``code`` as a sentence whose terms, audiences, countries, ways to pay have their names."""
    named = {name: _named(name, figure) for name, figure in figures.items()}
    return sentence(code, named, language)


def _named(name: str, figure: Figure) -> Figure:
    if isinstance(figure, tuple):
        return tuple(str(_named(name, each)) for each in figure)
    if not isinstance(figure, str):
        return figure
    if name in _OF_TERMS and figure in _TERMS:
        return term(figure)
    if name in _OF_AUDIENCES and figure in _AUDIENCES:
        return audience(figure)
    if name in _OF_COUNTRIES and len(figure) == 2 and figure.isupper():
        return country(figure)
    if name in _OF_METHODS:
        return str(_METHODS.get(figure, figure))
    return figure
