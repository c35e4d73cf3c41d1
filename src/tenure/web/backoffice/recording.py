"""What a customer bought elsewhere: recorded, and extended (R35)."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tenure.base.calendar import Term, local_date, zone_named
from tenure.base.errors import Invalid, NotFound, Refused
from tenure.base.ids import parse_public_id, public_id
from tenure.events.asked import Asked
from tenure.flows.external import extend_external, record_external
from tenure.organisations.queries import organisation_row
from tenure.organisations.rules import StaffAbility
from tenure.subscriptions.commands.recording import Recorded
from tenure.subscriptions.models import Source, Subscription
from tenure.support.queries.quotes import offers_of
from tenure.web.backoffice.fields import instant
from tenure.web.backoffice.quotes import TERMS
from tenure.web.edge.doors import FORM, staff_page
from tenure.web.edge.forms import DateField, Form
from tenure.web.edge.names import Offers
from tenure.web.edge.once import once
from tenure.web.edge.visits import StaffVisit


class RecordForm(Form):
    """What was bought, from when and for how long."""

    offer = forms.CharField(
        label=_("Offer"),
        max_length=100,
        widget=forms.TextInput(attrs={"list": "offers", "autocomplete": "off"}),
    )
    quantity = forms.IntegerField(label=_("Seats"), min_value=1, max_value=100_000)
    term = forms.ChoiceField(label=_("Term"), choices=TERMS)
    starts_on = DateField(label=_("From"))
    periods = forms.IntegerField(
        label=_("Periods"),
        min_value=1,
        max_value=40,
        help_text=_("So many terms, one after another."),
    )
    reference = forms.CharField(
        label=_("Reference"),
        max_length=100,
        required=False,
        help_text=_("Of the contract, the order or the invoice elsewhere."),
    )


@staff_page(StaffAbility.SALES, methods=FORM)
def record(visit: StaffVisit, organisation: str) -> HttpResponse:
    """Record a subscription that was bought elsewhere; its seats can be assigned at once."""
    customer = organisation_row(parse_public_id("org", organisation))
    now = instant(customer, visit)
    today = local_date(now, zone_named(customer.timezone))
    form = RecordForm(
        visit.request.POST if visit.posted else None,
        initial={"starts_on": today, "periods": 1, "quantity": 1},
    )

    def work(asked: Asked) -> HttpResponse:
        given = form.cleaned_data
        recorded = Recorded(
            offer=given["offer"],
            term=Term(given["term"]),
            quantity=given["quantity"],
            starts_on=given["starts_on"],
            periods=given["periods"],
            reference=given["reference"],
        )
        record_external(
            organisation=customer.id, recorded=recorded, now=now, by=visit.by, asked=asked
        )
        visit.tell(gettext("Recorded. Its seats can be assigned now; it is never charged here."))
        return _to(visit, customer.id)

    if visit.posted and form.is_valid():
        try:
            return once(visit, work=work, resume=lambda _: _to(visit, customer.id))
        except NotFound:
            form.add_error("offer", gettext("There is no such offer."))
            form.status = 422
        except (Refused, Invalid) as error:
            form.refuse(error)
    ids = offers_of(customer.audience)
    names = Offers(ids, visit.language)
    context = {
        "customer": customer,
        "form": form,
        "offers": [(id_, names.name(id_)) for id_ in ids],
    }
    return visit.render("backoffice/record.html", context, status=form.status)


@staff_page(StaffAbility.SALES, methods=FORM)
def extend(visit: StaffVisit, subscription: str) -> HttpResponse:
    """One more period of what was bought elsewhere, after a page that says so."""
    row = _recorded(subscription)
    form = Form(visit.request.POST if visit.posted else None)
    if visit.posted:
        with form.refusals():
            extend_external(subscription=row.id, now=instant(row.organisation, visit), by=visit.by)
            visit.tell(gettext("Extended by one period."))
            return _to(visit, row.organisation_id)
    last = row.periods.order_by("-number")[:1].get()
    consequences = [
        gettext("One more period follows the last one, for the same seats."),
        gettext("Nothing is charged and no invoice is issued: it was bought elsewhere."),
        gettext("It cannot be taken back here."),
    ]
    context = {
        "subscription": row,
        "name": Offers([row.offer_id], visit.language).name(row.offer_id),
        "last": last,
        "form": form,
        "consequences": consequences,
    }
    return visit.render("backoffice/extend.html", context, status=form.status)


def _recorded(word: str) -> Subscription:
    """A subscription from elsewhere; ``NotFound`` for any other."""
    rows = Subscription.objects.select_related("organisation").filter(source=Source.EXTERNAL)
    row = rows.filter(id=parse_public_id("sub", word)).first()
    if row is None:
        raise NotFound
    return row


def _to(visit: StaffVisit, organisation: UUID) -> HttpResponse:
    """The customer's page; for who looks after no customers, the quotes."""
    if visit.may(StaffAbility.CUSTOMERS):
        return visit.redirect(reverse("backoffice_customer", args=[public_id("org", organisation)]))
    return visit.redirect(reverse("backoffice_quotes"))
