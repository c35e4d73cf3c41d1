"""The vendor's staff and their roles; for admins."""

from __future__ import annotations

from django import forms
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tenure.base.errors import NotFound
from tenure.base.ids import parse_public_id
from tenure.flows.staff import add_staff, change_staff_roles, end_staff
from tenure.organisations.models import StaffMember
from tenure.organisations.queries import present_staff
from tenure.organisations.rules import StaffAbility, StaffRole
from tenure.web.edge.doors import FORM, staff_page
from tenure.web.edge.forms import EmailField, Form
from tenure.web.edge.visits import StaffVisit

ROLES = [
    (StaffRole.SUPPORT.value, _("Support: customers, requests, students' proofs")),
    (StaffRole.FINANCE.value, _("Finance: orders and payments")),
    (StaffRole.CATALOGUE.value, _("Catalogue: what is sold")),
    (StaffRole.ADMIN.value, _("Admin: everything, and who is of the staff")),
]


class RolesForm(Form):
    """What one of the staff is there for."""

    roles = forms.MultipleChoiceField(
        label=_("Roles"), choices=ROLES, widget=forms.CheckboxSelectMultiple
    )


class NewStaffForm(RolesForm):
    """Who is to be of the staff."""

    email = EmailField(label=_("E-mail address"))
    name = forms.CharField(label=_("Name"), max_length=200)
    field_order = ("email", "name", "roles")


@staff_page(StaffAbility.STAFF, methods=FORM)
def staff(visit: StaffVisit) -> HttpResponse:
    """Who is of the staff; the form adds somebody."""
    form = NewStaffForm(visit.request.POST if visit.posted else None)
    if visit.posted and form.is_valid():
        told = form.cleaned_data
        with form.refusals():
            add_staff(
                email=told["email"],
                name=told["name"],
                roles=[StaffRole(role) for role in told["roles"]],
                now=visit.now,
                by=visit.by,
            )
            visit.tell(gettext("Added. They set a password from the login page."))
            return visit.redirect(visit.request.path)
    context = {"staff": present_staff(), "form": form, "chosen": _chosen(form, ())}
    return visit.render("backoffice/staff.html", context, status=form.status)


@staff_page(StaffAbility.STAFF, methods=FORM)
def one(visit: StaffVisit, user: str) -> HttpResponse:
    """The roles of one of the staff."""
    row = _present(user)
    form = RolesForm(visit.request.POST if visit.posted else None)
    if visit.posted and form.is_valid():
        roles = [StaffRole(role) for role in form.cleaned_data["roles"]]
        with form.refusals():
            change_staff_roles(user=row.user_id, roles=roles, now=visit.now, by=visit.by)
            visit.tell(gettext("Saved."))
            return visit.redirect(reverse("backoffice_staff"))
    context = {"person": row, "form": form, "chosen": _chosen(form, row.roles)}
    return visit.render("backoffice/staff_roles.html", context, status=form.status)


@staff_page(StaffAbility.STAFF, methods=FORM)
def end(visit: StaffVisit, user: str) -> HttpResponse:
    """Somebody leaves the staff, after a page that says what that means."""
    row = _present(user)
    form = Form(visit.request.POST if visit.posted else None)
    if visit.posted:
        with form.refusals():
            end_staff(user=row.user_id, now=visit.now, by=visit.by)
            visit.tell(gettext("They are no longer of the staff."))
            return visit.redirect(reverse("backoffice_staff"))
    consequences = [
        gettext("The back office is closed to them at once."),
        gettext("They act for no customer any more."),
        gettext("Their login stays, with the organisations that they belong to."),
    ]
    context = {"person": row, "form": form, "consequences": consequences}
    return visit.render("backoffice/staff_end.html", context, status=form.status)


def _present(word: str) -> StaffMember:
    user = parse_public_id("usr", word)
    found = next((row for row in present_staff() if row.user_id == user), None)
    if found is None:
        raise NotFound
    return found


def _chosen(form: Form, before: tuple[str, ...] | list[str]) -> list[tuple[str, object, bool]]:
    """Each role with its word, and whether its box is ticked."""
    ticked = form["roles"].value() if form.is_bound else before
    return [(role, word, role in ticked) for role, word in ROLES]
