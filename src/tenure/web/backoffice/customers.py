"""Customers: found by name, address or identifier; one with everything about it on one page."""

from __future__ import annotations

from django import forms
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tenure.base.ids import parse_public_id, public_id
from tenure.flows import acting as flows
from tenure.flows.ownership import recover_owner
from tenure.organisations.models import Member
from tenure.organisations.rules import MemberStatus, StaffAbility, Standing
from tenure.support.queries.customers import Dossier, dossier, find_customers
from tenure.support.queries.journal import EventRow, with_actors
from tenure.web.backoffice.lists import pages, place
from tenure.web.edge import visitor
from tenure.web.edge.doors import ACTION, FORM, staff_page
from tenure.web.edge.forms import EmailField, Form
from tenure.web.edge.names import Offers
from tenure.web.edge.visits import StaffVisit


class ReasonForm(Form):
    """Why something is done at a customer's; the customer can see it."""

    reason = forms.CharField(
        label=_("Why"),
        max_length=500,
        help_text=_("Kept on record. The customer can see it."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class OwnerForm(ReasonForm):
    """Who is to be owner, and instead of whom."""

    email = EmailField(
        label=_("Address of the new owner"),
        help_text=_("A member becomes owner at once; any other address is invited."),
    )
    name = forms.CharField(
        label=_("Name, if they are no member yet"), max_length=200, required=False
    )
    instead_of = forms.ChoiceField(label=_("Who is lost"), required=False)
    field_order = ("email", "name", "instead_of", "reason")


@staff_page(StaffAbility.CUSTOMERS)
def customers(visit: StaffVisit) -> HttpResponse:
    """All customers, or those that were looked for, the newest first."""
    words = visit.request.GET.get("q", "")[:200]
    found = find_customers(words, place(visit, "org"))
    context = {"customers": found.rows, "q": words, **pages(visit, found, "org")}
    return visit.render("backoffice/customers.html", context)


@staff_page(StaffAbility.CUSTOMERS)
def customer(visit: StaffVisit, organisation: str) -> HttpResponse:
    """Everything about one customer."""
    about = _about(visit, organisation)
    name = about.organisation.name
    events = [EventRow(event, name, by) for event, by in with_actors(about.events)]
    offers = Offers([view.subscription.offer_id for view in about.subscriptions], visit.language)
    named = [(view, offers.name(view.subscription.offer_id)) for view in about.subscriptions]
    context = {"about": about, "events": events, "subscriptions": named}
    return visit.render("backoffice/customer.html", context)


@staff_page(StaffAbility.OWNERS, methods=FORM)
def lost_owner(visit: StaffVisit, organisation: str) -> HttpResponse:
    """Make somebody else owner because the owner is lost (R34)."""
    about = _about(visit, organisation)
    form = OwnerForm(visit.request.POST if visit.posted else None)
    form.fields["instead_of"].choices = _owners(about)  # type: ignore[attr-defined]  # a choice
    if visit.posted and form.is_valid():
        told = form.cleaned_data
        lost = told["instead_of"]
        with form.refusals():
            recover_owner(
                organisation=about.organisation.id,
                user=visit.user.id,
                email=told["email"],
                name=told["name"],
                reason=told["reason"],
                instead_of=parse_public_id("mem", lost) if lost else None,
                now=about.now,
            )
            visit.tell(gettext("Done, and on record. The administrators are told by mail."))
            return visit.redirect(reverse("backoffice_customer", args=[organisation]))
    return visit.render(
        "backoffice/lost_owner.html", {"about": about, "form": form}, status=form.status
    )


@staff_page(StaffAbility.ACTING, methods=FORM)
def act(visit: StaffVisit, organisation: str) -> HttpResponse:
    """Begin to act for the customer: say why, then go on in its console."""
    about = _about(visit, organisation)
    form = ReasonForm(visit.request.POST if visit.posted else None)
    if visit.posted and form.is_valid():
        with form.refusals():
            begun = flows.begin_acting(
                organisation=about.organisation.id,
                user=visit.user.id,
                reason=form.cleaned_data["reason"],
                now=about.now,
            )
            visitor.begin_acting(visit.request, begun.organisation)
            return visit.redirect(f"/console/{organisation}/")
    return visit.render("backoffice/act.html", {"about": about, "form": form}, status=form.status)


@staff_page(methods=ACTION)
def stop_acting(visit: StaffVisit, organisation: str) -> HttpResponse:
    """Act for the customer no more, and come back to the back office."""
    about = _about(visit, organisation)
    flows.end_acting(organisation=about.organisation.id, user=visit.user.id, now=about.now)
    visitor.end_acting(visit.request)
    visit.tell(gettext("You act for yourself again."))
    if visit.may(StaffAbility.CUSTOMERS):
        return visit.redirect(reverse("backoffice_customer", args=[organisation]))
    return visit.redirect(reverse("backoffice_overview"))


def _about(visit: StaffVisit, organisation: str) -> Dossier:
    return dossier(parse_public_id("org", organisation), visit.now)


def _owners(about: Dossier) -> list[tuple[str, object]]:
    """The active owners, one of whom may be lost; or nobody is."""
    owners = [
        member
        for member in about.members
        if member.standing == Standing.OWNER and member.status == MemberStatus.ACTIVE
    ]
    return [
        ("", _("Nobody: the owners stay")),
        *((public_id("mem", each.id), _shown(each)) for each in owners),
    ]


def _shown(member: Member) -> str:
    return f"{member.name} ({member.email})" if member.name else member.email
