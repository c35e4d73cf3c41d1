"""The bank's statements: a file is read, and what became of its lines is told (R15)."""

from __future__ import annotations

from django import forms
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tenure.base.ids import parse_public_id, public_id
from tenure.billing.bank.mapping import Mapping, parse_mapping
from tenure.billing.queries.statements import told_of
from tenure.flows.bank_import import import_statement
from tenure.organisations.rules import StaffAbility
from tenure.support.queries.journal import names_of_actors
from tenure.support.queries.money import statement_file, statement_files
from tenure.web.backoffice.lists import pages, place
from tenure.web.edge.doors import FORM, staff_page
from tenure.web.edge.forms import Form
from tenure.web.edge.visits import StaffVisit

_MOST_MAPPING = 100_000


class StatementForm(Form):
    """The bank's file, and how it is to be read where that is not plain."""

    file = forms.FileField(
        label=_("The bank's file"),
        help_text=_("camt.053, MT940 or CSV. It is read whole or not at all, each line once."),
    )
    mapping = forms.FileField(
        label=_("What the columns mean"),
        required=False,
        help_text=_("Only for a CSV whose columns are not known by their names: a TOML file."),
    )
    encoding = forms.ChoiceField(
        label=_("Encoding"),
        required=False,
        choices=[
            ("", _("UTF-8, or as the file says")),
            ("iso-8859-1", "ISO-8859-1"),
            ("iso-8859-15", "ISO-8859-15"),
            ("windows-1252", "Windows-1252"),
        ],
    )

    def parsed(self) -> Mapping | None:
        """What the columns mean, if that was given; raises ``StatementRefused``."""
        given = self.cleaned_data["mapping"]
        return parse_mapping(given.read(_MOST_MAPPING).decode(errors="replace")) if given else None


@staff_page(StaffAbility.PAYMENTS, methods=FORM)
def statements(visit: StaffVisit) -> HttpResponse:
    """The files that were read, the newest first; the form reads another one."""
    form = StatementForm(
        visit.request.POST if visit.posted else None, visit.request.FILES if visit.posted else None
    )
    if visit.posted and form.is_valid():
        with form.refusals():
            given = form.cleaned_data["file"]
            imported = import_statement(
                source=given.file,
                name=given.name[:200],
                now=visit.now,
                by=visit.by,
                mapping=form.parsed(),
                encoding=form.cleaned_data["encoding"] or None,
            )
            visit.tell(gettext("The statement is read."))
            return visit.redirect(_page(public_id("stm", imported.statement)))
    found = statement_files(place(visit, "stm"))
    context = {"form": form, "files": found.rows, **pages(visit, found, "stm")}
    return visit.render("backoffice/statements.html", context, status=form.status)


@staff_page(StaffAbility.PAYMENTS)
def statement(visit: StaffVisit, statement: str) -> HttpResponse:
    """What became of the lines of one file."""
    row = statement_file(parse_public_id("stm", statement))
    context = {
        "file": row,
        "told": told_of(row),
        "by": names_of_actors({row.by}).get(row.by, row.by),
    }
    return visit.render("backoffice/statement.html", context)


def _page(statement: str) -> str:
    return reverse("backoffice_statement", args=[statement])
