"""Money on its way back: accounts to enter, files for the bank, refunds of an order (R30)."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tenure.base.errors import Invalid, NotFound, Refused
from tenure.base.ids import parse_public_id
from tenure.base.money import Money
from tenure.billing.commands.refunds import amounts_given_back
from tenure.billing.models import Payment, PaymentStatus, Refund, RefundStatus
from tenure.billing.queries.statements import payout_files, payouts_to_send, refunds_to_send
from tenure.events.asked import Asked
from tenure.flows.payouts import approve_account, make_payout_file, mark_sent, write_payout_file
from tenure.flows.refunds import refund_order, resume_refund
from tenure.organisations.rules import StaffAbility
from tenure.support.queries.money import all_refunds, refund_of
from tenure.support.queries.orders import OrderSheet, order_sheet
from tenure.web.backoffice.fields import AmountField, instant, reason_field
from tenure.web.backoffice.lists import pages, place
from tenure.web.edge.doors import ACTION, FORM, staff_page
from tenure.web.edge.forms import Form
from tenure.web.edge.once import once
from tenure.web.edge.visits import StaffVisit


class AccountForm(Form):
    """To which account a refund goes."""

    iban = forms.CharField(
        label=_("IBAN"),
        max_length=60,
        help_text=_("As the customer gave it; compare it with what they signed."),
    )


class RefundForm(Form):
    """How much goes back, and why."""

    def __init__(self, currency: str, *given: object) -> None:
        super().__init__(*given)  # type: ignore[arg-type]  # what a form takes
        self.fields["amount"] = AmountField(
            label=_("How much, in %(currency)s") % {"currency": currency},
            currency=currency,
            required=False,
            help_text=_("Empty: all that is left."),
        )
        self.fields["reason"] = reason_field(_("Why"))


@staff_page(StaffAbility.PAYMENTS)
def refunds(visit: StaffVisit) -> HttpResponse:
    """What waits for an account or a file, and the files for the bank."""
    waiting = refunds_to_send()
    context = {
        "accounts": [_row(each) for each in waiting if each.status == RefundStatus.AWAITING_IBAN],
        "leaving": [_row(each) for each in waiting if each.status == RefundStatus.TO_SEND],
        "payouts": [(each, Money(each.amount, each.currency)) for each in payouts_to_send()],
        "files": [(each, Money(each.total, each.currency)) for each in payout_files()],
    }
    return visit.render("backoffice/refunds.html", context)


@staff_page(StaffAbility.PAYMENTS)
def all_of_them(visit: StaffVisit) -> HttpResponse:
    """Every refund, the newest first."""
    found = all_refunds(place(visit, "ref"))
    context = {"refunds": [_row(each) for each in found.rows], **pages(visit, found, "ref")}
    return visit.render("backoffice/all_refunds.html", context)


@staff_page(StaffAbility.PAYMENTS, methods=FORM)
def account(visit: StaffVisit, refund: str) -> HttpResponse:
    """Say to which account a refund goes; from then on it leaves with the next file."""
    row = refund_of(parse_public_id("ref", refund))
    form = AccountForm(visit.request.POST if visit.posted else None)

    def work(asked: Asked) -> HttpResponse:
        iban = form.cleaned_data["iban"]
        now = instant(row.organisation, visit)
        approve_account(refund=row.id, iban=iban, now=now, by=visit.by, asked=asked)
        visit.tell(gettext("Approved; it leaves with the next file for the bank."))
        return _to_list(visit)

    if visit.posted and form.is_valid():
        try:
            return once(visit, work=work, resume=lambda _: _to_list(visit))
        except (Refused, Invalid) as error:
            form.refuse(error)
    context = {"refund": row, "amount": Money(row.amount, row.currency), "form": form}
    return visit.render("backoffice/refund_account.html", context, status=form.status)


@staff_page(StaffAbility.PAYMENTS, methods=ACTION)
def make_file(visit: StaffVisit) -> HttpResponse:
    """All refunds in euros that wait go into one file for the bank."""

    def work(asked: Asked) -> HttpResponse:
        make_payout_file(now=visit.now, by=visit.by, asked=asked)
        visit.tell(gettext("The file is made: download it, give it to the bank, mark it as sent."))
        return _to_list(visit)

    def resume(file: UUID) -> HttpResponse:
        write_payout_file(file=file, now=visit.now, by=visit.by)
        return _to_list(visit)

    return once(visit, work=work, resume=resume)


@staff_page(StaffAbility.PAYMENTS)
def file(visit: StaffVisit, file: str) -> HttpResponse:
    """The file as the bank takes it (pain.001)."""
    content = write_payout_file(file=parse_public_id("pof", file), now=visit.now, by=visit.by)
    named = f'attachment; filename="{file}.xml"'
    return HttpResponse(
        content, content_type="application/xml", headers={"Content-Disposition": named}
    )


@staff_page(StaffAbility.PAYMENTS, methods=ACTION)
def sent(visit: StaffVisit, file: str) -> HttpResponse:
    """The file was given to the bank."""

    def work(asked: Asked) -> HttpResponse:
        mark_sent(file=parse_public_id("pof", file), now=visit.now, by=visit.by, asked=asked)
        visit.tell(gettext("Marked as sent; a later statement confirms each of its transfers."))
        return _to_list(visit)

    return once(visit, work=work, resume=lambda _: _to_list(visit))


@staff_page(StaffAbility.PAYMENTS, methods=FORM)
def refund(visit: StaffVisit, order: str) -> HttpResponse:
    """Give back some of what was paid for an order, after a page that says what that means."""
    sheet = order_sheet(parse_public_id("ord", order))
    payment, left = _left(sheet)
    form = RefundForm(sheet.row.order.currency, visit.request.POST if visit.posted else None)

    def work(asked: Asked) -> HttpResponse:
        minor = form.cleaned_data["amount"]
        refund_order(
            order=sheet.row.order.id,
            amount=Money(minor, sheet.row.order.currency) if minor else None,
            reason=form.cleaned_data["reason"],
            now=instant(sheet.row.order.organisation, visit),
            by=visit.by,
            asked=asked,
        )
        visit.tell(gettext("The refund is on its way."))
        return _to_order(visit, order)

    def resume(made: UUID) -> HttpResponse:
        resume_refund(refund=made, now=instant(sheet.row.order.organisation, visit), by=visit.by)
        return _to_order(visit, order)

    if visit.posted and form.is_valid():
        try:
            return once(visit, work=work, resume=resume)
        except (Refused, Invalid) as error:
            form.refuse(error)
    context = {
        "order": sheet.row.order,
        "left": left,
        "form": form,
        "consequences": _consequences(payment),
    }
    return visit.render("backoffice/refund.html", context, status=form.status)


def _left(sheet: OrderSheet) -> tuple[Payment, Money]:
    """The payment of an order and what is left of it; ``NotFound`` where nothing was paid."""
    paid = [each for each in sheet.row.payments if each.status == PaymentStatus.CAPTURED]
    if not paid:
        raise NotFound
    back = sum(amounts_given_back([paid[0].id])[paid[0].id])
    return paid[0], Money(paid[0].amount - back, paid[0].currency)


def _consequences(payment: Payment) -> list[str]:
    if payment.method == "card":
        way = gettext("The money goes back to the card that paid; banks take some days for it.")
    else:
        way = gettext(
            "The money goes back to the account that paid, with the next file for the bank; where "
            "that account is not known, it is asked for first."
        )
    return [
        way,
        gettext("What was not credited yet is: the customer gets a credit note."),
        gettext("The order and its subscriptions stay as they are; nobody loses a seat by this."),
        gettext("It cannot be taken back."),
    ]


def _row(refund: Refund) -> tuple[Refund, Money]:
    return refund, Money(refund.amount, refund.currency)


def _to_list(visit: StaffVisit) -> HttpResponse:
    return visit.redirect(reverse("backoffice_refunds"))


def _to_order(visit: StaffVisit, order: str) -> HttpResponse:
    return visit.redirect(reverse("backoffice_order", args=[order]))
