"""From questions to the bytes of their answers, once what they rest on is known."""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple
from uuid import UUID

from tenure.access.queries.decisions import KnownOrganisation
from tenure.access.rules.decision import NOT_A_MEMBER, Decision
from tenure.api.decisions.answers import answers, decision_answer, error_answer, is_last
from tenure.api.decisions.judging import (
    Key,
    Stranger,
    judge,
    named_organisation,
    stranger,
    unnamed,
)
from tenure.api.decisions.questions import Question, Questions
from tenure.base.errors import Invalid, TenureError

Note = Callable[[KnownOrganisation, str, UUID, int], None]
"""Told of every seat used: its organisation, the member's outside id, subscription, time."""


@dataclass(frozen=True, slots=True)
class Circumstances:
    """Who asks, when (microseconds since 1970), and what is known of the organisations named.

    ``home`` is the organisation whose key it is; it need not be named.
    """

    key: Key
    at: int
    known: Mapping[str, KnownOrganisation]
    home: str | None = None


class Outcome(NamedTuple):
    """A decision as of ``revision``; final unless it must be known whether ``who`` exists."""

    decision: Decision
    revision: int
    who: Stranger | None

    def settled(self, existing: Container[Stranger]) -> Outcome:
        """The final outcome, given which strangers exist anywhere."""
        decision = NOT_A_MEMBER if self.who in existing else self.decision
        return Outcome(decision, self.revision, None)


def assess(question: Question, given: Circumstances, note: Note) -> Outcome:
    """The outcome of one question; raises ``NotFound``, ``Refused`` or ``Invalid``."""
    name = named_organisation(question)
    if name is None:
        name = given.home
        if name is None:
            raise unnamed()
    known = given.known.get(name)
    judged = judge(question, known, given.key, given.at)
    assert known is not None  # noqa: S101 - otherwise nothing was judged
    decision = judged.decision
    if decision.subscription is not None:
        note(known, judged.member, decision.subscription, judged.at)
        return Outcome(decision, known.facts.revision, None)
    return Outcome(decision, known.facts.revision, stranger(question, judged))


@dataclass(slots=True)
class Assessed:
    """The outcomes of several questions, in order, as far as they are to be answered."""

    language: str
    each: list[Outcome | TenureError] = field(default_factory=list)

    @property
    def strangers(self) -> list[Stranger]:
        """Who must be looked for before this can be answered."""
        return [
            each.who for each in self.each if isinstance(each, Outcome) and each.who is not None
        ]

    @property
    def reasons(self) -> list[str]:
        """The codes of the decisions."""
        return [each.decision.reason.code for each in self.each if isinstance(each, Outcome)]

    def settle(self, existing: Container[Stranger]) -> None:
        """Make every outcome final, given which strangers exist anywhere."""
        self.each = [
            each.settled(existing) if isinstance(each, Outcome) and each.who is not None else each
            for each in self.each
        ]

    def answer(self) -> bytes:
        """All answers; every outcome is final."""
        return answers(
            [
                decision_answer(each.decision, each.revision)
                if isinstance(each, Outcome)
                else error_answer(each, self.language)
                for each in self.each
            ]
        )


def assess_all(questions: Questions, given: Circumstances, note: Note, language: str) -> Assessed:
    """The outcomes of questions in order, up to the one that settles the matter."""
    assessed = Assessed(language)
    for item in questions.items:
        outcome: Outcome | TenureError
        if isinstance(item, Invalid):
            outcome = item
        else:
            try:
                outcome = assess(item, given, note)
            except TenureError as error:
                outcome = error
        assessed.each.append(outcome)
        allowed = isinstance(outcome, Outcome) and outcome.decision.allowed
        if is_last(questions.semantic, allowed):
            break
    return assessed


def named_organisations(asked: Question | Questions) -> set[str | None]:
    """The organisations that are named, and None if a question names none."""
    if isinstance(asked, Question):
        return {named_organisation(asked)}
    return {named_organisation(item) for item in asked.items if isinstance(item, Question)}
