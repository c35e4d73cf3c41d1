"""Money that statements leave open: for which orders it is, back to its sender, or not ours (R15).

What was done is on record with who did it, and can be undone while nothing followed from it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tenure.base.errors import NotFound, TenureError
from tenure.base.ids import parse_public_id, public_id
from tenure.billing.models import NotACustomers
from tenure.events.asked import Asked
from tenure.flows.bank_queue import assign_line, give_back, mark_not_ours, undo_line
from tenure.organisations.rules import StaffAbility
from tenure.support.queries.money import (
    line_with_deeds,
    open_lines,
    orders_referred_to,
    settled_lines,
)
from tenure.web.backoffice.fields import reason_field
from tenure.web.backoffice.lists import pages, place
from tenure.web.edge.doors import ACTION, FORM, READ, staff_page
from tenure.web.edge.forms import Form
from tenure.web.edge.once import once
from tenure.web.edge.visits import StaffVisit


class AssignForm(Form):
    """For which orders the money is."""

    orders = forms.CharField(
        label=_("Orders"),
        max_length=2000,
        help_text=_(
            "Transfer references or identifiers (ord_…) of one customer, in the order in which "
            "they are to be paid, with commas between them."
        ),
    )

    def clean_orders(self) -> list[UUID]:
        """The orders, in the order given."""
        words = ["".join(each.split()) for each in re.split(r"[,;\n]", self.cleaned_data["orders"])]
        named = [each for each in words if each]
        found = orders_referred_to([each.upper() for each in named])
        try:
            return [
                found.get(each.upper()) or parse_public_id("ord", each.lower()) for each in named
            ]
        except NotFound:
            raise forms.ValidationError(_("One of these is no order.")) from None


class GiveBackForm(Form):
    """To which account the money goes back, and why."""

    note = reason_field(_("Why it goes back"))
    iban = forms.CharField(
        label=_("Another IBAN"),
        max_length=60,
        required=False,
        help_text=_("Empty: to the account that sent it."),
    )
    name = forms.CharField(label=_("Holder of that account"), max_length=140, required=False)


class NotOursForm(Form):
    """Why the money is no customer's."""

    kind = forms.ChoiceField(
        label=_("Booked as"),
        choices=[
            (NotACustomers.OTHER, _("Something else, to be explained by the accountant")),
            (NotACustomers.FEE, _("Fee of the bank or the gateway")),
            (NotACustomers.PAYOUT, _("Payout of cards by the gateway")),
        ],
        initial=NotACustomers.OTHER,
        required=False,
    )
    note = reason_field(
        _("What it is"),
        help_text=_("For example: interest, a fee of the bank, what a card gateway paid out."),
    )


@staff_page(StaffAbility.PAYMENTS)
def unmatched(visit: StaffVisit) -> HttpResponse:
    """What is open, the oldest first; or what staff settled, the newest first."""
    settled = visit.request.GET.get("state") == "settled"
    at = place(visit, "bnl")
    found = settled_lines(at) if settled else open_lines(at)
    context = {"lines": found.rows, "settled": settled, **pages(visit, found, "bnl")}
    return visit.render("backoffice/unmatched.html", context)


@staff_page(StaffAbility.PAYMENTS, methods=READ)
def line(visit: StaffVisit, line: str) -> HttpResponse:
    """One line, what it may be for, what was done with it."""
    return _line_page(visit, line)


@staff_page(StaffAbility.PAYMENTS, methods=FORM)
def assign(visit: StaffVisit, line: str) -> HttpResponse:
    """Its money is for these orders."""
    form = AssignForm(visit.request.POST if visit.posted else None)

    def work(asked: Asked) -> HttpResponse:
        orders = form.cleaned_data["orders"]
        assign_line(line=_id(line), orders=orders, now=visit.now, by=visit.by, asked=asked)
        visit.tell(gettext("The money is given to its order."))
        return _done(visit, line)

    return _settle(visit, line, "assign", form, work)


@staff_page(StaffAbility.PAYMENTS, methods=FORM)
def back(visit: StaffVisit, line: str) -> HttpResponse:
    """Its money goes back with the next file for the bank."""
    form = GiveBackForm(visit.request.POST if visit.posted else None)

    def work(asked: Asked) -> HttpResponse:
        given = form.cleaned_data
        give_back(
            line=_id(line),
            note=given["note"],
            iban=given["iban"],
            name=given["name"],
            now=visit.now,
            by=visit.by,
            asked=asked,
        )
        visit.tell(gettext("It goes back with the next file for the bank."))
        return _done(visit, line)

    return _settle(visit, line, "back", form, work)


@staff_page(StaffAbility.PAYMENTS, methods=FORM)
def not_ours(visit: StaffVisit, line: str) -> HttpResponse:
    """It is no customer's money."""
    form = NotOursForm(visit.request.POST if visit.posted else None)

    def work(asked: Asked) -> HttpResponse:
        mark_not_ours(
            line=_id(line),
            note=form.cleaned_data["note"],
            kind=NotACustomers(form.cleaned_data["kind"] or NotACustomers.OTHER),
            now=visit.now,
            by=visit.by,
            asked=asked,
        )
        visit.tell(gettext("It is marked as no customer's money."))
        return _done(visit, line)

    return _settle(visit, line, "not_ours", form, work)


@staff_page(StaffAbility.PAYMENTS, methods=ACTION)
def undo(visit: StaffVisit, line: str) -> HttpResponse:
    """What was done with it is taken back, as far as nothing followed."""

    def work(asked: Asked) -> HttpResponse:
        undo_line(line=_id(line), now=visit.now, by=visit.by, asked=asked)
        visit.tell(gettext("Taken back: the money is open again."))
        return _done(visit, line)

    return once(visit, work=work, resume=lambda _: _done(visit, line))


def _settle(
    visit: StaffVisit, line: str, name: str, form: Form, work: Callable[[Asked], HttpResponse]
) -> HttpResponse:
    """Do it once, or show the page of the line with what is wrong; a link leads there as well."""
    if visit.posted and form.is_valid():
        try:
            return once(visit, work=work, resume=lambda _: _done(visit, line))
        except NotFound:
            raise
        except TenureError as error:
            form.refuse(error, {"line": "note"})
    return _line_page(visit, line, {name: form}, said=form)


def _line_page(
    visit: StaffVisit, line: str, forms: dict[str, Form] | None = None, said: Form | None = None
) -> HttpResponse:
    shown, deeds = line_with_deeds(_id(line))
    given = {
        "assign": AssignForm(),
        "back": GiveBackForm(initial={"note": gettext("No order waits for this money.")}),
        "not_ours": NotOursForm(),
    } | (forms or {})
    context = {
        "open": shown,
        "line": shown.line,
        "deeds": deeds,
        "undoable": any(each.undoable for each in deeds),
        "forms": given,
        "said": said,
    }
    return visit.render("backoffice/line.html", context, status=said.status if said else 200)


def _done(visit: StaffVisit, line: str) -> HttpResponse:
    return visit.redirect(reverse("backoffice_line", args=[public_id("bnl", _id(line))]))


def _id(line: str) -> UUID:
    return parse_public_id("bnl", line)
