"""What members and those who administer them are told (R34, R36, R37, R40)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.utils.translation import gettext

from tenure.notices.letters.figures import day
from tenure.notices.letters.letter import Button, Letter


def hello(name: str) -> str:
    """How a letter begins; nothing for whom we cannot name."""
    return gettext("Hello %(name)s,") % {"name": name} if name else ""


def invitation(
    *,
    organisation: str,
    name: str,
    roles: Sequence[str],
    standing: str,
    last_day: date,
    url: str,
    again: bool,
    language: str,
) -> Letter:
    """Somebody is invited, for the first time or ``again`` (R36)."""
    named = {"organisation": organisation}
    facts = [(gettext("Organisation"), organisation)]
    if standing in _STANDINGS:
        facts.append((gettext("Your part"), _STANDINGS[standing]()))
    if roles:
        facts.append((gettext("Your roles"), ", ".join(roles)))
    facts.append((gettext("Can be accepted until"), day(last_day, language)))
    if again:
        subject = gettext("Reminder: %(organisation)s invites you") % named
    else:
        subject = gettext("%(organisation)s invites you") % named
    return Letter(
        subject=subject,
        preheader=gettext("Two clicks, and you are in."),
        heading=gettext("%(organisation)s invites you") % named,
        greeting=hello(name),
        lead=(gettext("Accept the invitation, and what it brings is yours at once."),),
        facts=tuple(facts),
        button=Button(gettext("Accept the invitation"), url),
        after=(gettext("You expected no invitation? Then delete this mail; nothing happens."),),
        why=gettext(
            "You have this mail because an administrator of %(organisation)s gave your address."
        )
        % named,
    )


_STANDINGS = {
    "owner": lambda: gettext("owner"),
    "administrator": lambda: gettext("administrator"),
    "billing": lambda: gettext("billing contact"),
}


def provisioned(*, organisation: str, name: str, email: str, url: str) -> Letter:
    """The organisation's identity provider brought somebody in; nothing is to be accepted (R36)."""
    named = {"organisation": organisation}
    return Letter(
        subject=gettext("You are a member of %(organisation)s") % named,
        preheader=gettext("There is nothing to accept: the roles you hold work at once."),
        heading=gettext("You are a member of %(organisation)s") % named,
        greeting=hello(name),
        lead=(
            gettext(
                "%(organisation)s has made you a member, by the directory in which it keeps its "
                "people. There is nothing to accept: the roles you hold there work at once."
            )
            % named,
        ),
        facts=((gettext("Organisation"), organisation), (gettext("You log in as"), email)),
        button=Button(gettext("See my roles"), url),
        after=(
            gettext("No password yet? Where you log in, follow “Forgotten, or never had one?”."),
            gettext("You do not know this organisation? You can leave it where your roles are."),
        ),
        why=_member_why(named),
    )


def suspended(*, organisation: str, name: str) -> Letter:
    """A member is suspended: the seats stay, every decision is no (R37)."""
    named = {"organisation": organisation}
    return Letter(
        subject=gettext("You are suspended at %(organisation)s") % named,
        preheader=gettext("Your roles are kept for you, and do not work for now."),
        heading=gettext("You are suspended at %(organisation)s") % named,
        greeting=hello(name),
        lead=(
            gettext(
                "An administrator of %(organisation)s has suspended you. Your roles are kept for "
                "you, but they do not work until you are restored."
            )
            % named,
        ),
        after=(gettext("Questions? Ask an administrator of your organisation."),),
        why=_member_why(named),
    )


def restored(*, organisation: str, name: str, url: str) -> Letter:
    """A suspended member is active again (R37)."""
    named = {"organisation": organisation}
    return Letter(
        subject=gettext("Welcome back to %(organisation)s") % named,
        preheader=gettext("Your roles work again."),
        heading=gettext("Welcome back to %(organisation)s") % named,
        greeting=hello(name),
        lead=(gettext("You are no longer suspended. The roles you hold work again at once."),),
        button=Button(gettext("See my roles"), url),
        why=_member_why(named),
    )


def removed(*, organisation: str, name: str) -> Letter:
    """A member is none any more; the seats are free (R37)."""
    named = {"organisation": organisation}
    return Letter(
        subject=gettext("You are no longer a member of %(organisation)s") % named,
        preheader=gettext("The roles you held there are free again."),
        heading=gettext("You are no longer a member of %(organisation)s") % named,
        greeting=hello(name),
        lead=(
            gettext(
                "An administrator of %(organisation)s has removed you. The roles you held there "
                "are no longer yours."
            )
            % named,
            gettext("Your account stays; other organisations you belong to are not concerned."),
        ),
        after=(gettext("Questions? Ask an administrator of that organisation."),),
        why=_member_why(named),
    )


def role_asked(*, organisation: str, member: str, role: str, word: str, url: str) -> Letter:
    """A member asks for a role; whoever administers is told (R40)."""
    named = {"member": member, "role": role, "organisation": organisation}
    return Letter(
        subject=gettext("%(member)s asks for the role %(role)s") % named,
        preheader=gettext("Grant it from a free seat, buy one, or decline with a word."),
        heading=gettext("%(member)s asks for a role") % named,
        lead=(gettext("Grant it from a free seat, buy one, or decline with a word."),),
        quote=word,
        facts=(
            (gettext("Organisation"), organisation),
            (gettext("Member"), member),
            (gettext("Role"), role),
        ),
        button=Button(gettext("Answer the request"), url),
        why=administrator_why(organisation),
    )


def role_granted(*, organisation: str, name: str, role: str, url: str) -> Letter:
    """The role that a member asked for is theirs (R40)."""
    named = {"organisation": organisation, "role": role}
    return Letter(
        subject=gettext("The role %(role)s is yours") % named,
        preheader=gettext("It works at once."),
        heading=gettext("The role %(role)s is yours") % named,
        greeting=hello(name),
        lead=(
            gettext("You asked for it at %(organisation)s, and it was granted. It works at once.")
            % named,
        ),
        button=Button(gettext("See my roles"), url),
        why=_member_why(named),
    )


def role_declined(*, organisation: str, name: str, role: str, word: str) -> Letter:
    """The role that a member asked for is not granted, with a word why (R40)."""
    named = {"organisation": organisation, "role": role}
    return Letter(
        subject=gettext("Your request for the role %(role)s was declined") % named,
        preheader=word or gettext("Ask an administrator of your organisation why."),
        heading=gettext("Your request was declined"),
        greeting=hello(name),
        lead=(
            gettext("You asked for the role %(role)s at %(organisation)s. It is not granted.")
            % named,
        ),
        quote=word,
        after=(gettext("Questions? Ask an administrator of your organisation."),),
        why=_member_why(named),
    )


def ownership_offered(*, organisation: str, name: str, giver: str, url: str) -> Letter:
    """An owner offers the ownership, which the other has to accept (R34)."""
    named = {"organisation": organisation, "giver": giver}
    return Letter(
        subject=gettext("%(giver)s offers you the ownership of %(organisation)s") % named,
        preheader=gettext("It passes to you only if you accept."),
        heading=gettext("The ownership of %(organisation)s is offered to you") % named,
        greeting=hello(name),
        lead=(
            gettext(
                "%(giver)s would like you to be an owner of %(organisation)s. An owner may do all "
                "that an administrator may, and give the ownership away."
            )
            % named,
            gettext("It passes to you only if you accept."),
        ),
        button=Button(gettext("Look at the offer"), url),
        why=_member_why(named),
    )


def administrator_why(organisation: str) -> str:
    """Why somebody who administers gets a mail."""
    return gettext("You have this mail because you administer %(organisation)s.") % {
        "organisation": organisation
    }


def _member_why(named: dict[str, str]) -> str:
    return gettext("You have this mail because you are or were a member of %(organisation)s.") % {
        "organisation": named["organisation"]
    }
