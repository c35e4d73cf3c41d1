"""What is told of a renewal as it comes, or does not; and of trials that end (R9, R24)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext

from tenure.notices.letters.figures import day, money
from tenure.notices.letters.letter import Button, Letter, Row, Table
from tenure.notices.letters.orders import (
    Begun,
    Ordered,
    Paper,
    Transfer,
    invoice_links,
    periods_of,
    table_of,
    transfer_facts,
    why_of,
)
from tenure.notices.letters.people import administrator_why


@dataclass(frozen=True, slots=True)
class Attempt:
    """An attempt to charge a renewal that did not pass: the local days of the next one, if there
    is one, and of the last on which it can be paid."""

    next_on: date | None
    payable_until: date


def renewed(
    ordered: Ordered,
    begun: Begun,
    *,
    again: bool,
    url: str,
    language: str,
    invoice: Paper | None = None,
) -> Letter:
    """The next period is paid; ``again`` if the subscription had lapsed and goes on (R20, R24)."""
    total = money(ordered.total, ordered.currency, language)
    if again:
        subject = gettext("Your subscription goes on: %(total)s") % {"total": total}
        lead = gettext("It goes on from where it had ended, without a gap.")
    else:
        subject = gettext("Your subscription is renewed: %(total)s") % {"total": total}
        lead = gettext("The next period is paid; there is nothing to do.")
    return Letter(
        subject=subject,
        preheader=lead,
        heading=subject,
        lead=(lead,),
        table=table_of(ordered, language),
        facts=(*periods_of(begun, language), (gettext("Order"), ordered.id)),
        button=Button(gettext("See my subscriptions"), url),
        links=invoice_links(invoice),
        why=why_of(ordered),
    )


def declined(ordered: Ordered, attempt: Attempt, *, url: str, language: str) -> Letter:
    """The charge for the next period was declined: when it is tried again, and pay now (R24)."""
    return _unpaid(
        ordered,
        attempt,
        subject=gettext("Your renewal could not be charged"),
        lead=gettext("Your bank did not let the payment for the next period pass."),
        label=gettext("Pay now"),
        url=url,
        language=language,
    )


def authentication_required(
    ordered: Ordered, attempt: Attempt, *, url: str, language: str
) -> Letter:
    """The bank wants the customer to take part in the charge (R24)."""
    return _unpaid(
        ordered,
        attempt,
        subject=gettext("Your bank asks you to confirm your renewal"),
        lead=gettext("Before it lets the payment pass, your bank wants a confirmation from you."),
        label=gettext("Confirm the payment"),
        url=url,
        language=language,
    )


def _unpaid(
    ordered: Ordered,
    attempt: Attempt,
    *,
    subject: str,
    lead: str,
    label: str,
    url: str,
    language: str,
) -> Letter:
    facts = [(gettext("Can be paid until"), day(attempt.payable_until, language))]
    if attempt.next_on is not None:
        facts.insert(0, (gettext("The card is tried again on"), day(attempt.next_on, language)))
    return Letter(
        subject=subject,
        preheader=gettext("Nothing was charged."),
        heading=subject,
        lead=(
            lead,
            gettext(
                "Nothing was charged. You can pay at once, with the same card, with another one, "
                "or in another way where it is offered."
            ),
        ),
        table=table_of(ordered, language),
        facts=(*facts, (gettext("Order"), ordered.id)),
        button=Button(label, url),
        after=(
            gettext(
                "Without the money nobody can use it after its last day. Paid later, it goes on "
                "from there: seats and data are kept that long."
            ),
        ),
        why=why_of(ordered),
    )


def invoiced(
    ordered: Ordered,
    transfer: Transfer,
    begins_on: date,
    *,
    url: str,
    language: str,
    invoice: Paper | None = None,
) -> Letter:
    """The invoice of a renewal by transfer, ahead of it and due when it begins (R24)."""
    amount = money(transfer.missing, ordered.currency, language)
    subject = gettext("Your renewal: please transfer %(amount)s until %(day)s") % {
        "amount": amount,
        "day": day(begins_on, language),
    }
    return Letter(
        subject=subject,
        preheader=gettext("The next period begins where this one ends."),
        heading=subject,
        lead=(
            gettext("The next period begins where this one ends, once the money is here."),
            gettext("Give the reference with the transfer: by it we know what it is for."),
        ),
        table=table_of(ordered, language),
        facts=(
            *transfer_facts(ordered, transfer, language),
            (gettext("Order"), ordered.id),
        ),
        button=Button(gettext("See the order"), url),
        links=invoice_links(invoice),
        why=why_of(ordered),
    )


@dataclass(frozen=True, slots=True)
class Lapsed:
    """What lapsed: what it is called, its first day without, and how long its data last."""

    offer: str
    ends_on: date
    data_until: date


def lapsed(organisation: str, rows: Sequence[Lapsed], *, url: str, language: str) -> Letter:
    """A period ended that was not paid on: until when it can be, and goes on without a gap."""
    until = min(row.data_until for row in rows)
    subject = (
        gettext("%(offer)s has lapsed: pay until %(day)s to go on")
        if len(rows) == 1
        else gettext("%(count)d subscriptions have lapsed: pay until %(day)s to go on")
    ) % {"offer": rows[0].offer, "count": len(rows), "day": day(until, language)}
    return Letter(
        subject=subject,
        preheader=gettext("Nobody can use it until it is paid."),
        heading=subject,
        lead=(
            gettext("The next period was not paid, so nobody can work with it any more."),
            gettext(
                "Seats and data are kept for now: pay until then, and it goes on from where it "
                "ended, without a gap."
            ),
        ),
        facts=tuple(
            (row.offer, gettext("Data kept until %(day)s") % {"day": day(row.data_until, language)})
            for row in rows
        ),
        button=Button(gettext("Pay now"), url),
        why=administrator_why(organisation),
    )


@dataclass(frozen=True, slots=True)
class Paid:
    """A paid offer of what was tried: its terms with their prices, in words."""

    offer: str
    terms: Sequence[tuple[str, str]]


def trial_ending(
    organisation: str,
    offer: str,
    last_day: date,
    paid: Sequence[Paid],
    *,
    is_consumer: bool,
    url: str,
    language: str,
) -> Letter:
    """A trial ends soon: what it costs to go on (R9)."""
    named = {"offer": offer, "day": day(last_day, language)}
    rows = tuple(Row(each.offer, term, price) for each in paid for term, price in each.terms)
    said = (
        gettext("Prices are for one seat, with tax.")
        if is_consumer
        else gettext("Prices are for one seat, without tax.")
    )
    return Letter(
        subject=gettext("Your trial of %(offer)s ends on %(day)s") % named,
        preheader=gettext("Buy it to go on; who holds a seat keeps it."),
        heading=gettext("Your trial of %(offer)s ends on %(day)s") % named,
        lead=(
            gettext("It ends by itself, and nothing is charged."),
            gettext(
                "To go on, buy it at any time: the paid term starts when it is paid, the trial "
                "ends then, and whoever holds a seat keeps it."
            ),
        ),
        table=Table(rows, ()) if rows else None,
        button=Button(gettext("Go on with it"), url),
        after=(said,) if rows else (),
        why=administrator_why(organisation),
    )
