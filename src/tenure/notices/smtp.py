"""To whom mail is handed over: the operator's SMTP server."""

from __future__ import annotations

import smtplib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from email.utils import formataddr
from hashlib import sha256
from typing import Final, Protocol
from urllib.parse import urlsplit

from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.smtp import EmailBackend

from tenure.host.addresses import SmtpAddress
from tenure.notices.letters.letter import Sender, Written, one_line, read_letter, write
from tenure.notices.models import Mail
from tenure.notices.rules import Attempt, Outcome, outcome_of

_TIMEOUT: Final = 15
"""Seconds that a server may be silent."""


class Office(Protocol):
    """Whoever takes mails: tries them one after the other, and says what became of each."""

    def send(self, mail: Mail) -> Attempt:
        """Try one mail; never raises for what the other side does."""
        ...


class SmtpOffice:
    """An SMTP server, with one connection for as many mails as it lasts."""

    def __init__(self, address: SmtpAddress, *, sender: Sender, mail_from: str | None) -> None:
        self._sender = sender
        self._from = mail_from or sender.address
        self._backend = EmailBackend(
            host=address.host,
            port=address.port,
            username=address.user,
            password=address.password,
            use_ssl=address.tls,
            use_tls=address.starttls,
            timeout=_TIMEOUT,
        )

    def send(self, mail: Mail) -> Attempt:
        """Try one mail over the connection that is open, or a new one."""
        try:
            self._backend.send_messages([self._message(mail)])
        except smtplib.SMTPRecipientsRefused as refusal:
            return _attempt(*next(iter(refusal.recipients.values())))
        except smtplib.SMTPDataError as refusal:
            return _attempt(refusal.smtp_code, refusal.smtp_error)
        except ValueError as flaw:  # an address or a header that no mail can carry
            return Attempt(Outcome.NEVER, f"{type(flaw).__name__}: {flaw}"[:300])
        except (smtplib.SMTPException, OSError) as trouble:
            # Ours or the server's, not the reader's: a login, an unknown sender, a lost connection.
            self.close()
            problem = f"{type(trouble).__name__}: {trouble}"[:300]
            return Attempt(Outcome.LATER, problem, reached=False)
        return Attempt(Outcome.SENT)

    def close(self) -> None:
        """Hang up; what is sent afterwards opens another connection."""
        self._backend.close()

    def _message(self, mail: Mail) -> EmailMultiAlternatives:
        written = written_mail(mail, self._sender)
        message = EmailMultiAlternatives(
            subject=written.subject,
            body=written.text,
            from_email=_formatted(self._sender.name, self._from),
            to=[_formatted(mail.to_name, mail.to)],
            reply_to=[self._sender.address] if self._sender.address else None,
            headers=dict(_headers(mail, self._sender)),
        )
        message.attach_alternative(written.html, "text/html")
        return message


def written_mail(mail: Mail, sender: Sender) -> Written:
    """What a mail says, in the one look; ``ValueError`` if it is forgotten."""
    if mail.letter is None:
        raise ValueError("This mail is forgotten.")
    return write(read_letter(mail.letter), sender=sender, language=mail.language)


def _headers(mail: Mail, sender: Sender) -> Mapping[str, str]:
    """The same identifier at each attempt, so that whoever gets two of it shows one."""
    host = urlsplit(sender.url).hostname or "localhost"
    return {
        "Message-ID": f"<{message_name(mail.key)}@{host}>",
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "All",
        "Content-Language": mail.language,
    }


def message_name(key: str) -> str:
    """What stands before the @ of a mail's Message-ID: derived from what it is about."""
    return sha256(key.encode()).hexdigest()[:24]


def _formatted(name: str, address: str) -> str:
    return formataddr((one_line(name), address)) if name else address


def _attempt(reply: int, said: bytes | str) -> Attempt:
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    return Attempt(outcome_of(reply), f"{reply} {' '.join(text.split())}"[:300])


@contextmanager
def opened(address: SmtpAddress, *, sender: Sender, mail_from: str | None) -> Iterator[SmtpOffice]:
    """An office whose connection is closed in the end."""
    office = SmtpOffice(address, sender=sender, mail_from=mail_from)
    try:
        yield office
    finally:
        office.close()
