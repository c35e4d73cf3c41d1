"""The way of a question on a decision node: join a statement, wait, be judged."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Collection, Coroutine, Sequence
from typing import Final

from tenure.api.decisions.answers import decision_answer
from tenure.api.decisions.assessing import assess_all, named_organisations
from tenure.api.decisions.database import Link
from tenure.api.decisions.fresh import Asker, Freshness, Moment, Strangers
from tenure.api.decisions.judging import (
    Circumstances,
    Outcome,
    Stranger,
    judge,
    named_organisation,
)
from tenure.api.decisions.memory import Memory
from tenure.api.decisions.questions import Question, read_question, read_questions
from tenure.api.decisions.sharing import Sharing
from tenure.api.decisions.usage import Usage
from tenure.api.errors import UNAVAILABLE, CallRefused
from tenure.base.errors import Invalid, TenureError
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
        self._loop = loop
        self._tasks: set[asyncio.Task[None]] = set()
        self._moments = Sharing(
            loop, self._links[2:], lambda done: Moment(done, self._settle), freshness.ask_moment
        )
        self._strangers = Sharing(loop, self._links[:1], Strangers, freshness.ask_strangers)

    @property
    def statements(self) -> int:
        """How many statements asked what has changed."""
        return self._moments.sent

    def ask_one(self, key: bytes, body: bytes, asker: Asker) -> None:
        """Tell ``asker`` the answer to the question in ``body``, when it is known."""
        try:
            question = read_question(body)
        except Invalid as error:
            self._promise(self._no_question(key, error), asker)
            return
        name = question.context.organisation
        if isinstance(name, str):
            moment = self._moments.join()
            moment.ask(key, name)
            moment.waiting.append((key, question, asker))
        else:
            self._promise(self._answer(key, question), asker)

    def ask_many(self, key: bytes, body: bytes, language: str, asker: Asker) -> None:
        """Tell ``asker`` the answers to the questions in ``body``, when they are known."""
        self._promise(self.answer_many(key, body, language), asker)

    async def answer_one(self, key: bytes, body: bytes) -> bytes:
        """The answer to the question in ``body``; raises ``TenureError``."""
        asker = Waiting(asyncio.get_running_loop())
        self.ask_one(key, body, asker)
        return await asker.told

    async def answer_many(self, key: bytes, body: bytes, language: str) -> bytes:
        """The answers to the questions in ``body``; raises ``TenureError``."""
        try:
            questions = read_questions(body)
        except Invalid as error:
            return await self._no_question(key, error)
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

    def _settle(self, moment: Moment) -> None:
        """Answer those who wait for ``moment``; one that goes wrong keeps nobody else waiting."""
        waiting = moment.waiting
        try:
            while waiting:
                key, question, asker = waiting[-1]
                try:
                    outcome = judge(question, moment.circumstances(key), self.usage.note)
                except TenureError as error:
                    asker.refused(error)
                else:
                    self._tell(outcome, asker)
                waiting.pop()
        finally:
            if waiting:
                waiting.pop()[2].forsaken()
                self._loop.call_soon(self._settle, moment)

    def _tell(self, outcome: Outcome, asker: Asker) -> None:
        if outcome.who is not None:
            self._promise(self._settled(outcome), asker)
            return
        self.counts[outcome.decision.reason.code] += 1
        asker.decided(decision_answer(outcome.decision, outcome.revision))

    def _promise(self, answer: Coroutine[None, None, bytes], asker: Asker) -> None:
        task = self._loop.create_task(_keep(answer, asker))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _no_question(self, key: bytes, error: Invalid) -> bytes:
        """Raises ``error``, unless who asks may not even know."""
        await self._circumstances(key, ())
        raise error

    async def _answer(self, key: bytes, question: Question) -> bytes:
        given = await self._circumstances(key, (named_organisation(question),))
        return await self._settled(judge(question, given, self.usage.note))

    async def _settled(self, outcome: Outcome) -> bytes:
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


class Waiting:
    """An asker who awaits being told."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.told: asyncio.Future[bytes] = loop.create_future()
        """The answer, or why there is none."""

    def decided(self, answer: bytes) -> None:
        """There is an answer."""
        self.told.set_result(answer)

    def refused(self, error: TenureError) -> None:
        """There is none."""
        self.told.set_exception(error)

    def forsaken(self) -> None:
        """Something went wrong that should not."""
        self.told.cancel()


async def _keep(answer: Coroutine[None, None, bytes], asker: Asker) -> None:
    """Tell ``asker`` what comes of a promise."""
    is_told = False
    try:
        asker.decided(await answer)
        is_told = True
    except TenureError as error:
        asker.refused(error)
        is_told = True
    finally:
        if not is_told:
            asker.forsaken()


async def _no_pause(_seconds: float) -> None:
    """Go on at once."""
