"""By what questions are answered, and the words that answers share; in the active language."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from babel.lists import format_list
from django.utils.translation import gettext

from tenure.base.calendar import Term
from tenure.base.wording import day_in_words
from tenure.policy.model import Policy
from tenure.policy.words import Audience, PaymentMethod
from tenure.web.edge.questions import Question


@dataclass(frozen=True, slots=True)
class Answer:
    """A question with its answer: paragraphs, points, and an example that begins today."""

    question: Question
    title: str
    paragraphs: tuple[str, ...]
    points: tuple[str, ...] = ()
    example: str = ""
    leads_to: tuple[str, str] | None = None
    """A label and a path, where the answer is something to do."""

    @property
    def text(self) -> str:
        """The whole answer in one."""
        return " ".join(part for part in (*self.paragraphs, *self.points, self.example) if part)


@dataclass(frozen=True, slots=True)
class Section:
    """Answers that belong together."""

    title: str
    answers: tuple[Answer, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """By what a question is answered: a policy, a day, a language, and how one can pay here."""

    policy: Policy
    on: date
    language: str
    available: Collection[PaymentMethod]

    def day(self, on: date) -> str:
        """A day in words."""
        return day_in_words(on, self.language)

    def either(self, parts: Iterable[str]) -> str:
        """One of several, in words."""
        return str(format_list(list(parts), style="or", locale=self.language))

    def all_of(self, parts: Iterable[str]) -> str:
        """All of several, in words."""
        return str(format_list(list(parts), style="standard", locale=self.language))

    @property
    def offered(self) -> frozenset[Term]:
        """The terms that somebody is offered."""
        return frozenset(term for audience in Audience for term in self.policy.terms.of(audience))

    @property
    def longest_term(self) -> Term:
        """The longest of them, for examples."""
        return max(self.offered, key=lambda term: term.months)


def term_in_words(term: Term) -> str:
    """How long somebody buys for."""
    return {
        Term.YEAR: gettext("one year"),
        Term.QUARTER: gettext("three months"),
        Term.MONTH: gettext("one month"),
        Term.TRIAL: gettext("a trial"),
    }[term]


def audience_in_words(audience: Audience) -> str:
    """Whom it concerns, as a sentence begins."""
    return {
        Audience.BUSINESS: gettext("Companies"),
        Audience.CREATOR: gettext("Makers"),
        Audience.STUDENT: gettext("Students"),
    }[audience]


def method_in_words(method: PaymentMethod) -> str:
    """How somebody pays."""
    return {
        PaymentMethod.CARD: gettext("card"),
        PaymentMethod.BANK_TRANSFER: gettext("bank transfer"),
    }[method]
