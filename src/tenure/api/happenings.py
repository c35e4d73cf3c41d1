"""What happens to an organisation: its journal, its proof, and in a sandbox its clock."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from pydantic import ConfigDict
from typing_extensions import TypedDict

from tenure.api.callers import Call
from tenure.api.calls import Answer, Calls
from tenure.api.fields import Body, Moment
from tenure.api.lists import After, Cursor, Limit, cut, place_of
from tenure.api.shapes import Instant, Page, instant
from tenure.base.ids import public_id
from tenure.events.journal import transaction
from tenure.events.models import Event
from tenure.events.queries import events_after
from tenure.flows.clock import advance_clock
from tenure.flows.locks import lock_organisation
from tenure.flows.verification import accept_proof
from tenure.organisations.commands.organisation import submit_proof
from tenure.organisations.errors import (
    CLOCK_ONLY_FORWARD,
    CLOCK_TOO_FAR,
    NO_TEST_CLOCK,
    NOT_A_STUDENT,
)
from tenure.organisations.models import Organisation

calls = Calls("Organisations")
sandbox = Calls("Sandbox")


class EventOut(TypedDict):
    """One past fact: its number in the organisation's journal, when, by whom, and its ids."""

    id: str
    sequence: int
    type: str
    at: Instant
    by: str
    data: dict[str, Any]


class AdvancedOut(TypedDict):
    """What happened while the clock was advanced, in order, and where it stands now."""

    data: list[EventOut]
    next_cursor: None
    test_clock: Instant


class VerificationOut(TypedDict):
    """Whether the organisation is proved to be a student's (R8)."""

    status: str
    verified_at: Instant | None


class Proof(Body):
    """A student's proof travels outside of the API; what is sent here is up to the caller."""

    model_config = ConfigDict(extra="allow", frozen=True)


_NOTHING = Proof()


class Advance(Body):
    """Until when."""

    to: Moment


@calls.get("/organisations/{organisation}/events", Page[EventOut])
def list_events(call: Call, after: After = 0, limit: Limit = 50, cursor: Cursor = None) -> Answer:
    """The organisation's journal after a number, in order."""
    place = place_of("events", cursor, int)
    start = max(after, place[0]) if place else after
    rows = events_after(call.organisation, start, limit + 1)
    shown, following = cut("events", rows, limit, lambda event: (event.sequence,))
    return Answer({"data": events_out(shown), "next_cursor": following})


@calls.post(
    "/organisations/{organisation}/verification",
    {202: VerificationOut},
    refuses=(NOT_A_STUDENT,),
)
def verify_organisation(call: Call, body: Proof = _NOTHING) -> Answer:
    """Accept a student's proof, by the vendor's key; by the organisation's, hand it in."""
    if call.caller.is_vendor:
        revision = accept_proof(organisation=call.organisation, now=call.now, by=call.by)
    else:
        with transaction(
            now=call.now, by=call.by, organisation=call.organisation, asked=call.asked
        ) as journal:
            student = lock_organisation(call.organisation, journal)
            submit_proof(organisation=student, given=body.model_dump(mode="json"), journal=journal)
        revision = journal.revisions[call.organisation]
    verified_at = Organisation.objects.values_list("verified_at", flat=True).get(
        id=call.organisation
    )
    out: VerificationOut = {
        "status": "verified" if verified_at else "submitted",
        "verified_at": instant(verified_at) if verified_at else None,
    }
    return Answer(out, status=202, revision=revision)


@sandbox.post(
    "/organisations/{organisation}/test-clock/advance",
    {200: AdvancedOut},
    sandbox_only=True,
    refuses=(NO_TEST_CLOCK, CLOCK_ONLY_FORWARD, CLOCK_TOO_FAR),
)
def advance_test_clock(call: Call, body: Advance) -> Answer:
    """Advance the organisation's clock: what falls due happens, in order (R2)."""
    advanced = advance_clock(
        organisation=call.organisation, to=body.to, by=call.by, sandbox=settings.SANDBOX
    )
    out: AdvancedOut = {
        "data": events_out(advanced.events),
        "next_cursor": None,
        "test_clock": instant(advanced.clock),
    }
    return Answer(out, revision=advanced.revision)


def events_out(events: Iterable[Event]) -> list[EventOut]:
    """Events as they go out."""
    return [
        {
            "id": public_id("evt", event.id),
            "sequence": event.sequence,
            "type": event.type,
            "at": instant(event.at),
            "by": event.by,
            "data": event.data,
        }
        for event in events
    ]
