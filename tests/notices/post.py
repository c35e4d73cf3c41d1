"""A mail server to send to, as it may be met: it takes mail, refuses it, or hangs up."""

from __future__ import annotations

import email
import email.policy
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tenure.host.addresses import SmtpAddress
from tenure.notices.letters.letter import Sender

SENDER = Sender("Atelier", "hello@atelier-vendor.test", "https://shop.atelier-vendor.test/")


class Box:
    """What arrived, and what the server says to each address instead of taking its mail."""

    def __init__(self) -> None:
        self.arrived: list[EmailMessage] = []
        self.replies: dict[str, str] = {}
        self.data_replies: dict[str, str] = {}

    async def handle_RCPT(  # noqa: N802 - the name by which aiosmtpd finds it
        self, _s: SMTP, _session: Session, envelope: Envelope, address: str, _o: list[str]
    ) -> str:
        """Take an address, or say what was told."""
        if address in self.replies:
            return self.replies[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802 - likewise
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        """Take a mail, or say what was told."""
        if reply := self.data_replies.get(envelope.rcpt_tos[0]):
            return reply
        content: Any = envelope.content
        parsed = email.message_from_bytes(content, policy=email.policy.default)
        assert isinstance(parsed, EmailMessage)
        self.arrived.append(parsed)
        return "250 OK"

    def addresses(self) -> list[str]:
        """To whom mail arrived."""
        return [str(message["To"].addresses[0].addr_spec) for message in self.arrived]


@contextmanager
def post_box() -> Iterator[tuple[Box, SmtpAddress]]:
    """A server on a free port for as long as the block lasts, and its address."""
    box = Box()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield box, plain(port)
    finally:
        controller.stop()


def plain(port: int) -> SmtpAddress:
    """The address of a server of this machine that wants no password."""
    return SmtpAddress("127.0.0.1", port, "", "", tls=False, starttls=False)
