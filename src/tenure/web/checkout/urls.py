"""The addresses from the cart to the confirmation, and of steps taken elsewhere."""

from __future__ import annotations

from django.urls import path

from tenure.web.checkout import asking, bank, carts, checkout, elsewhere, orders, quotes, seats

urlpatterns = [
    path("cart", carts.cart, name="cart"),
    path("checkout/<str:cart>", checkout.checkout, name="checkout"),
    path("checkout/<str:cart>/quote", asking.ask, name="ask_quote"),
    path("console/quotes/<str:quote>", quotes.found, name="quote"),
    path(
        "console/<str:organisation>/billing/quotes/<str:quote>", quotes.quote, name="console_quote"
    ),
    path(
        "console/<str:organisation>/billing/quotes/<str:quote>/decline",
        quotes.refuse,
        name="console_quote_decline",
    ),
    path(
        "console/<str:organisation>/subscriptions/<str:subscription>/seats",
        seats.seats,
        name="console_seats",
    ),
    path("console/<str:organisation>/extend/<str:role>", seats.more, name="console_more_seats"),
    path("orders/<str:order>", orders.order, name="order"),
    path("orders/<str:order>/withdraw", orders.withdraw, name="order_withdraw"),
    path("orders/<str:order>/again", orders.again, name="order_again"),
    path("orders/<str:order>/proof", orders.proof, name="order_proof"),
    path("sandbox/bank/<str:payment>", bank.bank, name="bank"),
    path("gateway/payments/<str:payment>/step", elsewhere.step, name="step"),
    path("gateway/payments/<str:payment>", elsewhere.back_from_payment, name="step_done"),
    path("gateway/cards/<str:card>/step", elsewhere.card_step, name="card_step"),
    path("gateway/cards/<str:card>", elsewhere.back_from_card, name="card_done"),
]
