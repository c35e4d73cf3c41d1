"""Where a quote stands, by the word of its badge, and where it is seen."""

from __future__ import annotations

from uuid import UUID

from django.urls import reverse

from tenure.base.ids import public_id
from tenure.orders.models import QuoteStatus


def state_of(status: QuoteStatus) -> str:
    """The word of the badge: a quote that was sent waits to be accepted."""
    return "to_be_accepted" if status is QuoteStatus.SENT else status.value


def quote_page(organisation: UUID, quote: UUID) -> str:
    """Where a quote is seen, accepted and declined."""
    ids = [public_id("org", organisation), public_id("quo", quote)]
    return reverse("console_quote", args=ids)
