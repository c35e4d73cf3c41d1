"""Which edge answers which address."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [
    path("", include("tenure.api.urls")),
    path("", include("tenure.web.urls")),
]
handler400 = "tenure.config.refusals.bad_request"
handler403 = "tenure.config.refusals.permission_denied"
handler404 = "tenure.config.refusals.page_not_found"
handler429 = "tenure.web.edge.refusals.too_many"
handler500 = "tenure.config.refusals.server_error"
