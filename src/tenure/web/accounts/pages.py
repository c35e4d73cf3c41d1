"""A person's own pages: what their login is, and to which organisations it belongs."""

from __future__ import annotations

from typing import Any

from allauth.account.views import PasswordResetFromKeyView
from django import forms
from django.http import HttpResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tenure.organisations.commands.people import rename
from tenure.web.accounts.addresses import confirm_address
from tenure.web.edge.doors import FORM, person_page
from tenure.web.edge.factors import has_second_factor
from tenure.web.edge.forms import Form, LanguageField
from tenure.web.edge.middleware import keep_language
from tenure.web.edge.visits import PersonVisit


class ProfileForm(Form):
    """What a person is called, and in which language they read."""

    name = forms.CharField(
        label=_("Your name"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    language = LanguageField(label=_("Language"))


@person_page(FORM)
def overview(visit: PersonVisit) -> HttpResponse:
    """All about one's login, on one page."""
    kept = {"name": visit.user.name, "language": visit.language}
    form = ProfileForm(visit.request.POST if visit.posted else None, initial=kept)
    if visit.posted and form.is_valid():
        rename(user=visit.user.id, name=form.cleaned_data["name"])
        keep_language(visit.request, form.cleaned_data["language"])
        visit.tell(gettext("Saved."))
        return visit.redirect(visit.request.path)
    context = {"form": form, "has_factor": has_second_factor(visit.user)}
    return visit.render("accounts/overview.html", context, status=form.status)


class NewPassword(PasswordResetFromKeyView):
    """A new password by the link of a mail, which proves the address as well."""

    def form_valid(self, form: Any) -> HttpResponse:
        """Keep the password, and log in."""
        confirm_address(self.reset_user)
        response: HttpResponse = super().form_valid(form)
        return response


@person_page()
def organisations(visit: PersonVisit) -> HttpResponse:
    """The organisations that a login belongs to, to go to one of them."""
    return visit.render("accounts/organisations.html")
