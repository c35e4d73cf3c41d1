"""Django's settings, made from the installation's own (``tenure settings`` shows those)."""

from __future__ import annotations

import os
from typing import Any

from tenure.config.logs import configure_logs
from tenure.host.settings import Settings, parse_database_url, read_settings

INSTALLATION = read_settings(os.environ)

SECRET_KEY = INSTALLATION.secret_key
DEBUG = INSTALLATION.debug
ALLOWED_HOSTS = list(INSTALLATION.allowed_hosts)
SANDBOX = INSTALLATION.sandbox
PUBLIC_URL = INSTALLATION.public_url

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "pgtrigger",
    "procrastinate.contrib.django",
    "django_prometheus",
    "tenure.events",
    "tenure.organisations",
    "tenure.catalogue",
    "tenure.orders",
    "tenure.billing",
    "tenure.subscriptions",
    "tenure.access",
    "tenure.notices",
]
AUTH_USER_MODEL = "organisations.User"
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "tenure.api.middleware.request_log",
]
ROOT_URLCONF = "tenure.config.urls"
WSGI_APPLICATION = "tenure.config.wsgi.application"
APPEND_SLASH = False
SECURE_CONTENT_TYPE_NOSNIFF = True
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024


def _database(installation: Settings) -> dict[str, Any]:
    """Django's form of the address; the commands set ``DATABASE_URL`` before Django starts.

    Statements that come again are prepared: PostgreSQL then plans them once for a connection.
    """
    address = parse_database_url(installation.database_url or "postgresql://tenure@/tenure")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": address.name,
        "USER": address.user,
        "PASSWORD": address.password,
        "HOST": address.host,
        "PORT": address.port,
        "CONN_MAX_AGE": installation.database_connection_age,
        "CONN_HEALTH_CHECKS": False,
        "OPTIONS": {"server_side_binding": True, "prepare_threshold": 3, **address.options},
    }


DATABASES = {"default": _database(INSTALLATION)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
ATOMIC_REQUESTS = False

USE_TZ = True
TIME_ZONE = "UTC"
USE_I18N = True
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("fr", "Français")]

PROCRASTINATE_ON_APP_READY = "tenure.config.jobs.register"

LOGGING_CONFIG = None
configure_logs(INSTALLATION.log_format, INSTALLATION.log_level)
