"""Django's settings, made from the installation's own (``tenure settings`` shows those)."""

from __future__ import annotations

import os
from typing import Any
from urllib.parse import urlsplit

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
GATEWAY_CONCURRENCY = INSTALLATION.gateway_concurrency
STRIPE_SECRET_KEY = INSTALLATION.stripe_secret_key
STRIPE_WEBHOOK_SECRET = INSTALLATION.stripe_webhook_secret
STRIPE_API_BASE = INSTALLATION.stripe_api_base
SMTP = INSTALLATION.smtp
MAIL_FROM = INSTALLATION.mail_from
PLATFORM_DIR = INSTALLATION.platform_dir

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "allauth",
    "tenure.web.apps.Accounts",
    "allauth.mfa",
    "allauth.usersessions",
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
    "tenure.support",
    "tenure.notices",
    "tenure.web",
]
AUTH_USER_MODEL = "organisations.User"
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "tenure.api.middleware.request_log",
    "tenure.web.edge.middleware.PageMiddleware",
]
PAGE_MIDDLEWARE = [
    "tenure.web.edge.appearance.CompressPages",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "tenure.web.edge.middleware.VisitorMiddleware",
]
"""What stands around pages alone; calls of the API pass by."""
API_PATHS = ("/api/", "/access/", "/scim/", "/.well-known/", "/healthz", "/readyz", "/metrics")
"""How the paths begin that programs ask; everything else is a page."""
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
        "tenure.web.edge.templatetags.meanings",
        "tenure.web.edge.templatetags.pictures",
        "tenure.web.edge.templatetags.texts",
    ],
    "context_processors": [
        "django.template.context_processors.request",
        "django.contrib.messages.context_processors.messages",
        "tenure.web.edge.appearance.appearance",
        "tenure.web.edge.visitor.visitor",
        "tenure.web.edge.once.once_token",
        "tenure.web.edge.baskets.cart_count",
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

SECURE = PUBLIC_URL.startswith("https://")
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if SECURE else 0
SECURE_REFERRER_POLICY = "same-origin"
SESSION_ENGINE = "tenure.web.edge.sessions"
SESSION_COOKIE_NAME = "session"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_NAME = "csrf"
CSRF_COOKIE_HTTPONLY = True
CSRF_TRUSTED_ORIGINS = ["{0.scheme}://{0.netloc}".format(urlsplit(PUBLIC_URL))]
CSRF_FAILURE_VIEW = "tenure.web.edge.refusals.form_expired"
MESSAGE_STORAGE = "django.contrib.messages.storage.cookie.CookieStorage"
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "web_cache",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}
"""Shared by all web processes: it counts how often somebody tried."""

AUTHENTICATION_BACKENDS = ["tenure.web.accounts.backend.Logins"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("email", "name")},
    },
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
PASSWORD_RESET_TIMEOUT = 24 * 3600
LOGIN_URL = "account_login"

TRUSTED_PROXIES = INSTALLATION.trusted_proxies
COUNTRY_HEADER = INSTALLATION.country_header
VIES_URL = INSTALLATION.vies_url
EXCHANGE_RATES_URL = INSTALLATION.exchange_rates_url
WEBHOOK_PRIVATE = INSTALLATION.webhook_private
VIES_TIMEOUT = INSTALLATION.vies_timeout
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = 5
ACCOUNT_LOGIN_ON_PASSWORD_RESET = True
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_REAUTHENTICATION_METHODS = {"password", "mfa", "code"}
ACCOUNT_ADAPTER = "tenure.web.accounts.adapter.Accounts"
ACCOUNT_FORMS = {
    "login": "tenure.web.accounts.forms.LoginForm",
    "signup": "tenure.web.accounts.forms.SignupForm",
    "add_email": "tenure.web.accounts.forms.AddEmailForm",
    "change_password": "tenure.web.accounts.forms.ChangePasswordForm",
    "set_password": "tenure.web.accounts.forms.SetPasswordForm",
    "reset_password": "tenure.web.accounts.forms.ResetPasswordForm",
    "reset_password_from_key": "tenure.web.accounts.forms.ResetPasswordKeyForm",
    "reauthenticate": "tenure.web.accounts.forms.ReauthenticateForm",
    "confirm_reauthentication_code": "tenure.web.accounts.forms.ConfirmCodeForm",
    "confirm_email_verification_code": "tenure.web.accounts.forms.ConfirmAddressForm",
}
ACCOUNT_RATE_LIMITS = {"contact": "5/m/ip,40/d/ip"}
"""Beside those of logins, which the library has: how often the contact form may be sent."""
ACCOUNT_SESSION_REMEMBER = True
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not SECURE
MFA_ADAPTER = "tenure.web.accounts.adapter.Factors"
MFA_FORMS = {
    "authenticate": "tenure.web.accounts.forms.FactorForm",
    "reauthenticate": "tenure.web.accounts.forms.FactorAgainForm",
    "activate_totp": "tenure.web.accounts.forms.ActivateAppForm",
    "add_webauthn": "tenure.web.accounts.forms.AddPasskeyForm",
    "edit_webauthn": "tenure.web.accounts.forms.NamePasskeyForm",
}

PROCRASTINATE_IMPORT_PATHS = ["tenure.config.jobs"]
"""Imported by the worker when its application stands: what is imported sooner it would not find."""

LOGGING_CONFIG = None
configure_logs(INSTALLATION.log_format, INSTALLATION.log_level)
