"""Registers: who knows whether a VAT number was given out. One module each, one small protocol."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Protocol


class Found(Enum):
    """What a register says of a number."""

    VALID = "valid"
    INVALID = "invalid"
    UNAVAILABLE = "unavailable"
    """No answer: asked again later, and never taken for a no."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of one look-up; ``reason`` is the register's word for an answer that is none.

    ``name`` and ``address`` are empty where a country keeps them back; ``consultation`` is the
    register's own number for the look-up, the proof that it was made.
    """

    found: Found
    reason: str = ""
    name: str = ""
    address: str = ""
    consultation: str = ""


class Register(Protocol):
    """What Tenure asks of a register. Every call happens outside of any transaction."""

    calls_out: bool
    """Whether it is reached over a network, and may keep whoever asks waiting."""

    def look_up(self, number: str, *, requester: str, asked: int) -> Answer:
        """Look a normalised number up; a lost answer is ``UNAVAILABLE``, never an exception.

        ``requester`` is the vendor's own number, for which a consultation number is given;
        ``asked`` how often this was asked before.
        """
        ...
