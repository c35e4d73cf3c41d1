"""Reads of requests, and what the vendor's staff look at: customers, orders, what waits."""

from __future__ import annotations

from tenure.support.queries.requests import (
    WaitingRequests,
    messages_of,
    reply_address,
    requests_with_status,
    waiting_requests,
)

__all__ = [
    "WaitingRequests",
    "messages_of",
    "reply_address",
    "requests_with_status",
    "waiting_requests",
]
