"""Addresses of servers as one text each, taken apart."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import parse_qsl, unquote, urlsplit

_SMTP_PORTS: Final = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}


@dataclass(frozen=True, slots=True)
class DatabaseAddress:
    """A PostgreSQL URL taken apart; ``host`` may be the directory of a Unix socket."""

    name: str
    user: str
    password: str = field(repr=False)
    host: str
    port: str
    options: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class SmtpAddress:
    """A mail server's URL taken apart; ``tls`` from the first byte, or begun by ``starttls``."""

    host: str
    port: int
    user: str
    password: str = field(repr=False)
    tls: bool
    starttls: bool


def parse_database_url(url: str) -> DatabaseAddress:
    """Take a PostgreSQL URL apart; ``?host=`` names the directory of a Unix socket.

    Raises ``ValueError`` for anything but ``postgresql://`` (or ``postgres://``) with a name.
    """
    parts = urlsplit(url)
    if parts.scheme not in {"postgresql", "postgres"} or not parts.path.strip("/"):
        raise ValueError("postgresql://user:password@host:port/name")
    options = dict(parse_qsl(parts.query))
    return DatabaseAddress(
        name=unquote(parts.path.strip("/")),
        user=unquote(parts.username or options.pop("user", "")),
        password=unquote(parts.password or options.pop("password", "")),
        host=options.pop("host", "") or unquote(parts.hostname or ""),
        port=options.pop("port", "") or str(parts.port or ""),
        options=options,
    )


def parse_smtp_url(url: str) -> SmtpAddress:
    """Take a mail server's URL apart; raises ``ValueError`` for any other."""
    parts = urlsplit(url)
    port = _SMTP_PORTS.get(parts.scheme)
    if port is None or not parts.hostname or parts.path.strip("/") or parts.query:
        raise ValueError("smtps://user:password@host:port, smtp+starttls://…, smtp://…")
    return SmtpAddress(
        host=parts.hostname,
        port=parts.port or port,
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        tls=parts.scheme == "smtps",
        starttls=parts.scheme == "smtp+starttls",
    )


def mail_address(text: str) -> str:
    """An address for mail as it was given; raises ``ValueError`` for anything else."""
    name, at, domain = text.rpartition("@")
    if not at or not name or not domain or any(letter in text for letter in "<>\r\n, "):
        raise ValueError("mail@vendor.example")
    return text
