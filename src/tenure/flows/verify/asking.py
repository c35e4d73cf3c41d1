"""R29, R34, R40: what people ask, and what staff did about it, is told once."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from tenure.events.streams import VENDOR_STREAM
from tenure.flows.verify.checks import Tally
from tenure.flows.verify.telling import ToldOnce, told_once

_OWN: Final = f"coalesce(organisation_id, '{VENDOR_STREAM}'::uuid)"
"""On which stream a request is told: its organisation's, or the vendor's own."""


def _role_requests(type_: str, where: str) -> ToldOnce:
    return ToldOnce(
        "ask",
        f"role_request.{type_}",
        "role_request",
        f"SELECT id, organisation_id FROM access_rolerequest WHERE {where} ORDER BY id",  # noqa: S608 - constants
    )


def _offers(type_: str, where: str) -> ToldOnce:
    return ToldOnce(
        "own",
        f"ownership.{type_}",
        "ownership_offer",
        f"SELECT id, organisation_id FROM organisations_ownershipoffer WHERE {where} ORDER BY id",  # noqa: S608 - constants
    )


def _interventions(type_: str, where: str) -> ToldOnce:
    return ToldOnce(
        "itv",
        type_,
        "intervention",
        f"SELECT id, organisation_id FROM organisations_intervention WHERE {where} ORDER BY id",  # noqa: S608 - constants
    )


_REQUESTS: Final = (
    ToldOnce(
        "req",
        "request.made",
        "request",
        f"SELECT id, {_OWN} FROM support_request ORDER BY id",  # noqa: S608 - constants
    ),
    ToldOnce(
        "msg",
        "request.answered",
        "message",
        f"SELECT id, {_OWN} FROM support_requestmessage WHERE staff_id IS NOT NULL ORDER BY id",  # noqa: S608 - constants
    ),
    _role_requests("made", "true"),
    _role_requests("granted", "status = 'granted'"),
    _role_requests("declined", "status = 'declined'"),
    _role_requests("withdrawn", "status = 'withdrawn'"),
)
_STAFF: Final = (
    _offers("offered", "true"),
    _offers("accepted", "status = 'accepted'"),
    _offers("declined", "status = 'declined'"),
    _offers("offer_withdrawn", "status = 'withdrawn'"),
    _interventions("acting.begun", "kind = 'acting'"),
    _interventions("acting.ended", "kind = 'acting' AND ended_at IS NOT NULL"),
    _interventions("ownership.recovered", "kind = 'recovery'"),
)


def requests_told(_now: datetime) -> Tally:
    """A request, to the vendor or for a role, is told once as made, and as what became of it."""
    return told_once(_REQUESTS)


def staff_told(_now: datetime) -> Tally:
    """An offer of ownership, and what staff did at a customer's, is told once."""
    return told_once(_STAFF)
