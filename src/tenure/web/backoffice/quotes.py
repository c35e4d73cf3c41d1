"""Quotes: the list, one of them, making one with prices of its own, and of a contact (R12)."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tenure.base.calendar import Term
from tenure.base.errors import Invalid, NotFound, Refused
from tenure.base.ids import parse_public_id, public_id
from tenure.base.money import Money
from tenure.events.asked import Asked
from tenure.flows.quotes import QuotedLine, drop_draft, quote_by_staff, send_draft
from tenure.orders.models import QuoteStatus
from tenure.organisations.models import Organisation
from tenure.organisations.queries import organisation_row
from tenure.organisations.rules import StaffAbility
from tenure.support.models import Request
from tenure.support.queries import requests_with_status
from tenure.support.queries.quotes import (
    list_price,
    offers_of,
    quote_sheet,
    quotes_by_status,
)
from tenure.web.backoffice.fields import AmountField, instant, reason_field, shown_amount
from tenure.web.backoffice.lists import pages, place
from tenure.web.edge.doors import ACTION, FORM, staff_page
from tenure.web.edge.forms import Form
from tenure.web.edge.names import Offers
from tenure.web.edge.once import once
from tenure.web.edge.states import STATES
from tenure.web.edge.visits import StaffVisit

MOST_LINES: Final = 40
_LINES: Final = 3
TERMS: Final = [
    (Term.YEAR, _("1 year")),
    (Term.QUARTER, _("1 quarter")),
    (Term.MONTH, _("1 month")),
]


class LineForm(Form):
    """One line: what, for how long, how many, at which price of one."""

    offer = forms.CharField(label=_("Offer"), max_length=100, required=False)
    term = forms.ChoiceField(label=_("Term"), choices=TERMS)
    quantity = forms.IntegerField(label=_("Quantity"), min_value=1, max_value=100_000, initial=1)

    def __init__(self, currency: str, *given: Any, first: bool = False, **options: Any) -> None:
        super().__init__(*given, **options)
        self.use_required_attribute = False
        self.fields["offer"].required = first
        self.fields["offer"].widget.attrs.update(list="offers", autocomplete="off")
        self.fields["price"] = AmountField(
            label=_("Price of one, in %(currency)s") % {"currency": currency},
            currency=currency,
            zero=True,
            required=first,
        )

    def clean(self) -> dict[str, Any]:
        """A line with an offer has its price."""
        given = self.cleaned_data
        if given.get("offer") and given.get("price") is None and "price" not in self.errors:
            self.add_error("price", _("Say what one costs."))
        return given


class QuoteForm(Form):
    """What is said with all lines."""

    reason = reason_field(
        _("Why this quote, at these prices"),
        help_text=_("Kept on record; the customer does not see it."),
    )
    purchase_order = forms.CharField(
        label=_("Their purchase order number"), max_length=100, required=False
    )


@staff_page(StaffAbility.SALES)
def quotes(visit: StaffVisit) -> HttpResponse:
    """Quotes of all customers, the newest first, of one state if wanted."""
    wanted = visit.request.GET.get("status", "")
    status = wanted if wanted in QuoteStatus.values else ""
    found = quotes_by_status(status, visit.now, place(visit, "quo"))
    context = {
        "quotes": found.rows,
        "status": status,
        "statuses": [(word, STATES[f"quote_{word}"].word) for word in QuoteStatus.values],
        **pages(visit, found, "quo"),
    }
    return visit.render("backoffice/quotes.html", context)


@staff_page(StaffAbility.SALES)
def quote(visit: StaffVisit, quote: str) -> HttpResponse:
    """One quote with its lines; a draft can be sent from here."""
    row, lines = quote_sheet(parse_public_id("quo", quote), visit.now)
    offers, currency = Offers([line.offer_id for line in lines], visit.language), row.quote.currency
    context = {
        "row": row,
        "quote": row.quote,
        "lines": [
            (
                line,
                offers.name(line.offer_id),
                Money(line.unit_amount, currency),
                Money(line.gross, currency),
            )
            for line in lines
        ],
        "net": Money(row.quote.total_net, currency),
        "tax": Money(row.quote.total_tax, currency),
    }
    return visit.render("backoffice/quote.html", context)


@staff_page(StaffAbility.SALES, methods=ACTION)
def send(visit: StaffVisit, quote: str) -> HttpResponse:
    """A draft goes to the customer; from then on it can be accepted."""
    row, _lines = quote_sheet(parse_public_id("quo", quote), visit.now)
    send_draft(quote=row.quote.id, now=instant(row.quote.organisation, visit), by=visit.by)
    visit.tell(gettext("The quote is on its way by mail."))
    return _to(visit, row.quote.id)


@staff_page(StaffAbility.SALES, methods=ACTION)
def drop(visit: StaffVisit, quote: str) -> HttpResponse:
    """A draft that is not wanted goes; nobody was told of it."""
    row, _lines = quote_sheet(parse_public_id("quo", quote), visit.now)
    drop_draft(quote=row.quote.id, now=instant(row.quote.organisation, visit), by=visit.by)
    visit.tell(gettext("The draft is dropped."))
    return visit.redirect(reverse("backoffice_quotes"))


@staff_page(StaffAbility.SALES, methods=FORM)
def make(visit: StaffVisit, organisation: str) -> HttpResponse:
    """Make a quote for a customer: kept as a draft, or sent at once."""
    customer = organisation_row(parse_public_id("org", organisation))
    request = _request(visit.request.GET.get("request", ""))
    return _QuotePage(visit, customer, request).answer()


@staff_page(StaffAbility.SALES, methods=ACTION)
def of_request(visit: StaffVisit, case: str) -> HttpResponse:
    """A contact becomes a quote: at the list price a draft at once, otherwise the form is next."""
    row = _request(case)
    if row is None:
        raise NotFound
    if row.organisation is None:
        return visit.redirect(reverse("backoffice_quote_whose", args=[case]))
    customer = row.organisation
    form = reverse("backoffice_make_quote", args=[public_id("org", customer.id)])
    price = list_price(row.offer_id, customer, visit.today) if row.offer_id else None
    if row.offer_id is None or price is None:
        return visit.redirect(form, request=case)
    line = QuotedLine(row.offer_id, price[0], row.quantity or 1, price[1])

    def work(asked: Asked) -> HttpResponse:
        written = quote_by_staff(
            organisation=customer.id,
            lines=[line],
            reason=_reason(case),
            send=False,
            now=instant(customer, visit),
            by=visit.by,
            asked=asked,
        )
        visit.tell(gettext("A draft at the list price. Send it, or make another at yours."))
        return _to(visit, written.ids[0])

    return once(visit, work=work, resume=lambda made: _to(visit, made))


class _QuotePage:
    """The form for a quote, with what was typed or what a contact carries along."""

    def __init__(self, visit: StaffVisit, customer: Organisation, request: Request | None) -> None:
        self.visit, self.customer, self.request = visit, customer, request
        posted = visit.request.POST if visit.posted else None
        count = _count(visit.request.POST.get("lines", "")) if visit.posted else _LINES
        self.more = visit.posted and "more" in visit.request.POST
        self.count = min(count + _LINES, MOST_LINES) if self.more else count
        self.form = QuoteForm(posted, initial=self._said())
        self.lines = [
            LineForm(
                customer.currency, posted, first=not n, prefix=str(n), initial=self._asked_for(n)
            )
            for n in range(self.count)
        ]
        if self.more:
            self._keep_what_was_typed(count)

    def answer(self) -> HttpResponse:
        """Show it, or make the quote."""
        valid = [each.is_valid() for each in (self.form, *self.lines)] if self._sent else [False]
        if all(valid):
            try:
                return once(self.visit, work=self._make, resume=lambda made: _to(self.visit, made))
            except NotFound:
                self.lines[0].add_error("offer", gettext("There is no such offer."))
                self.form.status = 422
            except (Refused, Invalid) as error:
                self.form.refuse(error)
        return self._show()

    @property
    def _sent(self) -> bool:
        return self.visit.posted and not self.more

    def _make(self, asked: Asked) -> HttpResponse:
        lines = [
            QuotedLine(given["offer"], Term(given["term"]), given["quantity"], given["price"])
            for given in (each.cleaned_data for each in self.lines)
            if given["offer"]
        ]
        send = "send" in self.visit.request.POST
        written = quote_by_staff(
            organisation=self.customer.id,
            lines=lines,
            reason=self.form.cleaned_data["reason"],
            purchase_order=self.form.cleaned_data["purchase_order"],
            send=send,
            now=instant(self.customer, self.visit),
            by=self.visit.by,
            asked=asked,
        )
        self.visit.tell(
            gettext("The quote is on its way by mail.") if send else gettext("The draft is kept.")
        )
        return _to(self.visit, written.ids[0])

    def _show(self) -> HttpResponse:
        ids = offers_of(self.customer.audience)
        names = Offers(ids, self.visit.language)
        status = max(each.status for each in (self.form, *self.lines))
        context = {
            "customer": self.customer,
            "asked": self.request,
            "form": self.form,
            "lines": self.lines,
            "wrong": {
                f"id_{n}-{field}": f"{gettext('Line')} {n + 1}, {each.fields[field].label} : {text}"
                for n, each in enumerate(self.lines)
                for field, texts in each.errors.items()
                for text in texts[:1]
            }
            if self._sent
            else {},
            "count": self.count,
            "full": self.count >= MOST_LINES,
            "offers": [(each, names.name(each)) for each in ids],
        }
        return self.visit.render("backoffice/make_quote.html", context, status=status)

    def _said(self) -> dict[str, str]:
        return {"reason": _reason(public_id("req", self.request.id))} if self.request else {}

    def _asked_for(self, number: int) -> dict[str, Any]:
        """The first line is what the contact asks for."""
        asked = self.request
        if asked is None or number or not asked.offer_id:
            return {"quantity": 1}
        price = list_price(asked.offer_id, self.customer, self.visit.today)
        told: dict[str, Any] = {"offer": asked.offer_id, "quantity": asked.quantity or 1}
        if price is not None:
            amount = shown_amount(price[1], self.customer.currency)
            told |= {"term": price[0].value, "price": amount}
        return told

    def _keep_what_was_typed(self, count: int) -> None:
        """More lines were asked for: what was typed stays, and nothing is judged yet."""
        typed = self.visit.request.POST
        for form in (self.form, *self.lines[:count]):
            form.initial = {name: typed.get(form.add_prefix(name), "") for name in form.fields}
            form.is_bound = False
        for form in self.lines[count:]:
            form.is_bound = False


def _request(word: str) -> Request | None:
    if not word:
        return None
    row = requests_with_status().filter(id=parse_public_id("req", word)).first()
    if row is None:
        raise NotFound
    return row


def _reason(case: str) -> str:
    return gettext("They asked for it: %(request)s") % {"request": case}


def _count(word: str) -> int:
    return min(int(word), MOST_LINES) if word.isascii() and word.isdecimal() and word else _LINES


def _to(visit: StaffVisit, quote: UUID) -> HttpResponse:
    return visit.redirect(reverse("backoffice_quote", args=[public_id("quo", quote)]))
