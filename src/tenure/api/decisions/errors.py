"""What the decision edge refuses beside what every edge does."""

from __future__ import annotations

from tenure.base.verdicts import declare

REVISION_NOT_REACHED = declare(
    "revision_not_reached",
    rule="R42",
    en="The organisation has not reached that revision; it is at {revision}. Ask again shortly, or "
    "without at_least.",
    fr="L’organisation n’a pas atteint cette révision ; elle en est à {revision}. Redemandez sous "
    "peu, ou sans at_least.",
)
