"""The addresses of the mailbox."""

from __future__ import annotations

from django.urls import path

from tenure.web.mailbox import pages

urlpatterns = [
    path("", pages.mailbox, name="mailbox"),
    path("<str:mail>", pages.mail, name="mail"),
    path("<str:mail>/html", pages.html, name="mail-html"),
]
