"""Sentences about orders and payments (R8, R13, R16, R17)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext, ngettext

from tenure.web.console.sentences.said import Event, Sentence


def _placed(event: Event) -> str:
    return gettext("An order over %(total)s was placed.") % {"total": event.amount("total")}


def _paid(event: Event) -> str:
    return gettext("The order over %(total)s is paid.") % {"total": event.amount("total")}


def _declined(_event: Event) -> str:
    return gettext("The payment of an order was declined; nothing was charged.")


def _step(_event: Event) -> str:
    return gettext("The bank asked for a step before an order is paid.")


def _unknown(_event: Event) -> str:
    return gettext("The bank's answer about a payment was missing, and was asked for.")


def _awaits(event: Event) -> str:
    return gettext("An order waits for a transfer of %(amount)s, until %(day)s.") % {
        "amount": event.amount("amount"),
        "day": event.day("expires_on"),
    }


def _reminded(event: Event) -> str:
    return gettext("A mail reminded of a transfer of %(amount)s, which may come until %(day)s.") % {
        "amount": event.amount("missing"),
        "day": event.day("expires_on"),
    }


def _corrected(event: Event) -> str:
    return gettext("The VAT number is validated: the invoice was issued anew, without %(tax)s.") % {
        "tax": event.amount("tax")
    }


def _country(_event: Event) -> str:
    return gettext("The vendor looked at the country of an order, and accepted it.")


def _withdrawn(_event: Event) -> str:
    return gettext("An unpaid order was withdrawn.")


def _cancelled(event: Event) -> str:
    return gettext("An order was cancelled; %(refund)s go back by the way they came.") % {
        "refund": event.amount("refund")
    }


def _expired(_event: Event) -> str:
    return gettext("An order waited in vain, and expired.")


def _captured(event: Event) -> str:
    return gettext("%(amount)s was received.") % {"amount": event.amount("amount")}


def _matched(event: Event) -> str:
    return gettext("A transfer brought %(amount)s for an order.") % {
        "amount": event.amount("amount")
    }


def _released(event: Event) -> str:
    return gettext("%(amount)s by transfer are no longer for an order.") % {
        "amount": event.amount("amount")
    }


def _statement(event: Event) -> str:
    count = event.number("new")
    return ngettext(
        "A bank statement brought %(count)d new line.",
        "A bank statement brought %(count)d new lines.",
        count,
    ) % {"count": count}


def _resolved(event: Event) -> str:
    said = {
        "given_back": gettext("%(amount)s of a bank statement go back to whoever sent them."),
        "not_ours": gettext("%(amount)s of a bank statement were marked as no customer's."),
    }.get(event.text("how"), gettext("What was decided about %(amount)s was taken back."))
    return said % {"amount": event.amount("amount")}


def _payouts(event: Event) -> str:
    total = {"total": event.amount("total")}
    if event.data.get("sent"):
        return gettext("Refunds of %(total)s were handed to the bank.") % total
    return gettext("Refunds of %(total)s are in a file for the bank.") % total


def _refused(_event: Event) -> str:
    return gettext("A payment was declined by the bank.")


def _back_begun(event: Event) -> str:
    return gettext("%(amount)s is being paid back.") % {"amount": event.amount("amount")}


def _back(event: Event) -> str:
    return gettext("%(amount)s was paid back.") % {"amount": event.amount("amount")}


def _back_failed(_event: Event) -> str:
    return gettext("A refund could not be made by the way that was tried.")


def _issued(event: Event) -> str:
    kinds = {
        "invoice": gettext("An invoice was issued."),
        "credit_note": gettext("A credit note was issued."),
        "pro_forma": gettext("A pro-forma invoice was issued."),
        "quote": gettext("A quote was written."),
        "receipt": gettext("A receipt was issued."),
    }
    return kinds.get(event.text("kind"), event.text("kind"))


def _delivered(_event: Event) -> str:
    return gettext("A document was handed over to the platform for electronic invoices.")


def _acknowledged(_event: Event) -> str:
    return gettext("The platform for electronic invoices told where a document stands.")


def _rejected(_event: Event) -> str:
    return gettext("The platform for electronic invoices, or whom it was for, refused a document.")


def _card_added(_event: Event) -> str:
    return gettext("A card was saved for renewals.")


def _card_default(_event: Event) -> str:
    return gettext("Another saved card became the one that is charged.")


def _card_removed(_event: Event) -> str:
    return gettext("A saved card was removed.")


def _quoted(event: Event) -> str:
    return gettext("A quote over %(total)s was sent; it can be accepted until %(day)s.") % {
        "total": event.amount("total"),
        "day": event.day("valid_until"),
    }


def _quote_accepted(_event: Event) -> str:
    return gettext("A quote was accepted, and became an order.")


def _quote_declined(_event: Event) -> str:
    return gettext("A quote was declined.")


def _quote_expired(_event: Event) -> str:
    return gettext("A quote was not accepted in time, and expired.")


SENTENCES: Final[Mapping[str, Sentence]] = {
    "order.country_accepted": Sentence(icon="circle-check", tell=_country),
    "order.tax_corrected": Sentence(icon="receipt", tell=_corrected),
    "order.placed": Sentence(icon="shopping-bag", tell=_placed),
    "order.paid": Sentence(icon="circle-check", tell=_paid),
    "order.declined": Sentence(icon="circle-x", tell=_declined),
    "order.authentication_required": Sentence(icon="shield-lock", tell=_step),
    "order.payment_unknown": Sentence(icon="help-circle", tell=_unknown),
    "order.awaiting_transfer": Sentence(icon="clock", tell=_awaits),
    "order.transfer_reminded": Sentence(icon="clock", tell=_reminded),
    "order.withdrawn": Sentence(icon="arrow-back-up", tell=_withdrawn),
    "order.cancelled": Sentence(icon="arrow-back-up", tell=_cancelled),
    "order.expired": Sentence(icon="clock-off", tell=_expired),
    "quote.sent": Sentence(icon="receipt", tell=_quoted),
    "quote.accepted": Sentence(icon="circle-check", tell=_quote_accepted),
    "quote.declined": Sentence(icon="circle-x", tell=_quote_declined),
    "quote.expired": Sentence(icon="clock-off", tell=_quote_expired),
    "payment.captured": Sentence(icon="receipt", tell=_captured),
    "bank.statement_imported": Sentence(icon="receipt", tell=_statement),
    "bank.transfer_resolved": Sentence(icon="circle-check", tell=_resolved),
    "bank.payout_file": Sentence(icon="receipt", tell=_payouts),
    "transfer.matched": Sentence(icon="receipt", tell=_matched),
    "transfer.released": Sentence(icon="arrow-back-up", tell=_released),
    "payment.declined": Sentence(icon="circle-x", tell=_refused),
    "payment_method.added": Sentence(icon="receipt", tell=_card_added),
    "payment_method.made_default": Sentence(icon="circle-check", tell=_card_default),
    "payment_method.removed": Sentence(icon="circle-x", tell=_card_removed),
    "refund.intended": Sentence(icon="arrow-back-up", tell=_back_begun),
    "refund.paid": Sentence(icon="arrow-back-up", tell=_back),
    "refund.failed": Sentence(icon="circle-x", tell=_back_failed),
    "document.issued": Sentence(icon="receipt", tell=_issued),
    "document.delivered": Sentence(icon="receipt", tell=_delivered),
    "document.acknowledged": Sentence(icon="circle-check", tell=_acknowledged),
    "document.rejected": Sentence(icon="circle-x", tell=_rejected),
}
