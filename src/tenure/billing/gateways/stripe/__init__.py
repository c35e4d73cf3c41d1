"""Stripe, by its own library: cards that never touch Tenure.

A charge is one PaymentIntent, made and confirmed in one call under the payment's id as its key, or
one Checkout session, whose page takes the card. Where an answer is lost, the charge is looked up
among those of the customer, which Stripe lists as they are; one that is not there is closed by
taking its key for an intent that charges nothing, so that nothing that is late can follow.
"""

from __future__ import annotations

from tenure.billing.gateways.stripe.gateway import StripeGateway

__all__ = ["StripeGateway"]
