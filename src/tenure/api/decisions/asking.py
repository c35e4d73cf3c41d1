"""The way of a question on a decision node: join a statement, wait, be judged."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Collection, Coroutine, Sequence
from contextlib import suppress
from typing import Final, cast

from msgspec import UNSET

from tenure.api.decisions.answers import decision_answer
from tenure.api.decisions.assessing import Assessed, assess_all, named_organisations
from tenure.api.decisions.database import Link
from tenure.api.decisions.fresh import Asker, Freshness, Moment, Strangers
from tenure.api.decisions.judging import (
    Circumstances,
    Key,
    Outcome,
    Stranger,
    judge,
    judge_in,
    named_organisation,
)
from tenure.api.decisions.memory import Memory
from tenure.api.decisions.questions import Question, Questions, read_question, read_questions
from tenure.api.decisions.sharing import Sharing
from tenure.api.decisions.usage import Usage
from tenure.api.errors import UNAVAILABLE, CallRefused
from tenure.base.errors import Invalid, TenureError
from tenure.base.ids import public_id

_LEAST_LINKS: Final = 3
_JUDGED_AT_ONCE: Final = 400
"""After how many questions in calls of several others have their turn."""


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
        freshness = Freshness(self.memory, loop)
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
            moment.ask(key, None)
            moment.waiting.append((key, question, asker))
        else:
            self._promise(self._answer(key, question), asker)

    def ask_many(self, key: bytes, body: bytes, language: str, asker: Asker) -> None:
        """Tell ``asker`` the answers to the questions in ``body``, when they are known."""
        moment = self._moments.join()
        moment.ask(key, None)
        moment.waiting_for_many.append((key, body, language, asker))

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
        return await self._settled_many(assess_all(questions, given, self.usage.note, language))

    async def _settled_many(self, assessed: Assessed) -> bytes:
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

    async def flush_interval(self) -> float:
        """After how many seconds to write down again what was used."""
        return await self.usage.interval(self._links[1])

    async def close(self) -> None:
        """Write down what was used, without a pause, and end the links."""
        await self.flush(_no_pause)
        for link in self._links:
            await link.close()

    def _settle(self, moment: Moment) -> None:
        """Answer those who wait for ``moment``; one that goes wrong keeps nobody else waiting.

        What is remembered now may be fresher than the statement, and time goes on with it. What
        is not remembered has to be read, for which another statement is joined. After so many
        questions it is somebody else's turn.
        """
        waiting, many = moment.waiting, moment.waiting_for_many
        asker = None
        judged = 0
        try:
            while waiting:
                key, question, asker = waiting.pop()
                self._settle_one(moment, key, question, asker)
            while many and judged < _JUDGED_AT_ONCE:
                key, body, language, asker = many.pop()
                judged += self._settle_many(moment, key, body, language, asker)
            asker = None
        finally:
            if asker is not None:
                asker.forsaken()
            if waiting or many:
                self._loop.call_soon(self._settle, moment)

    def _settle_one(self, moment: Moment, key: bytes, question: Question, asker: Asker) -> None:
        name = question.context.organisation
        who = self._prompt(moment, key)
        known = None if who is None or name is UNSET else self.memory.recall(name)
        if who is None or known is None:
            self._later(moment, self._answer(key, question), asker)
            return
        try:
            outcome = judge_in(known, question, who, self.memory.at, self.usage.note)
        except TenureError as error:
            asker.refused(error)
            return
        if outcome.who is not None:
            self._promise(self._settled(outcome), asker)
            return
        decision = outcome.decision
        self.counts[decision.reason.code] += 1
        asker.decided(decision_answer(decision, outcome.revision))

    def _settle_many(
        self, moment: Moment, key: bytes, body: bytes, language: str, asker: Asker
    ) -> int:
        """Returns how many questions there were."""
        who, questions = self._prompt(moment, key), None
        if who is not None:
            with suppress(Invalid):
                questions = read_questions(body)
        if who is None or not isinstance(questions, Questions):
            self._later(moment, self.answer_many(key, body, language), asker)
            return 1
        names = named_organisations(questions)
        known = {} if None in names else self.memory.recall_all(cast(set[str], names))
        if len(known) < len(names):
            self._later(moment, self.answer_many(key, body, language), asker)
        else:
            given = Circumstances(who, self.memory.at, known)
            assessed = assess_all(questions, given, self.usage.note, language)
            if assessed.strangers:
                self._promise(self._settled_many(assessed), asker)
            else:
                self.counts.update(assessed.reasons)
                asker.decided(assessed.answer())
        return len(questions.items)

    def _prompt(self, moment: Moment, key: bytes) -> Key | None:
        """Who asks, if what is remembered now will do for the answer."""
        memory = self.memory
        if moment.prompt != memory.generation or not memory.knows_catalogue:
            return None
        return moment.keys.get(key)

    def _later(self, moment: Moment, answer: Coroutine[None, None, bytes], asker: Asker) -> None:
        """Tell ``asker`` another way, unless there is none."""
        if moment.failed and moment.prompt is None:
            answer.close()
            asker.refused(CallRefused(UNAVAILABLE))
        else:
            self._promise(answer, asker)

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
