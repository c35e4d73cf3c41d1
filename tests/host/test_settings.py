"""Settings from the environment, their files, and what is said of bad ones."""

from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields
from pathlib import Path

import pytest

from tenure.host.addresses import parse_database_url, parse_smtp_url
from tenure.host.errors import HostError
from tenure.host.settings import (
    SETTINGS,
    Settings,
    find_settings,
    read_settings,
)


def test_nothing_set_gives_the_defaults() -> None:
    settings = read_settings({})
    assert settings.database_url is None
    assert settings.data_dir == Path.home() / ".local/share/tenure"
    assert not settings.sandbox
    assert settings.log_format == "json"
    assert settings.allowed_hosts == ("localhost", "127.0.0.1", "[::1]")


def test_the_table_names_every_setting_once_in_both_languages() -> None:
    assert [setting.field for setting in SETTINGS] == [field.name for field in fields(Settings)]
    assert all(setting.en and setting.fr and setting.en != setting.fr for setting in SETTINGS)


def test_a_file_holds_a_value_and_the_variable_itself_wins(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text("from the file\n")
    environ = {"TENURE_SECRET_KEY_FILE": str(file)}
    assert read_settings(environ).secret_key == "from the file"
    source = {found.setting.name: found.source for found in find_settings(environ)}
    assert source["TENURE_SECRET_KEY"] == f"TENURE_SECRET_KEY_FILE ({file})"
    assert source["TENURE_SANDBOX"] is None
    assert read_settings({**environ, "TENURE_SECRET_KEY": "itself"}).secret_key == "itself"


def test_an_empty_value_is_none() -> None:
    assert read_settings({"DATABASE_URL": "", "TENURE_SANDBOX": ""}) == read_settings({})


def test_the_public_host_is_answered_to() -> None:
    given = {"TENURE_ALLOWED_HOSTS": "one.example, two.example"}
    settings = read_settings({**given, "TENURE_PUBLIC_URL": "https://shop.example/"})
    assert settings.allowed_hosts == ("one.example", "two.example", "shop.example")
    assert settings.public_url == "https://shop.example"
    assert "[::2]" in read_settings({"TENURE_PUBLIC_URL": "http://[::2]:8000"}).allowed_hosts


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TENURE_SANDBOX", "perhaps"),
        ("TENURE_WEB_WORKERS", "0"),
        ("TENURE_WEB_WORKERS", "two"),
        ("TENURE_LOG_FORMAT", "xml"),
        ("TENURE_PUBLIC_URL", "shop.example"),
        ("DATABASE_URL", "mysql://user:hush@host/name"),
        ("TENURE_SMTP_URL", "imap://user:hush@host"),
        ("TENURE_SMTP_URL", "smtp://user:hush@host:99999"),
        ("TENURE_MAIL_FROM", "Vendor <mail@vendor.example>"),
    ],
)
def test_a_bad_value_is_named_in_both_languages(name: str, value: str) -> None:
    with pytest.raises(HostError) as caught:
        read_settings({name: value})
    english, french = caught.value.text("en"), caught.value.text("fr")
    assert name in english
    assert name in french
    assert english != french
    assert "hush" not in english


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(HostError, match="TENURE_SECRET_KEY_FILE"):
        read_settings({"TENURE_SECRET_KEY_FILE": str(tmp_path / "missing")})


def test_secrets_do_not_show() -> None:
    environ = {"DATABASE_URL": "postgresql://u:hush@h/n", "TENURE_SECRET_KEY": "hush"}
    assert "hush" not in repr(read_settings(environ))
    assert "hush" not in repr(parse_database_url(environ["DATABASE_URL"]))


def test_a_key_is_made_once_and_kept_from_others(tmp_path: Path) -> None:
    settings = read_settings({"TENURE_DATA_DIR": str(tmp_path / "data")})
    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(lambda _: settings.secret_key, range(8)))
    assert len(keys) == 1
    assert len(keys.pop()) >= 50
    assert stat.S_IMODE((tmp_path / "data" / "secret-key").stat().st_mode) == 0o600
    assert [path.name for path in (tmp_path / "data").iterdir()] == ["secret-key"]


def test_a_data_directory_that_is_a_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("")
    settings = read_settings({"TENURE_DATA_DIR": str(tmp_path / "data" / "in")})
    with pytest.raises(HostError, match="cannot be used"):
        _ = settings.secret_key


def test_a_database_url_is_taken_apart() -> None:
    tcp = parse_database_url("postgres://u%40x:p%2F@db.example:6432/name?sslmode=require")
    assert (tcp.name, tcp.user, tcp.password) == ("name", "u@x", "p/")
    assert (tcp.host, tcp.port, tcp.options) == ("db.example", "6432", {"sslmode": "require"})
    socket = parse_database_url("postgresql://u@/name?host=%2Frun%2Fpg&port=5433")
    assert (socket.host, socket.port, socket.options) == ("/run/pg", "5433", {})
    with pytest.raises(ValueError, match="postgresql://"):
        parse_database_url("postgresql://host")


def test_a_mail_server_is_taken_apart() -> None:
    plain = parse_smtp_url("smtp://127.0.0.1:2525")
    assert (plain.host, plain.port, plain.user, plain.tls, plain.starttls) == (
        "127.0.0.1",
        2525,
        "",
        False,
        False,
    )
    tls = parse_smtp_url("smtps://u%40x:p%2F@mail.example")
    assert (tls.port, tls.user, tls.password, tls.tls, tls.starttls) == (
        465,
        "u@x",
        "p/",
        True,
        False,
    )
    begun = parse_smtp_url("smtp+starttls://mail.example")
    assert (begun.port, begun.tls, begun.starttls) == (587, False, True)
    assert "p/" not in repr(tls)


def test_its_password_may_lie_in_a_file(tmp_path: Path) -> None:
    file = tmp_path / "password"
    file.write_text("hush\n")
    settings = read_settings(
        {
            "TENURE_SMTP_URL": "smtps://u@mail.example",
            "TENURE_SMTP_PASSWORD_FILE": str(file),
            "TENURE_MAIL_FROM": "mail@vendor.example",
        }
    )
    assert settings.smtp is not None
    assert (settings.smtp.user, settings.smtp.password) == ("u", "hush")
    assert settings.mail_from == "mail@vendor.example"
    assert "hush" not in repr(settings)


@pytest.mark.parametrize(
    ("sandbox", "key", "fits"),
    [
        ("1", "sk_test_abc", True),
        ("1", "rk_test_abc", True),
        ("1", "sk_live_abc", False),
        ("0", "sk_live_abc", True),
        ("0", "rk_live_abc", True),
        ("0", "sk_test_abc", False),
        ("1", "abc", False),
    ],
)
def test_a_key_of_stripes_fits_the_installation(sandbox: str, key: str, fits: bool) -> None:
    """Test cards buy nothing in earnest, and a sandbox charges nobody."""
    environ = {"TENURE_SANDBOX": sandbox, "TENURE_STRIPE_SECRET_KEY": key}
    if fits:
        assert read_settings(environ).stripe_secret_key == key
        return
    with pytest.raises(HostError) as refused:
        read_settings(environ)
    assert key not in str(refused.value)
