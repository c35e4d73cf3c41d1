"""The addresses of the design system's page."""

from __future__ import annotations

from django.urls import path

from tenure.web.design import pages

urlpatterns = [path("", pages.design, name="design")]
