"""Which page is at which address: the areas, put together."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [
    path("", include("tenure.web.edge.urls")),
]
