"""Bodies, in whatever pieces they come."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenure.api.wire.bodies import Body
from tenure.api.wire.heads import Malformed

MOST = 100


def feed(body: Body, pieces: list[bytes]) -> tuple[bool, bytes]:
    """Whether the body ended, and what was left over."""
    buffer, ended = bytearray(), False
    for piece in pieces:
        buffer += piece
        ended = ended or body.take(buffer)
    return ended, bytes(buffer)


def cut(text: bytes, places: list[int]) -> list[bytes]:
    ends = sorted({place % (len(text) + 1) for place in places} | {0, len(text)})
    return [text[start:end] for start, end in pairwise(ends)]


@given(st.lists(st.binary(min_size=1, max_size=30), max_size=3), st.lists(st.integers(0, 999)))
def test_chunks_in_any_pieces(chunks: list[bytes], places: list[int]) -> None:
    text = b"".join(b"%x;a=b\r\n%b\r\n" % (len(each), each) for each in chunks)
    body = Body(None, MOST)
    assert feed(body, cut(text + b"0\r\nTrailer: x\r\n\r\nGET", places))[0]
    assert body.content == b"".join(chunks)
    assert not body.is_too_long


def test_a_told_length() -> None:
    body = Body(5, MOST)
    assert feed(body, [b"ab", b"cdeGET"]) == (True, b"GET")
    assert body.content == b"abcde"
    assert feed(Body(0, MOST), [b"GET"]) == (True, b"GET")
    assert not feed(Body(3, MOST), [b"ab"])[0]


def test_of_what_is_too_long_nothing_is_kept() -> None:
    for body, text in (
        (Body(MOST + 1, MOST), b"x" * (MOST + 1)),
        (Body(None, MOST), b"%x\r\n%b\r\n0\r\n\r\n" % (MOST + 1, b"x" * (MOST + 1))),
    ):
        assert feed(body, [text])[0]
        assert body.is_too_long
        assert not body.is_hopeless
        assert not body.content


def test_of_what_is_far_too_long_the_end_is_not_awaited() -> None:
    for body, text in (
        (Body(17 * MOST, MOST), b""),
        (Body(None, MOST), b"%x\r\n%b" % (99 * MOST, b"x" * 17 * MOST)),
    ):
        assert feed(body, [text])[0] or body.take(bytearray())
        assert body.is_hopeless


@pytest.mark.parametrize(
    "text",
    [
        b"\r\n",
        b"-1\r\n",
        b"g\r\n",
        b"1 1\r\n",
        b"1\r\nab\r\n",
        b"f" * 13 + b"\r\n",
        b"1;" + b"x" * 5000,
        b"0\r\n" + b"a: b\r\n" * 2000,
    ],
)
def test_no_chunks(text: bytes) -> None:
    with pytest.raises(Malformed):
        feed(Body(None, MOST), [text])
