"""Quotes: a promise with a price, a number and an end, which becomes one order at most (R12).

A customer has one made of a cart, at the cart's prices. Staff make one at prices of their own,
also of what is not sold online, with the reason on record.
"""

from __future__ import annotations

from tenure.flows.quotes.accepting import accept, decline
from tenure.flows.quotes.making import (
    QuotedLine,
    drop_draft,
    quote_by_staff,
    quote_cart,
    send_draft,
)

__all__ = [
    "QuotedLine",
    "accept",
    "decline",
    "drop_draft",
    "quote_by_staff",
    "quote_cart",
    "send_draft",
]
