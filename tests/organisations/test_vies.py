"""The client of VIES against a server that speaks its protocol, time-outs and errors included."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tenure.organisations.registers import Answer, Found
from tenure.organisations.registers.choice import register
from tenure.organisations.registers.sandbox import SandboxRegister
from tenure.organisations.registers.vies import Vies
from tests.organisations.vies_server import (
    HANG_UP,
    SILENCE,
    Reply,
    ViesServer,
    vies_server,
    wrapped,
)
from tests.patience import PATIENCE


@pytest.fixture(scope="module")
def server() -> Iterator[ViesServer]:
    with vies_server() as running:
        yield running


def look_up(
    server: ViesServer,
    number: str = "DE136695976",
    requester: str = "",
    timeout: float = PATIENCE,
) -> Answer:
    return Vies(server.url, timeout=timeout).look_up(number, requester=requester, asked=0)


def test_a_number_that_is_known(server: ViesServer) -> None:
    answer = look_up(server)
    assert answer == Answer(Found.VALID, name="Beispiel GmbH", address="Hauptstraße 1 10115 BERLIN")
    assert server.asked[-1] == {"countryCode": "DE", "vatNumber": "136695976"}


def test_a_number_that_is_not(server: ViesServer) -> None:
    server.invalid.add("EL094259216")
    assert look_up(server, "EL094259216") == Answer(Found.INVALID)


def test_the_vendors_number_brings_a_consultation_number(server: ViesServer) -> None:
    assert look_up(server, requester="FR40303265045").consultation == "WAPIAAAAaEDkvhHx"
    assert server.asked[-1]["requesterMemberStateCode"] == "FR"
    assert server.asked[-1]["requesterNumber"] == "40303265045"


def test_a_vendor_who_is_not_known_there_is_answered_without(server: ViesServer) -> None:
    server.replies = [wrapped("INVALID_REQUESTER_INFO", 400)]
    answer = look_up(server, requester="FR40303265045")
    assert (answer.found, answer.consultation) == (Found.VALID, "")
    assert "requesterNumber" not in server.asked[-1]


@pytest.mark.parametrize("status", [200, 400, 500])
@pytest.mark.parametrize(
    "error",
    [
        "MS_UNAVAILABLE",
        "MS_MAX_CONCURRENT_REQ",
        "GLOBAL_MAX_CONCURRENT_REQ",
        "SERVICE_UNAVAILABLE",
        "TIMEOUT",
        "VAT_BLOCKED",
        "IP_BLOCKED",
        "VOW-ERR-1",
    ],
)
def test_no_answer_is_not_a_no(server: ViesServer, error: str, status: int) -> None:
    server.replies = [wrapped(error, status)]
    assert look_up(server) == Answer(Found.UNAVAILABLE, reason=error)


@pytest.mark.parametrize(
    ("reply", "found", "reason"),
    [
        (wrapped("INVALID_INPUT", 400), Found.INVALID, "INVALID_INPUT"),
        ((200, {"isValid": False, "userError": "INVALID"}), Found.INVALID, "INVALID"),
        ((200, {"isValid": True, "userError": "VALID"}), Found.VALID, ""),
        ((200, {"isValid": False, "userError": "MS_UNAVAILABLE"}), Found.UNAVAILABLE, None),
        ((200, {"actionSucceed": False}), Found.UNAVAILABLE, "SERVICE_UNAVAILABLE"),
        ((200, {"actionSucceed": False, "errorWrappers": [{}]}), Found.UNAVAILABLE, None),
        ((200, {"valid": "yes"}), Found.UNAVAILABLE, "SERVICE_UNAVAILABLE"),
        ((200, {}), Found.UNAVAILABLE, "SERVICE_UNAVAILABLE"),
        ((200, [1]), Found.UNAVAILABLE, "SERVICE_UNAVAILABLE"),
        ((503, b"<html>down</html>"), Found.UNAVAILABLE, "SERVICE_UNAVAILABLE"),
        ((200, b""), Found.UNAVAILABLE, "SERVICE_UNAVAILABLE"),
        ((200, b"x" * 200_000), Found.UNAVAILABLE, "SERVICE_UNAVAILABLE"),
        (HANG_UP, Found.UNAVAILABLE, "SERVICE_UNAVAILABLE"),
        (SILENCE, Found.UNAVAILABLE, "TIMEOUT"),
    ],
)
def test_whatever_is_said(
    server: ViesServer, reply: Reply, found: Found, reason: str | None
) -> None:
    server.replies = [reply]
    answer = look_up(server, timeout=0.2 if reply == SILENCE else PATIENCE)
    assert answer.found is found
    assert reason in (None, answer.reason)


def test_what_a_country_keeps_back_is_nothing(server: ViesServer) -> None:
    server.replies = [(200, {"valid": True, "name": "---", "address": None})]
    assert look_up(server) == Answer(Found.VALID)


def test_nobody_there(server: ViesServer) -> None:
    answer = Vies("http://127.0.0.1:9", timeout=PATIENCE).look_up("DE1", requester="", asked=0)
    assert answer == Answer(Found.UNAVAILABLE, reason="SERVICE_UNAVAILABLE")
    with pytest.raises(ValueError, match="file"):
        Vies("file:///etc", timeout=1)


def test_a_sandbox_calls_nobody(settings: Any) -> None:
    sandbox = register()
    assert not sandbox.calls_out
    assert isinstance(sandbox, SandboxRegister)
    found = {
        number: sandbox.look_up(number, requester="FR1", asked=asked).found.value
        for number, asked in (
            ("DE136695976", 0),
            ("DE102000001", 0),
            ("DE103000003", 5),
            ("DE103020107", 1),
        )
    }
    assert list(found.values()) == ["valid", "invalid", "unavailable", "valid"]
    assert sandbox.look_up("DE103020107", requester="", asked=0).found is Found.UNAVAILABLE
    settings.SANDBOX = False
    settings.VIES_URL = "https://vies.example"
    assert register().calls_out
