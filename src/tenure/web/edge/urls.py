"""The addresses that belong to no area."""

from __future__ import annotations

from django.urls import path

from tenure.web.edge import preferences, robots

urlpatterns = [
    path("preferences", preferences.pick, name="preferences"),
    path("favicon.ico", robots.favicon),
    path("robots.txt", robots.robots, name="robots"),
    path("sitemap.xml", robots.sitemap, name="sitemap"),
]
