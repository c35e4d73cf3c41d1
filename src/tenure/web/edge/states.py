"""The states that pages show: each with its word, its tone and its icon, never by colour alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from django.utils.translation import gettext_lazy, pgettext_lazy

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


class State(NamedTuple):
    """How a state is shown; ``tone``: good, soon, bad, calm or plain."""

    word: str | _StrPromise
    tone: str
    icon: str


STATES: Final = {
    # subscriptions
    "active": State(gettext_lazy("Active"), "good", icon="circle-check"),
    "lapsed": State(gettext_lazy("Lapsed"), "bad", icon="alert-triangle"),
    "ended": State(gettext_lazy("Ended"), "plain", icon="circle-minus"),
    "cancelled": State(gettext_lazy("Cancelled"), "plain", icon="circle-x"),
    "pending": State(gettext_lazy("Pending"), "calm", icon="clock"),
    "renewal_off": State(gettext_lazy("Does not renew"), "soon", icon="refresh-off"),
    "renewal_on": State(gettext_lazy("Renews"), "good", icon="refresh"),
    "trial": State(gettext_lazy("Trial"), "calm", icon="flask"),
    "external": State(gettext_lazy("Not bought online"), "plain", icon="external-link"),
    # orders and payments
    "paid": State(gettext_lazy("Paid"), "good", icon="circle-check"),
    "captured": State(gettext_lazy("Paid"), "good", icon="circle-check"),
    "awaiting_transfer": State(gettext_lazy("Awaiting the transfer"), "calm", icon="clock"),
    "awaiting_verification": State(gettext_lazy("Awaiting the proof"), "calm", icon="clock"),
    "authentication_required": State(
        gettext_lazy("Your bank asks for a step"), "soon", icon="shield-lock"
    ),
    "payment_unknown": State(gettext_lazy("Payment being checked"), "soon", icon="help-circle"),
    "unknown": State(gettext_lazy("Being checked"), "soon", icon="help-circle"),
    "promised": State(gettext_lazy("Not charged yet"), "calm", icon="clock"),
    "intended": State(gettext_lazy("Being charged"), "calm", icon="clock"),
    "declined": State(gettext_lazy("Declined"), "bad", icon="circle-x"),
    "expired": State(gettext_lazy("Expired"), "plain", icon="clock-off"),
    "withdrawn": State(gettext_lazy("Withdrawn"), "plain", icon="arrow-back-up"),
    # quotes and papers
    "to_be_accepted": State(gettext_lazy("To be accepted"), "calm", icon="clock"),
    "default_card": State(gettext_lazy("Charged for renewals"), "good", icon="circle-check"),
    "expiring": State(gettext_lazy("Expires soon"), "soon", icon="calendar"),
    # people
    "invited": State(gettext_lazy("Invited"), "calm", icon="mail"),
    "suspended": State(gettext_lazy("Suspended"), "bad", icon="player-pause"),
    "purged": State(gettext_lazy("Data deleted"), "plain", icon="trash"),
    "removed": State(gettext_lazy("Removed"), "plain", icon="user-minus"),
    "accepted": State(gettext_lazy("Accepted"), "good", icon="circle-check"),
    "owner": State(gettext_lazy("Owner"), "calm", icon="crown"),
    "administrator": State(gettext_lazy("Administrator"), "calm", icon="settings"),
    "billing": State(gettext_lazy("Billing"), "plain", icon="receipt"),
    "member": State(gettext_lazy("Member"), "plain", icon="user"),
    "external_member": State(gettext_lazy("External"), "plain", icon="user"),
    # requests
    "submitted": State(pgettext_lazy("request", "Submitted"), "calm", icon="message"),
    "open": State(pgettext_lazy("request", "Open"), "calm", icon="message"),
    "answered": State(pgettext_lazy("request", "Answered"), "good", icon="message"),
    "granted": State(pgettext_lazy("request", "Granted"), "good", icon="circle-check"),
    "closed": State(pgettext_lazy("request", "Closed"), "plain", icon="circle-minus"),
    # seats
    "free": State(pgettext_lazy("seat", "Free"), "good", icon="armchair"),
    "reserved": State(pgettext_lazy("seat", "Reserved"), "calm", icon="mail"),
    "assigned": State(pgettext_lazy("seat", "Assigned"), "plain", icon="user"),
    # mails
    "waiting": State(pgettext_lazy("mail", "Waiting"), "calm", icon="clock"),
    "sent": State(pgettext_lazy("mail", "Sent"), "good", icon="send"),
    "shown": State(pgettext_lazy("mail", "Shown here"), "good", icon="mail"),
    "refused": State(pgettext_lazy("mail", "Refused"), "bad", icon="circle-x"),
    "given_up": State(pgettext_lazy("mail", "Given up"), "bad", icon="circle-x"),
    # refunds
    "refund_intended": State(gettext_lazy("Being given back"), "calm", icon="clock"),
    "refund_called": State(gettext_lazy("Being given back"), "calm", icon="clock"),
    "refund_unknown": State(gettext_lazy("Being checked"), "soon", icon="help-circle"),
    "refund_awaiting_iban": State(gettext_lazy("Awaiting an account"), "soon", icon="clock"),
    "refund_to_send": State(gettext_lazy("To be sent"), "soon", icon="clock"),
    "refund_sent": State(gettext_lazy("At the bank"), "calm", icon="building-bank"),
    "refund_done": State(gettext_lazy("Given back"), "good", icon="circle-check"),
    "refund_failed": State(gettext_lazy("Failed"), "bad", icon="circle-x"),
    # quotes
    "quote_draft": State(pgettext_lazy("quote", "Draft"), "plain", icon="clock"),
    "quote_sent": State(pgettext_lazy("quote", "Sent"), "calm", icon="send"),
    "quote_accepted": State(pgettext_lazy("quote", "Accepted"), "good", icon="circle-check"),
    "quote_declined": State(pgettext_lazy("quote", "Declined"), "bad", icon="circle-x"),
    "quote_expired": State(pgettext_lazy("quote", "Expired"), "plain", icon="clock-off"),
    # papers at the approved platform
    "delivery_waiting": State(gettext_lazy("To be handed over"), "calm", icon="clock"),
    "delivery_delivered": State(gettext_lazy("Handed over"), "calm", icon="send"),
    "delivery_accepted": State(pgettext_lazy("paper", "Accepted"), "good", icon="circle-check"),
    "delivery_rejected": State(pgettext_lazy("paper", "Refused"), "bad", icon="circle-x"),
    # lines of bank statements
    "line_matched": State(gettext_lazy("Matched"), "good", icon="circle-check"),
    "line_partial": State(gettext_lazy("A part of its order"), "soon", icon="clock"),
    "line_surplus": State(gettext_lazy("Something is left"), "soon", icon="plus"),
    "line_unknown": State(gettext_lazy("Names no order"), "soon", icon="help-circle"),
    "line_ambiguous": State(gettext_lazy("Not plain"), "soon", icon="help-circle"),
    "line_late": State(gettext_lazy("Came too late"), "bad", icon="clock-off"),
    "line_duplicate": State(gettext_lazy("Order paid already"), "bad", icon="receipt"),
    "line_wrong_currency": State(gettext_lazy("Other currency"), "bad", icon="alert-triangle"),
    "line_order_closed": State(gettext_lazy("Order closed"), "bad", icon="circle-x"),
    "line_not_waited_for": State(gettext_lazy("Not waited for"), "bad", icon="help-circle"),
    "line_taken_back": State(gettext_lazy("Taken back by the bank"), "bad", icon="arrow-back-up"),
    "line_returned": State(gettext_lazy("Sent back to us"), "bad", icon="arrow-back-up"),
    "line_noted": State(gettext_lazy("Noted"), "plain", icon="check"),
    "line_payout": State(gettext_lazy("Our transfer"), "plain", icon="send"),
}
"""By the word that the areas use."""
