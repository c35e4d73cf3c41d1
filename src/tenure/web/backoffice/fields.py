"""What forms of the back office share: whose clock it is, amounts, why something is done."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tenure.base.money import minor_digits
from tenure.organisations.models import Organisation
from tenure.web.edge.visits import StaffVisit

MOST_MINOR = 10**11
"""As many minor units an amount can have; more is a slip of the pen."""


def instant(organisation: Organisation | None, visit: StaffVisit) -> datetime:
    """This instant by the clock of the customer (R2)."""
    clock = organisation.test_clock if organisation else None
    return clock or visit.now


class AmountField(forms.CharField):
    """An amount in units of ``currency``, with a point or a comma; cleaned to minor units."""

    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})

    def __init__(self, *, currency: str = "EUR", zero: bool = False, **options: Any) -> None:
        super().__init__(max_length=24, **options)
        self.currency = currency
        self.zero = zero

    def clean(self, value: Any) -> Any:
        """Minor units above zero, or None where nothing was typed and nothing had to be."""
        typed = super().clean(value)
        word = "".join(str(typed).split()).replace(",", ".")
        if not word:
            return None
        try:
            minor = Decimal(word).scaleb(minor_digits(self.currency))
        except InvalidOperation:
            minor = Decimal(-1)
        if not (minor.is_finite() and minor == minor.to_integral_value()):
            minor = Decimal(-1)
        if not (0 if self.zero else 1) <= minor <= MOST_MINOR:
            raise forms.ValidationError(
                _("Give an amount such as 1200 or 99.50, in %(currency)s."),
                params={"currency": self.currency},
            )
        return int(minor)


def shown_amount(minor: int, currency: str) -> str:
    """An amount as it can be typed again."""
    return f"{Decimal(minor).scaleb(-minor_digits(currency)):f}"


def reason_field(label: Any, **options: Any) -> forms.CharField:
    """Why something is done; kept on record."""
    return forms.CharField(
        label=label,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        **options,
    )
