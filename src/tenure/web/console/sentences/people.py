"""Sentences about members, invitations and the ownership (R34 to R37)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext

from tenure.web.console.sentences.said import Event, Sentence
from tenure.web.edge.states import STATES


def _standing(event: Event) -> str:
    word = event.text("standing")
    known = STATES.get("external_member" if word == "external" else word)
    return str(known.word) if known else word


def _invited(event: Event) -> str:
    about = {"member": event.member(), "standing": _standing(event), "roles": event.roles}
    if event.roles:
        return gettext("%(member)s was invited (%(standing)s), to hold %(roles)s.") % about
    return gettext("%(member)s was invited (%(standing)s).") % about


def _sent_again(event: Event) -> str:
    return gettext("The invitation of %(member)s was sent again.") % {"member": event.invited}


def _withdrawn(event: Event) -> str:
    return gettext("The invitation of %(member)s was withdrawn.") % {"member": event.member()}


def _expired(event: Event) -> str:
    return gettext("The invitation of %(member)s expired.") % {"member": event.member()}


def _joined(event: Event) -> str:
    return gettext("%(member)s accepted the invitation.") % {"member": event.member()}


def _provisioned(event: Event) -> str:
    return gettext("%(member)s was brought in by your identity provider.") % {
        "member": event.member()
    }


def _details_changed(event: Event) -> str:
    return gettext("Your identity provider changed what is known of %(member)s.") % {
        "member": event.member()
    }


def _standing_changed(event: Event) -> str:
    about = {"member": event.member(), "standing": _standing(event)}
    return gettext("The standing of %(member)s is now: %(standing)s.") % about


def _suspended(event: Event) -> str:
    return gettext("%(member)s was suspended.") % {"member": event.member()}


def _restored(event: Event) -> str:
    return gettext("%(member)s is active again.") % {"member": event.member()}


def _removed(event: Event) -> str:
    return gettext("%(member)s was removed.") % {"member": event.member()}


def _both(event: Event) -> dict[str, str]:
    return {"giver": event.member("giver"), "member": event.member()}


def _offered(event: Event) -> str:
    return gettext("%(giver)s offered the ownership to %(member)s.") % _both(event)


def _accepted(event: Event) -> str:
    return gettext("%(member)s accepted the ownership from %(giver)s.") % _both(event)


def _declined(event: Event) -> str:
    return gettext("%(member)s declined the ownership.") % _both(event)


def _taken_back(event: Event) -> str:
    return gettext("The offer of the ownership to %(member)s was taken back.") % _both(event)


def _recovered(event: Event) -> str:
    about = {"staff": event.staff, "member": event.member()}
    return (
        gettext("%(staff)s of the vendor made %(member)s owner, since the owner was lost.") % about
    )


SENTENCES: Final[Mapping[str, Sentence]] = {
    "member.invited": Sentence(icon="user-plus", tell=_invited),
    "invitation.sent_again": Sentence(icon="send", tell=_sent_again),
    "invitation.withdrawn": Sentence(icon="arrow-back-up", tell=_withdrawn),
    "invitation.expired": Sentence(icon="clock-off", tell=_expired),
    "member.joined": Sentence(icon="circle-check", tell=_joined),
    "member.provisioned": Sentence(icon="user-plus", tell=_provisioned),
    "member.details_changed": Sentence(icon="user-cog", tell=_details_changed),
    "member.standing_changed": Sentence(icon="user-cog", tell=_standing_changed),
    "member.suspended": Sentence(icon="player-pause", tell=_suspended),
    "member.restored": Sentence(icon="circle-check", tell=_restored),
    "member.removed": Sentence(icon="user-minus", tell=_removed),
    "ownership.offered": Sentence(icon="crown", tell=_offered),
    "ownership.accepted": Sentence(icon="crown", tell=_accepted),
    "ownership.declined": Sentence(icon="circle-x", tell=_declined),
    "ownership.offer_withdrawn": Sentence(icon="arrow-back-up", tell=_taken_back),
    "ownership.recovered": Sentence(icon="crown", tell=_recovered),
}
