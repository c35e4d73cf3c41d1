"""Every setting of an installation: its meaning, its default, and where its value came from.

Settings come from the environment; ``NAME_FILE`` names a file that holds the value of ``NAME``
(secrets are handed over so), and ``NAME`` itself wins over it. An empty value counts as unset.
Their table is ``setting_table``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from tenure.host.addresses import SmtpAddress
from tenure.host.errors import SETTING_FILE_UNREADABLE, SETTING_INVALID, HostError
from tenure.host.private_files import kept_secret
from tenure.host.setting_table import (
    SETTINGS,
    STRIPE_LIVE_KEYS,
    STRIPE_TEST_KEYS,
    Setting,
)

LogFormat = Literal["json", "console"]


@dataclass(frozen=True, slots=True)
class Settings:
    """What an installation was told, with defaults filled in."""

    database_url: str | None = field(repr=False)
    """The PostgreSQL server to use; ``None``: the embedded one of ``data_dir``."""
    data_dir: Path
    server_dir: Path
    """Where the embedded server lives if Tenure runs as root."""
    sandbox: bool
    """Whether the sandbox gateway and test clocks are allowed (R2)."""
    debug: bool
    given_secret_key: str | None = field(repr=False)
    public_url: str
    """Where browsers and applications reach this installation, without a slash at the end."""
    decide_url: str | None
    """Where the decision node is reached, if one runs."""
    allowed_hosts: tuple[str, ...]
    log_format: LogFormat
    log_level: str
    web_workers: int
    web_threads: int
    """Threads of each web process; each keeps one database connection."""
    decide_workers: int
    decide_pool: int
    """Database connections that each process of the decision node keeps."""
    worker_concurrency: int
    gateway_concurrency: int
    """Renewals that a worker charges at the same time."""
    database_connection_age: int
    """Seconds for which a web process keeps a database connection."""
    smtp: SmtpAddress | None
    """The server that mail goes out by; ``None``: none goes out."""
    smtp_password: str | None = field(repr=False)
    """Its password, where the address does not hold it."""
    mail_from: str | None
    """The address that mail comes from; ``None``: the vendor's."""
    trusted_proxies: int
    """How many proxies stand in front, whose word on who asks is believed."""
    stripe_secret_key: str | None = field(repr=False)
    """By which cards are charged at Stripe; ``None``: not there."""
    stripe_webhook_secret: str | None = field(repr=False)
    """What proves that a message is Stripe's."""
    stripe_api_base: str | None
    """Where Stripe answers, if not at its own address."""
    vies_url: str
    """Where VAT numbers of the EU are looked up (R45)."""
    exchange_rates_url: str
    """Where the central bank's reference rates of the day are (R48)."""
    vies_timeout: int
    """Seconds to wait for an answer."""
    webhook_private: bool
    """Whether webhooks may go to addresses inside private networks."""
    country_header: str | None
    """In which header a proxy names the country of who asks; ``None``: nobody's word counts."""

    platform_dir: Path | None
    """The folder by which documents go to the approved platform; ``None``: none go (R47)."""

    @property
    def secret_key(self) -> str:
        """The key that signs sessions: as given, or made once and kept in ``data_dir``."""
        return self.given_secret_key or kept_secret(self.data_dir / "secret-key")


@dataclass(frozen=True, slots=True)
class Found:
    """A setting's text and its source: a variable's name, a file's path, or ``None``: default."""

    setting: Setting
    text: str | None
    source: str | None


def find_settings(environ: Mapping[str, str]) -> tuple[Found, ...]:
    """Every setting's text and where it came from, in the order of the table.

    Raises ``HostError`` where a ``*_FILE`` cannot be read.
    """
    return tuple(_find(setting, environ) for setting in SETTINGS)


def read_settings(environ: Mapping[str, str]) -> Settings:
    """The settings that ``environ`` holds; raises ``HostError`` naming the first bad one."""
    values = {found.setting.field: _value(found) for found in find_settings(environ)}
    settings = _with_password(Settings(**values))
    _refuse_key_of_another_world(settings)
    host = urlsplit(settings.public_url).hostname or ""
    name = f"[{host}]" if ":" in host else host
    if name in settings.allowed_hosts:
        return settings
    return replace(settings, allowed_hosts=(*settings.allowed_hosts, name))


def _refuse_key_of_another_world(settings: Settings) -> None:
    """Test keys charge nobody, live keys do: neither belongs where the other does."""
    key = settings.stripe_secret_key
    fitting = STRIPE_TEST_KEYS if settings.sandbox else STRIPE_LIVE_KEYS
    if key is not None and not key.startswith(fitting):
        raise HostError(
            SETTING_INVALID,
            name="TENURE_STRIPE_SECRET_KEY",
            value="…",
            expected=", ".join(f"{each}…" for each in fitting),
        )


def _with_password(settings: Settings) -> Settings:
    """The mail server with the password that was given beside its address."""
    if settings.smtp is None or settings.smtp_password is None:
        return settings
    return replace(settings, smtp=replace(settings.smtp, password=settings.smtp_password))


def _find(setting: Setting, environ: Mapping[str, str]) -> Found:
    if text := environ.get(setting.name):
        return Found(setting, text, setting.name)
    name = f"{setting.name}_FILE"
    if path := environ.get(name):
        try:
            text = Path(path).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise HostError(SETTING_FILE_UNREADABLE, name=name, path=path, why=error) from error
        return Found(setting, text or None, f"{name} ({path})")
    return Found(setting, setting.default, None)


def _value(found: Found) -> Any:
    if found.text is None:
        return None
    try:
        return found.setting.read(found.text)
    except ValueError as error:
        shown = "…" if found.setting.secret else found.text
        raise HostError(
            SETTING_INVALID, name=found.setting.name, value=shown, expected=error
        ) from error
