"""Several questions in one call: their outcomes in order, and the answer to all of them."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass, field

from msgspec import UNSET

from tenure.api.decisions.answers import answers, decision_answer, error_answer, is_last
from tenure.api.decisions.judging import (
    Circumstances,
    Note,
    Outcome,
    Stranger,
    judge,
    named_organisation,
)
from tenure.api.decisions.questions import EXECUTE_ALL, Question, Questions
from tenure.base.errors import Invalid, TenureError


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
    answer_all = questions.semantic == EXECUTE_ALL
    for item in questions.items:
        outcome: Outcome | TenureError
        if isinstance(item, Invalid):
            outcome = item
        else:
            try:
                outcome = judge(item, given, note)
            except TenureError as error:
                outcome = error
        assessed.each.append(outcome)
        if answer_all:
            continue
        allowed = isinstance(outcome, Outcome) and outcome.decision.allowed
        if is_last(questions.semantic, allowed):
            break
    return assessed


def named_organisations(asked: Question | Questions) -> set[str | None]:
    """The organisations that are named, and None if a question names none."""
    if isinstance(asked, Question):
        return {named_organisation(asked)}
    named = {item.context.organisation for item in asked.items if not isinstance(item, Invalid)}
    return {None if name is UNSET else name for name in named}
