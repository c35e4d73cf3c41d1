"""What people find in their mailbox."""

from __future__ import annotations

from urllib.parse import urlsplit

from tenure.notices.letters.letter import Letter, read_letter
from tenure.notices.models import Mail


def mails_to(address: str) -> list[Mail]:
    """The mails that were written to ``address``, oldest first."""
    return list(Mail.objects.filter(to=address).order_by("created_at", "id"))


def last_letter(address: str, kind: str = "") -> Letter:
    """What the last mail to ``address`` says, or the last one of that ``kind``."""
    sent = [mail for mail in mails_to(address) if kind in ("", mail.kind)]
    return read_letter(sent[-1].letter)


def path_in(letter: Letter) -> str:
    """The page to which a mail's button leads."""
    assert letter.button is not None
    return urlsplit(letter.button.url).path
