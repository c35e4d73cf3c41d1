"""What is told of data that go soon, and of archives of what is held (R31)."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext, ngettext

from tenure.notices.letters.figures import day
from tenure.notices.letters.letter import Button, Letter
from tenure.notices.letters.people import administrator_why


def retention_warned(
    *, organisation: str, days_left: int, until: date, url: str, data_url: str, language: str
) -> Letter:
    """No subscription runs any more: until when data are there, and how to take them along."""
    last = day(until, language)
    return Letter(
        subject=gettext("The data of %(organisation)s are kept until %(day)s")
        % {"organisation": organisation, "day": last},
        preheader=ngettext(
            "After that they are deleted. %(count)d day is left.",
            "After that they are deleted. %(count)d days are left.",
            days_left,
        )
        % {"count": days_left},
        heading=gettext("Your data go soon"),
        lead=(
            gettext(
                "No subscription of yours runs any more. Until that day everything can be read "
                "and taken along; after it, it is deleted and cannot be brought back."
            ),
            gettext("Invoices and credit notes stay for as long as the law asks."),
        ),
        facts=((gettext("Data are kept until"), last),),
        button=Button(gettext("Go on with a subscription"), url),
        links=(Button(gettext("Take everything along"), data_url),),
        why=administrator_why(organisation),
    )


def export_made(*, organisation: str, url: str) -> Letter:
    """To whoever asked for it: the archive can be fetched."""
    return Letter(
        subject=gettext("The archive of %(organisation)s is ready")
        % {"organisation": organisation},
        preheader=gettext("It can be fetched now."),
        heading=gettext("Your archive is ready"),
        lead=(
            gettext("It holds everything that is kept here about %(organisation)s.")
            % {"organisation": organisation},
        ),
        button=Button(gettext("Fetch it"), url),
        why=administrator_why(organisation),
    )
