"""By which address attempts are counted."""

from __future__ import annotations

import pytest
from django.test import RequestFactory
from pytest_django import Settings

from tenure.web.accounts.adapter import Accounts, client_address


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("192.0.2.1", "192.0.2.1"),
        (" 192.0.2.1:4711", "192.0.2.1"),
        ("2001:db8::1", "2001:db8::1"),
        ("[2001:db8::1]:443", "2001:db8::1"),
        ("", "::"),
        ("unknown", "::"),
    ],
)
def test_an_address_is_kept_without_its_port(text: str, address: str) -> None:
    assert client_address(text) == address


@pytest.mark.parametrize(
    ("trusted", "told", "address"),
    [
        (0, "203.0.113.9", "127.0.0.1"),
        (1, "198.51.100.7, 203.0.113.9", "203.0.113.9"),
        (2, "198.51.100.7, 203.0.113.9", "198.51.100.7"),
        (3, "198.51.100.7, 203.0.113.9", "127.0.0.1"),
    ],
)
def test_only_our_proxies_are_believed(
    settings: Settings, trusted: int, told: str, address: str
) -> None:
    settings.TRUSTED_PROXIES = trusted
    request = RequestFactory().get("/", headers={"X-Forwarded-For": told})
    assert Accounts(request).get_client_ip(request) == address
