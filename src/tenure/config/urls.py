"""Which edge answers which address."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [
    path("", include("tenure.api.urls")),
]
handler400 = "tenure.api.problems.bad_request"
handler404 = "tenure.api.problems.page_not_found"
handler500 = "tenure.api.problems.server_error"
