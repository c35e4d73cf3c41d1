"""Django's settings, made from the installation's own (``tenure settings`` shows those)."""

from __future__ import annotations

import os
from typing import Any

from tenure.config.assets import ASSETS, TEMPLATE_DIRS, locale_paths, prepared_root
from tenure.config.logs import configure_logs
from tenure.host.addresses import parse_database_url
from tenure.host.settings import Settings, read_settings

INSTALLATION = read_settings(os.environ)

SECRET_KEY = INSTALLATION.secret_key
DEBUG = INSTALLATION.debug
ALLOWED_HOSTS = list(INSTALLATION.allowed_hosts)
SANDBOX = INSTALLATION.sandbox
PUBLIC_URL = INSTALLATION.public_url
SMTP = INSTALLATION.smtp
MAIL_FROM = INSTALLATION.mail_from

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.staticfiles",
    "django_cotton.apps.SimpleAppConfig",
    "csp",
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
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "tenure.api.middleware.request_log",
    "tenure.web.edge.appearance.CompressPages",
    "csp.middleware.CSPMiddleware",
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
LOCALE_PATHS = locale_paths()

TEMPLATES_OF_PAGES = {
    "builtins": [
        "django.templatetags.i18n",
        "django.templatetags.static",
        "django_cotton.templatetags.cotton",
        "tenure.web.edge.templatetags.amounts",
        "tenure.web.edge.templatetags.days",
        "tenure.web.edge.templatetags.marks",
    ],
    "context_processors": [
        "django.template.context_processors.request",
        "tenure.web.edge.appearance.appearance",
    ],
    "loaders": [
        (
            "django.template.loaders.cached.Loader",
            [
                "django_cotton.cotton_loader.Loader",
                "django.template.loaders.filesystem.Loader",
                "django.template.loaders.app_directories.Loader",
            ],
        )
    ],
}
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": TEMPLATE_DIRS,
        "OPTIONS": TEMPLATES_OF_PAGES,
    }
]
COTTON_ISOLATE_BY_DEFAULT = True

STATIC_URL = "/static/"
STATIC_ROOT = prepared_root(INSTALLATION.data_dir)
STATICFILES_DIRS = [ASSETS]
STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "tenure.config.static_files.Assets"},
}
WHITENOISE_USE_FINDERS = True

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "base-uri": ["'none'"],
        "connect-src": ["'self'"],
        "font-src": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
        "img-src": ["'self'"],
        "manifest-src": ["'self'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
    }
}
"""Nothing is loaded from elsewhere, and nothing inline; there are no exceptions."""

PROCRASTINATE_ON_APP_READY = "tenure.config.jobs.register"

LOGGING_CONFIG = None
configure_logs(INSTALLATION.log_format, INSTALLATION.log_level)
