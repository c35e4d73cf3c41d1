"""Ending a contract without logging in: three clicks, acknowledged by mail (R33).

The first leads here from the foot of every page, the second shows what is going to be sent, the
third sends it, once however often it is clicked. Nothing is told of whether somebody is a
customer: who sends it learns by mail. Stopping the renewal works at once, since it can be taken
back. Withdrawing pays back and ends access, so that it is confirmed by the link in the mail; what
counts is when it was sent.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from allauth.core import ratelimit
from django import forms
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tenure.base.errors import NotFound, Refused
from tenure.base.ids import parse_public_id, public_id
from tenure.base.wording import sentence
from tenure.events.asked import Asked
from tenure.flows.cancellation import (
    NewCancellation,
    ask_cancellation,
    confirm_cancellation,
    confirmable_for,
)
from tenure.flows.renewal_choice import choose_renewal
from tenure.flows.requests import close_request, make_request
from tenure.orders.queries.policy import policy_in_force
from tenure.subscriptions.models import Subscription
from tenure.subscriptions.queries.taking_back import taking_back
from tenure.support.commands import NewRequest
from tenure.support.models import Request
from tenure.support.queries.contracts import Contract, contract_named
from tenure.support.queries.requests import request_of_token, state_of
from tenure.support.rules import RequestKind
from tenure.web.edge.doors import FORM, public_page
from tenure.web.edge.forms import EmailField, Form
from tenure.web.edge.once import once
from tenure.web.edge.refusals import too_many
from tenure.web.edge.templatetags.days import moment
from tenure.web.edge.visits import Visit

RENEWAL: Final = "renewal"
WITHDRAWAL: Final = "withdrawal"
BY: Final = "visitor"


class EndingForm(Form):
    """Who ends which contract, and how."""

    what = forms.ChoiceField(
        label=_("What do you want?"),
        choices=[
            (RENEWAL, _("End the contract: it is not renewed any more")),
            (WITHDRAWAL, _("Withdraw from the contract, and be paid back")),
        ],
        initial=RENEWAL,
    )
    name = forms.CharField(label=_("Your name"), max_length=200)
    email = EmailField(label=_("Your e-mail address"), max_length=254)
    number = forms.CharField(
        label=_("Number of the order or of the invoice"),
        max_length=60,
        help_text=_("It stands in the mail about your order, and on your invoice."),
    )


@public_page(FORM, indexed=False)
def end(visit: Visit) -> HttpResponse:
    """The form; then what will be sent; then that it was."""
    _refuse_without_rights()
    if not visit.posted:
        chosen = {"what": visit.request.GET.get("what", RENEWAL)}
        return _page(visit, EndingForm(None, initial=chosen))
    form = EndingForm(visit.request.POST)
    if not form.is_valid() or "change" in visit.request.POST:
        return _page(visit, form)
    if "send" not in visit.request.POST:
        return _page(visit, form, recap=True)
    if not ratelimit.consume(visit.request, action="contact"):
        return too_many(visit.request)
    said = form.cleaned_data
    return once(
        visit,
        work=lambda asked: _sent(visit, _send(visit, said, asked)),
        resume=lambda made: _sent(visit, made),
    )


@public_page(indexed=False)
def sent(visit: Visit, number: str) -> HttpResponse:
    """That it was sent, and when; the number is as hard to guess as a link of a mail."""
    row = Request.objects.filter(id=parse_public_id("req", number)).first()
    if row is None:
        raise NotFound
    return visit.render("store/ending_sent.html", {"sent_at": row.created_at, "number": number})


@public_page(FORM, indexed=False)
def confirm(visit: Visit, token: str) -> HttpResponse:
    """The link of the mail: a withdrawal that was sent here is confirmed, and granted."""
    row = request_of_token(token)
    whose, order = row.organisation_id, row.order_id
    if whose is None or order is None:
        raise NotFound
    if visit.posted:
        confirm_cancellation(request=row.id, now=_now(row, visit), by=BY)
        row = Request.objects.get(id=row.id)
    back = taking_back(whose, order, row.created_at)
    works_for = confirmable_for(back.order)
    context = {
        "state": state_of(row),
        "back": back,
        "days": works_for.days,
        "late": _now(row, visit) > row.created_at + works_for,
        "verdict_said": sentence(back.verdict.code, back.verdict.figures, visit.language),
        "order": public_id("ord", order),
        "sent_at": row.created_at,
        "zone": back.order.organisation.timezone,
    }
    return visit.render("store/ending_confirm.html", context)


def _refuse_without_rights() -> None:
    """There is no such page where the policy does not know these rights."""
    rights = policy_in_force()[1].statutory_eu
    if not (rights.enabled and rights.termination_without_login):
        raise NotFound


def _page(visit: Visit, form: EndingForm, *, recap: bool = False) -> HttpResponse:
    what = dict(form.fields["what"].choices)  # type: ignore[attr-defined]  # a choice, as above
    chosen = str(what.get(str(form["what"].value()), ""))
    context = {"form": form, "recap": recap, "chosen": chosen}
    return visit.render("store/ending.html", context, status=form.status)


def _sent(visit: Visit, request: UUID) -> HttpResponse:
    return visit.redirect(reverse("contract_end_sent", args=[public_id("req", request)]))


def _send(visit: Visit, said: Mapping[str, Any], asked: Asked) -> UUID:
    """The request that stands for it."""
    contract = contract_named(said["email"], said["number"])
    if contract is not None and said["what"] == WITHDRAWAL:
        return _withdraw(visit, said, contract, asked)
    if contract is not None:
        _stop(contract, _at(contract, visit))
    return _keep(visit, said, contract, asked)


def _withdraw(visit: Visit, said: Mapping[str, Any], contract: Contract, asked: Asked) -> UUID:
    """Asked now, granted once the link in the mail was followed (R28: sending it counts)."""
    new = NewCancellation(
        order=contract.order.id,
        language=visit.language,
        reason=_words(said, _at(contract, visit)),
        email=contract.member.email,
        name=said["name"],
        confirmed=False,
    )
    try:
        made = ask_cancellation(new=new, now=_at(contract, visit), by=BY, asked=asked)
    except Refused:
        return _keep(visit, said, contract, asked)
    return made.ids[0]


def _stop(contract: Contract, now: datetime) -> None:
    """What the order began is not renewed any more; after the deadline from the next period on."""
    begun = Subscription.objects.filter(
        order_line__order=contract.order, cancelled_at__isnull=True, auto_renew=True
    )
    for subscription in begun.order_by("id").values_list("id", flat=True):
        for from_next_period in (False, True):
            try:
                choose_renewal(
                    subscription=subscription,
                    auto_renew=False,
                    from_next_period=from_next_period,
                    now=now,
                    by=BY,
                )
                break
            except Refused:
                continue


def _keep(visit: Visit, said: Mapping[str, Any], contract: Contract | None, asked: Asked) -> UUID:
    """On record, and acknowledged by mail; staff look where no contract was found."""
    order = contract.order if contract else None
    now = _at(contract, visit) if contract else visit.now
    new = NewRequest(
        kind=RequestKind.OTHER,
        message=_words(said, now),
        language=visit.language,
        organisation=order.organisation_id if order else None,
        email=contract.member.email if contract else said["email"],
        name=said["name"],
        order=order.id if order else None,
    )
    made = make_request(new=new, now=now, by=BY, asked=asked)
    if contract is not None and said["what"] == RENEWAL:
        close_request(request=made.ids[0], now=now, by=BY)
    return made.ids[0]


def _words(said: Mapping[str, Any], at: datetime) -> str:
    """What was sent, in the words in which it is acknowledged."""
    about = {"name": said["name"], "number": said["number"], "at": f"{moment(at)} (UTC)"}
    if said["what"] == WITHDRAWAL:
        return gettext("%(name)s withdraws from the contract %(number)s. Sent on %(at)s.") % about
    return gettext("%(name)s ends the contract %(number)s. Sent on %(at)s.") % about


def _at(contract: Contract, visit: Visit) -> datetime:
    """By the clock of the organisation whose contract it is (R2)."""
    return contract.order.organisation.test_clock or visit.now


def _now(row: Request, visit: Visit) -> datetime:
    clock = row.organisation.test_clock if row.organisation else None
    return clock or visit.now
