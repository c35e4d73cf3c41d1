"""Which address of the JSON edge is answered by what."""

from __future__ import annotations

from django.urls import include, path

from tenure.api import (
    authentications,
    carts,
    happenings,
    health,
    invitations,
    invoices,
    members,
    offers,
    orders,
    organisations,
    requests,
    subscriptions,
)
from tenure.api.edge import PREFIX, make_edge

edge = make_edge()
for family in (
    offers.calls,
    carts.calls,
    orders.calls,
    invoices.calls,
    organisations.calls,
    happenings.calls,
    subscriptions.calls,
    members.calls,
    invitations.calls,
    requests.calls,
    authentications.calls,
    happenings.sandbox,
):
    edge.add_router("", family.router)

urlpatterns = [
    path("healthz", health.healthz),
    path("readyz", health.readyz),
    path("metrics", health.metrics),
    path(f"{PREFIX.strip('/')}/", edge.urls),
    path("", include("tenure.api.decisions.urls")),
]
