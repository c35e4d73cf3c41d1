"""Which page of the console is at which address, below ``/console/<organisation>/``."""

from __future__ import annotations

from django.urls import path

from tenure.web.console import (
    billing,
    cards,
    clock,
    history,
    keys,
    next_period,
    orders,
    overview,
    ownership,
    papers,
    particulars,
    quotes,
    requests,
    security,
    subscriptions,
    taking_back,
)

urlpatterns = [
    path("", overview.overview, name="console"),
    path("extend", overview.extend, name="console_extend"),
    path("subscriptions", subscriptions.subscriptions, name="console_subscriptions"),
    path(
        "subscriptions/<str:subscription>",
        subscriptions.subscription,
        name="console_subscription",
    ),
    path(
        "subscriptions/<str:subscription>/renewal",
        subscriptions.renewal,
        name="console_renewal",
    ),
    path(
        "subscriptions/<str:subscription>/quantity",
        next_period.quantity,
        name="console_quantity",
    ),
    path(
        "subscriptions/<str:subscription>/losses",
        next_period.seat_losses,
        name="console_losses",
    ),
    path("orders", orders.orders, name="console_orders"),
    path("orders/<str:order>", orders.order, name="console_order"),
    path("orders/<str:order>/cancel", taking_back.cancel, name="console_cancel"),
    path("requests", requests.requests, name="console_requests"),
    path("requests/<str:case>", requests.request, name="console_request"),
    path("requests/<str:case>/account", requests.account, name="console_request_account"),
    path("billing", billing.billing, name="console_billing"),
    path("billing/address", particulars.billing, name="console_address"),
    path("billing/cards/new", cards.add, name="console_card_new"),
    path("billing/cards/<str:card>/default", cards.default, name="console_card_default"),
    path("billing/cards/<str:card>/remove", cards.remove, name="console_card_remove"),
    path("billing/invoices", papers.papers, name="console_papers"),
    path("billing/invoices/<str:document>/<str:form>", papers.file, name="console_paper"),
    path("billing/quotes", quotes.quotes, name="console_quotes"),
    path("history", history.events, name="console_history"),
    path("settings", particulars.organisation, name="console_settings"),
    path("settings/billing", billing.moved, name="console_billing_moved"),
    path("settings/security", security.security, name="console_security"),
    path("settings/ownership", ownership.ownership, name="console_ownership"),
    path("settings/ownership/<str:offer>", ownership.answer, name="console_ownership_answer"),
    path("settings/keys", keys.keys, name="console_keys"),
    path("settings/keys/<str:key>/revoke", keys.revoke, name="console_revoke"),
    path("settings/clock", clock.clock, name="console_clock"),
]
