"""A small stateful server that answers as Stripe does, written from its API's documentation.

It runs on a real port, in threads, and honours idempotency keys as Stripe's API v1 does: the first
answer under a key is given again, a 500 included; another body under the same key is refused; what
failed validation is not remembered. It declines, asks for the bank's step, refuses off session,
gives back no more than it took, signs its messages, and can lose its answers.
"""

from __future__ import annotations

from tests.billing.stripelike.account import Account
from tests.billing.stripelike.server import StripeLike

__all__ = ["Account", "StripeLike"]
