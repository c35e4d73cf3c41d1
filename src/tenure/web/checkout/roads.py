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


def bank_page(payment: UUID) -> str:
    """Where the sandbox's customer takes the step that the bank asks for."""
    return reverse("bank", args=[public_id("pay", payment)])


def after_paying(order: UUID) -> str:
    """On to the bank where it asks for a step, else to the order. One statement."""
    payment = waiting_step(order)
    return bank_page(payment) if payment else order_page(order)
