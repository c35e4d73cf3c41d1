"""Which page of the back office is at which address."""

from __future__ import annotations

from django.urls import path

from tenure.web.backoffice import (
    catalogue,
    countries,
    customers,
    journal,
    orders,
    overview,
    proofs,
    requests,
    staff,
)

urlpatterns = [
    path("", overview.overview, name="backoffice_overview"),
    path("customers", customers.customers, name="backoffice_customers"),
    path("customers/<str:organisation>", customers.customer, name="backoffice_customer"),
    path(
        "customers/<str:organisation>/owner",
        customers.lost_owner,
        name="backoffice_lost_owner",
    ),
    path("customers/<str:organisation>/act", customers.act, name="backoffice_act"),
    path(
        "customers/<str:organisation>/stop-acting",
        customers.stop_acting,
        name="backoffice_stop_acting",
    ),
    path("orders", orders.orders, name="backoffice_orders"),
    path("orders/<str:order>", orders.order, name="backoffice_order"),
    path("requests", requests.requests, name="backoffice_requests"),
    path("requests/<str:case>", requests.request, name="backoffice_request"),
    path("requests/<str:case>/close", requests.close, name="backoffice_close_request"),
    path("proofs", proofs.proofs, name="backoffice_proofs"),
    path("proofs/<str:proof>", proofs.proof, name="backoffice_proof"),
    path("proofs/<str:proof>/accept", proofs.accept, name="backoffice_accept_proof"),
    path("countries", countries.countries, name="backoffice_countries"),
    path("countries/<str:order>", countries.country, name="backoffice_country"),
    path("catalogue", catalogue.catalogue, name="backoffice_catalogue"),
    path("catalogue/roles", catalogue.roles, name="backoffice_roles"),
    path("catalogue/offers", catalogue.offers, name="backoffice_offers"),
    path("catalogue/offers/<path:offer>", catalogue.offer, name="backoffice_offer"),
    path("journal", journal.journal, name="backoffice_journal"),
    path("staff", staff.staff, name="backoffice_staff"),
    path("staff/<str:user>", staff.one, name="backoffice_staff_roles"),
    path("staff/<str:user>/end", staff.end, name="backoffice_staff_end"),
]
