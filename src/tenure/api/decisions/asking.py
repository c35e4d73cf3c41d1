"""The way of a question on a decision node: join a statement, wait, be judged."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Collection, Sequence
from typing import Final

from tenure.api.decisions.answers import decision_answer
from tenure.api.decisions.assessing import assess_all, named_organisations
from tenure.api.decisions.database import Link
from tenure.api.decisions.fresh import Freshness, Memory, Moment, Strangers
from tenure.api.decisions.judging import Circumstances, Stranger, judge
from tenure.api.decisions.questions import Question, read_question, read_questions
from tenure.api.decisions.sharing import Sharing
from tenure.api.decisions.usage import Usage
from tenure.api.errors import UNAVAILABLE, CallRefused
from tenure.base.errors import Invalid
from tenure.base.ids import public_id

_LEAST_LINKS: Final = 3


class Desk:
    """Where questions arrive, with the memory, the links and the usage behind it.

    Of the ``links`` to the database at ``url`` one looks for strangers, one writes down what was
    used, and the others ask what has changed.
    """

    def __init__(
        self,
        url: str,
        loop: asyncio.AbstractEventLoop,
        *,
        links: int,
        memory: Memory | None = None,
    ) -> None:
        self.memory = memory or Memory()
        self.usage = Usage()
        self.counts: Counter[str] = Counter()
        """How many decisions there were for each reason."""
        self._links = [Link(url, self.memory.connected) for _ in range(max(links, _LEAST_LINKS))]
        freshness = Freshness(self.memory)
        self._moments = Sharing(loop, self._links[2:], Moment, freshness.ask_moment)
        self._strangers = Sharing(loop, self._links[:1], Strangers, freshness.ask_strangers)

    @property
    def statements(self) -> int:
        """How many statements asked what has changed."""
        return self._moments.sent

    async def answer_one(self, key: bytes, body: bytes) -> bytes:
        """The answer to the question in ``body``; raises ``TenureError``."""
        try:
            question = read_question(body)
        except Invalid:
            await self._circumstances(key, ())
            raise
        return await self._answer(key, question)

    async def answer_many(self, key: bytes, body: bytes, language: str) -> bytes:
        """The answers to the questions in ``body``; raises ``TenureError``."""
        try:
            questions = read_questions(body)
        except Invalid:
            await self._circumstances(key, ())
            raise
        if isinstance(questions, Question):
            return await self._answer(key, questions)
        given = await self._circumstances(key, named_organisations(questions))
        assessed = assess_all(questions, given, self.usage.note, language)
        strangers = assessed.strangers
        if strangers:
            assessed.settle(await self._existing(strangers))
        self.counts.update(assessed.reasons)
        return assessed.answer()

    async def check(self) -> None:
        """Whether the database answers; raises ``CallRefused`` (503) if not."""
        moment = self._moments.join()
        await moment.done
        if moment.failed:
            raise CallRefused(UNAVAILABLE)

    async def flush(self, pause: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        """Write down what was used."""
        await self.usage.flush(self._links[1], pause)

    async def close(self) -> None:
        """Write down what was used, without a pause, and end the links."""
        await self.flush(_no_pause)
        for link in self._links:
            await link.close()

    async def _answer(self, key: bytes, question: Question) -> bytes:
        name = question.context.organisation
        if isinstance(name, str):
            moment = self._moments.join()
            moment.ask(key, name)
            await moment.done
            given = moment.circumstances(key)
        else:
            given = await self._circumstances(key, (None,))
        outcome = judge(question, given, self.usage.note)
        if outcome.who is not None:
            outcome = outcome.settled(await self._existing((outcome.who,)))
        self.counts[outcome.decision.reason.code] += 1
        return decision_answer(outcome.decision, outcome.revision)

    async def _circumstances(self, key: bytes, names: Collection[str | None]) -> Circumstances:
        """Who asks, and what is known of those named; None names the organisation of the key.

        A key that is seen for the first time tells only then which organisation that is. Raises
        ``CallRefused``: the key is unknown, or the database cannot be reached.
        """
        known = self.memory.keys.get(key)
        home = (
            None
            if known is None or known.organisation is None
            else public_id("org", known.organisation)
        )
        moment = self._moments.join()
        moment.ask(key, home if None in names else None)
        moment.ask_all(key, names)
        await moment.done
        given = moment.circumstances(key)
        if None in names and given.home not in {None, home}:
            return await self._circumstances(key, names)
        return given

    async def _existing(self, strangers: Sequence[Stranger]) -> set[Stranger]:
        share = self._strangers.join()
        for stranger in strangers:
            share.ask(stranger)
        await share.done
        if share.failed:
            raise CallRefused(UNAVAILABLE)
        return {stranger for stranger in strangers if share.exists(stranger)}


async def _no_pause(_seconds: float) -> None:
    """Go on at once."""
