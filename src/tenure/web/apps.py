"""The pages as Django's applications."""

from __future__ import annotations

from allauth.account.apps import AccountConfig
from django.apps import AppConfig


class Pages(AppConfig):
    """Templates, texts, and the table of the cache that all web processes share."""

    name = "tenure.web"
    label = "web"


class Accounts(AccountConfig):
    """allauth's accounts, without its wish to stand around calls of the API too: its middleware
    is one of ``settings.PAGE_MIDDLEWARE``."""

    def ready(self) -> None:
        """Have allauth check the settings."""
        from allauth.account import checks  # noqa: F401  (checks register themselves)
