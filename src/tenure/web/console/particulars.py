"""Settings: what the organisation is called, its language and zone, where it is billed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final, cast

from django import forms
from django.conf import settings
from django.http import HttpResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tenure.catalogue.queries import known_catalogue
from tenure.flows.particulars import edit_particulars
from tenure.flows.vat_checks import look_up_now
from tenure.orders.rules.tax import number_decides
from tenure.organisations.models import Organisation
from tenure.organisations.queries import organisation_row
from tenure.organisations.rules import Ability
from tenure.organisations.rules.numbers import SIREN_FIELD, VAT_NUMBER_FIELD
from tenure.policy.words import Audience
from tenure.web.edge.doors import FORM, console_page
from tenure.web.edge.forms import Form, LanguageField, TimeZoneField, printable
from tenure.web.edge.vat import VatState, vat_state
from tenure.web.edge.visits import Desk


class Line(forms.CharField):
    """Printable text of one line, as the API takes it."""

    def __init__(self, *, most: int, complete: str = "", **options: Any) -> None:
        widget = forms.TextInput(attrs={"autocomplete": complete} if complete else {})
        super().__init__(max_length=most, widget=widget, validators=[printable], **options)


class OrganisationForm(Form):
    """What the organisation says of itself."""

    name = Line(label=_("Name"), most=200, complete="organization")
    language = LanguageField(
        label=_("Language"),
        help_text=_("In which mails are written to members who chose none of their own."),
    )
    timezone = TimeZoneField(
        label=_("Time zone"),
        help_text=_(
            "When a day begins here: for deadlines and dates from now on. What is running keeps "
            "the zone in which it was bought."
        ),
    )

    def keep_zone(self, zone: str) -> None:
        """A zone that the list leaves out stays possible where it is in use."""
        field = cast(forms.ChoiceField, self.fields["timezone"])
        known = list(cast(Iterable[tuple[str, str]], field.choices))
        if zone not in dict(known):
            field.choices = [*known, (zone, zone)]


class BillingForm(Form):
    """Where the organisation is billed."""

    billing_name = Line(label=_("Name on invoices"), most=200, complete="organization")
    billing_line1 = Line(label=_("Street and number"), most=200, complete="address-line1")
    billing_line2 = Line(
        label=_("Further line"), most=200, complete="address-line2", required=False
    )
    billing_postal_code = Line(label=_("Postal code"), most=20, complete="postal-code")
    billing_city = Line(label=_("City"), most=100, complete="address-level2")
    billing_region = Line(
        label=_("Region or state"), most=100, complete="address-level1", required=False
    )
    vat_number = Line(label=_("VAT number"), most=20, required=False)
    siren = Line(
        label=_("SIREN"),
        most=20,
        required=False,
        help_text=_("The number of a company in France."),
    )
    purchase_order = Line(
        label=_("Purchase order number"),
        most=100,
        required=False,
        help_text=_("Printed on the papers of what you buy from now on."),
    )


@console_page(Ability.SUBSCRIPTIONS, methods=FORM)
def organisation(desk: Desk) -> HttpResponse:
    """Name, language and zone."""
    return _edited(desk, OrganisationForm, "console/settings.html")


@console_page(Ability.BILLING, methods=FORM)
def billing(desk: Desk) -> HttpResponse:
    """Where the organisation is billed; its country stays (R5)."""
    return _edited(desk, BillingForm, "console/address.html")


def _edited(desk: Desk, kind: type[Form], template: str) -> HttpResponse:
    row = organisation_row(desk.organisation)
    form = kind(desk.request.POST if desk.posted else None, initial=_kept(row, kind.base_fields))
    if isinstance(form, OrganisationForm):
        form.keep_zone(row.timezone)
    if desk.posted and form.is_valid():
        with form.refusals(_FIELDS):
            edit_particulars(
                organisation=desk.organisation,
                changes=form.cleaned_data,
                now=desk.now,
                by=desk.by,
            )
            if "vat_number" in form.changed_data:
                look_up_now(organisation=desk.organisation, now=desk.now)
            desk.tell(gettext("Saved."))
            return desk.redirect(desk.request.path)
    more = {"vat": _vat(row)} if kind is BillingForm else {}
    return desk.render(template, {"form": form, "row": row, **more}, status=form.status)


def _vat(row: Organisation) -> VatState | None:
    """Where the number stands that is kept, whatever was typed."""
    audience = Audience(row.audience)
    if audience.is_consumer:
        return None
    vendor_country = known_catalogue().vendor(sandbox=settings.SANDBOX).country
    spares = number_decides(
        vendor_country=vendor_country, audience=audience, buyer_country=row.country
    )
    return vat_state(row, spares=spares)


def _kept(row: Organisation, names: Iterable[str]) -> dict[str, str]:
    return {name: str(getattr(row, name)) for name in names}


_FIELDS: Final = {
    "billing.country": "billing_name",
    VAT_NUMBER_FIELD: "vat_number",
    SIREN_FIELD: "siren",
}
"""Where a refusal is told: the country has no field of its own."""
