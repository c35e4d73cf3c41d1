"""Cancellation: the verdict before it is asked, the request, and staff's answer (R28 to R30)."""

from __future__ import annotations

from typing import Annotated, Final
from uuid import UUID

from pydantic import AfterValidator, Field
from typing_extensions import TypedDict

from tenure.api.callers import Call
from tenure.api.calls import Answer, Calls
from tenure.api.documents import plain
from tenure.api.fields import Body
from tenure.api.requests import Message, RequestOut, request_written
from tenure.api.shapes import Day, MoneyOut
from tenure.base.wording import sentence
from tenure.flows.cancellation import (
    NewCancellation,
    ask_cancellation,
    decline_cancellation,
    grant_cancellation,
    resume_cancellation,
    verdict_of,
)
from tenure.orders.errors import ALREADY_CANCELLED, NOT_PAID
from tenure.support.errors import NOT_TO_BE_DECIDED, REQUEST_GRANTED

calls = Calls("Selling")

Account = Annotated[str, Field(min_length=1, max_length=60), AfterValidator(str.strip)]


class CancellationOut(TypedDict):
    """Whether an order can be taken back now, until when, and for how much (R28)."""

    allowed: bool
    code: str
    rule: str | None
    detail: str
    deadline: Day | None
    refund: MoneyOut | None


class CancellationIn(Body):
    """Why, in words that may be missing; ``iban`` is the account for the money of a transfer, if
    it is not the one that paid (R30)."""

    reason: Message | None = None
    iban: Account | None = None


class Word(Body):
    """A word to whoever asked; ``reason`` and ``message`` are the same."""

    message: Message | None = None
    reason: Message | None = None

    @property
    def said(self) -> str:
        """The word, or nothing."""
        return self.message or self.reason or ""


UNSAID: Final = CancellationIn()
NO_WORD: Final = Word()


@calls.get("/orders/{order}/cancellation", CancellationOut, speaks=True)
def get_cancellation_verdict(call: Call) -> Answer:
    """Whether a request sent now takes the order back, before it is sent (R28, R29)."""
    verdict = verdict_of(call.ids["order"], call.now)
    out: CancellationOut = {
        "allowed": verdict.allowed,
        "code": verdict.code.code,
        "rule": verdict.code.rule,
        "detail": sentence(verdict.code, verdict.figures, call.language),
        "deadline": plain(verdict.figures.get("deadline")),
        "refund": plain(verdict.figures.get("refund")),
    }
    return Answer(out, language=call.language)


def _asked_before(call: Call, made: UUID) -> Answer:
    written = resume_cancellation(request=made, now=call.now, by=call.by)
    return request_written(made, written.revision)


def _granted_before(call: Call, made: UUID) -> Answer:
    written = resume_cancellation(request=made, now=call.now, by=call.by)
    return request_written(made, written.revision, status=200)


@calls.post(
    "/orders/{order}/cancellation",
    {201: RequestOut},
    moves_money=True,
    resume=_asked_before,
    refuses=(ALREADY_CANCELLED, NOT_PAID),
)
def cancel_order(call: Call, body: CancellationIn = UNSAID) -> Answer:
    """Ask to cancel an order: eligible, it is granted at once, otherwise staff answer (R29)."""
    new = NewCancellation(
        order=call.ids["order"],
        language=call.language,
        reason=body.reason or "",
        iban=body.iban or "",
    )
    written = ask_cancellation(new=new, now=call.now, by=call.by, asked=call.asked)
    return request_written(written.ids[0], written.revision)


@calls.post(
    "/requests/{case}/grant",
    {200: RequestOut},
    vendor_only=True,
    moves_money=True,
    resume=_granted_before,
    refuses=(ALREADY_CANCELLED, NOT_PAID, NOT_TO_BE_DECIDED),
)
def grant_request(call: Call, body: Word = NO_WORD) -> Answer:
    """Grant a request to cancel: granted twice, it pays once (R30)."""
    written = grant_cancellation(
        request=call.ids["case"],
        message=body.said,
        now=call.now,
        by=call.by,
        asked=call.asked,
    )
    return request_written(written.ids[0], written.revision, status=200)


@calls.post(
    "/requests/{case}/decline",
    {200: RequestOut},
    vendor_only=True,
    refuses=(NOT_TO_BE_DECIDED, REQUEST_GRANTED),
)
def decline_request(call: Call, body: Word = NO_WORD) -> Answer:
    """Decline a request to cancel, with a word; the order stays as it is (R29)."""
    written = decline_cancellation(
        request=call.ids["case"],
        message=body.said,
        now=call.now,
        by=call.by,
        asked=call.asked,
    )
    return request_written(written.ids[0], written.revision, status=200)
