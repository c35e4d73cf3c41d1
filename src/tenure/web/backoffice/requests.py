"""Contact and support: what waits, what was said, the answer that goes out by mail (R4, R29)."""

from __future__ import annotations

from datetime import datetime

from django import forms
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tenure.base.errors import NotFound
from tenure.base.ids import parse_public_id
from tenure.flows.requests import answer_request, close_request
from tenure.organisations.queries import owners_of
from tenure.organisations.rules import StaffAbility
from tenure.support.models import Request
from tenure.support.queries import messages_of, reply_address, requests_with_status
from tenure.support.queries.lists import Listed, newest_first, oldest_first
from tenure.support.rules import LONGEST_MESSAGE, RequestStatus
from tenure.web.backoffice.lists import pages, place
from tenure.web.edge.doors import ACTION, FORM, staff_page
from tenure.web.edge.forms import Form
from tenure.web.edge.names import Offers
from tenure.web.edge.visits import StaffVisit


class AnswerForm(Form):
    """What is answered."""

    message = forms.CharField(
        label=_("Your answer"),
        max_length=LONGEST_MESSAGE,
        widget=forms.Textarea(attrs={"rows": 8}),
    )


@staff_page(StaffAbility.REQUESTS)
def requests(visit: StaffVisit) -> HttpResponse:
    """What is open, the oldest first; what was answered or closed, the newest first."""
    status = _status(visit.request.GET.get("status", ""))
    found = _listed(status, visit)
    offers = Offers([row.offer_id for row in found.rows if row.offer_id], visit.language)
    rows = [(row, offers.name(row.offer_id) if row.offer_id else "") for row in found.rows]
    context = {"requests": rows, "status": status.value, **pages(visit, found, "req")}
    return visit.render("backoffice/requests.html", context)


@staff_page(StaffAbility.REQUESTS, methods=FORM)
def request(visit: StaffVisit, case: str) -> HttpResponse:
    """One request with all that was said, and the form to answer it."""
    row = _request(case)
    whose = row.organisation_id
    owner = owners_of([whose]).get(whose) if whose is not None else None
    form = AnswerForm(visit.request.POST if visit.posted else None)
    if visit.posted and form.is_valid():
        with form.refusals():
            answer_request(
                request=row.id,
                user=visit.user.id,
                message=form.cleaned_data["message"],
                now=_now(row, visit),
            )
            visit.tell(gettext("Your answer is on its way by mail."))
            return visit.redirect(visit.request.path)
    context = {
        "asked": row,
        "offer": Offers([row.offer_id], visit.language).name(row.offer_id) if row.offer_id else "",
        "said": messages_of([row.id])[row.id],
        "to": reply_address(row, owner.email if owner else None),
        "form": form,
    }
    return visit.render("backoffice/request.html", context, status=form.status)


@staff_page(StaffAbility.REQUESTS, methods=ACTION)
def close(visit: StaffVisit, case: str) -> HttpResponse:
    """There is nothing left to answer."""
    row = _request(case)
    close_request(request=row.id, now=_now(row, visit), by=visit.by)
    visit.tell(gettext("The request is closed."))
    return visit.redirect(reverse("backoffice_requests"))


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
