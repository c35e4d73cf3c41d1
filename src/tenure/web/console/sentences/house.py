"""Sentences about the organisation itself, its keys, what it asked, and the vendor's own house."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from babel.lists import format_list
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from tenure.web.console.sentences.said import Event, Sentence

FIELDS: Final = {
    "name": _("name"),
    "language": _("language"),
    "timezone": _("time zone"),
    "country": _("country"),
    "currency": _("currency"),
    "billing_name": _("name on invoices"),
    "billing_line1": _("street"),
    "billing_line2": _("further line of the address"),
    "billing_postal_code": _("postal code"),
    "billing_city": _("city"),
    "billing_region": _("region"),
    "billing_country": _("billing country"),
    "vat_number": _("VAT number"),
    "siren": _("SIREN"),
    "purchase_order": _("purchase order number"),
}
"""What the particulars are called that can change."""


def _created(event: Event) -> str:
    return gettext("The organisation was created; %(member)s owns it.") % {"member": event.member()}


def _changed(event: Event) -> str:
    fields = [str(FIELDS.get(word, word)) for word in event.data.get("fields", ())]
    listed = format_list(fields, locale=get_language() or "en")
    return gettext("Particulars were changed: %(fields)s.") % {"fields": listed}


def _suspended(_event: Event) -> str:
    return gettext("The vendor suspended the organisation.")


def _restored(_event: Event) -> str:
    return gettext("The vendor took the suspension of the organisation back.")


def _proof(_event: Event) -> str:
    return gettext("A student's proof was handed in.")


def _proof_declined(_event: Event) -> str:
    return gettext("The student's proof was not accepted.")


def _verified(_event: Event) -> str:
    return gettext("The organisation is proved to be a student's.")


def _vat_validated(_event: Event) -> str:
    return gettext("The VAT number was found in the register of its country.")


def _vat_rejected(_event: Event) -> str:
    return gettext("The register of its country does not know the VAT number.")


def _clock(event: Event) -> str:
    return gettext("The test clock was advanced to %(moment)s.") % {"moment": event.moment("to")}


def _factor(event: Event) -> str:
    if event.data.get("required"):
        return gettext("Administrators need a second factor from now on.")
    return gettext("Administrators need no second factor any more.")


def _key_made(event: Event) -> str:
    return gettext("The key “%(key)s” of the API was made.") % {"key": event.key}


def _key_revoked(event: Event) -> str:
    return gettext("The key “%(key)s” of the API was revoked.") % {"key": event.key}


def _webhook_added(_event: Event) -> str:
    return gettext("A webhook was added.")


def _webhook_changed(_event: Event) -> str:
    return gettext("A webhook was changed.")


def _webhook_secret(_event: Event) -> str:
    return gettext("A webhook was given a new secret.")


def _webhook_replayed(event: Event) -> str:
    return gettext("A webhook is told again what happened after number %(after)d.") % {
        "after": event.number("after")
    }


def _webhook_disabled(_event: Event) -> str:
    return gettext("A webhook took nothing for days and was disabled.")


def _webhook_removed(_event: Event) -> str:
    return gettext("A webhook was removed.")


def _calendar_shared(_event: Event) -> str:
    return gettext("The calendar was given a new secret address.")


def _calendar_revoked(_event: Event) -> str:
    return gettext("The secret address of the calendar was revoked.")


def _acting(event: Event) -> str:
    return gettext("%(staff)s of the vendor began to act for you.") % {"staff": event.staff}


def _acted(event: Event) -> str:
    return gettext("%(staff)s of the vendor stopped acting for you.") % {"staff": event.staff}


def _asked(_event: Event) -> str:
    return gettext("The vendor was asked something.")


def _answered(_event: Event) -> str:
    return gettext("The vendor answered a request.")


def _followed_up(_event: Event) -> str:
    return gettext("Something was added to a request to the vendor.")


def _granted(event: Event) -> str:
    return gettext("A request to cancel an order was granted: %(refund)s go back.") % {
        "refund": event.amount("refund")
    }


def _not_granted(_event: Event) -> str:
    return gettext("The vendor declined a request to cancel an order.")


def _closed(_event: Event) -> str:
    return gettext("A request to the vendor was closed.")


def _catalogue(event: Event) -> str:
    return gettext("Version %(version)d of the catalogue came into force.") % {
        "version": event.number("version")
    }


def _policy(event: Event) -> str:
    return gettext("Version %(version)d of the policy came into force.") % {
        "version": event.number("policy_version")
    }


def _staff_added(event: Event) -> str:
    return gettext("%(staff)s joined the vendor's staff.") % {"staff": event.staff}


def _staff_changed(event: Event) -> str:
    return gettext("The roles of %(staff)s among the vendor's staff changed.") % {
        "staff": event.staff
    }


def _staff_ended(event: Event) -> str:
    return gettext("%(staff)s left the vendor's staff.") % {"staff": event.staff}


SENTENCES: Final[Mapping[str, Sentence]] = {
    "organisation.created": Sentence(icon="building", tell=_created),
    "organisation.changed": Sentence(icon="settings", tell=_changed),
    "organisation.suspended": Sentence(icon="player-pause", tell=_suspended),
    "organisation.restored": Sentence(icon="circle-check", tell=_restored),
    "organisation.proof_submitted": Sentence(icon="school", tell=_proof),
    "organisation.proof_declined": Sentence(icon="circle-x", tell=_proof_declined),
    "organisation.verified": Sentence(icon="school", tell=_verified),
    "organisation.vat_number_validated": Sentence(icon="circle-check", tell=_vat_validated),
    "organisation.vat_number_rejected": Sentence(icon="circle-x", tell=_vat_rejected),
    "organisation.clock_advanced": Sentence(icon="clock", tell=_clock),
    "organisation.second_factor_required": Sentence(icon="shield-lock", tell=_factor),
    "api_key.created": Sentence(icon="lock", tell=_key_made),
    "api_key.revoked": Sentence(icon="circle-x", tell=_key_revoked),
    "webhook.added": Sentence(icon="send", tell=_webhook_added),
    "webhook.changed": Sentence(icon="send", tell=_webhook_changed),
    "webhook.secret_renewed": Sentence(icon="lock", tell=_webhook_secret),
    "webhook.replayed": Sentence(icon="send", tell=_webhook_replayed),
    "webhook.disabled": Sentence(icon="circle-x", tell=_webhook_disabled),
    "webhook.removed": Sentence(icon="circle-minus", tell=_webhook_removed),
    "calendar.shared": Sentence(icon="calendar", tell=_calendar_shared),
    "calendar.revoked": Sentence(icon="calendar", tell=_calendar_revoked),
    "acting.begun": Sentence(icon="eye", tell=_acting),
    "acting.ended": Sentence(icon="eye", tell=_acted),
    "request.made": Sentence(icon="lifebuoy", tell=_asked),
    "request.answered": Sentence(icon="message", tell=_answered),
    "request.followed_up": Sentence(icon="message", tell=_followed_up),
    "request.granted": Sentence(icon="circle-check", tell=_granted),
    "request.declined": Sentence(icon="circle-x", tell=_not_granted),
    "request.closed": Sentence(icon="circle-minus", tell=_closed),
    "catalogue.imported": Sentence(icon="packages", tell=_catalogue),
    "policy.applied": Sentence(icon="settings", tell=_policy),
    "staff.added": Sentence(icon="briefcase", tell=_staff_added),
    "staff.roles_changed": Sentence(icon="briefcase", tell=_staff_changed),
    "staff.ended": Sentence(icon="briefcase", tell=_staff_ended),
}
