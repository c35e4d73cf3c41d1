"""What buyers are told of their orders (R8, R13, R18, R24)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext

from tenure.base.calendar import Term
from tenure.billing.bank.reference import in_groups
from tenure.notices.letters.figures import day, money, percent, seats_in_words, term_in_words
from tenure.notices.letters.letter import Button, Letter, Row, Table
from tenure.notices.letters.people import hello


@dataclass(frozen=True, slots=True)
class OrderedLine:
    """One line of an order: what, how many seats, for how long, at what amounts."""

    name: str
    quantity: int
    term: str
    trial_days: int | None
    net: int
    gross: int


@dataclass(frozen=True, slots=True)
class Ordered:
    """An order as a mail shows it; amounts in minor units of ``currency``."""

    id: str
    organisation: str
    lines: Sequence[OrderedLine]
    currency: str
    net: int
    tax: int
    total: int
    tax_percent: Decimal
    reverse_charge: bool
    is_consumer: bool

    @property
    def is_trial(self) -> bool:
        """Whether nothing was to pay because it is tried (R9)."""
        return all(line.term == Term.TRIAL for line in self.lines)


@dataclass(frozen=True, slots=True)
class Begun:
    """What a paid order began: local days; None where something does not apply."""

    starts_on: date
    last_day: date
    renews_on: date | None
    opt_out_on: date | None
    cancellable_until: date | None


@dataclass(frozen=True, slots=True)
class Paper:
    """A document: its number, and where its PDF is."""

    number: str
    url: str


def invoice_links(paper: Paper | None) -> tuple[Button, ...]:
    """Where the invoice can be had, if there is one."""
    if paper is None:
        return ()
    label = gettext("Your invoice %(number)s as PDF") % {"number": paper.number}
    return (Button(label, paper.url),)


def paid(
    ordered: Ordered, begun: Begun, *, url: str, language: str, invoice: Paper | None = None
) -> Letter:
    """The order is paid: what starts, what renews, the last day to stop it (R18, R19); ``invoice``
    is where it can be had."""
    if ordered.is_trial:
        return _tried(ordered, begun, url=url, language=language)
    return Letter(
        subject=gettext("Your order is paid: %(total)s")
        % {"total": money(ordered.total, ordered.currency, language)},
        preheader=gettext("Your roles can be assigned now."),
        heading=gettext("Thank you for your order"),
        lead=(gettext("It is paid, and what you bought can be used at once."),),
        table=table_of(ordered, language),
        facts=(*periods_of(begun, language), (gettext("Order"), ordered.id)),
        button=Button(gettext("Assign the roles"), url),
        links=invoice_links(invoice),
        after=_ways_back(begun, language),
        why=why_of(ordered),
    )


def _tried(ordered: Ordered, begun: Begun, *, url: str, language: str) -> Letter:
    return Letter(
        subject=gettext("Your trial has begun"),
        preheader=gettext("It ends by itself and costs nothing."),
        heading=gettext("Your trial has begun"),
        lead=(gettext("It ends by itself and costs nothing."),),
        table=table_of(ordered, language),
        facts=(
            (gettext("First day"), day(begun.starts_on, language)),
            (gettext("Last day"), day(begun.last_day, language)),
        ),
        button=Button(gettext("Assign the roles"), url),
        why=why_of(ordered),
    )


def declined(ordered: Ordered, *, url: str, language: str) -> Letter:
    """Found later: the charge did not pass; the order can be paid again (R17)."""
    return _unpaid(
        ordered,
        subject=gettext("Your payment was declined"),
        lead=(
            gettext("Your bank did not let the payment pass, and nothing was charged."),
            gettext("The order is kept: pay it again, with the same card or another one."),
        ),
        label=gettext("Pay again"),
        url=url,
        language=language,
    )


def authentication_required(ordered: Ordered, *, url: str, language: str) -> Letter:
    """Found later: the customer's bank asks for a step by the customer (R24)."""
    return _unpaid(
        ordered,
        subject=gettext("Your bank asks for your confirmation"),
        lead=(
            gettext("Before it lets the payment pass, your bank wants a confirmation from you."),
            gettext("Nothing is charged until then."),
        ),
        label=gettext("Confirm the payment"),
        url=url,
        language=language,
    )


def awaiting_verification(ordered: Ordered, *, until: date, url: str, language: str) -> Letter:
    """A student's order waits for the proof; nothing is charged before (R8)."""
    return Letter(
        subject=gettext("Your order awaits your proof of studies"),
        preheader=gettext("Nothing is charged before the proof is accepted."),
        heading=gettext("Show us that you are a student"),
        lead=(
            gettext(
                "Hand in a proof of your studies: a certificate of enrolment, or a student card."
            ),
            gettext("Nothing is charged before it is accepted."),
        ),
        table=table_of(ordered, language),
        facts=(
            (gettext("We keep your order until"), day(until, language)),
            (gettext("Order"), ordered.id),
        ),
        button=Button(gettext("Hand in the proof"), url),
        why=why_of(ordered),
    )


@dataclass(frozen=True, slots=True)
class Transfer:
    """The transfer that an order waits for: where to, under which reference, up to which day."""

    holder: str
    iban: str
    bic: str
    reference: str
    missing: int
    until: date


def awaiting_transfer(ordered: Ordered, transfer: Transfer, *, url: str, language: str) -> Letter:
    """How to pay an order by transfer (R15)."""
    return Letter(
        subject=gettext("Please transfer %(amount)s for your order")
        % {"amount": money(transfer.missing, ordered.currency, language)},
        preheader=gettext("Your subscription begins on the day the money is here."),
        heading=gettext("Your order waits for your transfer"),
        lead=(
            gettext("Your subscription begins on the day the money is here."),
            gettext("Give the reference with the transfer: by it we know what it is for."),
        ),
        table=table_of(ordered, language),
        facts=(*transfer_facts(ordered, transfer, language), (gettext("Order"), ordered.id)),
        button=Button(gettext("See the order"), url),
        why=why_of(ordered),
    )


def transfer_reminder(ordered: Ordered, transfer: Transfer, *, url: str, language: str) -> Letter:
    """The last day for the transfer comes near (R15)."""
    subject = gettext("Your order still waits for %(amount)s") % {
        "amount": money(transfer.missing, ordered.currency, language)
    }
    return Letter(
        subject=subject,
        preheader=gettext("Without the money the order expires."),
        heading=subject,
        lead=(
            gettext("Without the money the order expires; what counts is the bank's booking date."),
            gettext("If your transfer is on its way, there is nothing to do."),
        ),
        table=table_of(ordered, language),
        facts=(*transfer_facts(ordered, transfer, language), (gettext("Order"), ordered.id)),
        button=Button(gettext("See the order"), url),
        why=why_of(ordered),
    )


def tax_corrected(ordered: Ordered, number: str, *, url: str, language: str) -> Letter:
    """The VAT number was validated later: the tax goes back (R45)."""
    tax = money(ordered.tax, ordered.currency, language)
    subject = gettext("Your VAT number is confirmed: %(tax)s goes back to you") % {"tax": tax}
    return Letter(
        subject=subject,
        preheader=gettext("The invoice was credited and issued anew without tax."),
        heading=subject,
        lead=(
            gettext("The register of its country confirms %(number)s.") % {"number": number},
            gettext(
                "The invoice of this order was credited and issued anew without tax: you owe it in "
                "your country (reverse charge). The tax goes back by the way it came."
            ),
        ),
        table=table_of(ordered, language),
        facts=((gettext("Tax given back"), tax), (gettext("Order"), ordered.id)),
        button=Button(gettext("See the order"), url),
        why=why_of(ordered),
    )


def transfer_facts(
    ordered: Ordered, transfer: Transfer, language: str
) -> tuple[tuple[str, str], ...]:
    """Where to a transfer goes, under which reference, and until when."""
    return (
        (gettext("Amount"), money(transfer.missing, ordered.currency, language)),
        (gettext("Account holder"), transfer.holder),
        (gettext("IBAN"), in_groups(transfer.iban)),
        (gettext("BIC"), transfer.bic),
        (gettext("Reference"), in_groups(transfer.reference)),
        (gettext("Booked by our bank until"), day(transfer.until, language)),
    )


def proof_accepted(*, organisation: str, name: str, url: str) -> Letter:
    """The vendor's staff accepted a student's proof (R8)."""
    return Letter(
        subject=gettext("Your proof of studies is accepted"),
        preheader=gettext("You can buy at the prices for students."),
        heading=gettext("Your proof of studies is accepted"),
        greeting=hello(name),
        lead=(
            gettext(
                "You are known to us as a student now. An order that waited for it goes on by "
                "itself."
            ),
        ),
        button=Button(gettext("See my subscriptions"), url),
        why=_buys_why(organisation),
    )


def proof_declined(*, organisation: str, name: str, because: str, url: str) -> Letter:
    """The vendor's staff did not accept a student's proof, and say why (R8)."""
    return Letter(
        subject=gettext("Your proof of studies was not accepted"),
        preheader=because or gettext("You can hand in another one."),
        heading=gettext("Your proof of studies was not accepted"),
        greeting=hello(name),
        lead=(gettext("You can hand in another one; nothing was charged."),),
        quote=because,
        button=Button(gettext("Hand in another proof"), url),
        why=_buys_why(organisation),
    )


def _unpaid(
    ordered: Ordered, *, subject: str, lead: tuple[str, ...], label: str, url: str, language: str
) -> Letter:
    return Letter(
        subject=subject,
        preheader=lead[-1],
        heading=subject,
        lead=lead,
        table=table_of(ordered, language),
        facts=((gettext("Order"), ordered.id),),
        button=Button(label, url),
        why=why_of(ordered),
    )


def table_of(ordered: Ordered, language: str) -> Table:
    """Lines without tax and then the tax for companies; with tax for consumers (R7)."""

    def amount(minor: int) -> str:
        return money(minor, ordered.currency, language)

    rows = tuple(
        Row(
            line.name,
            f"{seats_in_words(line.quantity)} · {term_in_words(line.term, line.trial_days)}",
            amount(line.gross if ordered.is_consumer else line.net),
        )
        for line in ordered.lines
    )
    rate = {"rate": percent(ordered.tax_percent, language)}
    whole = (gettext("Total"), amount(ordered.total))
    if ordered.is_trial:
        return Table(rows, (whole,))
    if ordered.reverse_charge:
        return Table(rows, ((gettext("VAT: reverse charge"), amount(ordered.tax)), whole))
    if ordered.is_consumer:
        return Table(rows, ((gettext("of which VAT, %(rate)s") % rate, amount(ordered.tax)), whole))
    return Table(
        rows,
        (
            (gettext("Total without tax"), amount(ordered.net)),
            (gettext("VAT, %(rate)s") % rate, amount(ordered.tax)),
            whole,
        ),
    )


def periods_of(begun: Begun, language: str) -> list[tuple[str, str]]:
    """The days of what was bought, and the last one to stop its renewal (R18)."""
    facts = [
        (gettext("First day"), day(begun.starts_on, language)),
        (gettext("Last day"), day(begun.last_day, language)),
    ]
    if begun.renews_on:
        facts.append((gettext("Renews by itself on"), day(begun.renews_on, language)))
    if begun.renews_on and begun.opt_out_on:
        facts.append((gettext("Last day to stop that"), day(begun.opt_out_on, language)))
    return facts


def _ways_back(begun: Begun, language: str) -> tuple[str, ...]:
    if begun.cancellable_until is None:
        return ()
    until = {"day": day(begun.cancellable_until, language)}
    return (
        gettext("Changed your mind? Cancel until %(day)s, and the whole amount is paid back.")
        % until,
    )


def why_of(ordered: Ordered) -> str:
    """Why a buyer has a mail."""
    return _buys_why(ordered.organisation)


def _buys_why(organisation: str) -> str:
    return gettext("You have this mail because you buy for %(organisation)s.") % {
        "organisation": organisation
    }
