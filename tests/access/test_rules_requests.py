"""R40: when a role can be asked for, and when a request can be answered."""

from datetime import date

import pytest

from tenure.access.rules.requests import (
    WAITING,
    RequestStatus,
    answer_verdict,
    asking_verdict,
)

ASKED = date(2027, 3, 1)


@pytest.mark.parametrize(
    ("active", "offered", "held", "asked_on", "code"),
    [
        (True, True, False, None, "role_requestable"),
        (False, False, True, ASKED, "member_not_active"),
        (True, False, True, ASKED, "role_not_offered"),
        (True, True, True, ASKED, "role_held"),
        (True, True, False, ASKED, "role_requested"),
    ],
)
def test_the_first_reason_that_holds(
    active: bool, offered: bool, held: bool, asked_on: date | None, code: str
) -> None:
    verdict = asking_verdict(
        member_active=active, role_offered=offered, role_held=held, asked_on=asked_on
    )
    assert verdict.code.code == code
    assert verdict.allowed == (code == "role_requestable")
    if code == "role_requested":
        assert verdict.figures == {"asked_on": ASKED}


@pytest.mark.parametrize("status", RequestStatus)
def test_what_waits_can_be_answered_and_nothing_else(status: RequestStatus) -> None:
    verdict = answer_verdict(status)
    assert verdict.allowed == (status in WAITING)
    if not verdict:
        assert verdict.code.code == "role_request_closed"
        assert verdict.figures == {"request_status": status.value}
