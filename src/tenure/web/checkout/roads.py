"""Where a purchase leads on."""

from __future__ import annotations

from uuid import UUID

from django.urls import reverse

from tenure.base.ids import public_id
from tenure.billing.queries import waiting_step


def cart_page(cart: UUID) -> str:
    """Where one of the visitor's carts is shown."""
    return f"{reverse('cart')}?cart={public_id('cart', cart)}"


def order_page(order: UUID) -> str:
    """Where an order is seen, at each of its stages."""
    return reverse("order", args=[public_id("ord", order)])


def bank_page(payment: UUID, *, elsewhere: bool) -> str:
    """Where the customer takes the bank's step: ``elsewhere``, or at the sandbox's bank."""
    return reverse("step" if elsewhere else "bank", args=[public_id("pay", payment)])


def after_paying(order: UUID) -> str:
    """On to the bank where it asks for a step, else to the order. One statement."""
    waiting = waiting_step(order)
    if waiting is None:
        return order_page(order)
    payment, elsewhere = waiting
    return bank_page(payment, elsewhere=bool(elsewhere))
