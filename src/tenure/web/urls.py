"""Which page is at which address: the areas, put together."""

from __future__ import annotations

from django.urls import include, path

from tenure.web.edge.appearance import choose_theme

urlpatterns = [
    path("appearance", choose_theme, name="appearance"),
    path("backoffice/", include("tenure.web.backoffice.urls")),
    path("design/", include("tenure.web.design.urls")),
    path("", include("tenure.web.edge.urls")),
    path("", include("tenure.web.accounts.urls")),
]
