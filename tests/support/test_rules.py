"""R4, R29: what a request needs, and when it can be answered."""

import pytest

from tenure.support.rules import (
    LONGEST_MESSAGE,
    RequestKind,
    RequestStatus,
    answer_verdict,
    missing_from,
    wrong_message,
)


@pytest.mark.parametrize(
    ("kind", "email", "organisation", "order", "message", "wrong"),
    [
        ("sales", "eve@plan.example", False, False, "How much?", []),
        ("sales", "", True, False, "How much?", []),
        ("sales", "", False, False, "How much?", [("email", "reply_address_needed")]),
        ("cancellation", "", True, True, "Please.", []),
        ("cancellation", "", True, False, "Please.", [("order", "order_needed")]),
        ("other", "eve@plan.example", False, False, " \n", [("message", "message_needed")]),
    ],
)
def test_what_a_request_lacks(
    kind: str,
    email: str,
    organisation: bool,
    order: bool,
    message: str,
    wrong: list[tuple[str, str]],
) -> None:
    found = missing_from(
        RequestKind(kind),
        email=email,
        has_organisation=organisation,
        has_order=order,
        message=message,
    )
    assert [(each.field, each.code.code) for each in found] == wrong


def test_a_message_has_its_length() -> None:
    assert wrong_message("x" * LONGEST_MESSAGE) == []
    (found,) = wrong_message("x" * (LONGEST_MESSAGE + 1))
    assert (found.code.code, found.figures) == ("message_too_long", {"most": LONGEST_MESSAGE})


@pytest.mark.parametrize("status", RequestStatus)
def test_what_is_closed_is_not_answered(status: RequestStatus) -> None:
    assert answer_verdict(status).allowed == (status is not RequestStatus.CLOSED)
