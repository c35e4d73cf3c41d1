"""VIES, the Commission's look-up of VAT numbers, by its REST interface.

``POST …/check-vat-number`` takes ``countryCode`` and ``vatNumber``, and with
``requesterMemberStateCode`` and ``requesterNumber`` gives a consultation number
(``requestIdentifier``). What it cannot answer it says with ``actionSucceed: false`` and
``errorWrappers: [{"error": …}]``, in whatever HTTP status; older answers say it in ``userError``.
"""

from __future__ import annotations

import http.client
from typing import Any, Final
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

import msgspec
import structlog

from tenure.organisations.registers import Answer, Found

_log = structlog.get_logger()

MOST_READ: Final = 64 * 1024
"""An answer is a few hundred bytes; more is none."""

_UNKNOWN_REQUESTER: Final = "INVALID_REQUESTER_INFO"
_INVALID: Final = frozenset({"INVALID_INPUT", "INVALID"})
"""What is said of a number that cannot be one; everything else is an answer still to come."""

_KEPT_BACK: Final = "---"


class Vies:
    """The register of the EU; every call takes ``timeout`` seconds at most for each step of it."""

    calls_out = True

    def __init__(self, url: str, *, timeout: float) -> None:
        if urlsplit(url).scheme not in {"http", "https"}:
            raise ValueError(url)
        self._url = f"{url}/check-vat-number"
        self._timeout = timeout

    def look_up(self, number: str, *, requester: str, asked: int) -> Answer:
        """Ask once; if the vendor's own number is not known there, once more without it."""
        del asked
        answer = self._ask(number, requester)
        if answer.reason == _UNKNOWN_REQUESTER and requester:
            _log.warning("requester_unknown", requester=requester)
            return self._ask(number, "")
        return answer

    def _ask(self, number: str, requester: str) -> Answer:
        body = {"countryCode": number[:2], "vatNumber": number[2:]}
        if requester:
            body |= {"requesterMemberStateCode": requester[:2], "requesterNumber": requester[2:]}
        request = Request(  # noqa: S310  # its scheme is checked when this is made
            self._url,
            data=msgspec.json.encode(body),
            headers={"Content-Type": "application/json", "Accept": "application/json"},
            method="POST",
        )
        try:
            return _read(_sent(request, self._timeout))
        except TimeoutError:
            return Answer(Found.UNAVAILABLE, reason="TIMEOUT")
        except (OSError, http.client.HTTPException, msgspec.MsgspecError) as error:
            _log.info("vies_unavailable", error=type(error).__name__)
            return Answer(Found.UNAVAILABLE, reason="SERVICE_UNAVAILABLE")


def _sent(request: Request, timeout: float) -> bytes:
    """What is answered, in whatever status: the errors of VIES come with any of them."""
    try:
        with urlopen(request, timeout=timeout) as response:  # noqa: S310  # as above
            return bytes(response.read(MOST_READ))
    except OSError as error:
        if isinstance(getattr(error, "reason", None), TimeoutError):
            raise TimeoutError from error
        read = getattr(error, "read", None)  # an HTTP error is the answer, too
        if read is None:
            raise
        return bytes(read(MOST_READ))


def _read(text: bytes) -> Answer:
    """The answer; what is neither yes nor no is still to come."""
    said = msgspec.json.decode(text, type=dict[str, Any])
    error = _error_of(said)
    if error in _INVALID:
        return Answer(Found.INVALID, reason=error)
    valid = said.get("valid", said.get("isValid"))
    if error or not isinstance(valid, bool):
        return Answer(Found.UNAVAILABLE, reason=(error or "SERVICE_UNAVAILABLE")[:40])
    if not valid:
        return Answer(Found.INVALID)
    return Answer(
        Found.VALID,
        name=_said(said, "name", 200),
        address=_said(said, "address", 500),
        consultation=_said(said, "requestIdentifier", 40),
    )


def _error_of(said: dict[str, Any]) -> str:
    wrapped = said.get("errorWrappers")
    if isinstance(wrapped, list) and wrapped and isinstance(wrapped[0], dict):
        return str(wrapped[0].get("error") or "SERVICE_UNAVAILABLE")
    if said.get("actionSucceed") is False:
        return "SERVICE_UNAVAILABLE"
    error = str(said.get("userError") or "")
    return "" if error == "VALID" else error


def _said(said: dict[str, Any], name: str, most: int) -> str:
    value = said.get(name)
    text = " ".join(value.split()) if isinstance(value, str) else ""
    return "" if text == _KEPT_BACK else text[:most]
