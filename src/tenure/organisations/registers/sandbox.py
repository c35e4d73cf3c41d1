"""A register that knows its answers by heart: it calls nobody."""

from __future__ import annotations

from typing import Final

from tenure.organisations.registers import Answer, Found

INVALID: Final = "0200"
UNAVAILABLE: Final = "0300"
LATER: Final = "0302"
"""What a number holds that is not simply valid, after the numbers of VIES's own test service."""


class SandboxRegister:
    """Every well-formed number is valid, but for those that hold one of the groups above.

    With ``0200`` it is invalid, with ``0300`` no answer ever comes, with ``0302`` none comes the
    first time. ``docs/tax.md`` lists some for each.
    """

    calls_out = False

    def look_up(self, number: str, *, requester: str, asked: int) -> Answer:
        """The answer that the number itself tells."""
        if INVALID in number:
            return Answer(Found.INVALID)
        if UNAVAILABLE in number or (LATER in number and not asked):
            return Answer(Found.UNAVAILABLE, reason="MS_UNAVAILABLE")
        consultation = f"SANDBOX-{number}" if requester else ""
        return Answer(Found.VALID, name="Sandbox", address="Sandbox", consultation=consultation)
