"""What whoever asked to cancel an order is told: received, granted, declined (R29, R30, R33)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext

from tenure.notices.letters.figures import day
from tenure.notices.letters.letter import Button, Letter
from tenure.notices.letters.people import hello
from tenure.policy.words import PaymentMethod


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked, of which order and when: ``sent`` in the reader's words and zone."""

    name: str
    order: str
    word: str
    sent: str
    url: str


@dataclass(frozen=True, slots=True)
class MoneyBack:
    """What goes back, in the reader's words; empty where nothing was paid.

    ``method`` is how it was paid, ``account`` the last digits of where a transfer goes, empty
    while it is not known; ``waits`` for the approval of that account (R30).
    """

    amount: str
    method: str = ""
    account: str = ""
    waits: bool = False


def granted(
    asked: Asked, back: MoneyBack, *, kept_until: date | None, language: str, whole: bool = True
) -> Letter:
    """The order is cancelled: how much goes back, how, when, and how long data are kept (R30).

    Not ``whole``: what a renewal of it had prolonged was ended (R33).
    """
    heading = gettext("Your order is cancelled") if whole else gettext("Your contract has ended")
    facts = [*_facts(asked)]
    if back.amount:
        facts += [(gettext("You get back"), back.amount), (gettext("How"), _how(back))]
    if kept_until is not None:
        facts.append((gettext("Your data are kept until the end of"), day(kept_until, language)))
    return Letter(
        subject=heading,
        preheader=gettext("%(amount)s go back to you.") % {"amount": back.amount}
        if back.amount
        else gettext("There was nothing to pay back."),
        heading=heading,
        greeting=hello(asked.name),
        lead=(
            gettext(
                "We have received your request, and cancelled the order at once: what it had begun "
                "has ended, and nobody works with it any more."
            )
            if whole
            else gettext(
                "We have received what you sent, and ended the contract at once: what you had paid "
                "for the days to come goes back to you."
            ),
        ),
        quote=asked.word,
        facts=tuple(facts),
        button=Button(gettext("See the order"), asked.url),
        after=tuple(_after(back, kept=kept_until is not None)),
        why=_why(),
    )


def declined(asked: Asked, *, answer: str) -> Letter:
    """Staff keep the order as it is, with their word (R29)."""
    return Letter(
        subject=gettext("About your request to cancel an order"),
        preheader=answer[:200] or gettext("The order stays as it is."),
        heading=gettext("Your order stays as it is"),
        greeting=hello(asked.name),
        lead=(gettext("We have looked at your request, and cannot cancel the order."),),
        quote=answer,
        facts=tuple(_facts(asked)),
        button=Button(gettext("See the order"), asked.url),
        after=(
            gettext("You can stop its renewal in the Subscriptions tab."),
            gettext("Is something not as it should be? Answer this mail."),
        ),
        why=_why(),
    )


def to_confirm(asked: Asked, *, url: str, days: int) -> Letter:
    """Somebody withdrew without logging in: the link, which works for so many days, says that it
    was the reader (R33)."""
    return Letter(
        subject=gettext("Confirm that you withdraw from the contract"),
        preheader=gettext("We have received your withdrawal; one click is left."),
        heading=gettext("We have received your withdrawal"),
        greeting=hello(asked.name),
        lead=(
            gettext("Confirm that it was you, so that nobody else can end your contract."),
            gettext("What counts is when you sent it, not when you confirm or we answer."),
        ),
        quote=asked.word,
        facts=tuple(_facts(asked)),
        button=Button(gettext("Confirm the withdrawal"), url),
        after=(
            gettext("The link works for %(days)s days; later a person of ours looks at it.")
            % {"days": days},
            gettext("It was not you? Then do nothing: without the click nothing happens."),
            gettext("Keep this mail: it confirms what you sent us and when."),
        ),
        why=_why(),
    )


def received(asked: Asked) -> Letter:
    """The request arrived and waits for staff: when it was sent is what counts (R28)."""
    return Letter(
        subject=gettext("We have received your request to cancel"),
        preheader=gettext("We answer as soon as possible."),
        heading=gettext("We have received your request to cancel"),
        greeting=hello(asked.name),
        lead=(
            gettext("Thank you. We answer as soon as possible, by mail."),
            gettext("What counts is when you sent it, not when we answer."),
        ),
        quote=asked.word,
        facts=tuple(_facts(asked)),
        button=Button(gettext("See the order"), asked.url),
        after=(gettext("Something to add? Answer this mail."),),
        why=_why(),
    )


def _facts(asked: Asked) -> list[tuple[str, str]]:
    return [(gettext("Order"), asked.order), (gettext("Your request was sent"), asked.sent)]


def _how(back: MoneyBack) -> str:
    if back.method == PaymentMethod.CARD:
        return gettext("To the card that paid")
    if not back.account:
        return gettext("By bank transfer, once we know the account")
    about = {"account": back.account}
    if back.waits:
        return gettext("By bank transfer to …%(account)s, once we have looked at it") % about
    return gettext("By bank transfer to …%(account)s") % about


def _after(back: MoneyBack, *, kept: bool) -> list[str]:
    said = []
    if back.amount and back.method == PaymentMethod.CARD:
        said.append(gettext("Your bank shows it in five to ten days."))
    elif back.amount and not back.account:
        said.append(gettext("Answer this mail with the IBAN to which we may pay it."))
    elif back.amount:
        said.append(gettext("It leaves with our next transfers to the bank, in a few days."))
    if kept:
        said.append(gettext("Until then your data can be read and exported."))
    said.append(gettext("Keep this mail: it confirms what you sent us and when."))
    return said


def _why() -> str:
    return gettext("You have this mail because you asked to cancel an order.")
