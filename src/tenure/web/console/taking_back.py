"""Asking to cancel an order: the verdict first, what will happen, then the form (R28 to R30)."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from tenure.base.errors import Invalid, NotFound, Refused
from tenure.base.ids import parse_public_id, public_id
from tenure.events.asked import Asked
from tenure.flows.cancellation import NewCancellation, ask_cancellation, resume_cancellation
from tenure.flows.terminating import terminate
from tenure.orders.models import OrderKind
from tenure.organisations.rules import Ability
from tenure.subscriptions.models import Subscription
from tenure.subscriptions.queries.taking_back import TakingBack, taking_back
from tenure.subscriptions.queries.terminating import Renewed, termination_of
from tenure.support.queries.requests import waiting_cancellation
from tenure.support.rules import LONGEST_MESSAGE
from tenure.web.console.choices import said
from tenure.web.console.orders import withdrawing_path
from tenure.web.edge.doors import FORM, console_page
from tenure.web.edge.forms import Form
from tenure.web.edge.names import Offers, named
from tenure.web.edge.once import once
from tenure.web.edge.templatetags.amounts import money
from tenure.web.edge.templatetags.days import day
from tenure.web.edge.visits import Desk


class CancelForm(Form):
    """Why, which may be left out; and where the money is to go, if it came by transfer."""

    reason = forms.CharField(
        label=_("Why? It helps us to do better"),
        required=False,
        max_length=LONGEST_MESSAGE,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    iban = forms.CharField(
        label=_("Pay back to this account (IBAN)"),
        required=False,
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    def __init__(self, back: TakingBack, *given: object) -> None:
        super().__init__(*given)  # type: ignore[arg-type]  # what a form takes
        if not back.by_transfer:
            del self.fields["iban"]
            return
        self.fields["iban"].help_text = (
            gettext(
                "Left empty, it goes back to the account that paid, …%(account)s. We look at "
                "another one first."
            )
            % {"account": back.account}
            if back.account
            else gettext("We do not know which account paid: say where it is to go, and we look.")
        )


@console_page(Ability.BILLING, methods=FORM)
def cancel(desk: Desk, order: str) -> HttpResponse:
    """The form, with the verdict above it; sent, the request's own page."""
    back = taking_back(desk.organisation, parse_public_id("ord", order), desk.now)
    form = CancelForm(back, desk.request.POST if desk.posted else None)
    waits = None if back.granted_at_once else waiting_cancellation(back.order.id)
    if waits is not None and desk.posted:
        return _to_request(desk, waits.id)

    def work(asked: Asked) -> HttpResponse:
        new = NewCancellation(
            order=back.order.id,
            language=desk.language,
            reason=form.cleaned_data["reason"],
            iban=form.cleaned_data.get("iban", ""),
            email=desk.user.email if not desk.acting else "",
            name=desk.user.name if not desk.acting else "",
        )
        written = ask_cancellation(new=new, now=desk.now, by=desk.by, asked=asked)
        desk.tell(
            gettext("The order is cancelled.")
            if back.granted_at_once
            else gettext("Your request is sent; we answer by mail.")
        )
        return _to_request(desk, written.ids[0])

    def resume(request: UUID) -> HttpResponse:
        resume_cancellation(request=request, now=desk.now, by=desk.by)
        return _to_request(desk, request)

    if desk.posted and form.is_valid():
        try:
            return once(desk, work=work, resume=resume)
        except (Refused, Invalid) as error:
            form.refuse(error)
    offers = Offers({line.offer_id for line in (*back.ending, *back.staying)}, desk.language)
    context = {
        "back": back,
        "form": form,
        "page": reverse("console_order", args=[desk.organisation_id, order]),
        "said": said(back.verdict, desk.language),
        "deadline": back.verdict.figures.get("deadline"),
        "asked": waits,
        "open_to_all": back.order.paid_on is not None and back.order.status != "cancelled",
        "withdraw": withdrawing_path(back.order),
        "consequences": list(_consequences(back, offers)),
    }
    return desk.render("console/taking_back.html", context, status=form.status)


@console_page(Ability.BILLING, methods=FORM)
def terminate_now(desk: Desk, subscription: str) -> HttpResponse:
    """End a renewed contract for want of its notice, once it was said what that means (R33)."""
    id_ = parse_public_id("sub", subscription)
    row = Subscription.objects.filter(id=id_, organisation_id=desk.organisation).first()
    found = terminable(desk, row) if row is not None else None
    if row is None or found is None:
        raise NotFound

    def work(asked: Asked) -> HttpResponse:
        written = terminate(
            subscription=row.id,
            language=desk.language,
            email=desk.user.email if not desk.acting else "",
            name=desk.user.name if not desk.acting else "",
            now=desk.now,
            by=desk.by,
            asked=asked,
        )
        desk.tell(gettext("The contract has ended."))
        return _to_request(desk, written.ids[0])

    def resume(request: UUID) -> HttpResponse:
        resume_cancellation(request=request, now=desk.now, by=desk.by)
        return _to_request(desk, request)

    if desk.posted and found.verdict:
        return once(desk, work=work, resume=resume)
    context = {
        "verdict": found.verdict,
        "said": said(found.verdict, desk.language),
        "name": Offers([row.offer_id], desk.language).name(row.offer_id),
        "page": reverse("console_subscription", args=[desk.organisation_id, subscription]),
    }
    return desk.render("console/terminate.html", context)


def terminable(desk: Desk, row: Subscription) -> Renewed | None:
    """Whether what runs by a renewal can be ended now (R33); None where none does."""
    place = desk.place
    return termination_of(row, audience=place.audience, country=place.country, at=desk.now)


def _to_request(desk: Desk, request: UUID) -> HttpResponse:
    number = public_id("req", request)
    return desk.redirect(reverse("console_request", args=[desk.organisation_id, number]))


def _consequences(back: TakingBack, offers: Offers) -> Iterator[str]:
    """What happens when it is granted, in the order in which it matters."""
    ending = named([offers.name(line.offer_id) for line in back.ending])
    if not back.granted_at_once:
        yield gettext("We look at your request first; what counts is when you send it.")
    if back.order.kind == OrderKind.SEATS:
        yield from _seats_go(back, ending)
        return
    yield gettext("%(offers)s ends at once: nobody can work with it any more.") % {"offers": ending}
    yield gettext("Seats that were added to it later end with it.")
    if back.staying:
        staying = named([offers.name(line.offer_id) for line in back.staying])
        yield gettext("%(offers)s goes on: its own term leaves it out.") % {"offers": staying}
    if back.refund.amount:
        yield _money(back)
    yield gettext("Your data can be read and exported until %(day)s.") % {
        "day": day(back.data_until)
    }


def _seats_go(back: TakingBack, offer: str) -> Iterator[str]:
    """Of an order for more seats those alone go (R27)."""
    seats = back.ending[0].quantity
    yield ngettext(
        "%(count)d seat of %(offer)s goes, a free one if there is one; else of whoever has not "
        "used theirs for the longest.",
        "%(count)d seats of %(offer)s go, free ones first; then of those who have not used theirs "
        "for the longest.",
        seats,
    ) % {"count": seats, "offer": offer}
    yield gettext("The rest of the subscription goes on.")
    if back.refund.amount:
        yield _money(back)


def _money(back: TakingBack) -> str:
    said = {"amount": money(back.refund), "account": back.account}
    if not back.by_transfer:
        return gettext("%(amount)s go back to the card that paid, in five to ten days.") % said
    if back.account:
        return gettext("%(amount)s go back by transfer to the account that paid, …%(account)s.") % (
            said
        )
    return gettext("%(amount)s go back by transfer, as soon as we know to which account.") % said
