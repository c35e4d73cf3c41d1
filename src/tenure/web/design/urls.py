"""The addresses of the design system's pages."""

from __future__ import annotations

from django.urls import path

from tenure.web.design import pages

urlpatterns = [
    path("", pages.design, name="design"),
    path("confirmation", pages.confirmation, name="design-confirmation"),
    path("shell/<slug:base>", pages.shell, name="design-shell"),
]
