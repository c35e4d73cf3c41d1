"""What buyers, and the vendor, are told of quotes (R12)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext

from tenure.notices.letters.figures import day, money
from tenure.notices.letters.letter import Button, Letter
from tenure.notices.letters.orders import Ordered, table_of, why_of


@dataclass(frozen=True, slots=True)
class Quoted:
    """A quote as a mail shows it: its number, its lines and sums, its last day; the PDF's page."""

    number: str
    ordered: Ordered
    valid_until: date
    purchase_order: str
    pdf: str


def sent(quoted: Quoted, *, url: str, language: str) -> Letter:
    """A quote can be accepted by its page, up to its last day (R12)."""
    until = {"day": day(quoted.valid_until, language)}
    facts = [
        (gettext("Quote"), quoted.number),
        (gettext("The price holds until"), day(quoted.valid_until, language)),
    ]
    if quoted.purchase_order:
        facts.append((gettext("Purchase order number"), quoted.purchase_order))
    return Letter(
        subject=gettext("Your quote %(number)s: %(total)s")
        % {"number": quoted.number, "total": _total(quoted, language)},
        preheader=gettext("The price holds until %(day)s.") % until,
        heading=gettext("Your quote"),
        lead=(
            gettext("Here is what you asked for. You can accept it until %(day)s.") % until,
            gettext("Nothing is ordered before that, and nothing is charged."),
        ),
        table=table_of(quoted.ordered, language),
        facts=tuple(facts),
        button=Button(gettext("Look at it and accept it"), url),
        links=(Button(gettext("The quote as PDF"), quoted.pdf),),
        why=why_of(quoted.ordered),
    )


def accepted(quoted: Quoted, *, url: str, language: str) -> Letter:
    """To the vendor: a customer accepted a quote, which is an order now."""
    return _answer(
        quoted,
        subject=gettext("%(organisation)s accepted the quote %(number)s"),
        lead=gettext("It became an order, which is paid like any other."),
        word="",
        url=url,
        language=language,
    )


def declined(quoted: Quoted, *, because: str, url: str, language: str) -> Letter:
    """To the vendor: a customer does not want a quote, and perhaps says why."""
    return _answer(
        quoted,
        subject=gettext("%(organisation)s declined the quote %(number)s"),
        lead=gettext("You can make another one, or ask what was missing."),
        word=because,
        url=url,
        language=language,
    )


def _answer(
    quoted: Quoted, *, subject: str, lead: str, word: str, url: str, language: str
) -> Letter:
    heading = subject % {"organisation": quoted.ordered.organisation, "number": quoted.number}
    return Letter(
        subject=heading,
        preheader=word or lead,
        heading=heading,
        lead=(lead,),
        quote=word,
        table=table_of(quoted.ordered, language),
        button=Button(gettext("See the customer"), url),
        why=gettext("You have this mail because you sell here."),
    )


def _total(quoted: Quoted, language: str) -> str:
    return money(quoted.ordered.total, quoted.ordered.currency, language)
