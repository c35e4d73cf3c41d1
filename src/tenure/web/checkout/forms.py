"""What a buyer says: how to pay, and who they are if we do not know them yet."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from tenure.base.errors import Invalid
from tenure.base.ids import parse_public_id
from tenure.flows.purchase import CardPayment, TransferPayment
from tenure.organisations.commands.organisation import BillingAddress
from tenure.organisations.rules.numbers import SIREN_FIELD, VAT_NUMBER_FIELD, checked_numbers
from tenure.web.edge.cards import PAGE, TOKENS, SavedCard, card_values, cards_shown
from tenure.web.edge.forms import Form, LanguageField, TimeZoneField, printable


class Line(forms.CharField):
    """Printable text of one line, as the API takes it."""

    def __init__(self, *, most: int, complete: str = "", **options: Any) -> None:
        widget = forms.TextInput(attrs={"autocomplete": complete} if complete else {})
        super().__init__(max_length=most, widget=widget, validators=[printable], **options)


TRANSFER: Final = "bank_transfer"
"""What is chosen in the place of a card."""


class CardForm(Form):
    """With which card, or by transfer; ``saved`` are those on file."""

    card = forms.ChoiceField(label=_("Card"), error_messages={"required": _("Choose a card.")})

    def __init__(self, data: Any = None, *, saved: Sequence[SavedCard] = ()) -> None:
        values = card_values(saved)
        super().__init__(data, initial={"card": values[0]})
        self.saved = saved
        field = cast(forms.ChoiceField, self.fields["card"])
        field.choices = [(value, value) for value in (*values, TRANSFER)]

    @property
    def payment(self) -> CardPayment | TransferPayment:
        """What was chosen, once the form is valid."""
        chosen = self.cleaned_data["card"]
        if chosen == TRANSFER:
            return TransferPayment()
        if chosen == PAGE:
            return CardPayment(hosted=True)
        if chosen in TOKENS:
            return CardPayment(chosen)
        return CardPayment(payment_method=parse_public_id("pm", chosen))

    @property
    def shown(self) -> dict[str, Any]:
        """What the choice is drawn from."""
        return cards_shown(str(self["card"].value()), self.saved)


class StartForm(Form):
    """The express request to start at once, which the law wants from a consumer (R33)."""

    start_at_once = forms.BooleanField(
        label=_(
            "I ask you to start at once, before the time for withdrawal is over. I keep the right "
            "to withdraw, and am then paid back in full."
        ),
        error_messages={"required": _("Without this we may not start before that time is over.")},
    )


_COMPANY_ONLY: Final = ("vat_number", "siren", "purchase_order")


class NewBuyerForm(Form):
    """An organisation to be, with where it is billed; its country is the cart's (R5)."""

    use_required_attribute = False
    """Whoever buys for another organisation leaves all of it empty."""
    country = ""
    """Where it is billed, once it is adapted to a cart."""

    name = Line(label=_("Name of the organisation"), most=200, complete="organization")
    billing_name = Line(
        label=_("Name on invoices"),
        most=200,
        required=False,
        help_text=_("Only if it is another one."),
    )
    line1 = Line(label=_("Street and number"), most=200, complete="address-line1")
    line2 = Line(label=_("Further line"), most=200, complete="address-line2", required=False)
    postal_code = Line(label=_("Postal code"), most=20, complete="postal-code")
    city = Line(label=_("City"), most=100, complete="address-level2")
    region = Line(label=_("Region or state"), most=100, complete="address-level1", required=False)
    vat_number = Line(label=_("VAT number"), most=20, required=False)
    siren = Line(
        label=_("SIREN"),
        most=20,
        required=False,
        help_text=_("The number of a company in France."),
    )
    purchase_order = Line(label=_("Purchase order number"), most=100, required=False)
    timezone = TimeZoneField(
        label=_("Time zone"), help_text=_("When a day begins: for periods and deadlines.")
    )
    language = LanguageField(
        label=_("Language"), help_text=_("In which we write to the organisation.")
    )

    def adapt(self, *, audience: str, country: str) -> None:
        """Ask for no more than there can be; a person has a name instead of a company's."""
        self.country = country
        if audience != "business":
            for name in _COMPANY_ONLY:
                del self.fields[name]
            self.fields["name"].label = _("Your name")
            self.fields["name"].widget.attrs["autocomplete"] = "name"
        elif country != "FR":
            del self.fields["siren"]

    def keep_zone(self, zone: str) -> None:
        """A zone that the list leaves out stays possible where it was guessed."""
        field = cast(forms.ChoiceField, self.fields["timezone"])
        known: list[Any] = list(cast(Iterable[Any], field.choices))
        if zone not in dict(known):
            field.choices = [*known, (zone, zone)]

    def clean(self) -> dict[str, Any]:
        """What was typed, with the numbers of a company as they are kept (R45)."""
        said = super().clean() or {}
        numbers, errors = checked_numbers(
            country=self.country,
            vat_number=said.get("vat_number", ""),
            company=said.get("siren", ""),
        )
        if errors:
            self.refuse(Invalid(errors), {VAT_NUMBER_FIELD: "vat_number", SIREN_FIELD: "siren"})
        kept = {"vat_number": numbers.vat_number, "siren": numbers.siren}
        return {**said, **{name: kept[name] for name in kept if name in said}}

    def billing(self, country: str) -> BillingAddress:
        """Where it is billed."""
        said = self.cleaned_data
        return BillingAddress(
            name=said["billing_name"] or said["name"],
            line1=said["line1"],
            line2=said["line2"],
            postal_code=said["postal_code"],
            city=said["city"],
            region=said["region"],
            country=country,
            vat_number=said.get("vat_number", ""),
            siren=said.get("siren", ""),
            purchase_order=said.get("purchase_order", ""),
        )
