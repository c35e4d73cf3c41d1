"""What the vendor's staff do for customers, and what is asked of them."""

from __future__ import annotations

from django.utils.translation import gettext

from tenure.notices.letters.letter import Button, Letter
from tenure.notices.letters.people import administrator_why, hello
from tenure.support.rules import RequestKind


def acting_begun(*, organisation: str, name: str, staff: str, reason: str, url: str) -> Letter:
    """One of the vendor's staff acts for the customer, who can see it and why."""
    return Letter(
        subject=gettext("Our staff are acting for %(organisation)s")
        % {"organisation": organisation},
        preheader=reason or gettext("All they do stands in your history."),
        heading=gettext("Our staff are acting for you"),
        greeting=hello(name),
        lead=(
            gettext("%(staff)s of our staff is working in your console, for this reason:")
            % {"staff": staff},
        ),
        quote=reason,
        facts=((gettext("Organisation"), organisation),),
        button=Button(gettext("See the history"), url),
        after=(
            gettext("All they do stands in your history, under their name."),
            gettext("You did not ask for help? Answer this mail, and we look into it."),
        ),
        why=administrator_why(organisation),
    )


def owner_recovered(*, organisation: str, name: str, member: str, url: str) -> Letter:
    """The vendor's staff made a member owner, because the owner was lost (R34)."""
    named = {"organisation": organisation, "member": member}
    return Letter(
        subject=gettext("%(member)s is now an owner of %(organisation)s") % named,
        preheader=gettext("Our staff recovered the ownership, on record."),
        heading=gettext("The ownership was recovered"),
        greeting=hello(name),
        lead=(
            gettext(
                "Our staff made %(member)s an owner of %(organisation)s, because its owner could "
                "no longer be reached. It is on record in the history."
            )
            % named,
        ),
        button=Button(gettext("See the history"), url),
        after=(gettext("Is this wrong? Answer this mail, and we look into it."),),
        why=administrator_why(organisation),
    )


def request_received(*, kind: str, about: str, word: str, who: str, email: str, url: str) -> Letter:
    """Somebody asks the vendor something; staff are told."""
    named = {
        "kind": {
            RequestKind.CANCELLATION: gettext("cancellation"),
            RequestKind.SALES: gettext("sales"),
            RequestKind.BILLING: gettext("billing"),
            RequestKind.OTHER: gettext("other"),
        }[RequestKind(kind)],
        "who": who or email,
    }
    facts = [(gettext("From"), f"{who} <{email}>" if who else email)]
    if about:
        facts.append((gettext("About"), about))
    return Letter(
        subject=gettext("Request (%(kind)s): %(who)s") % named,
        preheader=word[:200],
        heading=gettext("Request (%(kind)s)") % named,
        lead=(),
        quote=word,
        facts=tuple(facts),
        button=Button(gettext("Answer the request"), url),
        why=gettext("You have this mail because you are one of the vendor's staff."),
    )


def request_answered(*, name: str, answer: str, word: str, about: str) -> Letter:
    """The staff's answer, with what was asked below (R29)."""
    return Letter(
        subject=gettext("Our answer to your request"),
        preheader=answer[:200],
        heading=gettext("Our answer to your request"),
        greeting=hello(name),
        lead=tuple(part for part in answer.splitlines() if part.strip()),
        facts=((gettext("About"), about),) if about else (),
        after=(
            gettext("You asked: %(word)s") % {"word": word},
            gettext("Something to add? Answer this mail."),
        ),
        why=gettext("You have this mail because you asked us something."),
    )


def request_acknowledged(*, name: str, word: str, about: str) -> Letter:
    """Whoever asked is told that it arrived."""
    return Letter(
        subject=gettext("We have received your request"),
        preheader=gettext("We answer as soon as possible."),
        heading=gettext("We have received your request"),
        greeting=hello(name),
        lead=(gettext("Thank you. We answer as soon as possible, by mail."),),
        quote=word,
        facts=((gettext("About"), about),) if about else (),
        after=(gettext("Something to add? Answer this mail."),),
        why=gettext("You have this mail because this address was given in our contact form."),
    )
