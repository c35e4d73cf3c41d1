"""Webhooks by Standard Webhooks: signatures, the schedule, and where they may go."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from ipaddress import ip_address

import pytest

from tenure.base.errors import Invalid
from tenure.base.ids import new_id
from tenure.notices.webhooks.addresses import (
    AddressForbidden,
    Permissions,
    check_address,
    is_public,
    reach,
)
from tenure.notices.webhooks.known import check_types, event_types
from tenure.notices.webhooks.posting import Connection
from tenure.notices.webhooks.rules import (
    PAUSES,
    SCHEDULE,
    Answered,
    next_attempt,
    rest_after,
    signatures,
    wants,
)
from tests.shop import START

LIVE, SANDBOX = Permissions(), Permissions(plain=True, private=True)


def test_a_message_is_signed_as_the_specification_shows() -> None:
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    body = b'{"test": 2432232314}'
    expected = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    signed = signatures([secret, secret], "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, body)
    assert signed == f"{expected} {expected}"


def test_attempts_come_ever_later_a_little_scattered_and_end() -> None:
    feed, failed = new_id(), Answered(code=500)
    for attempts, pause in enumerate(PAUSES, start=1):
        again = next_attempt(feed, attempts, failed, START)
        assert again is not None
        assert pause <= again - START <= pause * 1.1
        assert again == next_attempt(feed, attempts, failed, START)
    assert next_attempt(feed, len(PAUSES) + 1, failed, START) is None
    assert next_attempt(new_id(), 2, failed, START) != next_attempt(feed, 2, failed, START)
    assert timedelta(days=3) < SCHEDULE < timedelta(days=4)
    busy = Answered(code=429, wish=timedelta(hours=1))
    assert next_attempt(feed, 1, busy, START) == START + timedelta(hours=1)
    rests = [rest_after(failures) for failures in range(1, 20)]
    assert rests == sorted(rests)
    assert (*rests[:3], rests[-1]) == (
        *(timedelta(seconds=seconds) for seconds in (5, 10, 20)),
        timedelta(minutes=30),
    )


def test_what_an_answer_means() -> None:
    assert [Answered(code=code).is_taken for code in (199, 200, 204, 299, 300, 301, None)] == [
        *(False, True, True, True),
        *[False] * 3,
    ]
    assert Answered(code=410).is_gone
    assert [Answered(code=code).is_reached for code in (200, 400, 500, 429, 503, None)] == [
        *[True] * 3,
        *[False] * 3,
    ]


def test_endpoints_choose_types_families_or_all() -> None:
    assert wants([], "order.paid")
    assert wants(["order.paid"], "order.paid")
    assert wants(["order.*"], "order.paid")
    assert not wants(["order.*", "member.removed"], "ordering.done")
    assert {"order.paid", "webhook.disabled", "member.removed"} <= set(event_types())
    assert check_types(["order.*", "member.removed", "order.*"]) == ["member.removed", "order.*"]
    with pytest.raises(Invalid, match=r"types\.1: event_type_unknown"):
        check_types(["order.paid", "order.payed"])


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("https://erp.example.com/hooks?key=1", None),
        ("https://[2606:4700::1111]:8443/", None),
        ("http://erp.example.com/", "webhook_address_unsafe"),
        ("ftp://erp.example.com/", "webhook_address_malformed"),
        ("https://", "webhook_address_malformed"),
        ("https://erp.example.com:0/", "webhook_address_malformed"),
        ("https://erp.example.com:99999/", "webhook_address_malformed"),
        ("https://me:word@erp.example.com/", "webhook_address_malformed"),
        ("https://erp.example.com/#here", "webhook_address_malformed"),
        ("https://erp.example.com/a b", "webhook_address_malformed"),
        ("https://[::1/", "webhook_address_malformed"),
        ("https://127.0.0.1/", "webhook_address_private"),
        ("https://169.254.169.254/latest", "webhook_address_private"),
        ("https://[::ffff:10.0.0.1]/", "webhook_address_private"),
        ("https://LOCALHOST./", "webhook_address_private"),
        ("https://db.internal/", "webhook_address_private"),
    ],
)
def test_where_webhooks_may_go(url: str, code: str | None) -> None:
    if code is None:
        assert check_address(url, LIVE) == url
    else:
        with pytest.raises(Invalid, match=f"url: {code}"):
            check_address(url, LIVE)
    if code in {"webhook_address_unsafe", "webhook_address_private"}:
        assert check_address(url, SANDBOX) == url


def test_private_addresses_are_known_in_every_dress() -> None:
    private = ["10.1.2.3", "100.64.0.1", "0.0.0.0", "224.0.0.1", "255.255.255.255"]  # noqa: S104
    private += ["::1", "fe80::1", "fc00::1", "::ffff:192.168.0.1", "64:ff9b::7f00:1"]
    private += ["2002:7f00:1::", "2001:0:1::", "ff0e::1"]
    assert [text for text in private if is_public(ip_address(text))] == []
    assert is_public(ip_address("93.184.216.34"))
    assert is_public(ip_address("64:ff9b::5db8:d822"))
    with pytest.raises(AddressForbidden, match="localhost"):
        reach("localhost", 9, LIVE, 1)
    with pytest.raises(OSError, match="refused"):
        reach("127.0.0.1", 9, SANDBOX, 1)


@contextmanager
def odd_server(*answers: bytes, drips: bool = False) -> Iterator[int]:
    """A server whose connections get one answer each and are closed, or never end; its port."""
    stop = threading.Event()

    def serve() -> None:
        for answer in answers:
            line, _ = server.accept()
            with line:
                line.recv(65536)
                line.sendall(answer)
                if drips:
                    stop.wait(10)

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        try:
            yield server.getsockname()[1]
        finally:
            stop.set()
            thread.join(10)


def test_a_connection_that_was_hung_up_is_opened_again_and_patience_ends() -> None:
    taken = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nRetry-After: soon\r\n\r\nok"
    long = b"HTTP/1.1 500 Oh\r\nContent-Length: 9000\r\n\r\n" + b"\x07 x" * 3000
    with odd_server(taken, long) as port:
        connection = Connection(f"http://127.0.0.1:{port}", SANDBOX)
        first, second = connection.post(b"{}", {}), connection.post(b"{}", {})
        connection.close()
    assert (first.code, first.text, first.wish) == (200, "ok", timedelta())
    assert (second.code, len(second.text)) == (500, 300)
    with odd_server(b"HTTP/1.1 20", drips=True) as port:
        slow = Connection(f"http://127.0.0.1:{port}/", SANDBOX, patience=0.05).post(b"{}", {})
    assert slow.code is None
    assert slow.problem
    with odd_server(b"\x16\x03\x03", drips=True) as port:
        shy = Connection(f"https://127.0.0.1:{port}/", SANDBOX, patience=0.05).post(b"{}", {})
    assert shy.took < timedelta(seconds=3), "also before both agreed how to hide what they say"
    with odd_server(taken) as port:
        plain = Connection(f"https://127.0.0.1:{port}/", SANDBOX).post(b"{}", {})
    assert "SSL" in plain.problem
