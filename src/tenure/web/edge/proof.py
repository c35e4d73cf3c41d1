"""What proves a student, as it is handed in on pages (R8)."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from tenure.web.edge.forms import Form, printable


class ProofForm(Form):
    """What proves a student (R8)."""

    school = forms.CharField(
        label=_("School or university"), max_length=200, validators=[printable]
    )
    number = forms.CharField(
        label=_("Number of your student card"),
        max_length=100,
        validators=[printable],
        help_text=_("Or of the certificate of enrolment."),
    )
    link = forms.URLField(
        label=_("Link to the certificate"),
        max_length=500,
        required=False,
        assume_scheme="https",
        help_text=_("Where your school or your cloud shows it, if it does."),
    )

    @property
    def given(self) -> dict[str, str]:
        """What was filled in."""
        return {name: value for name, value in self.cleaned_data.items() if value}
