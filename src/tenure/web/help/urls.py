"""The addresses of the help."""

from __future__ import annotations

from django.urls import path

from tenure.web.help import pages

urlpatterns = [path("", pages.questions, name="help")]
