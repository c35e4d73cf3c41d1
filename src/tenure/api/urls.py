"""Which address of the JSON edge is answered by what."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import include, path, re_path

from tenure.api import (
    authentications,
    cancellations,
    carts,
    forecasts,
    gateways,
    happenings,
    health,
    invitations,
    invoices,
    members,
    offers,
    orders,
    organisations,
    payment_methods,
    quotes,
    renewals,
    requests,
    retention,
    seats,
    subscriptions,
    webhooks,
)
from tenure.api.edge import PREFIX, make_edge

edge = make_edge()
for family in (
    offers.calls,
    carts.calls,
    orders.calls,
    cancellations.calls,
    quotes.calls,
    invoices.calls,
    payment_methods.calls,
    organisations.calls,
    happenings.calls,
    subscriptions.calls,
    forecasts.calls,
    seats.calls,
    renewals.calls,
    members.calls,
    invitations.calls,
    requests.calls,
    webhooks.calls,
    retention.calls,
    authentications.calls,
    happenings.sandbox,
):
    edge.add_router("", family.router)


def scim(request: HttpRequest, path: str) -> HttpResponse:
    """SCIM, loaded when it is first asked: most processes never are, and it takes a while."""
    from tenure.api.scim.views import scim as answer

    return answer(request, path)


urlpatterns = [
    path("healthz", health.healthz),
    path("readyz", health.readyz),
    path("metrics", health.metrics),
    path(f"{PREFIX.strip('/')}/gateways/<str:gateway>/webhook", gateways.webhook),
    path(f"{PREFIX.strip('/')}/", edge.urls),
    path("", include("tenure.api.decisions.urls")),
    re_path(r"^scim/v2(?P<path>(?:/.*)?)$", scim),
]
