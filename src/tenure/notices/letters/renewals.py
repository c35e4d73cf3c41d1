"""What is told of a renewal before it comes (R5, R8, R24 to R26)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext, ngettext

from tenure.notices.letters.figures import day, money, seats_in_words, term_in_words
from tenure.notices.letters.letter import Button, Letter, Row, Table
from tenure.notices.letters.people import administrator_why, hello

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Coming:
    """A renewal to come: ``deadline`` is the last day to stop it; amounts in minor units.

    ``charged_on`` is the day of the charge or, by transfer, of the invoice. ``needs`` are words
    such as ``proof``; ``losers`` the names of the first who lose a seat, of ``seats_lost`` in all.
    """

    offer: str
    quantity: int
    term: str
    renews_on: date
    deadline: date
    net: int
    gross: int
    currency: str
    by_transfer: bool
    charged_on: date
    needs: Sequence[str] = ()
    seats_lost: int = 0
    losers: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class NotRenewed:
    """What is not renewed since its offer can no longer be had (R5)."""

    offer: str
    ends_on: date


@dataclass(frozen=True, slots=True)
class Reminder:
    """All reminders of a customer that are due on one day."""

    organisation: str
    is_consumer: bool
    coming: Sequence[Coming]
    gone: Sequence[NotRenewed]
    url: str
    proof_url: str


def reminder(about: Reminder, *, language: str) -> Letter:
    """What renews when, at which price, and the last day to stop it; and what does not (R25)."""
    if not about.coming:
        return _not_renewed(about, language)
    subject = _subject(about, language)
    return Letter(
        subject=subject,
        preheader=gettext("You can stop that until %(day)s.")
        % {"day": day(min(each.deadline for each in about.coming), language)},
        heading=subject,
        lead=(
            gettext("It goes on by itself, without a gap, unless you stop it in time."),
            gettext("This price is fixed: it does not change any more before the renewal."),
        ),
        table=_table(about, language),
        facts=tuple(_facts(about.coming, language)),
        button=Button(gettext("See my subscriptions"), about.url),
        links=_links(about),
        after=(*_needs(about.coming), *_losses(about.coming, language), *_gone(about, language)),
        why=administrator_why(about.organisation),
    )


def _links(about: Reminder) -> tuple[Button, ...]:
    wanted = any("proof" in each.needs for each in about.coming)
    label = gettext("Hand in the proof of studies")
    return (Button(label, about.proof_url),) if wanted else ()


def _subject(about: Reminder, language: str) -> str:
    days = {each.renews_on for each in about.coming}
    named = {
        "offer": about.coming[0].offer,
        "count": len(about.coming),
        "day": day(min(days), language),
        "total": _total(about.coming, language),
    }
    if len(about.coming) == 1:
        return gettext("%(offer)s renews on %(day)s: %(total)s") % named
    if len(days) == 1:
        return gettext("%(count)d subscriptions renew on %(day)s: %(total)s") % named
    return gettext("%(count)d subscriptions renew from %(day)s on: %(total)s") % named


def _total(coming: Sequence[Coming], language: str) -> str:
    """What all of it costs with tax; a sum for each currency, where an organisation has two."""
    sums: dict[str, int] = {}
    for each in coming:
        sums[each.currency] = sums.get(each.currency, 0) + each.gross
    return " + ".join(money(amount, currency, language) for currency, amount in sums.items())


def _table(about: Reminder, language: str) -> Table:
    """Lines without tax and then the total for companies; with tax for consumers (R7)."""
    rows = tuple(
        Row(
            each.offer,
            f"{seats_in_words(each.quantity)} · {term_in_words(each.term, None)}",
            money(each.gross if about.is_consumer else each.net, each.currency, language),
        )
        for each in about.coming
    )
    return Table(rows, ((gettext("Total with tax"), _total(about.coming, language)),))


def _facts(coming: Sequence[Coming], language: str) -> Iterator[tuple[str, str]]:
    """The days; where they differ, each with what it is of."""
    alike = len({(each.renews_on, each.deadline, each.charged_on) for each in coming}) == 1
    for each in coming[:1] if alike else coming:
        of = "" if alike else f"{each.offer}: "
        yield of + gettext("Renews by itself on"), day(each.renews_on, language)
        yield of + gettext("Last day to stop that"), day(each.deadline, language)
        label = gettext("Invoice sent on") if each.by_transfer else gettext("Card charged from")
        yield of + label, day(each.charged_on, language)


def _needs(coming: Sequence[Coming]) -> Iterator[str]:
    needs = {need for each in coming for need in each.needs}
    if "proof" in needs:
        yield gettext(
            "We need a new proof of your studies before: hand it in by the link above. Without one "
            "nothing is charged, and the subscription ends."
        )
    if "card" in needs:
        yield gettext(
            "There is no card on file to pay with: add one under Billing, so that nothing stops."
        )
    if "expires" in needs:
        yield gettext(
            "Your card expires before it is charged: add another one under Billing, so that "
            "nothing stops."
        )


def _losses(coming: Sequence[Coming], language: str) -> Iterator[str]:
    for each in coming:
        if each.seats_lost:
            yield ngettext(
                "%(offer)s goes on with fewer seats from %(day)s: %(names)s loses one. You can "
                "choose somebody else.",
                "%(offer)s goes on with fewer seats from %(day)s: %(names)s lose theirs. You can "
                "choose others.",
                each.seats_lost,
            ) % {
                "offer": each.offer,
                "day": day(each.renews_on, language),
                "names": _named(each.losers, each.seats_lost),
            }


def _named(names: Sequence[str], count: int) -> str:
    more = count - len(names)
    if more < 1:
        return ", ".join(names)
    return ngettext("%(names)s and %(count)d more", "%(names)s and %(count)d more", more) % {
        "names": ", ".join(names),
        "count": more,
    }


def _gone(about: Reminder, language: str) -> Iterator[str]:
    for each in about.gone:
        yield gettext(
            "%(offer)s is no longer offered: it is not renewed, and can be used until %(day)s."
        ) % {"offer": each.offer, "day": day(each.ends_on - _DAY, language)}


def _not_renewed(about: Reminder, language: str) -> Letter:
    """Nothing of it is renewed: the offers can no longer be had (R5)."""
    first = min(about.gone, key=lambda each: each.ends_on)
    named = {
        "offer": first.offer,
        "count": len(about.gone),
        "day": day(first.ends_on - _DAY, language),
    }
    subject = (
        gettext("%(offer)s is not renewed: its last day is %(day)s")
        if len(about.gone) == 1
        else gettext("%(count)d subscriptions are not renewed")
    ) % named
    return Letter(
        subject=subject,
        preheader=gettext("Nothing is charged for it any more."),
        heading=subject,
        lead=(
            *_gone(about, language),
            gettext("Until then everything works as before, and nothing more is charged."),
        ),
        button=Button(gettext("See my subscriptions"), about.url),
        after=(gettext("Do you need something in its place? Write to us, we will find it."),),
        why=administrator_why(about.organisation),
    )


def seats_go(
    *,
    organisation: str,
    offer: str,
    on: date,
    names: Sequence[str],
    count: int,
    url: str,
    language: str,
) -> Letter:
    """The deadline is over, and the next period has fewer seats than are held (R26)."""
    named = {"offer": offer, "day": day(on, language), "names": _named(names, count)}
    return Letter(
        subject=gettext("Fewer seats of %(offer)s from %(day)s") % named,
        preheader=gettext("These lose theirs: %(names)s") % named,
        heading=gettext("Fewer seats of %(offer)s from %(day)s") % named,
        lead=(
            gettext("The next period has fewer seats than are held today."),
            gettext("These members lose theirs, unless you choose others until then: %(names)s.")
            % named,
        ),
        button=Button(gettext("Choose who loses a seat"), url),
        why=administrator_why(organisation),
    )


def seat_goes(
    *, organisation: str, name: str, offer: str, on: date, url: str, language: str
) -> Letter:
    """Somebody is told that their seat goes with the next period (R26)."""
    named = {"offer": offer, "day": day(on, language), "organisation": organisation}
    return Letter(
        subject=gettext("Your seat of %(offer)s goes on %(day)s") % named,
        preheader=gettext("%(organisation)s goes on with fewer seats.") % named,
        heading=gettext("Your seat of %(offer)s goes on %(day)s") % named,
        greeting=hello(name),
        lead=(
            gettext(
                "%(organisation)s goes on with fewer seats, and as things stand yours is one of "
                "those that go. Until then you can work as before."
            )
            % named,
            gettext("Do you still need it? Speak to an administrator, who can choose otherwise."),
        ),
        button=Button(gettext("See my roles"), url),
        why=gettext("You have this mail because you hold a seat of %(organisation)s.") % named,
    )
