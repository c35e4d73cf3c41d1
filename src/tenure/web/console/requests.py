"""Support: what the organisation asked the vendor, what was answered, and writing again (R29)."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tenure.base.errors import NotFound
from tenure.base.ids import parse_public_id
from tenure.base.money import Money
from tenure.billing.models import Refund, RefundStatus
from tenure.events.asked import Asked
from tenure.flows.payouts import propose_account
from tenure.flows.requests import follow_up
from tenure.orders.models import OrderStatus
from tenure.organisations.rules import Ability
from tenure.support.models import Request
from tenure.support.queries import messages_of, requests_with_status
from tenure.support.queries.lists import newest_first
from tenure.support.queries.requests import refund_of_request, state_of
from tenure.support.rules import LONGEST_MESSAGE
from tenure.web.edge.doors import FORM, console_page
from tenure.web.edge.forms import Form
from tenure.web.edge.once import once
from tenure.web.edge.paging import pages, place
from tenure.web.edge.visits import Desk

_ABILITIES = (Ability.BILLING, Ability.SUBSCRIPTIONS)


class FollowUpForm(Form):
    """What is added to a request."""

    message = forms.CharField(
        label=_("Write again"),
        max_length=LONGEST_MESSAGE,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class AccountForm(Form):
    """Where money of a transfer is to go back to."""

    iban = forms.CharField(
        label=_("IBAN"),
        max_length=60,
        help_text=_("We look at it before we pay."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )


@dataclass(frozen=True, slots=True)
class Listed:
    """A request in the list, with where it stands."""

    row: Request
    state: str


@console_page(*_ABILITIES)
def requests(desk: Desk) -> HttpResponse:
    """All requests, the newest first."""
    rows = requests_with_status().filter(organisation_id=desk.organisation)
    found = newest_first(rows, place(desk, "req"))
    context = {
        "rows": [Listed(row, state_of(row)) for row in found.rows],
        **pages(desk, found.last, "req"),
    }
    return desk.render("console/requests.html", context)


@console_page(*_ABILITIES, methods=FORM)
def request(desk: Desk, case: str) -> HttpResponse:
    """One request with all that was said; writing again is sent to this page."""
    row = _request(desk, case)
    form = FollowUpForm(desk.request.POST if desk.posted else None)
    if desk.posted and form.is_valid():

        def work(asked: Asked) -> HttpResponse:
            message = form.cleaned_data["message"]
            follow_up(request=row.id, message=message, now=desk.now, by=desk.by, asked=asked)
            desk.tell(gettext("Sent; we answer by mail."))
            return desk.redirect(desk.request.path)

        with form.refusals():
            return once(desk, work=work, resume=lambda _: desk.redirect(desk.request.path))
    return _page(desk, row, form, AccountForm())


@console_page(*_ABILITIES, methods=FORM)
def account(desk: Desk, case: str) -> HttpResponse:
    """To which account the money of a cancelled transfer is to go (R30)."""
    row = _request(desk, case)
    refund = refund_of_request(row)
    if refund is None or not _waits_for_account(refund):
        raise NotFound
    form = AccountForm(desk.request.POST if desk.posted else None)
    if desk.posted and form.is_valid():

        def work(asked: Asked) -> HttpResponse:
            iban = form.cleaned_data["iban"]
            propose_account(refund=refund.id, iban=iban, now=desk.now, by=desk.by, asked=asked)
            desk.tell(gettext("Thank you; we look at the account, and pay."))
            return _to_request(desk, case)

        with form.refusals():
            return once(desk, work=work, resume=lambda _: _to_request(desk, case))
    return _page(desk, row, FollowUpForm(), form)


def _page(desk: Desk, row: Request, form: FollowUpForm, account_form: AccountForm) -> HttpResponse:
    refund = refund_of_request(row)
    context = {
        "asked": row,
        "state": state_of(row),
        "whole": row.order is not None and row.order.status == OrderStatus.CANCELLED,
        "said": messages_of([row.id])[row.id],
        "form": form,
        "refund": refund,
        "amount": Money(refund.amount, refund.currency) if refund else None,
        "account_form": account_form if refund and _waits_for_account(refund) else None,
    }
    status = form.status if form.status != 200 else account_form.status
    return desk.render("console/request.html", context, status=status)


def _waits_for_account(refund: Refund) -> bool:
    """Whether nobody said yet where the money is to go."""
    return refund.status == RefundStatus.AWAITING_IBAN and not refund.iban


def _to_request(desk: Desk, case: str) -> HttpResponse:
    return desk.redirect(f"/console/{desk.organisation_id}/requests/{case}")


def _request(desk: Desk, case: str) -> Request:
    """One of the organisation's own; ``NotFound``."""
    number: UUID = parse_public_id("req", case)
    rows = requests_with_status().filter(id=number, organisation_id=desk.organisation)
    row = rows.first()
    if row is None:
        raise NotFound
    return row
