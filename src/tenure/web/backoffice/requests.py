"""Contact and support: what waits, what was said, the answer that goes out by mail (R4, R29)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from tenure.base.calendar import local_date, zone_named
from tenure.base.errors import NotFound
from tenure.base.ids import parse_public_id
from tenure.base.money import Money
from tenure.base.wording import sentence
from tenure.events.asked import Asked
from tenure.flows.cancellation import (
    decline_cancellation,
    grant_cancellation,
    resume_cancellation,
)
from tenure.flows.requests import answer_request, close_request
from tenure.orders.models import OrderStatus
from tenure.organisations.queries import owners_of
from tenure.organisations.rules import StaffAbility
from tenure.subscriptions.queries.taking_back import taking_back
from tenure.support.models import Request
from tenure.support.queries import messages_of, reply_address, requests_with_status
from tenure.support.queries.lists import Listed, newest_first, oldest_first
from tenure.support.queries.requests import (
    first_answers,
    refund_of_request,
    state_of,
    was_sent_without_login,
)
from tenure.support.rules import LONGEST_MESSAGE, RequestKind, RequestOutcome, RequestStatus
from tenure.web.backoffice.lists import pages, place
from tenure.web.edge.doors import ACTION, FORM, staff_page
from tenure.web.edge.forms import Form
from tenure.web.edge.names import Offers
from tenure.web.edge.once import once
from tenure.web.edge.visits import StaffVisit

ANSWERED_LATELY: Final = timedelta(days=90)
"""Of which requests the time to the first answer is told."""


class AnswerForm(Form):
    """What is answered."""

    message = forms.CharField(
        label=_("Your answer"),
        max_length=LONGEST_MESSAGE,
        widget=forms.Textarea(attrs={"rows": 8}),
    )


class WordForm(Form):
    """A word with a decision, which may be left out."""

    message = forms.CharField(
        label=_("A word to whoever asked"),
        required=False,
        max_length=LONGEST_MESSAGE,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


@staff_page(StaffAbility.REQUESTS)
def requests(visit: StaffVisit) -> HttpResponse:
    """What is open, the oldest first; what was answered or closed, the newest first."""
    status = _status(visit.request.GET.get("status", ""))
    found = _listed(status, visit)
    offers = Offers([row.offer_id for row in found.rows if row.offer_id], visit.language)
    rows = [
        (row, offers.name(row.offer_id) if row.offer_id else "", state_of(row), _answered(row))
        for row in found.rows
    ]
    answers = first_answers(visit.now - ANSWERED_LATELY)
    context = {
        "requests": rows,
        "status": status.value,
        "answers": answers,
        "median": lasting(answers.median) if answers.median is not None else "",
        **pages(visit, found, "req"),
    }
    return visit.render("backoffice/requests.html", context)


@staff_page(StaffAbility.REQUESTS, methods=FORM)
def request(visit: StaffVisit, case: str) -> HttpResponse:
    """One request with all that was said, and the form to answer it."""
    row = _request(case)
    whose = row.organisation_id
    owner = owners_of([whose]).get(whose) if whose is not None else None
    form = AnswerForm(visit.request.POST if visit.posted else None)
    if visit.posted and form.is_valid():

        def work(asked: Asked) -> HttpResponse:
            answer_request(
                request=row.id,
                user=visit.user.id,
                message=form.cleaned_data["message"],
                now=_now(row, visit),
                asked=asked,
            )
            visit.tell(gettext("Your answer is on its way by mail."))
            return visit.redirect(visit.request.path)

        with form.refusals():
            return once(visit, work=work, resume=lambda _: visit.redirect(visit.request.path))
    context = {
        "asked": row,
        "offer": Offers([row.offer_id], visit.language).name(row.offer_id) if row.offer_id else "",
        "said": messages_of([row.id])[row.id],
        "to": reply_address(row, owner.email if owner else None),
        "form": form,
        "state": state_of(row),
        "answered": _answered(row),
        **_decision(row, visit),
    }
    return visit.render("backoffice/request.html", context, status=form.status)


@staff_page(StaffAbility.REQUESTS, methods=ACTION)
def close(visit: StaffVisit, case: str) -> HttpResponse:
    """There is nothing left to answer."""
    row = _request(case)
    close_request(request=row.id, now=_now(row, visit), by=visit.by)
    visit.tell(gettext("The request is closed."))
    return visit.redirect(reverse("backoffice_requests"))


@staff_page(StaffAbility.REQUESTS, methods=ACTION)
def grant(visit: StaffVisit, case: str) -> HttpResponse:
    """The order is cancelled and its money goes back, once however often it is asked (R30)."""
    row = _request(case)
    form = WordForm(visit.request.POST)
    now = _now(row, visit)

    def work(asked: Asked) -> HttpResponse:
        message = form.cleaned_data.get("message", "")
        grant_cancellation(
            request=row.id,
            message=message,
            user=visit.user.id,
            now=now,
            by=visit.by,
            asked=asked,
        )
        visit.tell(gettext("Granted: the order is cancelled, and its money goes back."))
        return _to_request(visit, case)

    def resume(request: UUID) -> HttpResponse:
        resume_cancellation(request=request, now=now, by=visit.by)
        return _to_request(visit, case)

    form.is_valid()
    return once(visit, work=work, resume=resume)


@staff_page(StaffAbility.REQUESTS, methods=ACTION)
def decline(visit: StaffVisit, case: str) -> HttpResponse:
    """The order stays as it is; whoever asked is told, with the word."""
    row = _request(case)
    form = WordForm(visit.request.POST)
    form.is_valid()
    decline_cancellation(
        request=row.id,
        message=form.cleaned_data.get("message", ""),
        user=visit.user.id,
        now=_now(row, visit),
        by=visit.by,
    )
    visit.tell(gettext("Declined; whoever asked is told by mail."))
    return _to_request(visit, case)


def _decision(row: Request, visit: StaffVisit) -> dict[str, object]:
    """The verdict on a request to cancel, as when it was sent, and what granting it would do."""
    if row.kind != RequestKind.CANCELLATION or row.order_id is None or row.organisation_id is None:
        return {}
    back = taking_back(row.organisation_id, row.order_id, row.created_at)
    refund = refund_of_request(row)
    return {
        "back": back,
        "verdict_said": sentence(back.verdict.code, back.verdict.figures, visit.language),
        "deadline": back.verdict.figures.get("deadline"),
        "sent_on": local_date(row.created_at, zone_named(back.order.organisation.timezone)),
        "decidable": row.outcome != RequestOutcome.GRANTED
        and back.order.status == OrderStatus.PAID,
        "word_form": WordForm(),
        "unconfirmed": not row.outcome and was_sent_without_login(row),
        "refund": refund,
        "refund_amount": Money(refund.amount, refund.currency) if refund else None,
    }


def _answered(row: Request) -> str:
    """How long whoever asked waited for the first answer; empty before it."""
    if row.first_answered_at is None:
        return ""
    return lasting((row.first_answered_at - row.created_at).total_seconds())


def lasting(seconds: float) -> str:
    """A time in the largest unit that says enough."""
    minutes = round(seconds / 60)
    if minutes < 1:
        return gettext("at once")
    if minutes < 120:
        return ngettext("%(count)d minute", "%(count)d minutes", minutes) % {"count": minutes}
    hours = round(seconds / 3600)
    if hours < 48:
        return ngettext("%(count)d hour", "%(count)d hours", hours) % {"count": hours}
    days = round(seconds / 86400)
    return ngettext("%(count)d day", "%(count)d days", days) % {"count": days}


def _to_request(visit: StaffVisit, case: str) -> HttpResponse:
    return visit.redirect(reverse("backoffice_request", args=[case]))


def _status(word: str) -> RequestStatus:
    return RequestStatus(word) if word in set(RequestStatus) else RequestStatus.OPEN


def _listed(status: RequestStatus, visit: StaffVisit) -> Listed[Request]:
    rows, at = requests_with_status(status), place(visit, "req")
    return oldest_first(rows, at) if status is RequestStatus.OPEN else newest_first(rows, at)


def _request(word: str) -> Request:
    row = requests_with_status().filter(id=parse_public_id("req", word)).first()
    if row is None:
        raise NotFound
    return row


def _now(row: Request, visit: StaffVisit) -> datetime:
    """This instant by the clock of whoever asked (R2)."""
    clock = row.organisation.test_clock if row.organisation else None
    return clock or visit.now
