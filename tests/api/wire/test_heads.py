"""Heads are read strictly: what could be read in two ways is refused (RFC 9112)."""

from __future__ import annotations

import pytest

from tenure.api.wire.heads import Malformed, read_head

HOST = b"Host: a.example\r\n"


def head(first: bytes = b"POST /a HTTP/1.1", fields: bytes = HOST) -> bytes:
    return first + b"\r\n" + fields + b"\r\n"


def test_what_a_head_says() -> None:
    found = read_head(
        head(b"POST /a/b?c=/d HTTP/1.1", HOST + b"Content-Length: 12\r\nX-Y:\t two words \t\r\n")
    )
    assert (found.method, found.path, found.length) == ("POST", "/a/b", 12)
    assert found.fields == {"host": "a.example", "content-length": "12", "x-y": "two words"}
    assert (found.keeps, found.is_old, found.expects) == (True, False, False)


@pytest.mark.parametrize(
    ("target", "path"),
    [
        (b"http://a.example/b?c", "/b"),
        (b"HTTPS://a.example", "/"),
        (b"*", "*"),
        (b"/%C3%A9", "/%C3%A9"),
        (b"?a", "/"),
    ],
)
def test_targets(target: bytes, path: str) -> None:
    assert read_head(head(b"GET " + target + b" HTTP/1.1")).path == path


@pytest.mark.parametrize(
    ("minor", "wish", "keeps"),
    [
        (b"1", b"", True),
        (b"1", b"Connection: Close\r\n", False),
        (b"1", b"Connection: upgrade, close\r\n", False),
        (b"0", b"", False),
        (b"0", b"Connection: keep-alive\r\n", True),
    ],
)
def test_whether_a_connection_is_kept(minor: bytes, wish: bytes, keeps: bool) -> None:
    found = read_head(head(b"GET / HTTP/1." + minor, HOST + wish))
    assert (found.keeps, found.is_old) == (keeps, minor == b"0")


def test_a_body_in_chunks_tells_no_length() -> None:
    found = read_head(head(fields=HOST + b"Transfer-Encoding: Chunked\r\nExpect: 100-Continue\r\n"))
    assert found.length is None
    assert found.expects
    expects = b"Expect: 100-continue\r\n"
    assert not read_head(head(fields=HOST + expects)).expects
    long = HOST + b"Content-Length: 5\r\n" + expects
    assert read_head(head(fields=long)).expects
    assert not read_head(head(b"POST / HTTP/1.0", long)).expects


@pytest.mark.parametrize(
    "text",
    [
        head(b"POST  /a HTTP/1.1"),
        head(b"POST /a HTTP/1.1 "),
        head(b"POST /a HTTP/2.0"),
        head(b"POST /a b HTTP/1.1"),
        head(b"PO ST /a HTTP/1.1"),
        head(b"POST /\xc3\xa9 HTTP/1.1"),
        head(b"POST /a"),
        head(b""),
        head(fields=b""),
        head(fields=HOST + HOST),
        head(fields=HOST + b" folded: 1\r\n"),
        head(fields=HOST + b"A : 1\r\n"),
        head(fields=HOST + b"A\r\n"),
        head(fields=HOST + b": 1\r\n"),
        head(fields=HOST + b"A: 1\n2\r\n"),
        head(fields=HOST + b"A: 1\r2\r\n"),
        head(fields=HOST + b"A: \x00\r\n"),
        head(fields=HOST + b"A: 1\r\n" * 101),
        head(fields=HOST + b"Content-Length: +1\r\n"),
        head(fields=HOST + b"Content-Length: 0x1\r\n"),
        head(fields=HOST + b"Content-Length: 1\r\nContent-Length: 1\r\n"),
        head(fields=HOST + b"Content-Length: 1\r\nTransfer-Encoding: chunked\r\n"),
        head(fields=HOST + b"Content-Length: \xb2\r\n"),
        head(fields=HOST + b"Content-Length: " + b"9" * 16 + b"\r\n"),
        head(fields=HOST + b"Transfer-Encoding: gzip, chunked\r\n"),
        head(fields=HOST + b"Transfer-Encoding: identity\r\n"),
        head(b"POST / HTTP/1.0", HOST + b"Transfer-Encoding: chunked\r\n"),
    ],
)
def test_what_could_be_read_in_two_ways(text: bytes) -> None:
    with pytest.raises(Malformed):
        read_head(text)
