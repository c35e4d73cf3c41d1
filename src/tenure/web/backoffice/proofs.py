"""Students' proofs: what was given, accepted or declined with a reason (R8)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django import forms
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tenure.base.ids import parse_public_id
from tenure.flows.verification import accept_proof, decline_proof
from tenure.organisations.models import StudentProof
from tenure.organisations.rules import StaffAbility
from tenure.support.queries.proofs import proof_of, waiting_proofs
from tenure.web.backoffice.lists import pages, place
from tenure.web.edge.doors import ACTION, FORM, staff_page
from tenure.web.edge.forms import Form
from tenure.web.edge.visits import StaffVisit


class DeclineForm(Form):
    """Why a proof does not convince."""

    reason = forms.CharField(
        label=_("Why it does not convince"),
        max_length=500,
        help_text=_("The student reads it, and can hand in another proof."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )


@staff_page(StaffAbility.PROOFS)
def proofs(visit: StaffVisit) -> HttpResponse:
    """The proofs that wait, the oldest first."""
    found = waiting_proofs(place(visit, "prf"))
    context = {"proofs": found.rows, **pages(visit, found, "prf")}
    return visit.render("backoffice/proofs.html", context)


@staff_page(StaffAbility.PROOFS, methods=FORM)
def proof(visit: StaffVisit, proof: str) -> HttpResponse:
    """One proof as it was given; declining it is sent to this page."""
    row = proof_of(parse_public_id("prf", proof))
    form = DeclineForm(visit.request.POST if visit.posted else None)
    if visit.posted and form.is_valid():
        with form.refusals():
            decline_proof(
                proof=row.id,
                reason=form.cleaned_data["reason"],
                now=_now(row, visit),
                by=visit.by,
            )
            visit.tell(gettext("Declined; the student is told why."))
            return visit.redirect(reverse("backoffice_proofs"))
    context = {"proof": row, "given": _named(row.given), "form": form}
    return visit.render("backoffice/proof.html", context, status=form.status)


@staff_page(StaffAbility.PROOFS, methods=ACTION)
def accept(visit: StaffVisit, proof: str) -> HttpResponse:
    """The student is verified, and what waited for that is charged."""
    row = proof_of(parse_public_id("prf", proof))
    accept_proof(organisation=row.organisation_id, now=_now(row, visit), by=visit.by)
    visit.tell(gettext("Accepted; orders that waited go on."))
    return visit.redirect(reverse("backoffice_proofs"))


def _now(row: StudentProof, visit: StaffVisit) -> datetime:
    """This instant by the student's clock (R2)."""
    return row.organisation.test_clock or visit.now


def _named(given: Mapping[str, object]) -> list[tuple[str, object]]:
    """What a student gave, each under the name that its field had; programs give what they like."""
    names = {
        "school": gettext("School"),
        "number": gettext("Number"),
        "link": gettext("Link"),
    }
    return [(names.get(key, key), value) for key, value in sorted(given.items())]
